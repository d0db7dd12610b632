"""What the tests of the sending settings start from: a page's form, filled as a browser would."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEntry
from accounts.statements import cursor
from accounts.tenancy import scope, system
from senders.models import SendingSettings
from tests.conftest import worker
from tests.make import make_member, make_user, signed_in

# 12 November 2026, 14:32 in Paris.
THURSDAY = datetime(2026, 11, 12, 13, 32, tzinfo=UTC)


def address(account: Account, page: str = "numbers_settings") -> str:
    return reverse(f"console:{page}", args=[account.public_id])


def member_of(account: Account, role: str = "owner", name: str = "Alice Martin") -> Client:
    user = make_user(name)
    make_member(account, user, role)
    return signed_in(user)


class _Forms(HTMLParser):
    """The fields of each POST form, by its `card`; select, checkbox and radio as browsers send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.ids: list[str] = []
        self._form: dict[str, str] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = {} if at.get("method") == "post" else None
            if self._form is not None:
                self.forms.append(self._form)
                self.ids.append(at.get("id", ""))
        if self._form is None or ("name" not in at and tag != "option"):
            return
        if tag == "input":
            self._input(at)
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option" and (self._select not in self._form or "selected" in at):
            self._form[self._select] = at.get("value", "")

    def _input(self, at: dict[str, str]) -> None:
        assert self._form is not None
        if at.get("type") in ("checkbox", "radio"):
            if "checked" in at:
                self._form[at["name"]] = at.get("value", "on")
        else:
            self._form[at["name"]] = at.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def fields_of(html: str, card: str, id_: str = "") -> dict[str, str]:
    """What pressing Save of a card, or a button of the form `id_`, would send from this page."""
    parser = _Forms()
    parser.feed(html)
    found = next(
        form for own, form in zip(parser.ids, parser.forms, strict=True)
        if form.get("card") == card and own == id_
    )  # fmt: skip
    found.pop("csrfmiddlewaretoken", None)
    return found


def shown(client: Client, account: Account, card: str, query: str = "") -> dict[str, str]:
    """The card's form as the page shows it."""
    return fields_of(client.get(address(account) + query).content.decode(), card)


def save(client: Client, account: Account, card: str, query: str = "", **given: Any) -> Any:
    """The card is opened, changed as given (None leaves a box unticked) and sent."""
    sent = shown(client, account, card, query) | given
    sent = {name: value for name, value in sent.items() if value is not None}
    return client.post(address(account), sent)


def settings_of(account: Account) -> SendingSettings:
    with scope(account):
        return SendingSettings.objects.for_account(account).get()


def entries_of(account: Account, action: str = "") -> list[AuditEntry]:
    with scope(account):
        every = AuditEntry.objects.for_account(account).order_by("id")
        return list(every.filter(action=action) if action else every)


def use(account: Account, parts: int, at: datetime) -> None:
    """So many parts were sent at this instant, as the workers count them."""
    with worker(), system("count parts for a test"):
        cursor().execute("SELECT * FROM limit_room(%s::uuid[], %s)", [[account.pk], at])
        cursor().execute(
            "SELECT limit_consume(%s::uuid[], %s::bigint[], %s)", [[account.pk], [parts], at]
        )


def limit(account: Account, **limits: Any) -> None:
    with scope(account):
        SendingSettings.objects.for_account(account).update(**limits)
