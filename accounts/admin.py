from typing import ClassVar

from django.contrib import admin

from accounts.models import Membership
from accounts.staff_desk import ReadOnlyAdmin


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ("user", "role", "account", "created_at")
    list_filter: ClassVar = ("role",)
    list_select_related: ClassVar = ("user", "account")
    search_fields: ClassVar = ("user__email__istartswith", "account__public_id__istartswith")
    show_full_result_count = False
