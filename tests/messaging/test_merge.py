"""Merge fields: a closed grammar that reads any text, or says where it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.merge import FIELDS, Fault, Field, MergeError, fields_of, merge, parse
from tests.vectors.merge_texts import FAULTY, INJECTIONS, READABLE, VALUES


@pytest.mark.parametrize(("body", "read"), READABLE)
def test_fields_are_filled_and_the_rest_is_left_alone(body: str, read: str) -> None:
    assert merge(body, VALUES) == read


@pytest.mark.parametrize(("body", "fault", "at"), FAULTY)
def test_a_fault_is_named_with_its_place(body: str, fault: str, at: int) -> None:
    with pytest.raises(MergeError) as caught:
        parse(body)
    assert (caught.value.fault, caught.value.at) == (fault, at)
    assert caught.value.written[0] == body[at] == "{"


@pytest.mark.parametrize("body", INJECTIONS)
def test_what_looks_like_code_is_refused_or_stays_text(body: str) -> None:
    """T11: nothing but the listed fields is ever looked up, in whatever is written."""
    read, fault = outcome(body)
    assert fault in (Fault.UNKNOWN, Fault.MALFORMED, Fault.UNCLOSED) or (
        fault is None and read == body.replace("{{", "{")
    )


def test_the_list_of_injections_is_as_long_as_promised() -> None:
    assert len(set(INJECTIONS)) >= 100


@pytest.mark.parametrize("missing", [None, "", "  ", "\u00a0"])
def test_a_missing_value_gives_way_to_the_default_or_is_a_fault(missing: str | None) -> None:
    assert merge("Hello {name|friend}", {"name": missing}) == "Hello friend"
    assert merge("Hello{name|}", {"name": missing}) == "Hello"
    with pytest.raises(MergeError) as caught:
        merge("Hello {name}", {"name": missing})
    assert (caught.value.fault, caught.value.at) == (Fault.MISSING, 6)
    with pytest.raises(MergeError):
        merge("Hello {name}", {})


def test_a_value_is_put_in_as_it_is_and_never_read_again() -> None:
    for hostile in ("{number}", "{{", "}", "{name|x}", "%s", "{a.__class__}", r"\1"):
        assert merge("<{name}>", {"name": hostile, "number": "secret"}) == f"<{hostile}>"


def test_fields_are_those_of_the_list_given() -> None:
    assert merge("{message} STOP", {"message": "Hi"}, ("message",)) == "Hi STOP"
    with pytest.raises(MergeError):
        parse("{name}", ("message",))
    assert fields_of("{name} {number|x} {{") == {"name", "number"}
    assert fields_of("{name} {") == frozenset()


TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(["{", "}", "{{", "|", "{name}", "{number|x}", "name", " ", "é", "\n", "_"]),
        max_size=40,
    ).map("".join),
)


@given(TEXTS)
def test_any_text_is_read_or_refused_at_a_place_in_it(body: str) -> None:
    at = place_of_fault(body)
    if at is not None:
        assert body[at] == "{"
        return
    parts = parse(body)
    rebuilt = "".join(
        part.replace("{", "{{") if isinstance(part, str) else written(part) for part in parts
    )
    assert rebuilt == body
    assert all(part.name in FIELDS for part in parts if isinstance(part, Field))


@given(TEXTS, st.one_of(st.none(), st.text(max_size=20)))
def test_no_recipient_ever_reads_none(body: str, name: str | None) -> None:
    if "None" in body or "None" in (name or ""):
        return
    try:
        made = merge(body, {"name": name, "number": None})
    except MergeError:
        return
    assert "None" not in made


def outcome(body: str) -> tuple[str, Fault | None]:
    try:
        return merge(body, VALUES), None
    except MergeError as error:
        return "", error.fault


def place_of_fault(body: str) -> int | None:
    try:
        parse(body)
    except MergeError as error:
        return error.at
    return None


def written(field: Field) -> str:
    return f"{{{field.name}}}" if field.default is None else f"{{{field.name}|{field.default}}}"
