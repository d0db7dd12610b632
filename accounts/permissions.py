"""Which role may do what: the one table, checked by the walls test.

A permission is `area.verb`. Owners may everything; nobody may what is not written here.
"""

from accounts.models import Membership

Role = Membership.Role

PERMISSIONS: dict[str, frozenset[str]] = {
    "dashboard.view": frozenset(Role),
    "messages.view": frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.ADVANCED, Role.BASIC, Role.DEVELOPER}),
    "messages.send": frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.ADVANCED, Role.BASIC, Role.DEVELOPER}),
    "messages.cancel": frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.ADVANCED}),
    "account.view": frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    "account.change": frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    "sending.view": frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.ADVANCED, Role.DEVELOPER}),
    "sending.change": frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    "billing.view": frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.BILLING}),
    "billing.change": frozenset({Role.OWNER, Role.BILLING}),
    "subaccounts.view": frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    "users.view": frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    "api.view": frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.DEVELOPER}),
    "api.change": frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.DEVELOPER}),
}  # fmt: skip


def allows(role: str, permission: str) -> bool:
    """True when members of `role` may do `permission`; an unknown permission is a KeyError."""
    return role in PERMISSIONS[permission]
