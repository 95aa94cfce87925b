"""A small line of the years, as geometry for an inline SVG: gaps where a period is missing, bars where only bounds are.

Nothing is drawn that the table beside it does not hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pages.language import Text

WIDTH, HEIGHT, MARGIN = 120, 36, 5
DOT = 4
"""Across a dot of a dot plot."""


@dataclass(frozen=True)
class Point:
    """A period; low and high are equal where the figure is exact, and both None where there is none.

    is_joined: False where a line to it would mislead, as it is a figure of less than half of the reports.
    """

    period: str
    low: Decimal | None
    high: Decimal | None
    is_joined: bool = True

    @property
    def value(self) -> Decimal | None:
        return self.low if self.low == self.high else None


@dataclass(frozen=True)
class Chart:
    """lines: of points one after another. dots: exact figures. bars: x, top and bottom of an interval."""

    label: Text
    lines: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]
    bars: tuple[tuple[str, str, str], ...]
    target: str | None
    path: str | None


def draw(points: Sequence[Point], target: Decimal | None, path: Sequence[Decimal | None], label: Text) -> Chart | None:
    """path: the milestones of the periods. None where no period has a figure."""
    ends = [end for point in points for end in (point.low, point.high) if end is not None]
    if not ends:
        return None
    scale = _Scale(len(points), [*ends, *([target] if target is not None else []), *(p for p in path if p is not None)])
    return Chart(
        label=label,
        lines=tuple(" ".join(f"{x},{y}" for x, y in line) for line in _lines(points, scale) if len(line) > 1),
        dots=tuple((scale.x(at), scale.y(point.value)) for at, point in enumerate(points) if point.value is not None),
        bars=tuple(_bars(points, scale)),
        target=None if target is None else scale.y(target),
        path=" ".join(f"{scale.x(at)},{scale.y(each)}" for at, each in enumerate(path) if each is not None) or None,
    )


@dataclass(frozen=True)
class DotPlot:
    """others: a dot for each value, equal ones above each other. own: the one that is marked."""

    label: Text
    others: tuple[tuple[str, str], ...]
    own: tuple[str, str]


def draw_dots(others: Sequence[Decimal], own: Decimal, label: Text) -> DotPlot:
    """The values along a line; what would cover another dot is put above it, as long as there is room."""
    low, high = min([*others, own]), max([*others, own])

    def x(value: Decimal) -> Decimal:
        share = (value - low) / (high - low) if high > low else Decimal("0.5")
        return MARGIN + share * (WIDTH - 2 * MARGIN)

    heights: dict[int, int] = {}
    dots = []
    for value in sorted(others):
        place = int(x(value) / DOT)
        height = heights[place] = heights.get(place, -1) + 1
        top = max(HEIGHT - MARGIN - Decimal(height * DOT), Decimal(DOT))
        dots.append((f"{x(value):.1f}", f"{top:.1f}"))
    return DotPlot(label, tuple(dict.fromkeys(dots)), (f"{x(own):.1f}", f"{HEIGHT - MARGIN}"))


class _Scale:
    def __init__(self, count: int, values: Sequence[Decimal]) -> None:
        self.count, self.low, self.high = count, min(values), max(values)

    def x(self, at: int) -> str:
        across = Decimal("0.5") if self.count == 1 else Decimal(at) / (self.count - 1)
        return f"{MARGIN + across * (WIDTH - 2 * MARGIN):.1f}"

    def y(self, value: Decimal) -> str:
        span = self.high - self.low
        share = (value - self.low) / span if span else Decimal("0.5")
        return f"{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.1f}"


def _lines(points: Sequence[Point], scale: _Scale) -> Iterator[list[tuple[str, str]]]:
    """The runs of exact figures; a missing period, a bound or a figure of few reports ends one."""
    line: list[tuple[str, str]] = []
    for at, point in enumerate(points):
        if point.value is None or not point.is_joined:
            yield line
            line = []
        else:
            line.append((scale.x(at), scale.y(point.value)))
    yield line


def _bars(points: Sequence[Point], scale: _Scale) -> Iterator[tuple[str, str, str]]:
    """An open side reaches to the edge of the picture."""
    for at, point in enumerate(points):
        if point.value is None and (point.low is not None or point.high is not None):
            top = "0" if point.high is None else scale.y(point.high)
            bottom = str(HEIGHT) if point.low is None else scale.y(point.low)
            yield scale.x(at), top, bottom
