"""Units that merge, are split, move and give their codes away, in plain Python: it shares no code with the models.

`admissible` and `resolve` say whose a report is, `expected` which reports make the figures of a period, `figures` what
these figures are, for every unit on both maps. The rules of domain and architecture, written down a second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

COMMUNE = "commune"
COUNTRY_UNALLOCATED = "VN/unallocated"


@dataclass
class Version:
    """A name and a parent of a unit, and the time in which it had them (half-open; None: until today)."""

    name: str
    parent_id: str | None
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class Unit:
    unit_id: str
    code: str
    level: str
    versions: list[Version]

    @property
    def began(self) -> date:
        return self.versions[0].since

    @property
    def ended(self) -> date | None:
        return self.versions[-1].until

    def is_alive(self, day: date) -> bool:
        return self.began <= day and (self.ended is None or day < self.ended)


class Period(NamedTuple):
    """A period's first day, and the day of its deadline, on which one has to exist to owe a report."""

    name: str
    since: date
    deadline: date


@dataclass
class Map:
    """Units, where each went (successor and whether whole), and the declared shares of those that were split."""

    units: dict[str, Unit] = field(default_factory=dict)
    successors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    shares: dict[str, dict[str, Fraction]] = field(default_factory=dict)

    def communes(self) -> Iterable[Unit]:
        return (unit for unit in self.units.values() if unit.level == COMMUNE)

    def above(self, unit_id: str, day: date | None = None) -> list[str]:
        """The units above it on a day, or today, the province last."""
        versions = self.units[unit_id].versions
        version = versions[-1] if day is None else next(version for version in versions if version.covers(day))
        return [version.parent_id, *self.above(version.parent_id, day)] if version.parent_id else []

    def predecessors(self, unit_id: str) -> list[str]:
        return [old for old, new in self.successors.items() if unit_id in new]

    def all_successors(self, unit_id: str) -> set[str]:
        direct = self.successors.get(unit_id, [])
        return set(direct).union(*(self.all_successors(successor) for successor in direct))

    def area(self, unit_id: str, day: date | None = None) -> set[str | None]:
        """The communes in which its area lies on a day, or today; None among them where that is unknown."""
        unit = self.units[unit_id]
        if unit.ended is None or (day is not None and day < unit.ended):
            return {unit_id}
        parts = self.successors.get(unit_id)
        return set().union(*(self.area(part, day) for part in parts)) if parts else {None}

    def provinces_today(self, unit_id: str) -> set[str]:
        """Those in which its area lies; of a part that went nowhere, the one in which it last was."""
        unit = self.units[unit_id]
        if unit.ended is not None and self.successors.get(unit_id):
            return set().union(*(self.provinces_today(part) for part in self.successors[unit_id]))
        return {self.above(unit_id)[-1] if unit.ended is None else self.above_at_last(unit_id)[-1]}

    def above_at_last(self, unit_id: str) -> list[str]:
        ended = self.units[unit_id].ended
        return self.above(unit_id, ended - timedelta(days=1) if ended else None)

    def home(self, unit_id: str) -> list[str]:
        """What contains all of an ended unit today: one commune and its province, or what is unallocated."""
        area, provinces = self.area(unit_id), self.provinces_today(unit_id)
        if len(provinces) > 1:
            return [COUNTRY_UNALLOCATED]
        (province,) = provinces
        whole = next(iter(area)) if len(area) == 1 else None
        return [whole or f"{province}/unallocated", province]

    def rollup_units_today(self, unit_id: str) -> dict[str, Fraction]:
        """Where a unit's counts belong on today's map beside itself, and how much of them."""
        if self.units[unit_id].ended is None:
            return dict.fromkeys(self.above(unit_id), Fraction(1))
        found: dict[str, Fraction] = defaultdict(Fraction)
        for part, share in self.shares.get(unit_id, {unit_id: Fraction(1)}).items():
            places = [part, *self.above(part)] if self.units[part].ended is None else self.home(part)
            for place in places:
                found[place] += share
        return found


class Report(NamedTuple):
    """What is on a file: keys, and lines (numerator, denominator) by indicator."""

    period: str
    code: str
    kind: str
    lines: Mapping[str, tuple[int, int | None]]
    received_on: date
    unit_id: str | None = None
    unit_name: str | None = None


def admissible(map_: Map, period: Period) -> list[Unit]:
    """Who may report for a period: who exists on its deadline's day, or ended between its first day and that."""
    return [unit for unit in map_.communes() if unit.is_alive(period.deadline) or is_former(unit, period)]


def is_former(unit: Unit, period: Period) -> bool:
    return unit.ended is not None and period.since < unit.ended <= period.deadline


def resolve(map_: Map, period: Period, report: Report) -> tuple[str | None, str | None]:
    """The unit that a report is about, None where nobody of that code may report, and the rule that it breaks.

    As long as the question is open, the report counts as sent by the unit that bears the code.
    """
    bearers = [unit for unit in map_.communes() if unit.code == report.code and unit.began <= report.received_on]
    candidates = [unit for unit in bearers if unit in admissible(map_, period)]
    if not candidates:
        return None, "not_admissible"
    by_id = [unit for unit in candidates if unit.unit_id == report.unit_id]
    by_name = [unit for unit in candidates if report.unit_name and is_named(unit, report.unit_name)]
    newest = max(candidates, key=lambda unit: (unit.is_alive(report.received_on), unit.began))
    if by_id:
        return by_id[0].unit_id, None
    if report.unit_id in map_.units:
        return newest.unit_id, "unit_misidentified"
    if len(candidates) == 1:
        return newest.unit_id, None
    if len(by_name) == 1:
        return by_name[0].unit_id, None
    return newest.unit_id, "unit_ambiguous"


def is_named(unit: Unit, name: str) -> bool:
    return any(f" {version.name}".lower().endswith(f" {name}".lower()) for version in unit.versions)


Lines = Mapping[str, tuple[int, int | None]]


@dataclass
class Season:
    """One period of one map, and the lines that are in force of each unit that has reported."""

    map: Map
    period: Period
    reports: Mapping[str, Lines]

    def __post_init__(self) -> None:
        self.units = {unit.unit_id: unit for unit in admissible(self.map, self.period)}

    def owing(self) -> list[str]:
        return [unit_id for unit_id, unit in self.units.items() if unit.is_alive(self.period.deadline)]

    def former(self) -> list[str]:
        return [unit_id for unit_id, unit in self.units.items() if is_former(unit, self.period)]

    def successors(self, unit_id: str) -> set[str]:
        """Those that may report for the period themselves. Of who ends after it, none does."""
        if unit_id not in self.former():
            return set()
        return {successor for successor in self.map.all_successors(unit_id) if successor in self.units}

    def is_superseded(self, unit_id: str) -> bool:
        return any(successor in self.reports for successor in self.successors(unit_id))

    def counts(self, unit_id: str) -> bool:
        return unit_id in self.reports and not self.is_superseded(unit_id)

    def is_represented(self, unit_id: str) -> bool:
        """By a unit before it, in one step or more, whose report counts."""
        return unit_id not in self.reports and any(
            unit_id in self.successors(former) and self.counts(former) for former in self.former()
        )

    def expected(self) -> set[str]:
        """The units whose reports the figures are made of."""
        found: set[str] = set()
        for unit_id in self.owing():
            found |= self._represented_by(unit_id)
        for unit_id in self.former():
            if not self.successors(unit_id) and (unit_id in self.reports or self.is_represented(unit_id)):
                found |= self._represented_by(unit_id)
        return found

    def _represented_by(self, unit_id: str) -> set[str]:
        """Itself, or its predecessors; itself also for the part of one that another successor superseded."""
        if not self.is_represented(unit_id):
            return {unit_id}
        return set().union(
            *(
                {unit_id} if self.is_superseded(before) else self._represented_by(before)
                for before in self.map.predecessors(unit_id)
            )
        )

    def rollup_units_as_reported(self, unit_id: str) -> list[str]:
        """The units above it in its own time; with them a successor in the same province that owes for all of it."""
        if unit_id in self.owing():
            return self.map.above(unit_id, self.period.deadline)
        above = self.map.above_at_last(unit_id)
        return above + [
            successor
            for successor in self.owing()
            if self.map.area(unit_id, self.period.deadline) == {successor}
            and self.map.above(successor, self.period.deadline)[-1] == above[-1]
        ]


class Figure(NamedTuple):
    numerator: Fraction | None
    denominator: Fraction | None
    expected: int
    reporting: int
    has_predecessors: bool = False
    is_estimated: bool = False


Key = tuple[str, str, str]
"""A unit, a basis and an indicator."""


def figures(season: Season, indicators: Iterable[str]) -> dict[Key, Figure]:
    """Every figure of a period: of a unit with reports expected below it their sum, else its own."""
    found: dict[Key, Figure] = {}
    for unit_id, lines in season.reports.items():
        for basis in ("as_reported", "current"):
            if basis == "as_reported" or season.units[unit_id].ended is None:
                for indicator in lines:
                    own = _sum([(unit_id, Fraction(1))], season, indicator)
                    found[unit_id, basis, indicator] = own._replace(has_predecessors=False)
    for basis in ("as_reported", "current"):
        below: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
        for unit_id in {*season.owing(), *season.expected()}:
            for place, share in _rollup_units(season, unit_id, basis).items():
                below[place] += [(unit_id, share)] if unit_id in season.expected() else []
        for place, units in below.items():
            for indicator in indicators:
                found[place, basis, indicator] = _sum(units, season, indicator)
    return found


def _rollup_units(season: Season, unit_id: str, basis: str) -> Mapping[str, Fraction]:
    if basis == "current":
        return season.map.rollup_units_today(unit_id)
    return dict.fromkeys(season.rollup_units_as_reported(unit_id), Fraction(1))


def _sum(units: list[tuple[str, Fraction]], season: Season, indicator: str) -> Figure:
    lines = [
        (unit_id, share, season.reports[unit_id][indicator])
        for unit_id, share in units
        if indicator in season.reports.get(unit_id, {})
    ]
    return Figure(
        numerator=sum((line[0] * share for _, share, line in lines), Fraction(0)) if lines else None,
        denominator=sum((line[1] * share for _, share, line in lines), Fraction(0))
        if any(line[1] is not None for _, _, line in lines)
        else None,
        expected=len(units),
        reporting=len(lines),
        has_predecessors=any(unit_id in season.former() for unit_id, _, _ in lines),
        is_estimated=any(share < 1 for _, share, _ in lines),
    )
