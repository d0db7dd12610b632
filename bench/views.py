"""What Hub is measured against, on the same server in the same run."""

import hashlib
import json
import time
import uuid
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.statements import cursor
from accounts.tenancy import scope
from apisettings.http import ApiRequest, answer, api
from messaging.accept import Request, accept
from messaging.api_input import read

COPY = """
COPY bench_copy (id, account_id, batch_id, sender_id, trail_no, parts, epoch, settings_version,
    price, updated_at, due, expires, state, message_class, test, wants_receipt, "to", source, body)
FROM STDIN
"""


def noop(request: HttpRequest) -> HttpResponse:
    """Nothing at all, through the whole stack."""
    return JsonResponse({})


@csrf_exempt
def copy(request: HttpRequest) -> HttpResponse:
    """The floor: json.loads and one COPY of the same columns into a table without any guard."""
    items = json.loads(request.body)["messages"]
    now = datetime.now(UTC)
    expires, batch = now + timedelta(days=7), _id()
    ids = [_id() for _ in items]
    with cursor() as found, found.copy(COPY) as lines:
        for id_, item in zip(ids, items, strict=True):
            lines.write_row(
                (id_, batch, batch, batch, 0, 1, 0, 1, 45000, now, now, expires, "queued",
                 "standard", False, True, item["destination_number"], "VERDIER", item["content"])
            )  # fmt: skip
    return JsonResponse({"ids": ids}, status=202)


def _id() -> str:
    text = f"{time.time_ns() // 1_000_000:012x}7{uuid.uuid4().hex[13:]}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@api("messages:send", methods=["POST"], scoped=False)
def ungrouped(request: ApiRequest) -> HttpResponse:
    """POST /v1/messages without group commit: each request its own statement."""
    body = request.body
    asked = Request(
        drafts=read(body, timezone.now()),
        channel="api",
        actor=request.caller.label,
        by=request.actor,
        hash=hashlib.sha256(body).digest(),
    )
    with scope(request.caller.account_id):
        accepted = accept(request.caller.account_id, asked)
    items = json.loads(body)["messages"]
    for item, id_ in zip(items, accepted.ids, strict=True):
        item |= {"message_id": id_, "status": "queued"}
    return answer(202, {"messages": items})
