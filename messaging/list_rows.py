"""The rows of the list of messages, as HTML.

Fifty rows of nine values each are the bulk of the page, and a template loop over them costs more
than everything else on it (spec/perf.md G). So a row is one format string here, and what rows
have in common (badges, links, words) is made once a page. What is not ours is escaped in `_row`.
"""

from collections.abc import Sequence
from functools import cached_property
from html import escape
from typing import Final
from uuid import UUID

from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hub.lib.money import show_number, show_when
from messaging.log import EXCERPT, Row
from messaging.standing import standing
from messaging.states import WAITING
from messaging.telling import BADGES, Teller

ROW: Final = (
    '<tr role="row"><td role="cell" class="time"><time datetime="{iso}" title="{when}">{day}{clock}'
    '</time></td><th role="rowheader" scope="row" class="time"><a class="to" href="{url}">{number}'
    '</a></th><td role="cell" class="txt">{excerpt}</td><td role="cell" class="why">{badge}{test}'
    '<span>{sentence}{action}{cancel}</span></td><td role="cell" class="num">{parts}</td></tr>\n'
)
BADGE: Final = (
    '<span class="bd {kind}"><svg class="i" width="14" height="14" aria-hidden="true">'
    '<use href="{icons}#{icon}"/></svg>{word}</span>'
)
TEST: Final = ' <span class="bd tst">{word}</span>'
LINK: Final = ' <a class="link" href="{url}">{word}<span class="vh"> {number}</span></a>'
# Stands for a message in an address until it is known which.
SOME: Final = UUID(int=0)


def excerpt(body: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(body.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


class RowWriter:
    """Writes the rows of one page for one reader."""

    def __init__(self, teller: Teller, *, may_cancel: bool) -> None:
        self.teller, self.may_cancel = teller, may_cancel
        self.today = teller.day_of(teller.now)
        self.zone = escape(teller.zone)
        self._badges: dict[str, str] = {}
        self._actions: dict[str, tuple[str, str] | None] = {}

    def write(self, rows: Sequence[Row]) -> SafeString:
        """The rows one below the other; "" for none."""
        return SafeString("".join([self._row(row) for row in rows]))

    def _row(self, row: Row) -> str:
        teller, at, id_ = self.teller, row.accepted_at, str(row.id)
        day, number = teller.day_of(at), escape(teller.number(row.to))
        return ROW.format(
            iso=at.isoformat(timespec="seconds"),
            when=f"{show_when(at, teller.zone, teller.language, 'long')} ({self.zone})",
            day="" if day == self.today else f"<span>{teller.short(day)}</span> ",
            clock=teller.clock(at, seconds=True),
            url=self._page.replace("*", id_),
            number=number,
            excerpt=escape(excerpt(row.excerpt)),
            badge=self._badge(row.state),
            test=self._test if row.test else "",
            sentence=escape(standing(row, teller)),
            action=self._action(row.reason, number),
            cancel=self._cancel(id_, number) if row.state in WAITING else "",
            parts=show_number(row.parts, teller.language),
        )

    def _badge(self, state: str) -> str:
        found = self._badges.get(state)
        if found is None:
            badge = BADGES[state]
            found = self._badges[state] = BADGE.format(
                kind=badge.kind, icons=self._icons, icon=badge.icon, word=escape(str(badge.word))
            )
        return found

    def _action(self, reason: str | None, number: str) -> str:
        if reason is None:
            return ""
        if reason not in self._actions:
            action = self.teller.action(reason)
            words = (escape(action.url), escape(action.label)) if action else None
            self._actions[reason] = words
        found = self._actions[reason]
        return LINK.format(url=found[0], word=found[1], number=number) if found else ""

    def _cancel(self, id_: str, number: str) -> str:
        if not self.may_cancel:
            return ""
        url, word = self._cancelling
        return LINK.format(url=url.replace("*", id_), word=word, number=number)

    @cached_property
    def _icons(self) -> str:
        return static("img/icons.svg")

    @cached_property
    def _test(self) -> str:
        return TEST.format(word=escape(_("Test")))

    @cached_property
    def _page(self) -> str:
        return self._address("message")

    @cached_property
    def _cancelling(self) -> tuple[str, str]:
        return self._address("message_cancel"), escape(pgettext("a message", "Cancel"))

    def _address(self, name: str) -> str:
        """The address of a message's page, with * where its ID belongs."""
        place = {"account_id": self.teller.account_id, "message_id": SOME}
        return reverse(f"console:{name}", kwargs=place).replace(str(SOME), "*")
