"""Made-up seasons of sensitive indicators: three provinces, two maps, shorter and longer periods, corrections.

What a season reports is one of PLANS, by its seed. `Season.publish` decides what is printed, by the protection;
`Season.attack` knows nothing but what was printed, the two maps, the bases that are no secret, which reports were
corrected and which add up, and draws its conclusions with equations of its own.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from publish.disclosure import periods as calendar
from publish.disclosure import rule
from publish.disclosure.attacker import Bound, Row, attack
from publish.disclosure.protection import protect
from publish.disclosure.types import Count, Figure, Problem, Published, Suppression, Terms

PER_THOUSAND = 1000
COSTS = {"commune": 1.0, "successor": 1.0, "district": 3.0, "province": 10.0}
LESS_THAN = 5
"""What a unit writes that gives no number: "<5"."""

Key = tuple[str, str, str]
"""An indicator, a unit and a period."""
Place = tuple[str, str, str, str]
"""Indicator, basis, unit and period of a figure."""
Interval = tuple[Decimal, Decimal]
Sum = dict[object, float]


@dataclass(frozen=True)
class Plan:
    """What is reported. wholes: each period that is made of others, with these; empty where some of them never come.

    indicators: the later one counts the cases of the earlier too. has_secret_base: nobody may learn the denominator.
    """

    name: str
    periods: tuple[str, ...]
    wholes: Mapping[str, tuple[str, ...]]
    indicators: tuple[str, ...] = ("infants",)
    has_secret_base: bool = False


Q1, Q2, HALF, YEAR = "2026-Q1", "2026-Q2", "2026-H1", "2026"
MONTHS = ("2026-01", "2026-02", "2026-03")
PLANS = (
    Plan("quarters", (Q1, Q2, HALF), {HALF: (Q1, Q2)}),
    Plan("months", (*MONTHS, Q1), {Q1: MONTHS}),
    Plan("newborns and infants", (YEAR,), {}, ("newborns", "infants")),
    Plan("a half and its year", (HALF, YEAR), {YEAR: (HALF,)}),
    Plan("children of infected mothers", (YEAR,), {}, ("infected",), has_secret_base=True),
)


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

    plan: Plan
    units: list[Unit]
    bases: dict[Key, int]
    with_complementary: bool = True
    with_earlier: bool = True
    with_orders: bool = True
    reports: dict[Key, Interval] = field(default_factory=dict)
    versions: dict[Key, int] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    published: dict[object, Published] = field(default_factory=dict)
    targets: dict[object, Terms] = field(default_factory=dict)
    relations: dict[object, Terms] = field(default_factory=dict)
    orders: dict[object, Terms] = field(default_factory=dict)
    printed: list[dict[Place, tuple[Interval, ...] | None]] = field(default_factory=list)
    decided: list[Suppression] = field(default_factory=list)
    seen: list[dict[Key, int]] = field(default_factory=list)
    truth: list[dict[Place, tuple[Interval, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_name = {(unit.basis, unit.name): unit for unit in self.units}

    # --- what is reported --------------------------------------------------------------------------------------------

    def report(self, key: Key, low: int, high: int | None = None) -> None:
        """A first report, or a correction; the same number again is no news. high: where it is only bounded."""
        cases = (Decimal(low), Decimal(low if high is None else high))
        if self.reports.get(key) == cases:
            return
        self.reports[key] = cases
        self.versions[key] = self.versions.get(key, 0) + 1
        base = Decimal(self.bases[key])
        self.counts[self.name(key)] = Count(*cases, base, base <= rule.LARGEST)
        if self.plan.has_secret_base:
            self.counts[_base(key)] = Count(base, base)

    def name(self, key: Key) -> str:
        return f"{'/'.join(key)}/{self.versions[key]}"

    # --- what is published -------------------------------------------------------------------------------------------

    def problem(self) -> Problem:
        figures = [
            self._figure((indicator, unit.basis, unit.name, period), unit)
            for unit in self.units
            for indicator in self.plan.indicators
            for period in self.plan.periods
            if self._parts((indicator, unit.basis, unit.name, period), self.versions)
        ]
        self._link()
        return Problem(
            self.counts,
            tuple(figures),
            tuple(self.relations.values()),
            tuple(self.orders.values()) if self.with_orders else (),
            tuple(self.published.values()) if self.with_earlier else (),
            tuple(self.targets.values()) if self.with_earlier else (),
        )

    def _figure(self, place: Place, unit: Unit) -> Figure:
        parts = self._parts(place, self.versions)
        base = sum(share * self.bases[key] for key, share in parts.items())
        low, high = (sum(share * self.reports[key][end] for key, share in parts.items()) for end in (0, 1))
        sums: list[Terms] = [{self.name(key): share for key, share in parts.items()}]
        small = [rule.is_primary(low, high, base)]
        if self.plan.has_secret_base:
            sums.append({_base(key): share for key, share in parts.items()})
            small.append(rule.is_primary(base, base))
        return Figure(place, tuple(sums), tuple(small), COSTS[unit.level])

    def _link(self) -> None:
        """What the protection holds for known between the counts: what the reports fulfil."""
        for indicator, unit, period in sorted(self.reports):
            for parts in calendar.packings(period, {other for *_, other in self.reports}):
                self._at_most([(indicator, unit, part) for part in parts], (indicator, unit, period), parts=parts)
            at = self.plan.indicators.index(indicator)
            if at:
                self._at_most([(self.plan.indicators[at - 1], unit, period)], (indicator, unit, period))
            if self.plan.has_secret_base:
                names = (self.name((indicator, unit, period)), _base((indicator, unit, period)))
                self.orders[names] = dict(zip(names, map(Decimal, (1, -1)), strict=True))

    def _at_most(self, members: list[Key], whole: Key, parts: list[str] | None = None) -> None:
        keys = [*members, whole]
        if not all(key in self.reports for key in keys):
            return
        lows = [self.reports[key][0] for key in keys]
        is_exact = all(self.reports[key][0] == self.reports[key][1] for key in keys)
        terms = {self.name(key): Decimal(-1 if key == whole else 1) for key in keys}
        is_filled = parts is not None and calendar.is_filled(whole[2], parts)
        if is_filled and is_exact and sum(lows[:-1]) == lows[-1]:
            self.relations[tuple(terms)] = terms
        elif sum(lows[:-1]) <= lows[-1]:
            self.orders[tuple(terms)] = terms

    def publish(self) -> Suppression:
        problem = self.problem()
        decided = protect(problem, with_complementary=self.with_complementary)
        printed: dict[Place, tuple[Interval, ...] | None] = {}
        truth: dict[Place, tuple[Interval, ...]] = {}
        for figure in problem.figures:
            values = tuple(self._ends(terms) for terms in figure.sums)
            truth[figure.key] = values
            printed[figure.key] = None if figure.key in decided.keys else values
            for terms, ends, is_primary in zip(figure.sums, values, figure.is_primary, strict=True):
                signature = frozenset(terms.items())
                if figure.key not in decided.keys:
                    self.published[signature] = Published(terms, *ends)
                elif is_primary:
                    self.targets[signature] = terms
        self.decided.append(decided)
        self.printed.append(printed)
        self.truth.append(truth)
        self.seen.append(dict(self.versions))
        return decided

    def _ends(self, terms: Terms) -> Interval:
        low, high = (
            sum((share * getattr(self.counts[name], end) for name, share in terms.items()), Decimal(0))
            for end in ("low", "high")
        )
        return low, high

    def _parts(self, place: Place, reported: Mapping[Key, object]) -> dict[Key, Decimal]:
        indicator, basis, name, period = place
        parts = self.by_name[basis, name].parts
        return {key: share for part, share in parts.items() if (key := (indicator, part, period)) in reported}

    # --- what an attacker makes of it --------------------------------------------------------------------------------

    def attack(self) -> dict[object, Bound]:
        """Bounds by publication, place and which of its sums: the cases, or the base."""
        rows: dict[object, Row] = {}
        equations: list[Sum] = []
        for at, printed in enumerate(self.printed):
            for place, values in printed.items():
                for number in range(2 if self.plan.has_secret_base else 1):
                    rows[at, *place, number] = self._row(at, place, number, values)
                if not self.plan.has_secret_base:
                    self._rate(at, place, values, rows, equations)
            equations += self._sums(at)
            equations += self._unchanged(at)
            for sum_, is_equal in self._known(at):
                if not is_equal:
                    rows[at, "slack", len(equations)] = Row(None)
                    sum_[at, "slack", len(equations)] = 1.0
                equations.append(sum_)
        return attack(rows, equations, lambda key: key[0])

    def _row(self, at: int, place: Place, number: int, values: tuple[Interval, ...] | None) -> Row:
        """An attacker knows how many there are at most, and that nobody suppresses a 0 of more than a few."""
        base = self._base_of(at, place)
        low, high = self.truth[at][place][number]
        is_own = self.by_name[place[1], place[2]].level == "commune"
        is_small = rule.is_primary(low, high, Decimal(base) if number == 0 else None)
        is_known = is_own and low > 0 and (number == 1 or base > rule.LARGEST)
        ends = None if values is None else (float(values[number][0]), float(values[number][1]))
        most = base if number == 0 else 1e4
        return Row(ends, float(is_known), most, is_own, is_small and not self._is_repeated(at, place))

    def _base_of(self, at: int, place: Place) -> float:
        return float(sum(share * self.bases[key] for key, share in self._parts(place, self.seen[at]).items()))

    def _is_repeated(self, at: int, place: Place) -> bool:
        """The same reports as in the publication before: what is found out of that one is found out of this one."""
        if not at or place not in self.printed[at - 1]:
            return False
        indicator, _, _, period = place
        then, now = (
            [(part, self.seen[number].get((indicator, part, period))) for part in self.by_name[place[1:3]].parts]
            for number in (at - 1, at)
        )
        return then == now

    def _rate(
        self,
        at: int,
        place: Place,
        values: tuple[Interval, ...] | None,
        rows: dict[object, Row],
        equations: list[Sum],
    ) -> None:
        """Cases per thousand are printed beside the cases, and suppressed with them; the base is known anyway."""
        base = self._base_of(at, place)
        ends = None if values is None else (_rate(values[0][0], base), _rate(values[0][1], base))
        rows[at, *place, "rate"] = Row(ends, is_whole=False)
        equations.append({(at, *place, "rate"): base / PER_THOUSAND, (at, *place, 0): -1.0})

    def _sums(self, at: int) -> Iterator[Sum]:
        for place in self.printed[at]:
            if self.by_name[place[1:3]].level != "commune":
                for number in range(2 if self.plan.has_secret_base else 1):
                    parts = self._parts(place, self.seen[at])
                    below: Sum = {_own(at, key, number): float(share) for key, share in parts.items()}
                    yield {(at, *place, number): -1.0, **below}

    def _unchanged(self, at: int) -> Iterator[Sum]:
        for key, version in self.seen[at].items():
            before = self.seen[at - 1].get(key) if at else None
            if before is not None:
                for number in range(2 if self.plan.has_secret_base else 1):
                    if number == 1 or before == version:
                        yield {_own(at, key, number): 1.0, _own(at - 1, key, number): -1.0}

    def _known(self, at: int) -> Iterator[tuple[Sum, bool]]:
        """Sums that are 0, and sums that are at most 0, of each commune: in time, and of one indicator and a wider."""
        for indicator, unit, period in self.seen[at]:
            if parts := self.plan.wholes.get(period):
                members = [(indicator, unit, part) for part in parts]
                yield from self._bounded(at, members, (indicator, unit, period), is_filled=len(parts) > 1)
            number = self.plan.indicators.index(indicator)
            if number:
                wider = (indicator, unit, period)
                yield from self._bounded(at, [(self.plan.indicators[number - 1], unit, period)], wider)
            if self.plan.has_secret_base:
                key = (indicator, unit, period)
                yield {_own(at, key, 0): 1.0, _own(at, key, 1): -1.0}, False

    def _bounded(self, at: int, members: list[Key], whole: Key, is_filled: bool = False) -> Iterator[tuple[Sum, bool]]:
        keys = [*members, whole]
        if not all(key in self.seen[at] for key in keys):
            return
        ends = [self.truth[at][key[0], "as_reported", *key[1:]][0] for key in keys]
        lows, highs = [low for low, _ in ends], [high for _, high in ends]
        sum_: Sum = {_own(at, key, 0): -1.0 if key == whole else 1.0 for key in keys}
        if is_filled and lows == highs and sum(lows[:-1]) == lows[-1]:
            yield sum_, True
        elif sum(lows[:-1]) <= lows[-1]:
            yield sum_, False


def _own(at: int, key: Key, number: int) -> object:
    indicator, unit, period = key
    return (at, indicator, "as_reported", unit, period, number)


def _base(key: Key) -> str:
    return f"{'/'.join(key)}/base"


def _rate(cases: Decimal, base: float) -> float:
    return float(cases) / base * PER_THOUSAND


def random_season(seed: int, communes: int = 6, plan: Plan | None = None, **switches: bool) -> Season:
    """Three provinces of two districts; every second province has a commune that was split, by declared weights."""
    chance = random.Random(seed)
    plan = plan or PLANS[seed % len(PLANS)]
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
        (indicator, name, period): base
        for name in own
        for period in plan.periods
        for base in [_random_base(chance, plan)]
        for indicator in plan.indicators
    }
    season = Season(plan, units, bases, **switches)
    for name in own:
        if chance.random() < 0.95:
            _report(chance, season, name)
    return season


def _random_base(chance: random.Random, plan: Plan) -> int:
    if plan.has_secret_base:
        return chance.choice((1, 2, 3, 5, 6, 8, 12))
    return chance.randint(1, 4) if chance.random() < 0.05 else chance.randint(60, 900)


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
    """All that a commune reports. Four of five wholes are the sum of their parts, and the rest is more."""
    before: dict[str, int] = {}
    for indicator in season.plan.indicators:
        cases: dict[str, int] = {}
        for period in season.plan.periods:
            base = season.bases[indicator, name, period]
            parts = season.plan.wholes.get(period, ())
            more = chance.randint(1, 3) if len(parts) == 1 or chance.random() < 0.2 else 0
            found = sum(cases[part] for part in parts) + more if parts else _cases(chance, base)
            cases[period] = min(base, found + before.get(period, 0))
            _send(chance, season, (indicator, name, period), cases[period])
        before = cases


def _send(chance: random.Random, season: Season, key: Key, cases: int) -> None:
    if cases < LESS_THAN and chance.random() < 0.03 and season.bases[key] >= LESS_THAN:
        season.report(key, 0, LESS_THAN - 1)
    else:
        season.report(key, cases)


def _cases(chance: random.Random, base: int) -> int:
    return min(base, chance.choice((0, 0, 0, 1, 2, 3, 4, 5, 6, 8, 12, 25)))


def correct(season: Season, chance: random.Random) -> None:
    """Some reports are corrected before the next publication, and some come for the first time."""
    names = sorted({name for _, name, _ in season.bases})
    for name in names:
        has_reported = any(key[1] == name for key in season.reports)
        if not has_reported or chance.random() < 0.08:
            _report(chance, season, name)
        elif chance.random() < 0.08:
            key = (chance.choice(season.plan.indicators), name, chance.choice(season.plan.periods))
            _send(chance, season, key, _cases(chance, season.bases[key]))


def play(seed: int, publications: int, communes: int = 6, plan: Plan | None = None, **switches: bool) -> Season:
    """A whole season with its publications; switches: with_complementary, with_earlier, with_orders."""
    season = random_season(seed, communes, plan, **switches)
    chance = random.Random(-seed - 1)
    for number in range(publications):
        if number:
            correct(season, chance)
        season.publish()
    return season
