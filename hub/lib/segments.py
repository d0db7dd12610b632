"""How many parts a text costs, and which characters make it dear.

Encodings, sizes and the character table: 3GPP TS 23.038 section 6.2.1 (default alphabet and its
extension) and TS 23.040 section 9.2.3.24.1 (concatenation header of 6 bytes).
"""

import re
import unicodedata
from typing import Final, Literal, NamedTuple

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = "\f^{}\\[~]|€"

GSM_SINGLE: Final = 160
GSM_PART: Final = 153
UCS2_SINGLE: Final = 70
UCS2_PART: Final = 67

_ESCAPE: Final = "\x1b"
_only_basic = re.compile(f"[{re.escape(BASIC)}]*").fullmatch
_extended = re.compile(f"[{re.escape(EXTENSION)}]").findall
_foreign = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]").findall
_escaped: Final = str.maketrans({char: _ESCAPE + char for char in EXTENSION})
_combined = re.compile("[^\u0300-\u036f][\u0300-\u036f]+").findall

# What a person would type on a plain keyboard; anything else comes from Unicode decomposition.
_TYPED: Final = {
    **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\t\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff", ""),
    **dict.fromkeys("•·‣", "-"),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    "…": "...", "œ": "oe", "Œ": "OE", "×": "x", "÷": "/", "⁄": "/", "©": "(c)", "®": "(R)",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i", "ẞ": "SS", "¦": "|",
    "°": "o", "¢": "c",
}  # fmt: skip


class Segments(NamedTuple):
    """The cost of a text: `units` are septets or UTF-16 units, `left` those free in the last part.

    `forcing` holds the distinct characters outside the GSM alphabet, in order of appearance.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int
    left: int
    forcing: tuple[str, ...] = ()


def count(text: str) -> Segments:
    """Encoding, units and parts of `text`; the empty text is one part of no units.

    An escape pair or a surrogate pair is never cut between two parts (TS 23.040, 9.2.3.24.1).
    """
    if _only_basic(text):
        units = len(text)
        if units <= GSM_SINGLE:
            return Segments("GSM-7", units, 1, GSM_SINGLE - units)
        parts = -(-units // GSM_PART)
        return Segments("GSM-7", units, parts, parts * GSM_PART - units)
    if forcing := _foreign(text):
        return _count_ucs2(text, tuple(dict.fromkeys(forcing)))
    return _count_escaped(text, len(text) + len(_extended(text)))


def replacements(text: str) -> dict[str, str]:
    """Plain spellings for what forces UCS-2 in `text`: {"’": "'", "œ": "oe", "ê": "e"}.

    A key is one character, or a letter with its loose combining marks. Characters without a GSM
    spelling (emoji, other scripts) are absent, so `plain(text)` may still be UCS-2.
    """
    composed = {found: unicodedata.normalize("NFC", found) for found in _combined(text)}
    found: dict[str, str] = {}
    for source in [*composed, *dict.fromkeys(_foreign(text))]:
        spelling = _spelling(composed.get(source, source))
        if spelling is not None:
            found[source] = spelling
    return found


def plain(text: str) -> str:
    """`text` with every suggestion of `replacements` applied."""
    for source, spelling in replacements(text).items():
        text = text.replace(source, spelling)
    return text


def _spelling(char: str) -> str | None:
    if char in _TYPED:
        return _TYPED[char]
    decomposed = unicodedata.normalize("NFKD", char)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    for candidate in (char, "".join(_TYPED.get(c, c) for c in bare)):
        if candidate and not _foreign(candidate):
            return candidate
    return None


def _count_escaped(text: str, units: int) -> Segments:
    if units <= GSM_SINGLE:
        return Segments("GSM-7", units, 1, GSM_SINGLE - units)
    septets = text.translate(_escaped)
    start, parts = 0, 1
    while units - start > GSM_PART:
        start += GSM_PART - (septets[start + GSM_PART - 1] == _ESCAPE)
        parts += 1
    return Segments("GSM-7", units, parts, GSM_PART - (units - start))


def _count_ucs2(text: str, forcing: tuple[str, ...]) -> Segments:
    octets = text.encode("utf-16-be", "surrogatepass")
    units = len(octets) // 2
    if units <= UCS2_SINGLE:
        return Segments("UCS-2", units, 1, UCS2_SINGLE - units, forcing)
    start, parts = 0, 1
    while units - start > UCS2_PART:
        last = start + UCS2_PART - 1
        start = last + 1 - _cuts_pair(octets, last)
        parts += 1
    return Segments("UCS-2", units, parts, UCS2_PART - (units - start), forcing)


def _cuts_pair(octets: bytes, unit: int) -> bool:
    """True when `unit` is a high surrogate and the next unit its low half."""
    return 0xD8 <= octets[unit * 2] <= 0xDB and 0xDC <= octets[unit * 2 + 2] <= 0xDF
