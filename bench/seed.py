"""`python -m bench.seed`: the accounts that are measured; prints what the cases need as JSON."""

import json
import os
from typing import Any
from uuid import UUID

import django
import psycopg

django.setup()

from accounts.models import Account  # noqa: E402
from bench.traffic import OPTED_OUT, basic, opted_out  # noqa: E402
from hub.lib.windows import Week  # noqa: E402
from tests.make import EURO, fund, make_account, make_key, make_member, make_user, signed_in  # noqa: E402

UNREACHED = 10**12
CONTACTS = 100_000
# A table without any guard, with the columns and the indexes of the message table.
COPY_TABLE = """
CREATE TABLE bench_copy (
    LIKE messaging_message INCLUDING DEFAULTS INCLUDING INDEXES, due timestamptz);
CREATE INDEX ON bench_copy (account_id, due, id) WHERE due IS NOT NULL;
GRANT SELECT, INSERT ON bench_copy TO hub_web
"""
PRICES = """
INSERT INTO billing_price (id, country, currency, micro, valid_from)
SELECT gen_random_uuid(), c, 'EUR', 45000, now() FROM unnest('{FR,GB,DE,US,*}'::text[]) c
"""
ROUTE = """
INSERT INTO messaging_route (name, gateway, prefixes, active, last_error)
VALUES ('bench', 'simulator', '{}', true, '')
"""
CONTACTS_OF = """
INSERT INTO contacts_contact (id, account_id, number, name, time_zone, created_at)
SELECT gen_random_uuid(), %s, '+3362' || lpad(n::text, 7, '0'), '', 'Europe/Paris', now()
FROM generate_series(1, %s) n
"""


def ruled(name: str) -> Account:
    """An account with every rule on, all of them open: hours, limits, countries, money."""
    account = make_account(
        name,
        hours_on=True,
        week=Week.always().to_json(),
        limit_day=UNREACHED,
        limit_month=UNREACHED,
        countries=["FR", "GB", "DE", "US"],
    )
    fund(account, 10**7 * EURO)
    return account


def block_list(connection: "psycopg.Connection[Any]", account: UUID) -> None:
    fields = "id, account_id, number, source, at"
    values = "gen_random_uuid(), %s, n, 'reply', now()"
    connection.execute(
        f"INSERT INTO contacts_optout ({fields}) SELECT {values} FROM unnest(%s::text[]) n",
        [account, [opted_out(index) for index in range(OPTED_OUT)]],
    )


def main() -> None:
    hot = ruled("Hot")
    key = make_key(hot)
    owner = make_user("Bench Owner")
    lists = {name: make_account(name) for name in ("small", "big")}
    for account in lists.values():
        make_member(account, owner, "owner")
    crowd, lone = ruled("crowd"), ruled("lone")
    with psycopg.connect(os.environ["BENCH_ADMIN_URL"], autocommit=True) as connection:
        for statement in (COPY_TABLE, PRICES, ROUTE):
            connection.execute(statement)
        connection.execute(CONTACTS_OF, [hot.pk, CONTACTS])
        block_list(connection, hot.pk)
        connection.execute("VACUUM ANALYZE")
    session = signed_in(owner).cookies["sessionid"].value
    print(
        json.dumps(
            {
                "hot": str(hot.pk),
                "authorization": basic(key.key_id, key.secret),
                "session": session,
                "pages": {name: account.public_id for name, account in lists.items()},
                "accounts": {name: str(account.pk) for name, account in lists.items()},
                "crowd": str(crowd.pk),
                "lone": str(lone.pk),
            }
        )
    )


if __name__ == "__main__":
    main()
