import json
from argparse import ArgumentParser
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import get_resolver

from apisettings.api_docs import document
from messaging.api_docs import OPERATIONS

HEAD = "# Made by `python manage.py openapi`; `make check` fails when it differs.\n"


class Command(BaseCommand):
    help = "Writes docs/openapi.yaml from the code; --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.find_undescribed()
        path = settings.BASE_DIR / "docs" / "openapi.yaml"
        made = json.loads(json.dumps(document(OPERATIONS)))  # no YAML aliases: each stands alone
        text = HEAD + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100)
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/openapi.yaml is out of date: python manage.py openapi")

    def find_undescribed(self) -> None:
        """CommandError when a view of the API is at a method that no operation describes."""
        described = {(one.method.upper(), one.scope) for one in OPERATIONS}
        for pattern in get_resolver().url_patterns:
            for inner in getattr(pattern, "url_patterns", [pattern]):
                for view in getattr(inner.callback, "api_views", {"": inner.callback}).values():
                    scope = getattr(view, "api_scope", None)
                    for method in getattr(view, "api_methods", ()):
                        if scope and method != "HEAD" and (method, scope) not in described:
                            raise CommandError(f"{method} {inner.pattern} is not described.")
