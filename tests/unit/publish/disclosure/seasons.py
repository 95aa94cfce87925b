"""Made-up seasons of a sensitive indicator: three provinces, two maps, quarters and their half-year, corrections.

`Season.publish` decides what is printed, by the protection; `Season.attack` knows nothing but what was printed, the two
maps, the bases and which reports were corrected.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from publish.disclosure import rule
from publish.disclosure.attacker import Bound, Row, attack
from publish.disclosure.protection import protect
from publish.disclosure.types import Count, Figure, Problem, Published, Suppression

QUARTERS, HALF = ("2026-Q1", "2026-Q2"), "2026-H1"
PERIODS = (*QUARTERS, HALF)
PER_THOUSAND = 1000
COSTS = {"commune": 1.0, "successor": 1.0, "district": 3.0, "province": 10.0}

Key = tuple[str, str]
"""A unit and a period."""
Place = tuple[str, str, str]
"""Basis, unit and period of a figure."""


@dataclass
class Unit:
    """A place of one basis with the communes of the period that it consists of, each with its share."""

    name: str
    level: str
    basis: str
    parts: dict[str, Decimal]


@dataclass
class Season:
    """What is reported, and what was published of it so far."""

    units: list[Unit]
    bases: dict[Key, int]
    with_complementary: bool = True
    with_earlier: bool = True
    reports: dict[Key, int] = field(default_factory=dict)
    versions: dict[Key, int] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    published: dict[object, Published] = field(default_factory=dict)
    targets: dict[object, dict[str, Decimal]] = field(default_factory=dict)
    relations: dict[object, dict[str, Decimal]] = field(default_factory=dict)
    printed: list[dict[Place, Decimal | None]] = field(default_factory=list)
    seen: list[dict[Key, int]] = field(default_factory=list)
    truth: list[dict[Place, Decimal]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_name = {(unit.basis, unit.name): unit for unit in self.units}

    # --- what is reported --------------------------------------------------------------------------------------------

    def report(self, unit: str, period: str, cases: int) -> None:
        """A first report, or a correction; the same number again is no news."""
        key = (unit, period)
        if self.reports.get(key) == cases:
            return
        self.reports[key] = cases
        self.versions[key] = self.versions.get(key, 0) + 1
        base = Decimal(self.bases[key])
        self.counts[self.name(key)] = Count(Decimal(cases), Decimal(cases), base, base <= rule.LARGEST)

    def name(self, key: Key) -> str:
        return f"{key[0]}/{key[1]}/{self.versions[key]}"

    # --- what is published -------------------------------------------------------------------------------------------

    def problem(self) -> Problem:
        figures = []
        for unit in self.units:
            for period in PERIODS:
                parts = {part: share for part, share in unit.parts.items() if (part, period) in self.reports}
                if parts:
                    terms = {self.name((part, period)): share for part, share in parts.items()}
                    cases = sum(share * self.reports[part, period] for part, share in parts.items())
                    base = sum(share * self.bases[part, period] for part, share in parts.items())
                    place = (unit.basis, unit.name, period)
                    figures.append(Figure(place, (terms,), (rule.is_primary(cases, cases, base),), COSTS[unit.level]))
        for unit in sorted({unit for unit, _ in self.reports}):
            keys = [(unit, period) for period in PERIODS]
            if all(key in self.reports for key in keys):
                first, second, half = (self.reports[key] for key in keys)
                if first + second == half:
                    names = [self.name(key) for key in keys]
                    self.relations[tuple(names)] = dict(zip(names, map(Decimal, (1, 1, -1)), strict=True))
        return Problem(
            self.counts,
            tuple(figures),
            tuple(self.relations.values()),
            tuple(self.published.values()) if self.with_earlier else (),
            tuple(self.targets.values()) if self.with_earlier else (),
        )

    def publish(self) -> Suppression:
        problem = self.problem()
        decided = protect(problem, with_complementary=self.with_complementary)
        printed: dict[Place, Decimal | None] = {}
        truth: dict[Place, Decimal] = {}
        for figure in problem.figures:
            (terms,) = figure.sums
            value = sum((share * self.counts[name].low for name, share in terms.items()), Decimal(0))
            truth[figure.key] = value
            signature = frozenset(terms.items())
            if figure.key in decided.keys:
                printed[figure.key] = None
                if figure.is_primary[0]:
                    self.targets[signature] = terms
            else:
                printed[figure.key] = value
                self.published[signature] = Published(terms, value, value)
        self.printed.append(printed)
        self.truth.append(truth)
        self.seen.append(dict(self.versions))
        return decided

    # --- what an attacker makes of it --------------------------------------------------------------------------------

    def attack(self) -> dict[object, Bound]:
        rows: dict[object, Row] = {}
        equations: list[dict[object, float]] = []
        for at, printed in enumerate(self.printed):
            for place, value in printed.items():
                rows[at, *place] = self._row(at, place, value)
                self._rate(at, place, value, rows, equations)
            equations += self._sums(at)
            equations += self._halves(at)
            equations += self._unchanged(at)
        return attack(rows, equations, lambda key: key[0])

    def _row(self, at: int, place: Place, value: Decimal | None) -> Row:
        """An attacker knows how many there are at most, and that nobody suppresses a 0 of more than a few."""
        _, _, period = place
        unit = self._unit(place)
        parts = [(part, share) for part, share in unit.parts.items() if (part, period) in self.seen[at]]
        base = float(sum(share * self.bases[part, period] for part, share in parts))
        is_own = unit.level == "commune"
        truth = self.truth[at][place]
        needs_doubt = rule.is_primary(truth, truth, Decimal(base)) and not self._is_repeated(at, place)
        least = 1.0 if is_own and truth > 0 and base > rule.LARGEST else 0.0
        ends = None if value is None else (float(value), float(value))
        return Row(ends, least, base, is_own, needs_doubt)

    def _is_repeated(self, at: int, place: Place) -> bool:
        """The same reports as in the publication before: what is found out of that one is found out of this one."""
        if not at or place not in self.printed[at - 1]:
            return False
        _, _, period = place
        then, now = (
            [(part, self.seen[number].get((part, period))) for part in self._unit(place).parts]
            for number in (at - 1, at)
        )
        return then == now

    def _rate(
        self,
        at: int,
        place: Place,
        value: Decimal | None,
        rows: dict[object, Row],
        equations: list[dict[object, float]],
    ) -> None:
        """Cases per thousand are printed beside the cases, and suppressed with them; the base is known anyway."""
        base = rows[at, *place].most
        rate = None if value is None else (float(value) / base * PER_THOUSAND,) * 2
        rows[at, *place, "rate"] = Row(rate, is_whole=False)
        equations.append({(at, *place, "rate"): base / PER_THOUSAND, (at, *place): -1.0})

    def _sums(self, at: int) -> Iterator[dict[object, float]]:
        for place in self.printed[at]:
            basis, name, period = place
            unit = self._unit(place)
            if unit.level != "commune":
                parts = {part: share for part, share in unit.parts.items() if (part, period) in self.seen[at]}
                below = {(at, "as_reported", part, period): float(share) for part, share in parts.items()}
                yield {(at, basis, name, period): -1.0, **below}

    def _halves(self, at: int) -> Iterator[dict[object, float]]:
        for basis, name, period in self.printed[at]:
            keys = [(at, basis, name, period) for period in PERIODS]
            values = [self.truth[at].get(key[1:]) for key in keys]
            is_own = self._unit((basis, name, period)).level == "commune"
            if period == HALF and is_own and None not in values and values[0] + values[1] == values[2]:
                yield dict(zip(keys, (1.0, 1.0, -1.0), strict=True))

    def _unchanged(self, at: int) -> Iterator[dict[object, float]]:
        for key, version in self.seen[at].items():
            if at and self.seen[at - 1].get(key) == version:
                yield {(at, "as_reported", *key): 1.0, (at - 1, "as_reported", *key): -1.0}

    def _unit(self, place: Place) -> Unit:
        return self.by_name[place[0], place[1]]


def random_season(seed: int, communes: int = 6, **switches: bool) -> Season:
    """Three provinces of two districts; every second province has a commune that was split, by declared weights."""
    chance = random.Random(seed)
    units: list[Unit] = []
    for province in "PQR":
        names = [f"{province}{number}" for number in range(communes)]
        whole = dict.fromkeys(names, Decimal(1))
        units += [Unit(name, "commune", "as_reported", {name: Decimal(1)}) for name in names]
        cut = chance.randint(2, communes - 2)
        for district, members in ((f"{province}-d1", names[:cut]), (f"{province}-d2", names[cut:])):
            units.append(Unit(district, "district", "as_reported", dict.fromkeys(members, Decimal(1))))
        units.append(Unit(province, "province", "as_reported", whole))
        units.append(Unit(province, "province", "current", whole))
        units += _successors(chance, province, names)
    own = [unit.name for unit in units if unit.level == "commune"]
    bases = {
        (name, period): chance.randint(1, 4) if chance.random() < 0.05 else chance.randint(60, 900)
        for name in own
        for period in PERIODS
    }
    season = Season(units, bases, **switches)
    for name in own:
        if chance.random() < 0.95:
            _report(chance, season, name)
    return season


def _successors(chance: random.Random, province: str, names: list[str]) -> list[Unit]:
    """Communes of the new map: pairs that merged, one that was split, those that stayed."""
    shuffled = chance.sample(names, len(names))
    successors: list[dict[str, Decimal]] = []
    if chance.random() < 0.5:
        split = shuffled.pop()
        weight = Decimal(chance.randint(2, 8)) / 10
        successors += [{split: weight}, {split: 1 - weight, shuffled.pop(): Decimal(1)}]
    while shuffled:
        size = min(len(shuffled), chance.choice((1, 2, 2, 3)))
        successors.append({shuffled.pop(): Decimal(1) for _ in range(size)})
    return [Unit(f"{province}-n{number}", "successor", "current", parts) for number, parts in enumerate(successors)]


def _report(chance: random.Random, season: Season, name: str) -> None:
    quarters = [_cases(chance, season.bases[name, period]) for period in QUARTERS]
    for period, cases in zip(QUARTERS, quarters, strict=True):
        season.report(name, period, cases)
    half = sum(quarters) if chance.random() < 0.8 else sum(quarters) + chance.randint(1, 3)
    season.report(name, HALF, min(half, season.bases[name, HALF]))


def _cases(chance: random.Random, base: int) -> int:
    return min(base, chance.choice((0, 0, 0, 1, 2, 3, 4, 5, 6, 8, 12, 25)))


def correct(season: Season, chance: random.Random) -> None:
    """Some reports are corrected before the next publication, and some come for the first time."""
    names = sorted({name for name, _ in season.bases})
    for name in names:
        if (name, HALF) not in season.reports or chance.random() < 0.08:
            _report(chance, season, name)
        elif chance.random() < 0.08:
            period = chance.choice(PERIODS)
            season.report(name, period, _cases(chance, season.bases[name, period]))


def play(seed: int, publications: int, communes: int = 6, **switches: bool) -> Season:
    """A whole season with its publications; switches: with_complementary, with_earlier."""
    season = random_season(seed, communes, **switches)
    chance = random.Random(-seed - 1)
    for number in range(publications):
        if number:
            correct(season, chance)
        season.publish()
    return season
