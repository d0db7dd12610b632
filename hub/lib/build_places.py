"""Writes data/places.json, the table behind hub.lib.places, from the phonenumbers package.

Run after each update of phonenumbers: python -m hub.lib.build_places. Each calling code's numbering
plan is turned into a finite automaton (the regular expressions of its regions, all at once); from
it follows, for any leading digits, which regions and kinds of number can still come out. Digits are
added until one answer is left.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.tzdata import TIMEZONE_DATA

TARGET: Final = Path(__file__).with_name("data") / "places.json"

DIGITS: Final = "0123456789"
NON_GEOGRAPHIC_REGION: Final = "001"
NANP: Final = 1
AREA_CODE_LENGTH: Final = 3
NANP_LENGTH: Final = 10  # its 7-digit service numbers cannot be reached with a calling code
LONGEST_NATIONAL: Final = 17
DEEPEST_ZONES: Final = 8

# ITU calling codes whose mobile numbers show the area: libphonenumber, GEO_MOBILE_COUNTRIES.
GEOGRAPHIC_MOBILES: Final = frozenset({52, 54, 55, 62, 86})

PLACELESS_KINDS: Final = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip
LEADING: Final = "leading"

Zones = tuple[str, ...]


class Outcome(NamedTuple):
    """What a complete number can be: its region, and whether its digits show an area."""

    region: str
    geographic: bool


class Accept(NamedTuple):
    """Reached at the end of one regular expression of one region."""

    region: int
    kind: str
    lengths: tuple[int, ...]


class Automaton:
    """A nondeterministic automaton over digits, built from libphonenumber's expressions."""

    def __init__(self) -> None:
        self.steps: list[list[tuple[frozenset[str], int]]] = []
        self.silent: list[list[int]] = []
        self.accepts: dict[int, Accept] = {}
        self.start = self.state()

    def state(self) -> int:
        """A new state without ways out."""
        self.steps.append([])
        self.silent.append([])
        return len(self.steps) - 1

    def add(self, pattern: str, accept: Accept) -> None:
        """Accept what `pattern` matches in full; a LEADING pattern goes on with any digits."""
        end = Pattern(pattern, self).compile(self.start)
        if accept.kind == LEADING:
            self.steps[end].append((frozenset(DIGITS), end))
        self.accepts[end] = accept

    def closure(self, states: frozenset[int]) -> frozenset[int]:
        """`states` and all that can be reached from them without a digit."""
        found, todo = set(states), list(states)
        while todo:
            for target in self.silent[todo.pop()]:
                if target not in found:
                    found.add(target)
                    todo.append(target)
        return frozenset(found)

    def after(self, states: frozenset[int], digit: str) -> frozenset[int]:
        """Where `digit` leads from `states`."""
        reached = {t for s in states for digits, t in self.steps[s] if digit in digits}
        return self.closure(frozenset(reached))


class Pattern:
    r"""Reads the subset of regular expressions used there: digits, \d, [], (?:), |, ?, {m,n}."""

    def __init__(self, text: str, automaton: Automaton) -> None:
        self.text = text.replace("\\d", "[0-9]")
        self.at = 0
        self.automaton = automaton

    def compile(self, start: int) -> int:
        """Lay the whole pattern from `start`; returns its end state."""
        end = self.alternatives(start)
        if self.at != len(self.text):
            raise ValueError(f"cannot read {self.text!r} at {self.at}")
        return end

    def alternatives(self, start: int) -> int:
        """One or more sequences, all leading to one end."""
        end = self.automaton.state()
        while True:
            self.automaton.silent[self.sequence(start)].append(end)
            if self.peek() != "|":
                return end
            self.at += 1

    def sequence(self, start: int) -> int:
        """Items one after the other."""
        while self.peek() not in ("|", ")", ""):
            start = self.item(start)
        return start

    def item(self, start: int) -> int:
        """One atom with its repetition, laid out as often as it may occur."""
        begin = self.at
        after_one = self.atom(start)
        atom_end = self.at
        least, most = self.repetition()
        resume, ends = self.at, [start] if least == 0 else []
        here = after_one
        for times in range(1, most + 1):
            if times > 1:
                self.at = begin
                here = self.atom(here)
                assert self.at == atom_end
            if times >= least:
                ends.append(here)
        self.at = resume
        end = self.automaton.state()
        for one in ends:
            self.automaton.silent[one].append(end)
        return end

    def atom(self, start: int) -> int:
        """A group, a set of digits or one digit."""
        if self.text.startswith("(?:", self.at):
            self.at += 3
            end = self.alternatives(start)
            self.expect(")")
            return end
        if self.peek() == "(":
            self.at += 1
            end = self.alternatives(start)
            self.expect(")")
            return end
        end = self.automaton.state()
        self.automaton.steps[start].append((self.digits(), end))
        return end

    def digits(self) -> frozenset[str]:
        """The digits one position allows."""
        char = self.peek()
        self.at += 1
        if char in DIGITS:
            return frozenset(char)
        if char != "[":
            raise ValueError(f"cannot read {self.text!r} at {self.at - 1}")
        close = self.text.index("]", self.at)
        inside, found = self.text[self.at : close], set[str]()
        self.at = close + 1
        while inside:
            if inside[1:2] == "-":
                found.update(DIGITS[int(inside[0]) : int(inside[2]) + 1])
                inside = inside[3:]
            else:
                found.add(inside[0])
                inside = inside[1:]
        return frozenset(found)

    def repetition(self) -> tuple[int, int]:
        """Least and most times of the atom before."""
        if self.peek() == "?":
            self.at += 1
            return 0, 1
        if self.peek() != "{":
            return 1, 1
        close = self.text.index("}", self.at)
        least, _, most = self.text[self.at + 1 : close].partition(",")
        self.at = close + 1
        return int(least), int(most or least)

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.at : self.at + 1]

    def expect(self, char: str) -> None:
        """Step over `char` or fail."""
        if self.peek() != char:
            raise ValueError(f"expected {char} in {self.text!r} at {self.at}")
        self.at += 1


class Plan:
    """The numbering plan of one calling code."""

    def __init__(self, calling_code: int) -> None:
        self.calling_code = calling_code
        self.regions = COUNTRY_CODE_TO_REGION_CODE[calling_code]
        self.automaton = Automaton()
        self.memo: dict[tuple[frozenset[int], int], frozenset[Outcome]] = {}
        self.by_leading: list[bool] = []
        for index, region in enumerate(self.regions):
            self._add_region(index, PhoneMetadata.metadata_for_region(region))
        self.zones = TIMEZONE_DATA.get(str(calling_code), ())
        self.deeper = {
            key[:end]
            for key in TIMEZONE_DATA
            if key.startswith(str(calling_code))
            for end in range(1, len(key))
        }

    def _add_region(self, index: int, metadata: Any) -> None:
        shared = len(self.regions) > 1
        self.by_leading.append(shared and metadata.leading_digits is not None)
        if self.by_leading[index]:
            self.automaton.add(metadata.leading_digits, Accept(index, LEADING, ()))
        for kind in (*PLACELESS_KINDS, "fixed_line", "mobile"):
            description = getattr(metadata, kind)
            if description is None or not description.national_number_pattern:
                continue
            lengths = description.possible_length or metadata.general_desc.possible_length
            accept = Accept(index, kind, tuple(lengths))
            self.automaton.add(description.national_number_pattern, accept)

    def outcomes(self, states: frozenset[int], depth: int) -> frozenset[Outcome]:
        """Everything a valid number can be that has led to `states` after `depth` digits."""
        key = (states, depth)
        if key not in self.memo:
            found = set(self.ends(states, depth))
            if depth < LONGEST_NATIONAL and states:
                for digit in DIGITS:
                    found |= self.outcomes(self.automaton.after(states, digit), depth + 1)
            self.memo[key] = frozenset(found)
        return self.memo[key]

    def ends(self, states: frozenset[int], depth: int) -> Iterator[Outcome]:
        """What a number ending here is: the first region that claims it, if it is valid there."""
        if self.calling_code == NANP and depth != NANP_LENGTH:
            return
        kinds: dict[int, set[str]] = {}
        for state in states & self.automaton.accepts.keys():
            accept = self.automaton.accepts[state]
            if accept.kind == LEADING or depth in accept.lengths:
                kinds.setdefault(accept.region, set()).add(accept.kind)
        for index in sorted(kinds):
            claimed = LEADING in kinds[index] if self.by_leading[index] else True
            if claimed:
                valid = kinds[index] - {LEADING}
                if valid:
                    yield Outcome(self.regions[index], self.geographic(valid))
                return

    def geographic(self, kinds: set[str]) -> bool:
        """Whether the digits show an area (libphonenumber, is_number_type_geographical)."""
        if kinds & set(PLACELESS_KINDS):
            return False
        return "fixed_line" in kinds or self.calling_code in GEOGRAPHIC_MOBILES

    def entries(self) -> dict[str, tuple[str, Zones]]:
        """Prefix -> (region, zones), each entry differing from the longest shorter one."""
        main = (self.regions[0], self.zones)
        found = {str(self.calling_code): main}
        start = self.automaton.closure(frozenset({self.automaton.start}))
        self._walk(str(self.calling_code), start, 0, main, found)
        return found

    def _walk(
        self,
        prefix: str,
        states: frozenset[int],
        depth: int,
        inherited: tuple[str, Zones],
        found: dict[str, tuple[str, Zones]],
    ) -> None:
        outcomes = self.outcomes(states, depth)
        if not outcomes:
            return
        answer = self.answer(prefix, depth, outcomes)
        if answer:
            if answer != inherited:
                found[prefix] = answer
            return
        for digit in DIGITS:
            after = self.automaton.after(states, digit)
            self._walk(prefix + digit, after, depth + 1, inherited, found)

    def answer(
        self, prefix: str, depth: int, outcomes: frozenset[Outcome]
    ) -> tuple[str, Zones] | None:
        """Region and zones when every outcome agrees on them, else None: read on."""
        regions = {outcome.region for outcome in outcomes}
        if len(regions) > 1:
            return None
        region = regions.pop()
        options = {self.zones_of(prefix, depth, outcome.geographic) for outcome in outcomes}
        if len(options) == 1 and None not in options:
            return region, options.pop() or ()
        if depth >= DEEPEST_ZONES:
            return region, self.zones
        return None

    def zones_of(self, prefix: str, depth: int, geographic: bool) -> Zones | None:
        """Zones of such a number, None when further digits decide."""
        if self.calling_code == NANP and depth >= AREA_CODE_LENGTH:
            # An area code is a place even for the mobile numbers in it: the alternative is the
            # whole continent, at which no common hour is left.
            geographic = geographic or prefix[: 1 + AREA_CODE_LENGTH] in TIMEZONE_DATA
        elif self.calling_code == NANP:
            return None
        if not geographic:
            return self.zones
        if prefix in self.deeper:
            return None
        for end in range(len(prefix), 0, -1):
            if prefix[:end] in TIMEZONE_DATA:
                return tuple(TIMEZONE_DATA[prefix[:end]])
        return ()


def build() -> dict[str, Any]:
    """The whole table as it is stored."""
    zone_sets: dict[Zones, int] = {}
    prefixes: dict[str, list[Any]] = {}
    for calling_code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        if regions[0] == NON_GEOGRAPHIC_REGION:
            continue
        for prefix, (region, zones) in sorted(Plan(calling_code).entries().items()):
            known = tuple(zone for zone in zones if zone != "Etc/Unknown")
            prefixes[prefix] = [region, zone_sets.setdefault(known, len(zone_sets))]
    return {
        "source": f"phonenumbers {version('phonenumbers')}",
        "date": datetime.now(UTC).date().isoformat(),
        "zones": [list(zones) for zones in zone_sets],
        "prefixes": prefixes,
    }


def main() -> None:
    """Write the table beside the code."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(build(), separators=(",", ":")).replace("],", "],\n") + "\n")


if __name__ == "__main__":
    main()
