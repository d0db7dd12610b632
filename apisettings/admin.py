from typing import ClassVar

from django.contrib import admin

from accounts.staff_desk import ReadOnlyAdmin
from apisettings.models import Heartbeat


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ("name", "at")
