"""`python -m bench.claiming CROWD LONE`: who is claimed when one account has a huge backlog.

Claims batches for good, without sending them, until LONE's single message is among them.
"""

import json
import sys
import time

import django

django.setup()

from accounts.statements import cursor, listed  # noqa: E402
from accounts.tenancy import system  # noqa: E402
from messaging.claim import claim  # noqa: E402

TAKEN = "DELETE FROM messaging_waiting WHERE message_id = ANY (%s::uuid[])"
MOST_BATCHES = 50


def main(crowd: str, lone: str) -> None:
    batches, times, shares, found = 0, [], [], False
    while not found and batches < MOST_BATCHES:
        with system("bench"):
            begun = time.process_time(), time.perf_counter()
            rows = claim()
            times.append((time.perf_counter() - begun[1]) * 1e3)
            shares.append(sum(row.account == crowd for row in rows))
            found = any(row.account == lone for row in rows)
            cursor().execute(TAKEN, [listed(row.id for row in rows)])
        batches += 1
    print(json.dumps({"batches": batches, "claim_ms": max(times), "crowd_in_it": shares[-1]}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
