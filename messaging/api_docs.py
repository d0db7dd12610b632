"""The operations of the messages API, for docs/openapi.yaml."""

from apisettings.api_docs import Operation
from messaging.api_input import Messages
from messaging.api_shapes import (
    Cancellation,
    MessagesAccepted,
    MessagesChecked,
    MessageShown,
    Problem,
)

REFUSALS = {400: Problem, 401: Problem, 403: Problem, 503: Problem}
REFUSALS_OF_BODIES = {**REFUSALS, 411: Problem, 413: Problem, 415: Problem}

OPERATIONS = [
    Operation(
        "post", "/v1/messages", "messages:send",
        "Send 1 to 100 messages: all are stored, or none. A rule that refuses or holds one shows "
        "in its status. The Idempotency-Key header makes a repeat harmless for 7 days.",
        takes=Messages,
        gives={202: MessagesAccepted, **REFUSALS_OF_BODIES, 422: Problem},
        headers=("Idempotency-Key",),
    ),
    Operation(
        "post", "/v1/messages/check", "messages:send",
        "What would be decided now, by the same rules. Stores and charges nothing.",
        takes=Messages,
        gives={200: MessagesChecked, **REFUSALS_OF_BODIES},
    ),
    Operation(
        "get", "/v1/messages/{message_id}", "messages:read",
        "One message, its state and why.",
        gives={200: MessageShown, **REFUSALS, 404: Problem},
    ),
    Operation(
        "put", "/v1/messages/{message_id}", "messages:send",
        "Cancel a message that has not left.",
        takes=Cancellation,
        gives={200: None, **REFUSALS_OF_BODIES, 404: Problem},
    ),
]  # fmt: skip
