"""Which role may do what: the one table, checked by the walls test.

A permission is `area.verb`. Owners may everything; nobody may what is not written here.
"""

from accounts.models import Membership

Role = Membership.Role

OWNERS = frozenset({Role.OWNER, Role.ADMINISTRATOR})
SENDERS = OWNERS | {Role.ADVANCED, Role.BASIC, Role.DEVELOPER}

PERMISSIONS: dict[str, frozenset[str]] = {
    "dashboard.view": frozenset(Role),
    "messages.view": SENDERS,
    "messages.send": SENDERS,
    "messages.cancel": OWNERS | {Role.ADVANCED},
    "templates.view": SENDERS,
    "templates.change": OWNERS | {Role.ADVANCED},
    "account.view": OWNERS,
    "account.change": OWNERS,
    "account.close": frozenset({Role.OWNER}),
    "sending.view": OWNERS | {Role.ADVANCED, Role.DEVELOPER},
    "sending.change": OWNERS,
    "billing.view": OWNERS | {Role.BILLING},
    "billing.change": frozenset({Role.OWNER, Role.BILLING}),
    "subaccounts.view": OWNERS,
    "users.view": OWNERS,
    "api.view": OWNERS | {Role.DEVELOPER},
    "api.change": OWNERS | {Role.DEVELOPER},
}


def allows(role: str, permission: str) -> bool:
    """True when members of `role` may do `permission`; an unknown permission is a KeyError."""
    return role in PERMISSIONS[permission]
