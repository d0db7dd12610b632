"""`python -m bench.rows ACCOUNT COUNT due|done`: messages straight into the table, as superuser."""

import json
import os
import sys

import psycopg

# One batch row for each 100; ids as acceptance makes them, a millisecond a batch, in the past.
ROWS = """
WITH given AS (
    SELECT b, k, lpad(to_hex((extract(epoch FROM now())::bigint - 86400) * 1000 + b), 12, '0') AS ms
    FROM generate_series(0, (%(count)s::int - 1) / 100) b, generate_series(0, 100) k
), named AS (
    SELECT b, k, (substr(ms, 1, 8) || '-' || substr(ms, 9) || '-7' || lpad(to_hex(k), 3, '0')
                  || '-8' || substr(md5(%(account)s || b), 1, 3) || '-'
                  || substr(md5(%(account)s || b), 4, 12))::uuid AS id FROM given
), batches AS (
    INSERT INTO messaging_batch (id, account_id, hash, count, trails, channel, actor, test, at)
    SELECT id, %(account)s::uuid, '\\x00', 100,
        '[{"verdict": "send", "reason": null, "until": null, "values": {}, "steps": []}]',
        'api', 'bench', false, now()
    FROM named WHERE k = 0
)
INSERT INTO messaging_message (
    id, account_id, batch_id, sender_id, trail_no, parts, epoch, settings_version, code, price,
    updated_at, expires, state, message_class, test, wants_receipt, "to", source, body)
SELECT m.id, %(account)s::uuid, h.id, s.id, 0, 1, 0, 1, %(code)s, 0, now(),
    now() + interval '7 days', %(state)s, 'standard', false, true,
    '+336' || lpad((abs(hashtext(m.id::text)) %% 100000000)::text, 8, '0'), 'VERDIER',
    'Bonjour, votre commande 4711 est prête. Retrait jusqu''à samedi 19 h, 12 rue des Lilas.'
FROM named m JOIN named h ON h.b = m.b AND h.k = 0
JOIN senders_sender s ON s.account_id = %(account)s::uuid
WHERE m.k > 0 ORDER BY m.id LIMIT %(count)s
"""
# As if each had just been accepted.
WAITING = """
INSERT INTO messaging_waiting (message_id, account_id, due)
SELECT id, account_id, now() FROM messaging_message m
WHERE account_id = %(account)s::uuid AND state = 'queued'
"""


def main(account: str, count: int, kind: str) -> None:
    due = kind == "due"
    values = {
        "account": account,
        "count": count,
        "state": "queued" if due else "delivered",
        "code": None if due else 220,
    }
    with psycopg.connect(os.environ["BENCH_ADMIN_URL"], autocommit=True) as connection:
        connection.execute(ROWS, values)
        if due:
            connection.execute(WAITING, values)
    print(json.dumps({"rows": count}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
