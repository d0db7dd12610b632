"""A month of Maison Verdier's messages: accepted, decided, sent and answered like anybody's.

What is past was accepted with an earlier clock (`Request.at`), leaves for the simulator now, and
is then moved to the time it tells of (hub.demo.past). What is of today is not touched.
"""

import hashlib
import random
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.activity import Filters, count_all
from accounts.activity_export import Reader, begin_export
from accounts.models import Account
from accounts.statements import cursor, listed
from accounts.tenancy import scope, system
from hub.demo import cast, past, texts
from hub.demo.cast import Friend
from hub.demo.company import LINE, Company, actor_of
from hub.lib.places import place_of
from messaging.accept import Accepted, Request, accept
from messaging.cancel import cancel
from messaging.dispatch import drain
from messaging.draft import Draft
from messaging.inbound import receive
from messaging.receipts import match_parked
from senders.actions import change_sending_hours, change_sms_limit
from senders.cards import HOURS, LIMIT

DAYS: Final = 29
SUNDAY: Final = 6
# Older than the longest a receipt is awaited: 7 days of validity and 72 h.
SETTLED_DAYS: Final = 11
WAIT_SECONDS: Final = 6.0
PARIS: Final = ZoneInfo("Europe/Paris")
SHOP, CONSOLE = ("api", "Boutique en ligne"), ("console", "Oliver Grant")
WORKSHOP: Final = ("api", "Atelier")

WEEK: Final = {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")}
CHILD_DAY_LIMIT, CHILD_MONTH_LIMIT = 20, 2_000

AWAITED = """
SELECT count(*) FROM messaging_message
WHERE account_id = ANY (%s::uuid[]) AND state = 'submitted' AND wants_receipt
  AND right("to", 2) NOT IN ('03', '07')
"""


class Story:
    """The messages of one company, told once: each request has an idempotency key of its own."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.began = timezone.now()
        # The same story each time; nothing here is a secret.
        self.dice = random.Random(1887)  # noqa: S311

    def tell(self) -> None:
        """The month lies in the past, today is under way, and some messages still wait."""
        self._month(range(DAYS, SETTLED_DAYS, -1))
        self._send()
        past.close_what_is_overdue(self._accounts(), self.began)
        self._month(range(SETTLED_DAYS, 0, -1))
        self._send()
        past.move(self._accounts(), self.began)
        self._today()

    def _month(self, days: Iterable[int]) -> None:
        for ago in days:
            day = self.began.astimezone(PARIS).date() - timedelta(days=ago)
            # The shop and the workshop are closed on Sundays; programs are not.
            if day.weekday() != SUNDAY:
                for hour in (9, 13, 17):
                    self._orders(ago, self._moment(day, hour))
                self._workshop(ago, self._moment(day, 11))
            if ago in (20, 6):
                self._newsletter(ago, self._moment(day, 10))
            self._mishaps(ago, self._moment(day, 15))

    def _orders(self, ago: int, at: datetime) -> None:
        friends = self.dice.sample(cast.CUSTOMERS, self.dice.randint(3, 7))
        self.post(f"orders:{ago}:{at.hour}", friends, texts.ORDER_FR, SHOP, at=at)

    def _newsletter(self, ago: int, at: datetime) -> None:
        friends = [*cast.CUSTOMERS, *cast.TROUBLED, *cast.STOPPED]
        if ago < SETTLED_DAYS:
            friends.remove(cast.SILENT)
        self.post(f"news:{ago}", friends, (texts.NEWSLETTER_FR,), CONSOLE, at=at)

    def _workshop(self, ago: int, at: datetime) -> None:
        friends = self.dice.sample(cast.CLIENTS, self.dice.randint(2, 5))
        self.post(f"workshop:{ago}", friends, texts.WORKSHOP, WORKSHOP, at=at, child=True)

    def _mishaps(self, ago: int, at: datetime) -> None:
        """A sender nobody registered, a text that is too long, a carrier that stays silent."""
        few = list(cast.CUSTOMERS[:2])
        if ago == 12:
            self.post("mishap:sender", few, texts.ORDER_FR, SHOP, at=at, source="VERDIERS")
        if ago == 8:
            self.post("mishap:long", few, (texts.NEWSLETTER_FR * 2,), SHOP, at=at, max_parts=2)
        if ago == 7:
            self.post("mishap:later", few, texts.ORDER_FR, SHOP, at=at,
                      scheduled=at + timedelta(hours=18))  # fmt: skip
        if ago <= 2:
            self.post(f"mishap:silent:{ago}", [cast.SILENT], texts.ORDER_FR, SHOP, at=at)

    def _today(self) -> None:
        parent, child = self.company.parent, self.company.child
        morning = list(cast.CUSTOMERS[:9])
        self.post("today:orders", [*morning, *cast.UNDELIVERED], texts.ORDER_FR, SHOP)
        self.post("today:test", morning[:2], texts.ORDER_FR, SHOP, test=True)
        self._send()
        for number, (friend, word) in enumerate(zip(cast.STOPPED, ("STOP", "Stop."), strict=True)):
            receive(friend.number, LINE, word, f"demo-stop-{number}")
        for number, (source, text) in enumerate(texts.REPLIES):
            receive(source, LINE, text, f"demo-reply-{number}")
        self.post("today:news", [*morning, *cast.STOPPED], (texts.NEWSLETTER_FR,), CONSOLE)
        self._appointments(parent)
        self._child_under_rules(child)
        self._export(parent)
        # Not sent by the demo: the workers find these when they start.
        self.post("today:codes", morning[:3], (texts.CODE,), SHOP)

    def _appointments(self, parent: Account) -> None:
        tomorrow = self.began.astimezone(PARIS).date() + timedelta(days=1)
        at = datetime.combine(tomorrow, clock_time(9), PARIS)
        friends = list(cast.CUSTOMERS[9:17])
        made = self.post("today:tomorrow", friends, (texts.ORDER_FR[3],), CONSOLE, scheduled=at)
        with scope(parent):
            for id_ in made.ids[:2]:
                cancel(parent.pk, UUID(id_), actor=actor_of(self.company.owner))

    def _export(self, parent: Account) -> None:
        """A job; the workers find it when they start."""
        actor, reader = actor_of(self.company.owner), Reader("fr", parent.time_zone)
        with scope(parent):
            total = count_all(parent, Filters())
            begin_export(
                parent, actor=actor, filters=Filters(), name="csv", total=total, reader=reader
            )

    def _child_under_rules(self, child: Account) -> None:
        """First the limit, over which messages are held; then the hours, outside which they are."""
        friends = list(cast.CLIENTS)
        actor = actor_of(self.company.owner)
        with scope(child):
            change_sms_limit(
                child,
                actor=actor,
                seen=LIMIT.seen(child),
                limit_day=CHILD_DAY_LIMIT,
                limit_month=CHILD_MONTH_LIMIT,
                over_limit="hold",
            )
        for turn in range(3):
            self.post(f"today:workshop:{turn}", friends, texts.WORKSHOP, WORKSHOP, child=True)
        self._send()
        with scope(child):
            change_sending_hours(
                child,
                actor=actor,
                seen=HOURS.seen(child),
                hours_on=True,
                hours_clock="recipient",
                week=WEEK,
                unknown_zone_uses_account=False,
            )
        self.post("today:evening", [*friends, cast.AT_SEA], texts.WORKSHOP, WORKSHOP, child=True)

    def post(
        self,
        name: str,
        friends: list[Friend],
        choices: tuple[str, ...],
        origin: tuple[str, str],
        *,
        at: datetime | None = None,
        child: bool = False,
        test: bool = False,
        source: str | None = None,
        max_parts: int | None = None,
        scheduled: datetime | None = None,
    ) -> Accepted:
        """One request, as a program or a person would make it; that `name` again is a replay."""
        account = self.company.child if child else self.company.parent
        key = f"demo:{name}"
        drafts = [
            Draft(
                to=friend.number,
                body=self._text(friend, choices),
                source=source,
                scheduled=scheduled,
                # It is still to be sent when it has been accepted long ago.
                expires=past.validity(at) if at else None,
                max_parts=max_parts,
                wants_receipt=True,
            )
            for friend in friends
        ]
        request = Request(
            drafts, *origin, hash=hashlib.sha256(key.encode()).digest(), key=key, test=test, at=at
        )
        with scope(account):
            return accept(account.pk, request)

    def _text(self, friend: Friend, choices: tuple[str, ...]) -> str:
        """In English to those who live where it is spoken."""
        abroad = place_of(friend.number).country in ("GB", "US", "AU")
        if abroad and choices is texts.ORDER_FR:
            choices = texts.ORDER_EN
        if abroad and choices[0] is texts.NEWSLETTER_FR:
            choices = (texts.NEWSLETTER_EN,)
        day = "on Thursday" if abroad else "jeudi"
        return self.dice.choice(choices).format(n=self.dice.randint(10_000, 99_999), day=day)

    def _moment(self, day: date, hour: int) -> datetime:
        minute, second = self.dice.randint(0, 58), self.dice.randint(0, 59)
        return datetime.combine(day, clock_time(hour, minute, second), PARIS)

    def _send(self) -> None:
        """All that is due has left, and the carrier's receipts are in."""
        drain()
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            match_parked()
            with system("wait for the demo's receipts"):
                row = cursor().execute(AWAITED, [listed(self._accounts())]).fetchone()
            if not row or not row[0]:
                return
            time.sleep(0.1)

    def _accounts(self) -> list[UUID]:
        return [self.company.parent.pk, self.company.child.pk]
