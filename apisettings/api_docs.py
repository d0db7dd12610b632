"""How an operation of the public API is described, and the OpenAPI document made of them.

The shapes are msgspec types, the very ones the code reads and fills, so the document cannot say
something else than the code does; a test finds operations that are not described.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path. `takes` is the body's type, `gives` a type (or None) per status."""

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
        "info": {"title": "Hub", "version": "1"},
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
            for status, kind in operation.gives.items()
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    parameters += [
        {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}
        for name in operation.headers
    ]
    if parameters:
        found["parameters"] = parameters
    if operation.takes is not None:
        content = {"application/json": {"schema": references[operation.takes]}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _response(status: int, kind: type | None, references: Mapping[type, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "Done" if status < 300 else "Refused"}
    if kind is not None:
        described["content"] = {"application/json": {"schema": references[kind]}}
    return described
