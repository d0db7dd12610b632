"""The demo as `make up` runs it: its own process, the worker's login, a new database."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.conftest import ROOT, TEMPLATE, admin, schema_hash, url_for

TABLES = (
    "accounts_account", "accounts_membership", "accounts_auditentry", "users_user",
    "contacts_contact", "contacts_optout", "senders_sender", "messaging_message",
    "messaging_batch", "messaging_attempt", "messaging_receipt", "messaging_inboundmessage",
    "apisettings_apikey", "apisettings_event", "billing_ledgerentry", "billing_price",
    "messaging_route",
)  # fmt: skip


@dataclass
class Demo:
    database: str
    home: Path
    parent: str = ""
    child: str = ""

    @property
    def card(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.home / "demo.json").read_text("utf-8"))
        return read

    def run(self) -> None:
        urls = {
            "DATABASE_URL": url_for("owner", self.database),
            "DATABASE_URL_WORKER": url_for("worker", self.database),
        }
        subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env={**os.environ, **urls, "HUB_PROCESS": "worker", "HUB_HOME": str(self.home)},
            check=True,
            timeout=120,
        )

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """As a superuser, who alone sees every account at once."""
        url = urlsplit(os.environ["HUB_TEST_ADMIN_URL"])._replace(path=f"/{self.database}")
        with psycopg.connect(url.geturl(), autocommit=True) as connection:
            return connection.execute(query, list(values)).fetchall()

    def counts(self) -> dict[str, int]:
        return {table: self.ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


@pytest.fixture(scope="module")
def demo(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = Demo(f"{database}_demo", tmp_path_factory.mktemp("demo"))
    name = sql.Identifier(made.database)
    with admin() as connection:
        template = sql.Identifier(f"{TEMPLATE}_{schema_hash()}")
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER hub_owner").format(name, template)
        )
    made.run()
    made.parent, made.child = [
        made.ask("SELECT id FROM accounts_account WHERE public_id = %s", account["id"])[0][0]
        for account in made.card["accounts"]
    ]
    yield made
    with admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_messages_stand_in_every_state_that_lasts(demo: Demo) -> None:
    """`sending` lasts a fifth of a second, so no honest demo can leave one behind."""
    states = {row[0] for row in demo.ask("SELECT DISTINCT state FROM messaging_message")}
    assert states == {
        "scheduled", "held", "queued", "submitted", "delivered", "failed", "rejected", "expired",
        "cancelled", "unknown",
    }  # fmt: skip


def test_messages_end_badly_for_every_usual_reason(demo: Demo) -> None:
    reasons = {row[0] for row in demo.ask("SELECT DISTINCT reason FROM messaging_message")}
    assert reasons >= {
        "opted_out", "sender_not_yours", "too_many_parts", "carrier_refused", "undeliverable",
        "expired_at_carrier", "unanswered", "unknown_closed", "no_receipt", "cancelled",
    }  # fmt: skip


def test_the_messages_are_those_of_a_month(demo: Demo) -> None:
    days = demo.ask(
        "SELECT DISTINCT at::date FROM messaging_batch WHERE at > now() - '30 days'::interval"
    )
    assert len(days) >= 22
    (count,) = demo.ask("SELECT count(*) FROM messaging_message")[0]
    assert 300 <= count <= 1000


def test_a_message_of_the_past_has_lived_in_the_past(demo: Demo) -> None:
    late = demo.ask(
        """
        SELECT m.id FROM messaging_message m JOIN messaging_batch b ON b.id = m.batch_id
        LEFT JOIN messaging_attempt a ON a.message_id = m.id
        LEFT JOIN messaging_receipt r ON r.message_id = m.id
        WHERE b.at < now() - interval '1 day' AND m.extra->>'scheduled' IS NULL
          AND (a.at NOT BETWEEN b.at AND b.at + interval '1 minute'
               OR r.at NOT BETWEEN a.at AND a.at + interval '1 minute')
        """
    )
    assert late == []
    early = demo.ask(
        "SELECT id FROM messaging_message WHERE state = 'delivered' AND updated_at > expires"
    )
    assert early == []


def test_parts_are_counted_on_the_day_they_left(demo: Demo) -> None:
    counted = demo.ask(
        """
        SELECT period, used FROM senders_usagecounter
        WHERE account_id = %s AND length(period) = 10 AND used > 0 ORDER BY 1
        """,
        demo.child,
    )
    left = demo.ask(
        """
        SELECT to_char(a.at AT TIME ZONE 'Europe/Paris', 'YYYY-MM-DD'), sum(a.parts)
        FROM messaging_attempt a WHERE a.account_id = %s GROUP BY 1 ORDER BY 1
        """,
        demo.child,
    )
    assert counted == left


def test_the_sub_account_shows_its_rules_at_work(demo: Demo) -> None:
    reasons = {
        row[0]
        for row in demo.ask(
            "SELECT DISTINCT reason FROM messaging_message"
            " WHERE account_id = %s AND state = 'held'",
            demo.child,
        )
    }
    assert {"limit_held", "outside_hours", "zone_unknown"} <= reasons
    rules = demo.ask(
        "SELECT hours_on, limit_day FROM senders_sendingsettings WHERE account_id = %s", demo.child
    )
    assert rules == [(True, 20)]


def test_the_sub_account_is_bound_to_the_parents_receipts(demo: Demo) -> None:
    found = demo.ask(
        """
        SELECT p.receipts_locked_below, c.receipts_origin, c.receipts, c.hours_origin
        FROM senders_sendingsettings p, senders_sendingsettings c
        WHERE p.account_id = %s AND c.account_id = %s
        """,
        demo.parent,
        demo.child,
    )
    assert found == [(True, "locked", True, "own")]


def test_the_parent_is_always_open_and_pays_for_both(demo: Demo) -> None:
    rules = demo.ask(
        """
        SELECT hours_on, limit_day, limit_month, countries FROM senders_sendingsettings
        WHERE account_id = %s
        """,
        demo.parent,
    )
    assert rules == [(False, None, None, None)]
    (dearest,) = demo.ask("SELECT max(micro) FROM billing_price")[0]
    wallet = demo.ask("SELECT balance FROM billing_wallet WHERE kind = 'main'")
    assert len(wallet) == 1
    assert wallet[0][0] >= 1_000_000 * dearest
    payers = demo.ask("SELECT DISTINCT payer_id FROM accounts_account")
    assert payers == [(demo.parent,)]
    paid_for_child = demo.ask(
        "SELECT 1 FROM billing_ledgertransaction WHERE on_behalf_of = %s AND kind = 'capture'",
        demo.child,
    )
    assert paid_for_child


def test_the_balance_of_each_day_is_that_of_the_day_before_with_what_came_and_went(
    demo: Demo,
) -> None:
    ends = demo.ask(
        "SELECT day, available FROM billing_daybalance WHERE account_id = %s ORDER BY day",
        demo.parent,
    )
    came = money_by_day(
        demo,
        """
        SELECT (t.at AT TIME ZONE 'Europe/Paris')::date, sum(e.amount)
        FROM billing_ledgertransaction t JOIN billing_ledgerentry e ON e.txn_id = t.id
        WHERE t.kind = 'credit' AND e.amount > 0 GROUP BY 1
        """,
    )
    went = money_by_day(
        demo,
        """
        SELECT (a.at AT TIME ZONE 'Europe/Paris')::date, sum(m.price)
        FROM messaging_attempt a JOIN messaging_message m ON m.id = a.message_id
        WHERE a.outcome = 'accepted' GROUP BY 1
        """,
    )
    assert len(ends) >= 25
    for (_day, before), (day, after) in pairwise(ends):
        assert after - before == came.get(day, 0) - went.get(day, 0), day
    moves = [after - before for (_one, before), (_two, after) in pairwise(ends)]
    assert [move > 0 for move in moves].count(True) == 2
    assert [move < 0 for move in moves].count(True) >= 15


def test_the_books_of_the_credit_add_up_and_cannot_be_changed(demo: Demo) -> None:
    wrong = demo.ask(
        """
        SELECT w.kind FROM billing_wallet w
        WHERE w.balance <> (SELECT coalesce(sum(amount), 0) FROM billing_ledgerentry e
                            WHERE e.wallet_id = w.id)
        """
    )
    assert wrong == []
    lines = "SELECT txn_id FROM billing_ledgerentry GROUP BY 1 HAVING sum(amount) <> 0"
    assert demo.ask(lines) == []
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        demo.ask("UPDATE billing_ledgertransaction SET at = now() WHERE kind = 'credit'")


def money_by_day(demo: Demo, query: str) -> dict[date, int]:
    return {day: int(amount) for day, amount in demo.ask(query)}


def test_no_money_is_held_for_a_message_that_has_ended(demo: Demo) -> None:
    (held,) = demo.ask("SELECT balance FROM billing_wallet WHERE kind = 'held'")[0]
    (open_,) = demo.ask(
        """
        SELECT coalesce(sum(price), 0) FROM messaging_message
        WHERE state IN ('scheduled', 'held', 'queued', 'unknown') AND NOT test
        """
    )[0]
    assert held == open_


def test_who_said_stop_is_refused_from_then_on(demo: Demo) -> None:
    refused = demo.ask("SELECT DISTINCT \"to\" FROM messaging_message WHERE reason = 'opted_out'")
    stopped = demo.ask("SELECT number FROM contacts_optout")
    assert sorted(refused) == sorted(stopped) != []


def test_the_card_says_how_to_get_in(demo: Demo) -> None:
    card = demo.card
    assert stat.S_IMODE((demo.home / "demo.json").stat().st_mode) == 0o600
    assert set(card) == {
        "base_url", "accounts", "users", "api_keys", "database_url", "redis_url",
    }  # fmt: skip
    parent, child = card["accounts"]
    assert (parent["name"], parent["parent"]) == ("Maison Verdier", None)
    assert (child["name"], child["parent"]) == ("Atelier Sud", parent["id"])
    assert (card["users"][0]["role"], card["users"][0]["account"]) == ("Owner", parent["id"])
    roles = {user["role"] for user in card["users"] if user["account"] == parent["id"]}
    assert roles == {"Owner", "Administrator", "Advanced", "Basic", "Billing", "Developer"}
    assert [key["account"] for key in card["api_keys"]] == [parent["id"], child["id"]]
    assert urlsplit(card["database_url"]).username == "hub_owner"
    assert card["redis_url"] == os.environ["REDIS_URL"]


def test_everybody_may_sign_in_with_a_verified_address(demo: Demo) -> None:
    verified = demo.ask(
        """
        SELECT u.email FROM users_user u JOIN account_emailaddress e ON e.user_id = u.id
        WHERE e.verified AND e.primary AND u.is_active
        """
    )
    emails = [user["email"] for user in demo.card["users"]]
    assert sorted(row[0] for row in verified) == sorted(emails)
    assert all(email.endswith(".example") for email in emails)
    languages = demo.ask("SELECT DISTINCT language FROM users_user ORDER BY 1")
    assert languages == [("en",), ("fr",)]


def test_a_second_run_changes_nothing_and_keeps_the_keys(demo: Demo) -> None:
    counts, card = demo.counts(), demo.card
    demo.run()
    assert demo.counts() == counts
    assert demo.card == card


def test_a_lost_card_is_written_again_with_new_keys(demo: Demo) -> None:
    keys = demo.card["api_keys"]
    (demo.home / "demo.json").unlink()
    messages = demo.counts()["messaging_message"]
    demo.run()
    renewed = demo.card["api_keys"]
    assert [key["account"] for key in renewed] == [key["account"] for key in keys]
    assert {key["key"] for key in renewed}.isdisjoint(key["key"] for key in keys)
    assert demo.counts()["messaging_message"] == messages
