"""Real processes: nothing accepted is lost or sent twice, whatever is killed or flushed."""

import http.client
import json
import time
from base64 import b64encode
from collections import Counter
from urllib.parse import urlsplit

import pytest
import requests

from tests.running import Running

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("hub")]
BATCHES, SIZE = 20, 100
STATES = "SELECT id::text, state FROM messaging_message WHERE id = ANY (%s::uuid[])"
UNKNOWN = """
SELECT count(*) FROM apisettings_event
WHERE kind = 'message.unknown' AND payload->>'message_id' = ANY (%s)
"""
IN_FLIGHT = "SELECT id FROM messaging_flight WHERE stage = 'sending'"


def post(hub: Running, number: int) -> list[str]:
    key = hub.demo["api_keys"][0]
    messages = [
        {
            "content": f"Message {number}/{one}",
            "destination_number": f"+3369{number:04d}{one:02d}0",
        }
        for one in range(SIZE)
    ]
    answer = requests.post(
        f"{hub.base_url}/v1/messages",
        json={"messages": messages},
        auth=(key["key"], key["secret"]),
        timeout=30,
    )
    assert answer.status_code == 202, answer.text
    return [message["message_id"] for message in answer.json()["messages"]]


def test_a_program_that_sends_all_before_it_reads_hears_that_it_was_too_much(hub: Running) -> None:
    key = hub.demo["api_keys"][0]
    connection = http.client.HTTPConnection(urlsplit(hub.base_url).netloc, timeout=30)
    head = {
        "Authorization": "Basic " + b64encode(f"{key['key']}:{key['secret']}".encode()).decode(),
        "Content-Type": "application/json",
    }
    for _ in range(2):  # on one connection
        connection.request("POST", "/v1/messages", b" " * 20_000_000, head)
        answer = connection.getresponse()
        assert answer.status == 413
        assert "10 MiB" in json.loads(answer.read())["message"]
    connection.close()


def kill_in_flight(hub: Running, number: int) -> list[str]:
    """The dispatch worker dies between the attempt and the answer of a batch posted for it."""
    old = {row[0] for row in hub.system(IN_FLIGHT)}
    ids = post(hub, number)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if {row[0] for row in hub.system(IN_FLIGHT)} - old:
            hub.kill_worker("dispatch")
            return ids
    pytest.fail("No batch was seen in flight.")


def test_a_killed_worker_and_a_flushed_broker_lose_and_double_nothing(hub: Running) -> None:
    ids: list[str] = []
    for number in range(BATCHES):
        ids += post(hub, number)
        if number % 5 == 1:
            hub.broker.flushall()
        if number in (4, 12):
            ids += kill_in_flight(hub, 30 + number)
    until = time.monotonic() + 100
    states: Counter[str] = Counter()
    while time.monotonic() < until:
        states = Counter(state for _id, state in hub.system(STATES, ids))
        if states["delivered"] == len(ids):
            break
        time.sleep(0.5)
    written = Counter(entry["id"] for entry in hub.book())
    assert len(set(ids)) == (BATCHES + 2) * SIZE
    assert sum(states.values()) == len(ids), "an accepted message has no row"
    assert max(written[id_] for id_ in ids) == 1, "a message was written twice"
    assert set(states) <= {"delivered", "unknown"}, states
    never_written = [
        id_ for id_, state in hub.system(STATES, ids) if not written[id_] and state == "delivered"
    ]
    assert never_written == []
    assert hub.system(UNKNOWN, ids)[0][0] >= 1, "no outcome was in doubt: the kill missed"


def test_messages_in_doubt_are_answered_by_their_receipts(hub: Running) -> None:
    ids = kill_in_flight(hub, 90)
    until = time.monotonic() + 90
    states: Counter[str] = Counter()
    while states["delivered"] < SIZE and time.monotonic() < until:
        states = Counter(state for _id, state in hub.system(STATES, ids))
        time.sleep(0.5)
    written = Counter(entry["id"] for entry in hub.book())
    # What was written is known by its receipt; what was not is not sent again by itself.
    assert states["delivered"] == sum(1 for id_ in ids if written[id_])
    assert states["delivered"] + states["unknown"] == SIZE


def test_accepting_goes_on_while_the_broker_is_flushed_again_and_again(hub: Running) -> None:
    ids: list[str] = []
    for number in range(50, 55):
        hub.broker.flushall()
        ids += post(hub, number)
    until = time.monotonic() + 60
    states: Counter[str] = Counter()
    while states["delivered"] < len(ids) and time.monotonic() < until:
        states = Counter(state for _id, state in hub.system(STATES, ids))
        time.sleep(0.3)
    assert states == {"delivered": len(ids)}
