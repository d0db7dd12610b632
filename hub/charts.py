"""Charts drawn by the server: SVG of classes and plain numbers, no style and no script.

A chart is a picture of a table: the page says its point in a sentence and offers the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LEFT, RIGHT, TOP, BOTTOM, HEIGHT, WIDTH = 58, 662, 14, 206, 232, 680
# A label nearer to the edge than this is written to the left of its point.
EDGE: Final = 90
STEPS: Final = (1, 2, 5)
# Between a scale and its labels; what a character of them takes on a phone, where they are largest.
GAP, WIDEST = 8, 11.3


class Point(NamedTuple):
    """`x` in days since the beginning of the period, `y` in units of the scale."""

    x: float
    y: float


class Mark(NamedTuple):
    """A place on an axis with its words."""

    at: float
    label: str


class Named(NamedTuple):
    """A point of the line with words above it."""

    at: Point
    label: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line over the days of a period, over a shaded area if the scale begins at nought (`base`).

    `steady` is a straight dotted line from its first to its last point; `ahead` the way from the
    last point of `line` to where it leads, labelled with `ahead_label`; `named` are points of note.
    """

    id: str
    title: str
    description: str
    days: int
    top: float
    line: Sequence[Point]
    x_marks: Sequence[Mark]
    y_marks: Sequence[Mark]
    steady: tuple[Point, Point] | None = None
    steady_label: str = ""
    ahead: Point | None = None
    ahead_label: str = ""
    named: Sequence[Named] = ()
    base: float = 0

    def svg(self) -> SafeString:
        """The picture; its title and description name it for those who do not see it."""
        return format_html(
            '<svg class="ch" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-t {id}-d">'
            '<title id="{id}-t">{title}</title><desc id="{id}-d">{told}</desc>{body}</svg>',
            w=WIDTH,
            h=HEIGHT,
            id=self.id,
            title=self.title,
            told=self.description,
            body=format_html_join("", "{}", ((part,) for part in self._parts())),
        )

    def _parts(self) -> list[SafeString]:
        parts = [self._grid(), self._days()]
        if self.steady:
            start, end = self.steady
            parts.append(
                format_html('<path class="ideal" d="M{}L{}"/>', self._at(start), self._at(end))
            )
        if self.line:
            parts.append(self._drawn())
        if self.ahead and self.line:
            parts.append(self._way())
        parts.extend(map(self._named, self.named))
        return parts

    @property
    def _left(self) -> float:
        """Where the days begin: to the right of the longest label of the scale."""
        longest = max((len(mark.label) for mark in self.y_marks), default=0)
        return max(LEFT, longest * WIDEST)

    def _grid(self) -> SafeString:
        """Every other label gives way on a phone."""
        return format_html_join(
            "",
            '<path class="gr" d="M{} {}H{}"/><text class="ax{}" x="{}" y="{}" '
            'text-anchor="end">{}</text>',
            (
                (f"{self._left:g}", self._y(mark.at), RIGHT, " m" * (index % 2),
                 f"{self._left - GAP:g}", f"{float(self._y(mark.at)) + 3.5:.1f}", mark.label)
                for index, mark in enumerate(self.y_marks)
            ),
        )  # fmt: skip

    def _days(self) -> SafeString:
        return format_html_join(
            "",
            '<text class="ax" x="{}" y="226" text-anchor="middle">{}</text>',
            ((self._x(mark.at), mark.label) for mark in self.x_marks),
        )

    def _drawn(self) -> SafeString:
        points = " ".join(f"{self._x(x)},{self._y(y)}" for x, y in self.line)
        first, last = self.line[0], self.line[-1]
        # An area is read as an amount, which it is from nought up only.
        area = format_html(
            '<polygon class="area" points="{},{} {} {},{}"/>',
            self._x(first.x), BOTTOM, points, self._x(last.x), BOTTOM,
        )  # fmt: skip
        return format_html(
            '{}<polyline class="ln" points="{}"/><circle class="pt" cx="{}" cy="{}" r="4"/>',
            "" if self.base else area, points, self._x(last.x), self._y(last.y),
        )  # fmt: skip

    def _way(self) -> SafeString:
        assert self.ahead is not None
        last = self.line[-1]
        x = float(self._x(self.ahead.x))
        anchor = "end" if x > WIDTH - EDGE else "middle"
        return format_html(
            '<path class="proj" d="M{}L{}"/><text class="lb b" x="{}" y="{}" text-anchor="{}">{}'
            "</text>",
            self._at(last), self._at(self.ahead), self._x(self.ahead.x),
            f"{max(min(float(self._y(last.y)) - 8, BOTTOM - 30), TOP + 12):.1f}", anchor,
            self.ahead_label,
        )  # fmt: skip

    def _named(self, named: Named) -> SafeString:
        x, y = self._x(named.at.x), self._y(named.at.y)
        anchor = "end" if float(x) > WIDTH - EDGE else "middle"
        return format_html(
            '<circle class="top" cx="{}" cy="{}" r="4"/><text class="lb b" x="{}" y="{}" '
            'text-anchor="{}">{}</text>',
            x, y, x, f"{max(float(y) - 9, TOP - 2):.1f}", anchor, named.label,
        )  # fmt: skip

    def _at(self, point: Point) -> str:
        return f"{self._x(point.x)} {self._y(point.y)}"

    def _x(self, day: float) -> str:
        left = self._left
        return f"{left + min(max(day, 0), self.days) * (RIGHT - left) / self.days:.1f}"

    def _y(self, value: float) -> str:
        above = min(max(value, self.base), self.top) - self.base
        return f"{BOTTOM - above * (BOTTOM - TOP) / (self.top - self.base):.1f}"


def round_steps(most: float, wanted: int = 4, base: float = 0) -> list[int]:
    """Round values from `base`, or the last before it, up to the first that is not below `most`:
    about `wanted` steps."""
    least = max(most - base, 1) / wanted
    power = 1
    while power * STEPS[-1] * 2 < least:
        power *= 10
    step = next((n * power for n in (*STEPS, 10) if n * power >= least), 10 * power)
    values = [int(base // step) * step]
    while values[-1] < most:
        values.append(values[-1] + step)
    return values if len(values) > 1 else [values[0], values[0] + step]
