"""`python -m bench.deciding`: CPU of the pure decision, in microseconds a message, as JSON."""

import json
import random
import time
from datetime import UTC, datetime
from statistics import median

from bench.traffic import TEXT_WEIGHTS, TEXTS, number, opted_out
from hub.lib.windows import Week
from messaging.decide import Decider, cover
from messaging.decision import Facts, Rules
from messaging.draft import Draft

BATCHES, ROUNDS = 200, 7
RULES = Rules(
    account_state="open", zone="Europe/Paris", country="FR", version=1, hours_on=True,
    hours_clock="recipient", week=Week.always(), unknown_zone_uses_account=False,
    over_limit="hold", receipts=True, default_sender="VERDIER", transactional_granted=False,
    countries=frozenset({"FR", "GB", "DE", "US"}),
)  # fmt: skip


def drafts(chance: random.Random) -> list[Draft]:
    return [
        Draft(number(chance), chance.choices(TEXTS, TEXT_WEIGHTS)[0]) for _message in range(100)
    ]


def facts_for(batch: list[Draft]) -> Facts:
    """One number in a hundred on the block list, one in ten a contact with a zone."""
    return Facts(
        opted_out=frozenset({batch[0].to, opted_out(1)}),
        zones={draft.to: "Europe/Paris" for draft in batch[::10]},
        senders={"verdier": ("VERDIER", "0193b3a0-0000-7000-8000-000000000001")},
        prices={"FR": 45000, "*": 60000},
        available=10**12,
        currency="EUR",
    )


def one_round(batches: list[tuple[list[Draft], Facts]]) -> float:
    begun = time.process_time()
    for batch, facts in batches:
        decider = Decider(RULES, facts, datetime.now(UTC))
        cover([decider.decide(draft) for draft in batch], facts)
    return (time.process_time() - begun) * 1e6 / (len(batches) * 100)


def main() -> None:
    chance = random.Random(4711)
    batches = [(batch, facts_for(batch)) for batch in (drafts(chance) for _ in range(BATCHES))]
    one_round(batches)
    print(json.dumps({"us": median(one_round(batches) for _ in range(ROUNDS))}))


if __name__ == "__main__":
    main()
