"""What every page of the staff desk is: read-only, for staff, over directory tables alone."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.addresses import client_address
from accounts.audit import Actor


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Staff may look; what changes something is an action of its own, with a reason."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def staff_actor(request: HttpRequest) -> Actor:
    """The member of staff at the door, as an account's own log names them."""
    return Actor(
        kind="staff",
        id=str(request.user.pk),
        label=str(request.user),
        channel="staff",
        address=client_address(request),
    )
