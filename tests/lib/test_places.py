import random
from importlib.metadata import version
from importlib.resources import files

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType, timezone
from phonenumbers.tzdata import TIMEZONE_DATA

from hub.lib import build_places
from hub.lib.places import TABLE, UNKNOWN, place_of, source

KINDS = [kind for kind in PhoneNumberType.values() if kind != PhoneNumberType.UNKNOWN]
CALLING_CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
NANP_NATIONAL_LENGTH = 10


def e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def examples() -> list[str]:
    found = set()
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in KINDS:
            number = phonenumbers.example_number_for_type(region, kind)
            if number:
                found.add(e164(number))
    return sorted(found)


def random_valid(count: int) -> list[str]:
    """Numbers of every calling code, more of those shared by several regions."""
    chance, found = random.Random(7), set[str]()
    shared = [c for c in CALLING_CODES if len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[c]) > 1]
    seeds = examples()
    while len(found) < count:
        if chance.random() < 0.4:
            seed = chance.choice(seeds)
            cut = chance.randint(3, len(seed) - 1)
        else:
            seed = f"+{chance.choice([*shared, 55, 61, 62, 52, 34, 351])}" + "0" * 15
            seed, cut = seed[: chance.randint(11, 13)], len(seed) - 15
        text = seed[:cut] + "".join(chance.choices("0123456789", k=len(seed) - cut))
        try:
            number = phonenumbers.parse(text, None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) and e164(number) == text:
            found.add(text)
    return sorted(found)


def reachable(text: str) -> bool:
    """A NANP number without its area code cannot be called with +1."""
    return not text.startswith("+1") or len(text) == 2 + NANP_NATIONAL_LENGTH


def check(text: str) -> None:
    number = phonenumbers.parse(text, None)
    place = place_of(text)
    country = phonenumbers.region_code_for_number(number)
    if country == "001":
        assert place == UNKNOWN, text
        return
    assert place.country == country, text
    truth = set(timezone.time_zones_for_number(number)) - {"Etc/Unknown"}
    if text.startswith("+1") and text[1:5] in TIMEZONE_DATA:
        # Of the mobile numbers of an area code the reference only knows "somewhere on the
        # continent"; the area code is the better answer (trust.md, LAB-12).
        truth = set(timezone.time_zones_for_geographical_number(number))
    assert truth <= set(place.zones), text
    assert text[1:].startswith(place.prefix)


@pytest.mark.parametrize("text", [n for n in examples() if reachable(n)])
def test_examples_of_all_regions_have_their_country_and_zones(text: str) -> None:
    check(text)


def test_random_valid_numbers_have_their_country_and_zones() -> None:
    numbers = [n for n in random_valid(4000) if reachable(n)]
    assert len(numbers) >= 2000
    for text in numbers:
        check(text)


def test_most_zones_are_exact_not_merely_wide_enough() -> None:
    numbers = random_valid(1500)
    wider = 0
    for text in numbers:
        truth = timezone.time_zones_for_number(phonenumbers.parse(text, None))
        wider += len(place_of(text).zones) > len(truth)
    assert wider < len(numbers) / 20


@pytest.mark.parametrize(
    ("number", "country", "zones"),
    [
        ("+33612345678", "FR", {"Europe/Paris"}),
        ("+262692123456", "RE", {"Indian/Reunion"}),
        ("+590690001234", "GP", {"America/Guadeloupe"}),
        ("+12025550123", "US", {"America/New_York"}),
        ("+14165550123", "CA", {"America/Toronto"}),
        ("+12423570001", "BS", {"America/Nassau"}),
        ("+8613812345678", "CN", {"Asia/Shanghai"}),
    ],
)
def test_well_known_numbers_are_placed(number: str, country: str, zones: set[str]) -> None:
    place = place_of(number)
    assert place.country == country
    assert zones <= set(place.zones)
    assert len(place.zones) <= 4


def test_australian_mobiles_may_stand_in_any_australian_zone() -> None:
    assert {"Australia/Sydney", "Australia/Perth"} <= set(place_of("+61412345678").zones)


@pytest.mark.parametrize(
    "text",
    ["", "+", "33612345678", "abc", "+9991234567", "+870773123456", "+88213123456", "+٣٣٦"],
)
def test_what_is_nowhere_has_no_country_and_no_zone(text: str) -> None:
    assert place_of(text) == UNKNOWN


@given(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True))
def test_the_answer_does_not_depend_on_what_was_asked_before(text: str) -> None:
    first = place_of(text)
    for digit in "0123456789":
        place_of(text[:7] + digit + text[8:])
    assert place_of(text) == first
    assert text[1:].startswith(first.prefix)


def test_every_zone_of_the_table_is_known_to_tzdata() -> None:
    known = set(files("tzdata").joinpath("zones").read_text().split())
    used = {zone for zones in build_places.build()["zones"] for zone in zones}
    assert used <= known


def test_the_stored_table_is_that_of_the_installed_package() -> None:
    """When this fails: python -m hub.lib.build_places."""
    assert source().startswith(f"phonenumbers {version('phonenumbers')}, ")
    assert TABLE == build_places.TARGET
