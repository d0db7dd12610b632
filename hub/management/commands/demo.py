from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.audit import CLOCK, record
from accounts.models import AuditEntry
from accounts.tenancy import scope
from hub.demo import company as companies
from hub.demo.card import write_card
from hub.demo.company import Company
from hub.demo.story import Story

DONE = "demo.completed"


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Make a believable account, once; write how to get into it to $HUB_HOME/demo.json."

    def handle(self, *args: Any, **options: Any) -> None:
        found = companies.find()
        if found is None or not is_complete(found):
            found = make()
        card = write_card(found, settings.HUB_HOME / "demo.json")
        owner = card["users"][0]
        self.stdout.write(f"{found.parent.name}: {owner['email']} / {owner['password']}")


def is_complete(company: Company) -> bool:
    with scope(company.parent):
        return AuditEntry.objects.for_account(company.parent).filter(action=DONE).exists()


def make() -> Company:
    """The company with its month of messages; what a run that was cut off made is kept."""
    company = companies.build()
    Story(company).tell()
    with scope(company.parent), transaction.atomic(durable=True):
        record(company.parent, actor=CLOCK, action=DONE, subject=company.parent.name)
    return company
