"""Many at once: limits, wallets, keys and claims hold however the threads fall.

The carrier's own book, outside Postgres, is the second opinion.
"""

import threading
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from django.db.models import F
from django.test import Client

from accounts.audit import CLOCK
from accounts.models import Account
from accounts.statements import cursor
from accounts.tenancy import scope, system
from billing import ledger
from billing.balance import balance_of
from messaging import dispatch
from messaging.cancel import cancel
from messaging.models import Batch, Message
from senders.models import SendingSettings, UsageCounter
from tests.conftest import worker
from tests.line import PRICE, Line, route
from tests.make import EURO, as_uuid, fund, make_account, make_key
from tests.oracle import (
    assert_books_balance,
    carriers_book,
    carriers_parts,
    deadlocks,
    together,
)

__all__ = ["route"]

WORKERS: Final = 4
TWO_PARTS: Final = "a" * 200


def line_for(account: Account) -> Line:
    line = Line.__new__(Line)
    line.account, line.key, line.client = account, make_key(account), Client()
    return line


def post(line: Line, count: int, **fields: Any) -> list[str]:
    message = {"content": "Bonjour", "destination_number": "+33612345670", **fields}
    ids: list[str] = []
    while count:
        some = min(count, 100)
        answer = line.post(*[message] * some)
        assert answer.status_code == 202, answer.content
        ids += [one["message_id"] for one in answer.json()["messages"]]
        count -= some
    return ids


def states(account: Account) -> Counter[str]:
    with scope(account):
        return Counter(Message.objects.for_account(account).values_list("state", flat=True))


def used(account: Account) -> dict[int, int]:
    """Length of the period's name (10 a day, 7 a month) -> parts counted."""
    with scope(account):
        rows = UsageCounter.objects.for_account(account).values_list("period", "used")
        return {len(period): parts for period, parts in rows}


def drain_in_parallel() -> None:
    together([dispatch.drain] * WORKERS)


# -- the limit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "over"),
    [({"limit_day": 37}, "held"), ({"limit_month": 37, "over_limit": "discard"}, "rejected")],
    ids=["day", "month"],
)
def test_parallel_workers_never_send_a_part_over_the_limit(
    book: Path, rules: dict[str, Any], over: str
) -> None:
    line = Line(**rules)
    ids = []
    for _round in range(12):
        ids += post(line, 3) + post(line, 2, content=TWO_PARTS)
    drain_in_parallel()
    sent = carriers_book(book, ids)
    assert set(sent.values()) == {1}
    parts = carriers_parts(book, ids)
    assert 36 <= parts <= 37
    assert set(used(line.account).values()) == {parts}
    assert states(line.account)[over] == len(ids) - len(sent)
    assert_books_balance(line.account)


def test_a_limit_raised_under_way_is_filled_exactly_and_never_over(book: Path) -> None:
    line = Line(limit_day=5)
    ids = post(line, 60)

    def raise_it() -> None:
        for _step in range(5):
            with scope(line.account):
                SendingSettings.objects.for_account(line.account).update(
                    limit_day=F("limit_day") + 5, version=F("version") + 1
                )

    together([*[dispatch.drain] * WORKERS, raise_it])
    drain_in_parallel()
    sent = carriers_book(book, ids)
    assert set(sent.values()) == {1}
    assert sum(sent.values()) == 30
    assert set(used(line.account).values()) == {30}
    assert_books_balance(line.account)


def test_children_share_their_parents_limit(book: Path) -> None:
    parent = make_account(limit_month=20)
    fund(parent, 10 * EURO)
    lines = [line_for(make_account(f"Atelier {n}", parent=parent, payer=parent)) for n in range(3)]
    ids = [id_ for line in lines for id_ in post(line, 15)]
    drain_in_parallel()
    sent = carriers_book(book, ids)
    assert (sum(sent.values()), set(sent.values())) == (20, {1})
    assert used(parent)[7] == 20
    assert sum(used(line.account)[7] for line in lines) == 20
    assert_books_balance(parent)


def test_throttled_parts_are_given_back_and_counted_once(book: Path) -> None:
    line = Line(limit_day=10)
    ids = post(line, 8, destination_number="+33612345608")
    drain_in_parallel()
    assert used(line.account)[10] == 0
    for id_ in ids:
        line.becomes(id_, "delivered")
    assert used(line.account) == {10: 8, 7: 8}
    assert set(carriers_book(book, ids).values()) == {1}
    assert_books_balance(line.account)


# -- claims ----------------------------------------------------------------------------------


def test_parallel_workers_send_every_message_once(book: Path) -> None:
    lines = [Line(), Line()]
    ids = [id_ for line in lines for id_ in post(line, 600)]
    drain_in_parallel()
    sent = carriers_book(book, ids)
    assert (len(sent), set(sent.values())) == (1200, {1})
    for line in lines:
        assert_books_balance(line.account)


def test_a_single_message_does_not_wait_behind_anothers_thousand(book: Path) -> None:
    crowd, alone = Line(), Line()
    many, one = post(crowd, 1500), post(alone, 1)
    with worker():
        for _batch in range(3):
            dispatch.dispatch_once()
            if carriers_book(book, one):
                break
    assert carriers_book(book, one) == {one[0]: 1}
    assert len(carriers_book(book, many)) < 1500
    drain_in_parallel()


def test_mixed_answers_of_one_payer_settle_in_parallel(book: Path, database: str) -> None:
    line, rings = Line(), deadlocks(database)
    fates = ("+33612345670", "+33612345601", "+33612345602", "+33612345604")
    ids = []
    for _round in range(10):
        ids += [id_ for to in fates for id_ in post(line, 3, destination_number=to)]

    def work() -> None:
        while dispatch.dispatch_once():
            pass

    def accept() -> list[str]:
        return [id_ for _ in range(10) for id_ in post(line_for(line.account), 2)]

    found = together([work, work, work, accept, accept])
    ids += found[3] + found[4]
    drain_in_parallel()
    assert deadlocks(database) == rings
    assert set(carriers_book(book, ids).values()) == {1}
    assert_books_balance(line.account)


@pytest.mark.parametrize("_luck", range(4))
def test_settling_in_any_order_never_waits_in_a_ring(database: str, _luck: int) -> None:
    """Which wallet is locked first must not depend on their ids, which are random: four times."""
    account = make_account()
    fund(account)
    with worker(), system("hold for a test"):
        cursor().execute("SELECT ledger_hold(%s, '{x}', '{10000}')", [account.pk])
    rings = deadlocks(database)

    def settle(*steps: str) -> None:
        for number in range(40):
            with system("settle for a test"):
                for step in steps:
                    cause = f"{threading.get_ident()}:{number}:{step}"
                    ledger.settle(account.pk, cause=cause, **{step: 1})

    def hold() -> None:
        for number in range(40):
            with system("hold for a test"):
                cause = f"{{{threading.get_ident()}-{number}}}"
                cursor().execute("SELECT ledger_hold(%s, %s, '{1}')", [account.pk, cause])

    together(
        [
            lambda: settle("release", "capture"),
            lambda: settle("capture", "release"),
            lambda: settle("capture"),
            hold,
        ]
    )
    assert deadlocks(database) == rings
    with scope(account):
        balance = balance_of(account)
    assert balance is not None
    assert balance.held == 10000 - 5 * 40 + 40


def test_families_that_share_workers_never_wait_for_each_other(database: str) -> None:
    """The accounts are so old that their own order is for each worker that of other wallets."""
    payers = [make_account(f"Maison {n}") for n in range(2)]
    for payer in payers:
        fund(payer)
    paid_by = [1, 0, 0, 1]
    accounts = [make_account(f"Atelier {n}", payer=payers[n]) for n in paid_by]
    with worker(), system("hold for a test"):
        for account in accounts:
            cause = f"{{{account.pk}}}"
            cursor().execute("SELECT ledger_hold(%s, %s, '{10000}')", [account.pk, cause])
    rings = deadlocks(database)

    def settle(some: list[Account]) -> None:
        for _again in range(60):
            with system("settle for a test"):
                ledger.settle_each("test", {account.pk: 1 for account in some}, {})

    together([lambda: settle(accounts[:2]), lambda: settle(accounts[2:])])
    assert deadlocks(database) == rings
    for payer in payers:
        with scope(payer):
            balance = balance_of(payer)
        assert balance is not None
        assert balance.held == 2 * (10000 - 60)


# -- the wallet ------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 1, 7])
def test_a_wallet_pays_for_exactly_what_it_covers(room: int) -> None:
    account = make_account()
    fund(account, room * PRICE + PRICE - 1)
    lines = [line_for(account) for _ in range(16)]
    answers = together(
        [
            lambda line=line: line.post({"content": "a", "destination_number": "+33612345670"})
            for line in lines
        ]
    )
    assert {answer.status_code for answer in answers} == {202}
    assert states(account) == +Counter({"queued": room, "rejected": 16 - room})
    with scope(account):
        balance = balance_of(account)
    assert balance is not None
    assert (balance.available, balance.held) == (PRICE - 1, room * PRICE)
    assert_books_balance(account)
    drain_in_parallel()
    assert_books_balance(account)


def test_batches_in_parallel_are_paid_whole_or_refused_whole() -> None:
    account = make_account()
    fund(account, 25 * PRICE)
    lines = [line_for(account) for _ in range(8)]
    together([lambda line=line: post(line, 10) for line in lines])
    assert states(account) == Counter({"queued": 20, "rejected": 60})
    assert_books_balance(account)
    drain_in_parallel()


def test_children_spend_their_parents_wallet_to_the_last_cent_and_no_further() -> None:
    parent = make_account()
    fund(parent, 10 * PRICE)
    children = [make_account(f"Atelier {n}", parent=parent, payer=parent) for n in range(4)]
    lines = [line_for(child) for child in children for _ in range(4)]
    together([lambda line=line: post(line, 1) for line in lines])
    found = sum((states(child) for child in children), Counter())
    assert found == Counter({"queued": 10, "rejected": 6})
    assert_books_balance(parent)
    drain_in_parallel()
    assert_books_balance(parent)


# -- idempotency -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_one_key_is_one_batch_however_often_it_is_posted(count: int) -> None:
    account = make_account()
    fund(account)
    message = {"content": "Bonjour", "destination_number": "+33612345670"}
    lines = [line_for(account) for _ in range(16)]
    answers = together(
        [
            lambda line=line: line.post(*[message] * count, **{"Idempotency-Key": "once"})
            for line in lines
        ]
    )
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (202, answers[0].content)
    }
    assert states(account) == Counter({"queued": count})
    with scope(account):
        assert Batch.objects.for_account(account).count() == 1
    assert_books_balance(account)


# -- cancelling ------------------------------------------------------------------------------


def test_a_message_is_cancelled_or_sent_never_both_never_neither(book: Path) -> None:
    line = Line()
    for _round in range(6):
        ids = post(line, 24)

        def take_back(some: list[str]) -> list[str]:
            done = []
            for id_ in some:
                with scope(line.account):
                    if cancel(line.account.pk, as_uuid(id_), actor=CLOCK):
                        done.append(id_)
            return done

        found = together(
            [
                dispatch.drain,
                dispatch.drain,
                lambda ids=ids: take_back(ids[::2]),
                lambda ids=ids: take_back(ids[::-2]),
            ]
        )
        drain_in_parallel()
        cancelled = set(found[2]) | set(found[3])
        sent = carriers_book(book, ids)
        assert len(cancelled) == len(found[2]) + len(found[3])
        assert cancelled.isdisjoint(sent)
        assert cancelled | set(sent) == set(ids)
        assert set(sent.values()) <= {1}
    assert_books_balance(line.account)
