"""Phone numbers at the edges: strict from machines, forgiving about separators from people."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    shortnumberinfo,
)

MASK: Final = "··"

_HIDDEN_DIGITS: Final = 4
_LONGEST_INPUT: Final = 40
_DEAREST: Final = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})

# E.164: at most 15 digits with the calling code; 8 is the shortest the API takes (rules.md 4).
_e164 = re.compile(r"\+[1-9][0-9]{7,14}").fullmatch
_typed = re.compile(r"\+?[0-9 ().\-\u00a0\u2009\u202f\u2010\u2011\u2012\u2013]+").fullmatch
_separators = re.compile(r"[^0-9]+")


class Doubt(StrEnum):
    """Why a typed number was not taken."""

    EMPTY = "empty"
    CHARACTERS = "characters"
    INVALID = "invalid"
    CHANGED = "changed"
    PREMIUM = "premium"
    EMERGENCY = "emergency"


class AmbiguousNumber(ValueError):
    """What was typed is no number, or could be read as another than was meant."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(f"not one plain phone number: {doubt}")
        self.doubt = doubt


def parse_e164(text: str) -> str:
    """`text` itself when it is "+" and 8 to 15 ASCII digits, the first not 0; else ValueError."""
    if not _e164(text):
        raise ValueError("expected + and 8 to 15 digits, for example +33612345678")
    return text


def read_number(text: str, region: str) -> str:
    """The E.164 number a person typed, in national form of `region` (ISO 3166) or with "+".

    Only spaces, dashes, dots and brackets may be dropped, and a trunk or international prefix read
    as such; anything else that parsing would change or ignore raises AmbiguousNumber, as do
    numbers of a length that their country does not have, emergency and premium-rate ones. A number
    need not be in use: what programs may send to (`parse_e164`, not `is_dear`), people may type.
    """
    typed = text.strip()
    if not typed:
        raise AmbiguousNumber(Doubt.EMPTY)
    if len(typed) > _LONGEST_INPUT or not _typed(typed):
        raise AmbiguousNumber(Doubt.CHARACTERS)
    digits = _separators.sub("", typed)
    plus = typed.startswith("+")
    if not plus and shortnumberinfo.is_emergency_number(digits, region):
        raise AmbiguousNumber(Doubt.EMERGENCY)
    number = _parse("+" + digits if plus else digits, region)
    if not _keeps_digits(digits, number, region, plus):
        raise AmbiguousNumber(Doubt.CHANGED)
    if phonenumbers.number_type(number) in _DEAREST:
        raise AmbiguousNumber(Doubt.PREMIUM)
    try:
        return parse_e164(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    except ValueError:
        raise AmbiguousNumber(Doubt.INVALID) from None


def is_dear(e164: str) -> bool:
    """True for premium-rate and shared-cost numbers (source: phonenumbers): whoever is written to
    there may be paid for it, so nobody may (trust.md 4.4). Others cost one look at a pattern."""
    if not _may_be_dear(e164[1:4])(e164):
        return False
    return phonenumbers.number_type(phonenumbers.parse(e164)) in _DEAREST


def is_answerable(source: str) -> bool:
    """True for whom Hub may write back to unasked: E.164, and not dear."""
    return bool(_e164(source)) and not is_dear(source)


@lru_cache(maxsize=16384)
def show(e164: str) -> str:
    """The number with international spacing, "+33 6 12 34 56 78"; `e164` itself if unreadable."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def mask(e164: str) -> str:
    """`show` without the last four digits: "+33 6 12 34 ··"."""
    shown = show(e164)
    hidden = 0
    for index in range(len(shown) - 1, -1, -1):
        hidden += shown[index].isdigit()
        if hidden == _HIDDEN_DIGITS:
            return f"{shown[:index].rstrip(' -')} {MASK}"
    return MASK


@lru_cache(maxsize=1024)
def _may_be_dear(head: str) -> Callable[[str], re.Match[str] | None]:
    """Finds every dear number of the calling code that `head` (three digits) begins with, and
    perhaps others: a pattern that is dear in one country may mean mobiles in its neighbour."""
    code = next(
        (code for end in (1, 2, 3) if (code := int(head[:end])) in COUNTRY_CODE_TO_REGION_CODE), 0
    )
    found = {"(?!)"}
    for region in COUNTRY_CODE_TO_REGION_CODE.get(code, ()):
        plan = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        if plan is None:
            continue
        for kind in (plan.premium_rate, plan.shared_cost):
            if kind and kind.national_number_pattern:
                # Some write the trunk prefix after the calling code, and phonenumbers drops it.
                found.add(f"(?:{plan.national_prefix or ''})?(?:{kind.national_number_pattern})")
    return re.compile(rf"\+{code}(?:{'|'.join(sorted(found))})").fullmatch


def _parse(text: str, region: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise AmbiguousNumber(Doubt.INVALID) from None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise AmbiguousNumber(Doubt.INVALID)
    return number


def _keeps_digits(digits: str, number: phonenumbers.PhoneNumber, region: str, plus: bool) -> bool:
    """True when only a trunk or international prefix was taken off the typed digits."""
    national = phonenumbers.national_significant_number(number)
    full = f"{number.country_code}{national}"
    if plus:
        return digits == full
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:
        return False
    at_home = number.country_code == metadata.country_code and digits.endswith(national)
    if at_home and _is_trunk(digits[: -len(national)], metadata):
        return True
    dialled = re.match(metadata.international_prefix or "(?!)", digits)
    return dialled is not None and digits[dialled.end() :] == full


def _is_trunk(head: str, metadata: phonenumbers.PhoneMetadata) -> bool:
    """True when the digits before the national number are dialled only inside the country."""
    if head in ("", metadata.national_prefix):
        return True
    if metadata.national_prefix_transform_rule or not metadata.national_prefix_for_parsing:
        return False
    return re.fullmatch(metadata.national_prefix_for_parsing, head) is not None
