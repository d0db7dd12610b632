"""Merge fields of a text: {name}, {name|customer}, and {{ for a brace itself.

A closed grammar read from left to right, and no template language: a field is a word of a fixed
list, it is replaced once, and what is put in its place is never read again (spec/trust.md T11).
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

FIELDS: Final = ("name", "number")

_token = re.compile(r"\{\{|\{[^{}]*\}|\{").finditer
_field = re.compile(r"\{([a-z_]+)(?:\|([^{}|]*))?\}").fullmatch
_doubled = re.compile(r"\{\{ *([a-z_]+) *(?:\|[^{}|]*)?\}\}").match


class Fault(StrEnum):
    """Why a text, or one recipient's copy of it, cannot be made."""

    UNKNOWN = "unknown"
    UNCLOSED = "unclosed"
    MALFORMED = "malformed"
    DOUBLED = "doubled"
    MISSING = "missing"


class MergeError(ValueError):
    """`at` is the place of the brace, counted in characters from 0; `written` what stands there."""

    def __init__(self, fault: Fault, at: int, written: str) -> None:
        super().__init__(f"{fault} field at {at}: {written}")
        self.fault, self.at, self.written = fault, at, written


class Field(NamedTuple):
    """A place to fill; `default` stands in for a missing value, None when there is none."""

    name: str
    default: str | None
    at: int


Part = str | Field


def parse(body: str, fields: Sequence[str] = FIELDS) -> list[Part]:
    """The literal stretches and fields of `body`, in order; MergeError at its first fault."""
    parts: list[Part] = []
    end = 0
    for token in _token(body):
        parts.append(body[end : token.start()])
        parts.append(_read(body, token, fields))
        end = token.end()
    parts.append(body[end:])
    return [part for part in parts if part != ""]


def merge(body: str, values: Mapping[str, str | None], fields: Sequence[str] = FIELDS) -> str:
    """`body` with its fields filled. A value that is None or blank gives way to the field's
    default; MergeError MISSING when it has none, and as `parse` says."""
    return "".join(
        part if isinstance(part, str) else _fill(part, values) for part in parse(body, fields)
    )


def fields_of(body: str) -> frozenset[str]:
    """The names of the fields of `body`; none when it cannot be read."""
    try:
        return frozenset(part.name for part in parse(body) if isinstance(part, Field))
    except MergeError:
        return frozenset()


def _read(body: str, token: re.Match[str], fields: Sequence[str]) -> Part:
    written, at = token[0], token.start()
    if written == "{{":
        twice = _doubled(body, at)
        if twice and twice[1] in fields:
            raise MergeError(Fault.DOUBLED, at, twice[0])
        return "{"
    if written == "{":
        raise MergeError(Fault.UNCLOSED, at, body[at : at + 20])
    found = _field(written)
    if found is None:
        raise MergeError(Fault.MALFORMED, at, written)
    if found[1] not in fields:
        raise MergeError(Fault.UNKNOWN, at, written)
    return Field(found[1], found[2], at)


def _fill(field: Field, values: Mapping[str, str | None]) -> str:
    value = values.get(field.name)
    if value and not value.isspace():
        return value
    if field.default is None:
        raise MergeError(Fault.MISSING, field.at, f"{{{field.name}}}")
    return field.default
