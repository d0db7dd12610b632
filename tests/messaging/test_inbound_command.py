"""`manage.py inbound`: someone texts one of our addresses."""

import pytest
from django.core.management import CommandError, call_command

from messaging.management.commands.inbound import Command
from tests.conftest import worker


def test_an_alpha_tag_is_told_to_take_no_replies(database: str) -> None:
    with worker(), pytest.raises(CommandError, match="alpha tags take none"):
        call_command("inbound", "+33612345670", "VERDIER", "STOP")
    shown = " ".join(Command().create_parser("manage.py", "inbound").format_help().split())
    assert "Alpha tags take no replies." in shown
    assert "alpha tag" not in shown
