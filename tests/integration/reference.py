"""An independent rollup in plain Python over what units wrote: it shares no code and no SQL with the models.

A report is {indicator: (numerator, denominator, value)} as text; None means that the unit sent nothing.
`figure` tells one place from the reports below it; `figures` every place of a map, before and after it changed.
The rules of cells, rollups, changes of units and versions, written down a second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

INFINITE = float("inf")
End = Fraction | float
Interval = tuple[End, End]
Line = tuple[str, str, str]
NOT_APPLICABLE = "không áp dụng"
YES, NO = ("Có", "Đạt"), ("Không", "Không đạt")


@dataclass
class Sums:
    """What a province adds up for one indicator."""

    numerator: list[Interval] = field(default_factory=list)
    denominator: list[Interval] = field(default_factory=list)
    not_applicable: int = 0
    value_only: int = 0

    @property
    def reporting(self) -> int:
        return len(self.numerator)

    def ends(self, part: str) -> Interval:
        return sum(low for low, _ in getattr(self, part)), sum(high for _, high in getattr(self, part))


def number(text: str) -> Interval | None:
    """A typed value's ends, however they are closed; an end that is not known is infinite."""
    if text == "":
        return None
    if text == "KPS":
        return Fraction(0), Fraction(0)
    if text[0] in "<≤":
        return -INFINITE, _plain(text[1:])
    if text[0] == ">":
        return _plain(text[1:]), INFINITE
    low, _, high = text.partition("-")
    return _plain(low), _plain(high or low)


def count(text: str) -> Interval | None:
    """A head count as its smallest and largest possible whole number."""
    ends = number(text)
    if ends is None:
        return None
    low, high = ends
    return (low + 1 if text[0] == ">" else max(low, Fraction(0))), (high - 1 if text[0] == "<" else high)


def _plain(digits: str) -> Fraction:
    return Fraction(digits.replace(",", "."))


def summed(reports: list[dict[str, tuple[str, str, str]]], indicator: str, yes_no: bool, is_part: bool) -> Sums:
    sums = Sums()
    for report in reports:
        numerator, denominator, value = report.get(indicator, ("", "", ""))
        if "không áp dụng" in (numerator, value):
            sums.not_applicable += 1
        elif yes_no and value in ("Có", "Không"):
            answer = Fraction(value == "Có")
            sums.numerator.append((answer, answer))
            sums.denominator.append((Fraction(1), Fraction(1)))
        elif not yes_no and numerator:
            cases, children = count(numerator), count(denominator)
            assert cases and children
            sums.numerator.append((cases[0], min(cases[1], children[1]) if is_part else cases[1]))
            sums.denominator.append(children)
        elif value:
            sums.value_only += 1
    return sums


def figure(sums: Sums, kind: str, factor: int) -> tuple[Fraction, Fraction] | None:
    """The province's figure as an interval; None where there is nothing to divide by."""
    if not sums.reporting:
        return None
    (numerator_low, numerator_high), (denominator_low, denominator_high) = (
        sums.ends("numerator"),
        sums.ends("denominator"),
    )
    if denominator_low == 0:
        return None
    if kind == "relative_change":
        return (denominator_low - numerator_high) / denominator_low * 100, (
            denominator_high - numerator_low
        ) / denominator_high * 100
    return numerator_low / denominator_high * factor, numerator_high / denominator_low * factor


@dataclass(frozen=True)
class Indicator:
    """How an indicator is made. measures: what each level of unit speaks of; hard_max: the most that it can be."""

    aggregation: str
    measures: Mapping[str, str]
    factor: int = 100
    is_part: bool = False
    hard_min: int | None = None
    hard_max: int | None = None
    min_coverage: int = 100

    def measures_above(self) -> set[str]:
        """The measures of a rollup that is made from reports below it."""
        if self.aggregation == "none":
            return set()
        return {"share"} if self.aggregation == "share_of_units" else set(self.measures.values())

    def measures_at(self, level: str) -> set[str]:
        """The measures of a unit's own line: its level's, and with its parts those of other levels."""
        own = {self.measures[level]}
        return own if own & {"yes_no", "points"} else own | ({*self.measures.values()} & {"rate", "count", "change"})


@dataclass(frozen=True)
class Unit:
    """A unit, the unit above it, and the time in which it exists (half-open)."""

    unit_id: str
    level: str
    parent_id: str | None
    valid_to: date | None = None


@dataclass
class Map:
    """Units and their succession. successor_units: today's province that contains an old one's area."""

    units: dict[str, Unit] = field(default_factory=dict)
    successors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    shares: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    successor_units: dict[str, str] = field(default_factory=dict)

    def above(self, unit_id: str) -> list[str]:
        parent = self.units[unit_id].parent_id
        return [parent, *self.above(parent)] if parent else []

    def is_of_today(self, unit_id: str) -> bool:
        return self.units[unit_id].valid_to is None

    def province_today(self, unit_id: str) -> str:
        province = [unit_id, *self.above(unit_id)][-1]
        return self.successor_units.get(province, province)

    def area_today(self, unit_id: str) -> set[str | None]:
        """The communes of today that a unit's area lies in; None among them where it is unknown."""
        if self.is_of_today(unit_id):
            return {unit_id}
        parts = self.successors.get(unit_id) or [
            unit.unit_id for unit in self.units.values() if unit.parent_id == unit_id
        ]
        return set().union(*(self.area_today(part) for part in parts)) if parts else {None}

    def home(self, unit_id: str) -> str:
        """The one commune of today that contains all of a unit, else its province's unallocated row."""
        area = self.area_today(unit_id)
        whole = next(iter(area)) if len(area) == 1 else None
        return whole or f"{self.province_today(unit_id)}/unallocated"

    def rollup_units(self, unit_id: str, basis: str) -> dict[str, Fraction]:
        """Where a unit's counts belong beside itself, and how much of them: shared out only as declared."""
        if basis == "as_reported" or self.is_of_today(unit_id):
            return dict.fromkeys(self.above(unit_id), Fraction(1))
        found = {self.province_today(unit_id): Fraction(1)}
        parts = {unit_id: Fraction(1)}
        if self.home(unit_id).endswith("/unallocated"):
            parts = self.shares.get(unit_id, parts)
        for part, share in parts.items():
            found[self.home(part)] = found.get(self.home(part), Fraction(0)) + share
        return found


@dataclass(frozen=True)
class Figure:
    """A place's figure for one indicator and measure, and how far it reaches."""

    numerator: Fraction | None
    denominator: Fraction | None
    low: Fraction | None
    high: Fraction | None
    expected: int
    reporting: int
    is_provisional: bool
    is_estimated: bool = False


Key = tuple[str, str, str, str]
"""A place, a basis, an indicator and a measure."""


def figures(
    map_: Map,
    owing: Iterable[str],
    reports: Mapping[str, Mapping[str, Line]],
    indicators: Mapping[str, Indicator],
) -> dict[Key, Figure]:
    """Every figure of one programme and period: the units' own lines, and the rollups made from them.

    owing: the units that owe a report; reports: the lines that are known of each unit that sent one.
    """
    result: dict[Key, Figure] = {}
    for unit in owing:
        result |= dict(_own(map_, unit, reports.get(unit, {}), indicators))
    for basis in ("as_reported", "current"):
        below: dict[str, dict[str, Fraction]] = defaultdict(dict)
        for unit in owing:
            for rollup_unit, share in map_.rollup_units(unit, basis).items():
                below[rollup_unit][unit] = share
        for rollup_unit, shares in below.items():
            restated = basis == "current" and not all(map(map_.is_of_today, shares))
            for code, indicator in indicators.items():
                lines = [(reports.get(unit, {}).get(code), shares[unit]) for unit in shares]
                level = map_.units[next(iter(shares))].level
                for measure in indicator.measures_above() - ({"share"} if restated else set()):
                    result[rollup_unit, basis, code, measure] = _from_below(lines, indicator, measure, level)
    return result


def _own(
    map_: Map, unit_id: str, lines: Mapping[str, Line], indicators: Mapping[str, Indicator]
) -> Iterator[tuple[Key, Figure]]:
    """A unit's own lines, as long as it lives on both maps."""
    level = map_.units[unit_id].level
    for code, line in lines.items():
        for measure in indicators[code].measures_at(level):
            found = _of_one_line(line, indicators[code], measure, level)
            for basis in ("as_reported", "current"):
                if found and (basis == "as_reported" or map_.is_of_today(unit_id)):
                    yield (unit_id, basis, code, measure), found


def _of_one_line(line: Line, indicator: Indicator, measure: str, level: str) -> Figure | None:
    """None where a measure of other levels has no parts to be computed from."""
    is_own_measure = measure == indicator.measures[level]
    if NOT_APPLICABLE in line:
        return _figure(None, None, None, indicator, (0, 0)) if is_own_measure else None
    parts = _parts(line, indicator, measure, level)
    if line[0] and parts:
        return _figure(parts[0], parts[1], _divided(*parts, indicator, measure), indicator, (1, 1))
    if not is_own_measure:
        return None
    if line[2] == "":
        return _figure(None, None, None, indicator, (1, 0))
    if line[2] in YES + NO:
        answer = Fraction(line[2] in YES)
        return _figure(None, None, (answer, answer), indicator, (1, 1))
    low, high = number(line[2]) or (-INFINITE, INFINITE)
    if measure == "count":
        return _figure(None, None, (max(low, Fraction(0)), high), indicator, (1, 1))
    least = -INFINITE if indicator.hard_min is None else Fraction(indicator.hard_min)
    return _figure(None, None, (max(low, least), _possible(high, indicator)), indicator, (1, 1))


def _from_below(lines: list[tuple[Line | None, Fraction]], indicator: Indicator, measure: str, level: str) -> Figure:
    """The sum of what the units below gave; a unit to which the indicator does not apply is not expected."""
    cases: list[Interval] = []
    children: list[Interval] = []
    applies = [(line, share) for line, share in lines if not line or NOT_APPLICABLE not in line]
    is_estimated = False
    for line, share in applies:
        parts = _parts(line, indicator, measure, level) if line else None
        if parts:
            cases.append((parts[0][0] * share, parts[0][1] * share))
            is_estimated = is_estimated or share < 1
            if parts[1]:
                children.append((parts[1][0] * share, parts[1][1] * share))
    reach = len(applies), len(cases)
    if not cases:
        return _figure(None, None, None, indicator, reach)
    sums = _sum(cases), _sum(children) if children else None
    return _figure(*sums, _divided(*sums, indicator, measure), indicator, reach, is_estimated)


def _sum(parts: list[Interval]) -> Interval:
    return sum(low for low, _ in parts), sum(high for _, high in parts)


def _parts(line: Line, indicator: Indicator, measure: str, level: str) -> tuple[Interval, Interval | None] | None:
    """What a line adds to a sum: cases, and for what is divided those among whom they occurred."""
    if NOT_APPLICABLE in line:
        return None
    if measure in ("share", "yes_no"):
        answer = Fraction(line[2] in YES)
        return ((answer, answer), (Fraction(1), Fraction(1))) if line[2] in YES + NO else None
    cases, children = count(line[0]), count(line[1])
    if measure == "count":
        if cases is None and indicator.measures[level] == "count":
            cases = count(line[2])
        return (cases, None) if cases else None
    if cases is None or children is None:
        return None
    return (cases[0], min(cases[1], children[1]) if indicator.is_part else cases[1]), children


def _divided(cases: Interval, children: Interval | None, indicator: Indicator, measure: str) -> Interval | None:
    """The figure's ends; None where nothing can be divided, an infinite end where it may be anything."""
    if measure == "count" or children is None:
        return cases
    if children[1] == 0:
        return None
    factor = 100 if measure in ("share", "change") else indicator.factor
    least = Fraction(0) if children[1] == INFINITE else cases[0] * factor / children[1]
    most = INFINITE if children[0] == 0 or cases[1] == INFINITE else cases[1] * factor / children[0]
    if measure == "change":
        return 100 - most, 100 - least
    return least, _possible(most, indicator)


def _possible(high: End, indicator: Indicator) -> End:
    return high if indicator.hard_max is None else min(high, Fraction(indicator.hard_max))


def _figure(
    cases: Interval | None,
    children: Interval | None,
    value: Interval | None,
    indicator: Indicator,
    reach: tuple[int, int],
    is_estimated: bool = False,
) -> Figure:
    expected, reporting = reach
    return Figure(
        numerator=_exact(cases),
        denominator=_exact(children),
        low=_finite(value, 0),
        high=_finite(value, 1),
        expected=expected,
        reporting=reporting,
        is_provisional=expected == 0 or reporting * 100 < indicator.min_coverage * expected,
        is_estimated=is_estimated,
    )


def _exact(ends: Interval | None) -> Fraction | None:
    return Fraction(ends[0]) if ends and ends[0] == ends[1] else None


def _finite(ends: Interval | None, end: int) -> Fraction | None:
    return Fraction(ends[end]) if ends and abs(ends[end]) != INFINITE else None
