import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lib.pages import Page, decode, encode, make_page

KEY = b"k" * 32
VALUES = st.lists(st.none() | st.text(max_size=20) | st.integers(-(2**63), 2**63), max_size=4)


@given(VALUES)
def test_a_cursor_gives_back_its_values(values: list[str | int | None]) -> None:
    assert decode(encode(*values, key=KEY), KEY) == tuple(values)


@pytest.mark.parametrize("text", ["", "x", "=", "é", "AAAAAAAAAAAA", "A" * 2000, "[]", "\ud800"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text, KEY)


def test_a_cursor_changed_in_one_place_is_refused() -> None:
    cursor = encode("01a20810-872b", 5, key=KEY)
    for place in range(len(cursor) - 1):
        other = "A" if cursor[place] != "A" else "B"
        with pytest.raises(ValueError):
            decode(cursor[:place] + other + cursor[place + 1 :], KEY)


def test_a_cursor_of_another_key_is_refused() -> None:
    with pytest.raises(ValueError):
        decode(encode(1, key=KEY), b"o" * 32)


def fetch(rows: range, cursor: str | None, came: str, size: int) -> list[int]:
    """What a query with LIMIT size + 1 would return of numbered rows, newest first."""
    if came == "newer":
        (after,) = decode(cursor or "", KEY)
        return [row for row in rows if row > after][: size + 1]  # type: ignore[operator]
    newest_first = sorted(rows, reverse=True)
    if came == "older":
        (before,) = decode(cursor or "", KEY)
        newest_first = [row for row in newest_first if row < before]  # type: ignore[operator]
    return newest_first[: size + 1]


@pytest.mark.parametrize("total", [0, 1, 3, 4, 6, 7])
def test_walking_to_the_end_and_back_shows_each_row_once_each_way(total: int) -> None:
    def page(cursor: str | None, came: str) -> Page[int]:
        return make_page(
            fetch(range(total), cursor, came, 3),
            3,
            lambda row: (row,),
            KEY,
            came=came,  # type: ignore[arg-type]
        )

    current = page(None, "first")
    assert current.newer is None
    seen = [list(current.rows)]
    while current.older:
        current = page(current.older, "older")
        seen.append(list(current.rows))
    assert [row for rows in seen for row in rows] == sorted(range(total), reverse=True)
    back = [list(current.rows)]
    while current.newer:
        current = page(current.newer, "newer")
        back.append(list(current.rows))
    assert back[::-1] == seen
