"""Letters about limits: nearly reached, reached, once a period, to those who may change them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Account
from senders.limit_letters import warn_of_limits
from tests.conftest import worker
from tests.mailbox import html_of, letters_to
from tests.make import make_account, make_member, make_user
from tests.senders.given import THURSDAY, limit, use
from users.models import User


def subjects(user: User, *, at: datetime = THURSDAY) -> list[str]:
    """What the person was told so far, after the clock looked at `at`."""
    with worker():
        warn_of_limits(at)
    return [one.subject for one in letters_to(user.email)]


def account_of(user: User, **rules: Any) -> Account:
    account = make_account("Maison Pleine", **rules)
    make_member(account, user, "owner")
    return account


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (79, []),
        (80, ["Maison Pleine: daily limit nearly reached"]),
        (99, ["Maison Pleine: daily limit nearly reached"]),
        (100, ["Maison Pleine: daily limit reached"]),
    ],
)
def test_a_day_is_told_from_four_fifths_on(parts: int, told: list[str]) -> None:
    owner = make_user()
    use(account_of(owner, limit_day=100), parts, THURSDAY)
    assert subjects(owner) == told


def test_each_is_told_once_a_period_and_anew_in_the_next() -> None:
    owner = make_user()
    account = account_of(owner, limit_day=100)
    nearly, reached = (f"Maison Pleine: daily limit {end}" for end in ("nearly reached", "reached"))
    use(account, 85, THURSDAY)
    assert subjects(owner) == [nearly]
    assert subjects(owner) == [nearly]
    use(account, 15, THURSDAY)
    assert subjects(owner) == [nearly, reached]
    limit(account, limit_day=110)
    assert subjects(owner) == [nearly, reached]
    tomorrow = THURSDAY + timedelta(days=1)
    assert subjects(owner, at=tomorrow) == [nearly, reached]
    use(account, 90, tomorrow)
    assert subjects(owner, at=tomorrow) == [nearly, reached, nearly]


def test_day_and_month_are_told_apart_and_neither_without_a_limit() -> None:
    both, none = make_user(), make_user()
    use(account_of(both, limit_day=10, limit_month=100), 10, THURSDAY)
    use(account_of(none), 1_000, THURSDAY)
    assert subjects(both) == ["Maison Pleine: daily limit reached"]
    assert subjects(none) == []
    month = make_user()
    use(account_of(month, limit_month=100), 90, THURSDAY)
    assert subjects(month) == ["Maison Pleine: monthly limit nearly reached"]


def test_a_limit_of_nought_is_a_wish_and_no_news() -> None:
    owner = make_user()
    account = account_of(owner, limit_day=100)
    use(account, 5, THURSDAY)
    limit(account, limit_day=0)
    assert subjects(owner) == []


def test_only_those_who_may_change_the_limit_are_told_each_in_their_language() -> None:
    owner, french, sender = make_user(), make_user("Léa", language="fr"), make_user("Bob")
    account = account_of(owner, limit_day=10)
    make_member(account, french, "administrator")
    make_member(account, sender, "advanced")
    use(account, 10, THURSDAY)
    assert len(subjects(owner)) == 1
    assert subjects(sender) == []
    (lettre,) = letters_to(french.email)
    assert 'lang="fr"' in html_of(lettre)
    assert lettre.body.startswith("Bonjour")


def test_nobody_of_another_account_is_told() -> None:
    owner, stranger = make_user(), make_user("Charlie")
    account_of(stranger, limit_day=10)
    use(account_of(owner, limit_day=10), 10, THURSDAY)
    assert subjects(stranger) == []


@pytest.mark.parametrize(("over", "what"), [("hold", "held"), ("discard", "rejected")])
def test_the_letter_says_how_much_what_happens_until_when_and_leads_to_the_limit(
    over: str, what: str
) -> None:
    owner = make_user(time_zone="Asia/Tokyo")
    account = account_of(owner, limit_day=5_000, over_limit=over)
    use(account, 5_000, THURSDAY)
    subjects(owner)
    (letter,) = letters_to(owner.email)
    words = " ".join(letter.body.split())
    assert "has used 5,000 of the 5,000 segments" in words
    # Midnight in Paris, on the reader's own clock.
    assert f"Messages are {what} from now on, until 13 Nov 2026, 08:00" in words
    page = reverse("console:numbers_settings", args=[account.public_id])
    assert f"{page}#limit" in letter.body
    assert account.public_id in letter.body
