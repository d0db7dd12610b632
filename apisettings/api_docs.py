"""How an operation of the public API is described, and the OpenAPI document made of them.

The shapes are msgspec types, the very ones the code reads and fills, so the document cannot say
something else than the code does; a test finds operations that are not described.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

ABOUT: Final = """\
Every failure is JSON: `message`, and `details` where a place can be named, each
`<place>: <reason>`. A place is a JSON pointer (RFC 6901) into the body, as in
`/messages/0/content`, `?<name>` for a parameter of the address, or the name of a header, as in
`Idempotency-Key`.

An address that does not exist answers 404, another method at one that does 405 with `Allow`, both
whoever asks. A body over 10 MiB is refused with 413; its first 40 MiB are read before the answer.
"""
DESCRIPTIONS: Final[Mapping[int, str]] = {
    200: "Done.",
    202: "All are stored.",
    400: "Not readable, or a fault at each of the places in `details`; nothing was done.",
    401: "No key that may be used now, from here.",
    403: "The key lacks the right, or names an account it may not act for.",
    404: "Does not exist, or is another account's.",
    411: "The body was sent in chunks: a Content-Length is required.",
    413: "The body is over 10 MiB.",
    415: "The body is not plain `application/json` in UTF-8.",
    422: "The Idempotency-Key was used with another body.",
    503: "Nothing was done; ask again.",
}
ANSWER_HEADERS: Final[Mapping[int, Mapping[str, Any]]] = {
    401: {"WWW-Authenticate": {"description": "Basic (RFC 7617).", "schema": {"type": "string"}}},
    503: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
}
HEADERS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "Account": (
        "The id of the account to act for: the key's own, or one below it. Without it, the key's.",
        {"type": "string"},
    ),
    "Idempotency-Key": (
        "Makes a repeat harmless for 7 days: the same key with the same body, byte for byte, is"
        " answered as the first was and does nothing more; with another body it is refused (422)."
        " Printable ASCII without a comma. Each account has keys of its own, and others of its"
        " own for what it tries with a test key.",
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -+\\--~]+$"},
    ),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path. `takes` is the body's type, `gives` a type (or None) per status,
    `headers` those it reads beside Account, which all do."""

    method: str
    path: str
    scope: str
    summary: str
    gives: Mapping[int, type | None]
    takes: type | None = None
    headers: tuple[str, ...] = field(default=())


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `operations`."""
    listed = list(operations)
    types = {one.takes for one in listed} | {one for op in listed for one in op.gives.values()}
    named = sorted((one for one in types if one is not None), key=lambda one: one.__name__)
    schemas, components = msgspec.json.schema_components(
        named, ref_template="#/components/schemas/{name}"
    )
    references = dict(zip(named, schemas, strict=True))
    paths: dict[str, Any] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hub", "version": "1", "description": ABOUT},
        "security": [{"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "schemas": dict(sorted(components.items())),
        },
    }


def _described(operation: Operation, references: Mapping[type, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": operation.summary,
        "description": f"Needs the scope `{operation.scope}`.",
        "responses": {
            str(status): _response(status, kind, references)
            for status, kind in sorted(operation.gives.items())
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    parameters += [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": HEADERS[name][0],
            "schema": HEADERS[name][1],
        }
        for name in ("Account", *operation.headers)
    ]
    found["parameters"] = parameters
    if operation.takes is not None:
        content = {"application/json": {"schema": references[operation.takes]}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _response(status: int, kind: type | None, references: Mapping[type, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": DESCRIPTIONS[status]}
    if status in ANSWER_HEADERS:
        described["headers"] = ANSWER_HEADERS[status]
    if kind is not None:
        described["content"] = {"application/json": {"schema": references[kind]}}
    return described
