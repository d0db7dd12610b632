from typing import ClassVar

from django.contrib import admin

from accounts.staff_desk import ReadOnlyAdmin
from billing.models import Price


@admin.register(Price)
class PriceAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ("country", "currency", "micro", "valid_from")
    list_filter: ClassVar = ("currency",)
    search_fields: ClassVar = ("country__iexact",)
