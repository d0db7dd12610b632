from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from hub.lib.phones import parse_e164
from messaging.inbound import receive


class Command(BaseCommand):
    help = (
        "The simulator's door: someone at FROM texts TEXT to our address TO, a number or a short"
        " code. Alpha tags take no replies."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FROM", help="the person's number, E.164")
        parser.add_argument("destination", metavar="TO", help="our number or short code")
        parser.add_argument("text", metavar="TEXT", nargs="+")
        parser.add_argument("--ref", default="", help="the carrier's id; the same again is ignored")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source = parse_e164(options["source"])
        except ValueError as error:
            raise CommandError(f"FROM: {error}") from error
        found = receive(
            source,
            options["destination"],
            " ".join(options["text"]),
            options["ref"] or f"inbound-{uuid4()}",
        )
        if not found:
            raise CommandError(
                "No account takes replies at TO (alpha tags take none), or the message was known"
                " already."
            )
        for one in found:
            self.stdout.write(f"{one.kind} {one.id} for account {one.account}")
