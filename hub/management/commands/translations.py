from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hub.translations import bring_up_to_date, faults


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Brings locale/ up to date with the source; --check says what is not translated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "locale" / "fr" / "LC_MESSAGES" / "django.po"
        if not options["check"]:
            bring_up_to_date(settings.BASE_DIR, path)
        found = faults(settings.BASE_DIR, path)
        for fault in found:
            self.stdout.write(fault)
        if options["check"] and found:
            raise CommandError(f"{len(found)} faults in {path.relative_to(settings.BASE_DIR)}")
