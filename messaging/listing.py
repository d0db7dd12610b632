"""The list of messages as its page shows it: tabs, chips, links; its rows are `list_rows`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hub.lib.money import show_number
from hub.lib.phones import show
from messaging.list_rows import RowWriter
from messaging.log import COUNTED, GROUPS, Came, Filters, Listing
from messaging.telling import Teller

TABS: Final[dict[str, str | Promise]] = {
    "all": pgettext_lazy("messages", "All"),
    "waiting": pgettext_lazy("messages", "Waiting"),
    "held": pgettext_lazy("messages", "Held"),
    "blocked": pgettext_lazy("messages", "Blocked"),
    "failed": pgettext_lazy("messages", "Failed"),
    "sent": pgettext_lazy("messages", "Sent"),
    "delivered": pgettext_lazy("messages", "Delivered"),
}
NONE_OF: Final[dict[str, str | Promise]] = {
    "waiting": gettext_lazy("No message is waiting."),
    "held": gettext_lazy("No message is held."),
    "blocked": gettext_lazy("No message was blocked."),
    "failed": gettext_lazy("No message failed."),
    "sent": gettext_lazy("No message waits for its receipt."),
    "delivered": gettext_lazy("No message was delivered."),
}
FILTERS: Final = ("number", "sender", "first", "last", "batch")


@dataclass(frozen=True, slots=True)
class TabLink:
    """An entry of the tab bar; `count` is words, "" for none."""

    label: str | Promise
    url: str
    current: str
    count: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the address of the list without it."""

    label: str
    url: str


def asked(query: QueryDict) -> tuple[Came, str]:
    """The direction the reader came from, and the cursor."""
    newer, older = str(query.get("newer", "")), str(query.get("older", ""))
    if newer:
        return "newer", newer
    if older:
        return "older", older
    return "first", ""


class PageOfRows:
    """One page of the list for one reader."""

    def __init__(
        self, query: QueryDict, filters: Filters, listing: Listing, teller: Teller
    ) -> None:
        self.query, self.filters = query, filters
        self.listing, self.teller = listing, teller
        self.base = reverse("console:messages", kwargs={"account_id": teller.account_id})

    def rows(self, *, may_cancel: bool) -> SafeString:
        """The rows as HTML; "" for none."""
        return RowWriter(self.teller, may_cancel=may_cancel).write(self.listing.page.rows)

    def tabs(self, counts: tuple[int, int, bool]) -> list[TabLink]:
        """Every group of states; only what waits is counted, and up to 1,000."""
        waiting, held, more = counts
        numbers = {"waiting": self._count(waiting, more), "held": self._count(held, more)}
        return [
            TabLink(
                label,
                self._url(state=group),
                "page" if group == self.filters.group else "",
                numbers.get(group, ""),
            )
            for group, label in TABS.items()
        ]

    def chips(self, senders: Mapping[str, str]) -> list[Chip]:
        """The filters in use, each removable."""
        found, used = [], self.filters
        if used.number:
            label = _("Number %(number)s") if used.exact else _("Number begins with %(number)s")
            number = show(used.number) if used.exact else used.number
            found.append(Chip(label % {"number": number}, self._without("number")))
        if used.sender:
            sender = senders.get(str(used.sender), "")
            found.append(Chip(_("Sender %(sender)s") % {"sender": sender}, self._without("sender")))
        if used.first:
            found.append(Chip(_("From %(day)s") % {"day": self._day(used.first)},
                              self._without("first")))  # fmt: skip
        if used.last:
            found.append(Chip(_("To %(day)s") % {"day": self._day(used.last)},
                              self._without("last")))  # fmt: skip
        if used.batch:
            found.append(Chip(_("Written together"), self._without("batch")))
        return found

    @property
    def batch(self) -> str:
        """The batch the list is narrowed to, "" for none."""
        return str(self.filters.batch or "")

    @property
    def group(self) -> str:
        return self.filters.group

    @property
    def in_line(self) -> bool:
        """True when rows are in the order in which they will leave."""
        return self.filters.by_due

    @property
    def first_url(self) -> str:
        return self._url()

    @property
    def clear_url(self) -> str:
        return self._without(*FILTERS)

    @property
    def newer_url(self) -> str:
        cursor = self.listing.page.newer
        return self._url(newer=cursor) if cursor else ""

    @property
    def older_url(self) -> str:
        cursor = self.listing.page.older
        return self._url(older=cursor) if cursor else ""

    @property
    def looked(self) -> str:
        """How many messages were looked at when the search stopped early; "" when it did not."""
        looked = self.listing.looked
        return show_number(looked, self.teller.language) if looked else ""

    @property
    def nothing(self) -> str:
        """The line of an empty group."""
        return str(NONE_OF.get(self.filters.group, ""))

    @property
    def starts(self) -> bool:
        """True on the first page: nothing newer was skipped."""
        return not (self.query.get("older") or self.query.get("newer"))

    def _count(self, number: int, more: bool) -> str:
        if not number:
            return ""
        shown = show_number(min(number, COUNTED), self.teller.language)
        return f"{shown}+" if more else shown

    def _day(self, day: date) -> str:
        return self.teller.short(day)

    def _without(self, *names: str) -> str:
        return self._url(**dict.fromkeys(names, ""))

    def _url(self, **changed: str) -> str:
        """This list with other parameters; cursors are dropped unless given."""
        kept = {"state": self.filters.group if self.filters.group in GROUPS else "all"}
        kept |= {name: self.query.get(name, "") for name in FILTERS}
        kept |= changed
        query = QueryDict(mutable=True)
        for name, value in kept.items():
            if value and (name, value) != ("state", "all"):
                query[name] = value
        return f"{self.base}?{query.urlencode()}" if query else self.base
