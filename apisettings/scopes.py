"""What a key may do: the closed list, in words."""

from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Scope(StrEnum):
    """A right a key carries; the API's doors name one each."""

    SEND = "messages:send"
    READ = "messages:read"
    TRANSACTIONAL = "messages:transactional"


LABELS: Final[dict[str, Promise]] = {
    Scope.SEND: _("Send and cancel messages"),
    Scope.READ: _("Read messages and what became of them"),
    Scope.TRANSACTIONAL: _("Send transactional messages at any hour"),
}
HINTS: Final[dict[str, Promise]] = {
    Scope.TRANSACTIONAL: _(
        "Codes and alerts that a person waits for: they pass the sending hours. Each one is logged;"
        " every other rule still applies."
    ),
}
# The same, short enough for a row.
SHORT: Final[dict[str, Promise]] = {
    Scope.SEND: _("send"),
    Scope.READ: _("read"),
    Scope.TRANSACTIONAL: _("transactional"),
}
