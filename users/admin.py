from typing import ClassVar

from django.contrib import admin

from accounts.staff_desk import ReadOnlyAdmin
from users.models import User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Who they are and whether they may sign in; nothing of how."""

    list_display: ClassVar = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter: ClassVar = ("is_staff", "is_active")
    search_fields: ClassVar = ("email__istartswith", "name__icontains")
    fields: ClassVar = (
        "email", "name", "language", "is_staff", "is_active", "last_login", "date_joined",
    )  # fmt: skip
    show_full_result_count = False
