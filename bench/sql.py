"""`python -m bench.sql TEXT`: statements as the superuser; prints the last one's rows."""

import json
import os
import sys

import psycopg


def main(text: str) -> None:
    rows: list[tuple[object, ...]] = []
    with psycopg.connect(os.environ["BENCH_ADMIN_URL"], autocommit=True) as connection:
        for statement in filter(str.strip, text.split(";;")):
            done = connection.execute(statement)
            rows = done.fetchall() if done.description else []
    print(json.dumps(rows, default=str))


if __name__ == "__main__":
    main(sys.argv[1])
