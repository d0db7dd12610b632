from typing import ClassVar

from django.contrib import admin

from accounts.staff_desk import ReadOnlyAdmin
from messaging.models import Route


@admin.register(Route)
class RouteAdmin(ReadOnlyAdmin):
    list_display: ClassVar = (
        "name", "gateway", "prefixes", "active", "last_answer_at", "last_error_at",
    )  # fmt: skip
