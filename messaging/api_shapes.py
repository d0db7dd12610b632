"""What the API of messages answers, as types: the code fills them, docs/openapi.yaml shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from messaging.api_input import Message

Note = msgspec.Meta


class Problem(msgspec.Struct):
    """Every failure. `details` are `<place>: <reason>`: a JSON pointer, `?<name>` or a header."""

    message: str
    details: list[str] | msgspec.UnsetType = msgspec.UNSET


class MessageAccepted(Message, kw_only=True):
    """The item as it was sent, with its id. Always `queued`: what a rule says shows in GET."""

    message_id: str
    status: str = "queued"


class MessagesAccepted(msgspec.Struct):
    messages: list[MessageAccepted]


class MessageShown(msgspec.Struct, kw_only=True):
    """One message: what was asked, its state, and why it is in it."""

    message_id: str
    content: str
    destination_number: str
    source_number: str | None
    source_number_type: str | None
    format: str
    delivery_report: bool
    callback_url: str | None
    scheduled: str | None
    message_expiry_timestamp: datetime
    metadata: dict[str, str]
    status: Annotated[str, Note(description="The state, in the words published clients know.")]
    error_code: Annotated[str | None, Note(description="The code of the reason; null is none.")]
    reason: Annotated[str | None, Note(description="The key of the reason catalogue.")]
    next_review: Annotated[datetime | None, Note(description="When a waiting one is looked at.")]
    accepted: datetime
    test: bool


class TrailStep(msgspec.Struct):
    """One rule that looked at the message, and the values that decided."""

    step: str
    verdict: str
    rule: str
    values: dict[str, Any]


class MessageChecked(msgspec.Struct, kw_only=True):
    """What would be decided now, and by which rules. Nothing was stored or charged."""

    destination_number: str
    source_number: str | None
    verdict: Annotated[str, Note(description="send, hold or refuse")]
    status: str
    error_code: str | None
    reason: str | None
    until: Annotated[str | None, Note(description="End of the hold, as far as it is known.")]
    parts: int
    encoding: str
    price_micro: Annotated[int, Note(description="Millionths of the account's currency.")]
    trail: list[TrailStep]


class MessagesChecked(msgspec.Struct):
    messages: list[MessageChecked]


class Cancellation(msgspec.Struct, forbid_unknown_fields=True):
    status: Literal["cancelled"]
