import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lib.phones import AmbiguousNumber, Doubt, is_dear, mask, parse_e164, read_number, show


@pytest.mark.parametrize("text", ["+33612345678", "+12345678", "+123456789012345"])
def test_e164_is_taken_as_it_stands(text: str) -> None:
    assert parse_e164(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "+", "33612345678", "+1234567", "+1234567890123456", "+03361234567", "+33 612345678",
        "+33612345678\n", " +33612345678", "+3361234567a", "+٣٣٦١٢٣٤٥٦٧٨", "＋33612345678",
        "+33612345678;ext=5", "tel:+33612345678", "+33612345678\u202e", "++33612345678",
        "+3361234567８",
    ],
)  # fmt: skip
def test_anything_else_is_no_e164(text: str) -> None:
    with pytest.raises(ValueError):
        parse_e164(text)


@given(st.text(max_size=20))
def test_whatever_passes_is_plus_and_ascii_digits(text: str) -> None:
    try:
        parsed = parse_e164(text)
    except ValueError:
        return
    assert parsed[0] == "+"
    assert parsed[1:].isascii()
    assert parsed[1:].isdigit()


@pytest.mark.parametrize(
    ("text", "region", "wanted"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("06-12-34-56-78", "FR", "+33612345678"),
        ("06\u00a012\u202f34 56 78 ", "FR", "+33612345678"),
        ("+33 6 12 34 56 78", "GB", "+33612345678"),
        ("0033 6 12 34 56 78", "FR", "+33612345678"),
        ("612345678", "FR", "+33612345678"),
        ("(201) 555-0123", "US", "+12015550123"),
        ("1 201 555 0123", "US", "+12015550123"),
        ("011 33 6 12 34 56 78", "US", "+33612345678"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("06 6982 1234", "IT", "+390669821234"),
        ("0412 345 678", "AU", "+61412345678"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        # Kept for fiction, of no operator: programs may send there, so people may.
        ("+33 6 39 98 01 23", "FR", "+33639980123"),
        ("06 39 98 01 23", "FR", "+33639980123"),
        ("+44 7700 900123", "FR", "+447700900123"),
    ],
)
def test_people_may_write_separators_and_trunk_prefixes(
    text: str, region: str, wanted: str
) -> None:
    assert read_number(text, region) == wanted


@pytest.mark.parametrize(
    ("text", "region", "doubt"),
    [
        ("", "FR", Doubt.EMPTY),
        ("   ", "FR", Doubt.EMPTY),
        ("1800FLOWERS", "US", Doubt.CHARACTERS),
        ("O6 12 34 56 78", "FR", Doubt.CHARACTERS),
        ("٠٦١٢٣٤٥٦٧٨", "FR", Doubt.CHARACTERS),
        ("０６１２３４５６７８", "FR", Doubt.CHARACTERS),
        ("+33612345678\u202e", "FR", Doubt.CHARACTERS),
        ("\u200e+33612345678", "FR", Doubt.CHARACTERS),
        ("+33612345678;ext=5", "FR", Doubt.CHARACTERS),
        ("0612345678 x5", "FR", Doubt.CHARACTERS),
        ("0612345678, 0612345679", "FR", Doubt.CHARACTERS),
        ("0612345678/0612345679", "FR", Doubt.CHARACTERS),
        ("0612345678\n0612345679", "FR", Doubt.CHARACTERS),
        ("0612345678 0612345679", "FR", Doubt.INVALID),
        ("06 12 34", "FR", Doubt.INVALID),
        ("+33 6 39 98 01 2", "FR", Doubt.INVALID),
        ("+33 6 39 98 01 23 4", "FR", Doubt.INVALID),
        ("+290 1234", "FR", Doubt.INVALID),
        ("+999 12345678", "FR", Doubt.INVALID),
        ("06 12 34 56 78", "ZZ", Doubt.INVALID),
        ("+44 (0) 20 7946 0018", "GB", Doubt.CHANGED),
        ("011 15 2345-6789", "AR", Doubt.CHANGED),
        ("+1 900 555 0123", "US", Doubt.PREMIUM),
        ("+1 900 234 5678", "US", Doubt.PREMIUM),
        ("900 234 5678", "US", Doubt.PREMIUM),
        ("08 99 12 34 56", "FR", Doubt.PREMIUM),
        ("112", "FR", Doubt.EMERGENCY),
        ("911", "US", Doubt.EMERGENCY),
        ("+", "FR", Doubt.CHARACTERS),
        ("++33612345678", "FR", Doubt.CHARACTERS),
        ("1" * 41, "FR", Doubt.CHARACTERS),
    ],
)
def test_what_could_mean_another_number_is_refused(text: str, region: str, doubt: Doubt) -> None:
    with pytest.raises(AmbiguousNumber) as refused:
        read_number(text, region)
    assert refused.value.doubt == doubt


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_national_and_international_forms_of_each_country_are_read(region: str) -> None:
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if number is None or region in {"AR", "MX", "CR", "BR"}:
        return  # their national form holds more than separators and a trunk prefix
    if region == "TK":
        return  # its numbers are shorter than any that may be sent to
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert read_number(show(e164), "FR") == e164
    assert read_number(national, region) == e164


def test_numbers_are_shown_with_international_spacing() -> None:
    assert show("+33612345678") == "+33 6 12 34 56 78"
    assert show("+12015550123") == "+1 201-555-0123"
    assert show("+9") == "+9"
    assert show("Acme") == "Acme"


def test_the_mask_hides_the_last_four_digits() -> None:
    assert mask("+33612345678") == "+33 6 12 34 ··"
    assert mask("+12015550123") == "+1 201-555 ··"
    assert mask("123") == "··"


def of(kind: int) -> list[str]:
    """An example of that kind from every country that has any."""
    found = (
        phonenumbers.example_number_for_type(one, kind) for one in phonenumbers.SUPPORTED_REGIONS
    )
    e164 = phonenumbers.PhoneNumberFormat.E164
    return [phonenumbers.format_number(number, e164) for number in found if number]


def test_every_countrys_premium_and_shared_cost_numbers_are_dear_and_its_others_are_not() -> None:
    kinds = phonenumbers.PhoneNumberType
    dear = {number for kind in (kinds.PREMIUM_RATE, kinds.SHARED_COST) for number in of(kind)}
    assert len(dear) > 100
    assert {number for number in dear if not is_dear(number)} == set()
    assert {number for number in of(kinds.MOBILE) if is_dear(number)} == set()


@given(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True))
def test_dear_is_what_phonenumbers_calls_premium_or_shared(e164: str) -> None:
    kinds = phonenumbers.PhoneNumberType
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        kind = kinds.UNKNOWN
    assert is_dear(e164) == (kind in (kinds.PREMIUM_RATE, kinds.SHARED_COST))
