"""What stands beside a text being written: what it costs, what makes it dear, how it reads."""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from hub.lib.phones import show
from hub.lib.segments import Segments, count, plain, replacements
from messaging.merge import MergeError, merge

# Of the numbers the French regulator keeps for fiction (ARCEP, decision 2018-0881).
SAMPLE_NUMBER: Final = "+33639980123"


class Dear(NamedTuple):
    """A character that forces Unicode, named, and its plain spelling; None when there is none."""

    name: str
    spelling: str | None

    def __str__(self) -> str:
        return self.name if self.spelling is None else f"{self.name}\u00a0→\u00a0{self.spelling}"


@dataclass(frozen=True, slots=True)
class Counted:
    """`shown` is the text as the sample contact reads it, which is what `segments` counts."""

    segments: Segments
    shown: str
    dear: list[Dear]
    sample: dict[str, str]
    names: dict[str, str]

    @property
    def sample_json(self) -> str:
        """For the script."""
        return json.dumps(self.sample)

    @property
    def names_json(self) -> str:
        """For the script."""
        return json.dumps(self.names)

    @property
    def told(self) -> str:
        """Every character that forces Unicode, in one line."""
        return listed(self.dear)

    @property
    def can_be_plainer(self) -> bool:
        return any(one.spelling is not None for one in self.dear)


def counted(text: str) -> Counted:
    """The cost of `text` for a sample contact, and every character that forces Unicode in it."""
    sample, names = sample_contact(), names_of_characters()
    try:
        shown = merge(text, sample)
    except MergeError:
        shown = text
    return Counted(count(shown), shown, dear(text, names), sample, names)


def dear(text: str, names: dict[str, str]) -> list[Dear]:
    """What `hub.lib.segments.plain` would replace in `text`, then what it would have to leave."""
    replaced = [
        Dear(_name(source, names), _name(spelling, names))
        for source, spelling in replacements(text).items()
    ]
    return replaced + [Dear(_name(char, names), None) for char in count(plain(text)).forcing]


def listed(found: Iterable[Dear]) -> str:
    """In one line, no pair torn apart."""
    return " · ".join(map(str, found))


def sample_contact() -> dict[str, str]:
    """The person a preview is addressed to."""
    # Translators: the made-up contact of previews; letters of plain English only.
    return {"name": _("Camille Martin"), "number": show(SAMPLE_NUMBER)}


def names_of_characters() -> dict[str, str]:
    """Words for what cannot be seen."""
    return {
        "": _("nothing"),
        " ": _("space"),
        "\n": _("line break"),
        "\u00a0": _("no-break space"),
        "\u202f": _("narrow no-break space"),
        "\u200b": _("zero-width space"),
        "\u00ad": _("soft hyphen"),
    }


def _name(found: str, names: dict[str, str]) -> str:
    if found in names:
        return names[found]
    if len(found) == 1 and unicodedata.category(found)[0] in "ZCM":
        return f"U+{ord(found):04X}"
    return found
