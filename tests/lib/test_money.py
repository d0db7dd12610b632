from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lib.money import show_amount, show_money, show_number, show_when
from hub.lib.numbers import parse_money, parse_quantity

NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("micro", "currency", "english", "french"),
    [
        (1_182_400_000, "EUR", "€1,182.40", f"1{NARROW}182,40{NO_BREAK}€"),
        (0, "EUR", "€0.00", f"0,00{NO_BREAK}€"),
        (-5_000_000, "GBP", "-£5.00", f"-5,00{NO_BREAK}£GB"),
        (34_500, "EUR", "€0.0345", f"0,0345{NO_BREAK}€"),
        (1, "EUR", "€0.000001", f"0,000001{NO_BREAK}€"),
        (1_500_000_000, "JPY", "JP¥1,500", f"1{NARROW}500{NO_BREAK}JPY"),
        (2**63 - 1, "EUR", "€9,223,372,036,854.775807", None),
    ],
)
def test_money_is_exact_in_both_languages(
    micro: int, currency: str, english: str, french: str | None
) -> None:
    assert show_money(micro, currency, "en") == english
    if french:
        assert show_money(micro, currency, "fr") == french


@pytest.mark.parametrize(
    ("micro", "wanted"), [(1_999_999, "€1.99"), (-1_999_999, "-€1.99"), (9_999, "€0.00")]
)
def test_fixed_digits_never_show_more_than_there_is(micro: int, wanted: str) -> None:
    assert show_money(micro, "EUR", "en", digits=2) == wanted


def test_numbers_are_grouped_by_language() -> None:
    assert show_number(80_000, "en") == "80,000"
    assert show_number(80_000, "fr") == f"80{NARROW}000"
    assert show_number(80_000, "fr-ca") == f"80{NARROW}000"
    assert show_number(80_000, "xx") == "80,000"


@given(st.integers(0, 10**15 - 1), st.sampled_from(["en", "fr"]))
def test_a_shown_number_is_read_back(n: int, language: str) -> None:
    assert parse_quantity(show_number(n, language)) == n


@given(st.integers(0, 10**14), st.sampled_from(["en", "fr"]))
def test_a_shown_amount_is_read_back(cents: int, language: str) -> None:
    assert parse_money(show_amount(cents * 10_000, language)) == cents * 10_000


@pytest.mark.parametrize(
    ("style", "english", "french"),
    [
        ("date", "1 Nov 2026", "1er nov. 2026"),
        ("long_date", "1 November 2026", "1er novembre 2026"),
        ("time", "14:05", "14:05"),
        ("short", "01/11/2026, 14:05", "01/11/2026 14:05"),
        ("medium", "1 Nov 2026, 14:05", "1er nov. 2026 14:05"),
        ("long", "1 November 2026, 14:05", "1er novembre 2026, 14:05"),
    ],
)
def test_instants_are_shown_on_the_wall_clock_of_the_zone(
    style: str, english: str, french: str
) -> None:
    at = datetime(2026, 11, 1, 13, 5, tzinfo=UTC)
    assert show_when(at, "Europe/Paris", "en", style) == english  # type: ignore[arg-type]
    assert show_when(at, "Europe/Paris", "fr", style) == french  # type: ignore[arg-type]


def test_only_the_first_of_the_month_is_an_ordinal() -> None:
    at = datetime(2026, 11, 11, 13, 5, tzinfo=UTC)
    assert show_when(at, "Europe/Paris", "fr", "long_date") == "11 novembre 2026"


def test_an_instant_without_zone_is_not_shown() -> None:
    with pytest.raises(ValueError):
        show_when(datetime(2026, 1, 1), "Europe/Paris", "en")  # noqa: DTZ001
