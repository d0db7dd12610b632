from typing import Any

import pytest
from django import forms
from django.utils import translation

from hub.lib.numbers import MoneyField, QuantityField, parse_money, parse_quantity

SPACES = (
    "\u0020\u00a0\u1680\u2000\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
    "\u3000\t"
)


@pytest.mark.parametrize(
    "text",
    ["80000", "80 000", "80.000", "80,000", "80’000", "80'000", " 80000 ", "080000"]
    + [f"80{space}000" for space in SPACES],
)
def test_eighty_thousand_is_never_eighty(text: str) -> None:
    assert parse_quantity(text) == 80_000


@pytest.mark.parametrize(
    "text",
    [
        "80.00",
        "80,00", "8,00,0", "1e5", "٨٠", "８０", "-5", "+5", "80.0000", "1,234.567", "0.500",
        "0,500", "1.234,567", ".000", "80.", "80,", "1,,000", "abc", "5 €", "½", "²", "0x10",
        "1_000",
        "1" * 16, "NaN", "--", "1234,567", "\u202e12",
    ],
)  # fmt: skip
def test_a_doubtful_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_quantity(text)


@pytest.mark.parametrize("text", ["", " ", "\u202f\t"])
def test_nothing_is_no_number(text: str) -> None:
    assert parse_quantity(text) is None
    assert parse_money(text) is None


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("1 182,40", 1_182_400_000),
        ("1,182.40", 1_182_400_000),
        ("1.182,40", 1_182_400_000),
        ("1'182.4", 1_182_400_000),
        ("1\u202f182,40", 1_182_400_000),
        ("1182", 1_182_000_000),
        ("1,182", 1_182_000_000),
        ("1.182", 1_182_000_000),
        ("1,182,000", 1_182_000_000_000),
        ("0,05", 50_000),
        ("0.5", 500_000),
        ("0", 0),
        ("12,5", 12_500_000),
    ],
)
def test_amounts_are_read_in_both_languages(text: str, micro: int) -> None:
    assert parse_money(text) == micro


@pytest.mark.parametrize(
    "text",
    [
        "1.182.40",
        "1,182,40",
        "0.500",
        "1.2345",
        ",50",
        "1.",
        "1,18,2.40",
        "-1",
        "1e2",
        "€5",
        "٥",
        "1.182,400",
    ],
)
def test_a_doubtful_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_money(text)


class Card(forms.Form):
    limit = QuantityField(required=False, max_value=100_000)
    amount = MoneyField(required=False, currency="EUR", max_value=5_000_000_000)


def card(**data: str) -> Card:
    return Card({"limit": "", "amount": ""} | data)


def field_html(form: Card, name: str) -> str:
    return str(form[name])


def test_a_good_number_comes_back_grouped_in_the_readers_language() -> None:
    form = card(limit="80 000", amount="1182,4")
    assert form.is_valid()
    assert form.cleaned_data == {"limit": 80_000, "amount": 1_182_400_000}
    with translation.override("fr"):
        assert 'value="80\u202f000"' in field_html(form, "limit")
        assert 'value="1\u202f182,40"' in field_html(form, "amount")
    with translation.override("en"):
        assert 'value="80,000"' in field_html(form, "limit")


def test_a_bad_number_comes_back_as_typed_with_an_example() -> None:
    with translation.override("fr"):
        form = card(limit="80.00", amount="1.182.40")
        assert not form.is_valid()
        assert "5\u202f000" in form.errors["limit"][0]
        assert "1\u202f182,40" in form.errors["amount"][0]
        assert 'value="80.00"' in field_html(form, "limit")
        assert 'value="1.182.40"' in field_html(form, "amount")


def test_an_empty_field_is_none() -> None:
    form = card()
    assert form.is_valid()
    assert form.cleaned_data == {"limit": None, "amount": None}


def test_zero_is_a_number() -> None:
    form = card(limit="0")
    assert form.is_valid()
    assert form.cleaned_data["limit"] == 0


def test_more_than_the_most_is_refused_naming_it() -> None:
    with translation.override("en"):
        form = card(limit="100,001", amount="5000.01")
        assert "100,000" in form.errors["limit"][0]
        assert "€5,000.00" in form.errors["amount"][0]


def test_less_than_the_least_is_refused_naming_it() -> None:
    with pytest.raises(forms.ValidationError, match="1,000"):
        QuantityField(min_value=1000).clean("999")


def test_the_input_is_plain_text_with_a_digit_keyboard() -> None:
    html = field_html(card(), "limit")
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html
    assert 'inputmode="decimal"' in field_html(card(), "amount")


@pytest.mark.parametrize(("typed", "changed"), [("80 000", False), ("80 001", True), ("", True)])
def test_another_spelling_of_the_same_number_is_no_change(typed: str, changed: bool) -> None:
    data: dict[str, Any] = {"limit": typed, "amount": ""}
    assert Card(data, initial={"limit": 80_000}).has_changed() is changed
