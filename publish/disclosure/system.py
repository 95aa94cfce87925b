"""A problem as matrices, one system for each set of counts that are linked by sums.

Figures of equal sums are one group: whoever sees one of them sees all.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from publish.disclosure import rule
from publish.disclosure.reduction import Reduced
from publish.disclosure.solving import Constraint, Vector
from publish.disclosure.types import Figure, Problem, Published, Terms, ends

ROOM = 3 * rule.LARGEST
"""How far above its value a sum is varied; more is not needed to leave an attacker in doubt."""

FINEST_SHARE = 4
"""Decimals of a declared share of a split unit that are taken exactly."""


@dataclass(frozen=True)
class Group:
    """Figures that are published or suppressed together: rows of sums with their ends."""

    keys: tuple[Hashable, ...]
    rows: tuple[Vector, ...]
    ends: tuple[tuple[float, float], ...]
    is_primary: bool
    cost: float


@dataclass(frozen=True)
class Target:
    """A sum that nothing may recover: an attacker's bounds must reach `low` and `high`. scale: of its row."""

    row: Vector
    scale: float
    low: float
    high: float


@dataclass
class System:
    """Linked counts. floors and caps bound each; structure always holds; published is what was printed before."""

    values: Vector
    floors: Vector
    caps: Vector
    structure: list[Constraint] = field(default_factory=list)
    published: list[Constraint] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def before(self, target: Target) -> Target:
        """The target with what was possible before this publication: it may not reveal more, and cannot reveal less."""
        row = target.row
        low, possible = (float(row @ self._before.extreme(row, largest=side)) for side in (False, True))
        return _target(row, target.scale, low, possible)

    def public(self, hidden: set[int]) -> Reduced:
        """The counts as an attacker knows them where the groups with these numbers are suppressed."""
        return Reduced(self.values, self.floors, self.caps, self.constraints(hidden))

    @cached_property
    def _before(self) -> Reduced:
        return Reduced(self.values, self.floors, self.caps, self._known())

    def constraints(self, hidden: set[int]) -> list[Constraint]:
        """All that is known where the groups with these numbers are suppressed."""
        known = self._known()
        for number, group in enumerate(self.groups):
            if number not in hidden:
                known += [(row, *ends) for row, ends in zip(group.rows, group.ends, strict=True)]
        return known

    def _known(self) -> list[Constraint]:
        return self.structure + self.published


def systems(problem: Problem) -> Iterator[System]:
    """The problem in parts that say nothing about one another."""
    members = _linked(problem)
    part_of = {name: part for part, names in enumerate(members) for name in names}

    def by_part(items: Iterable[Any], terms: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for item in items:
            first = next(iter(terms(item)), None)
            if first is not None:
                found.setdefault(part_of[first], []).append(item)
        return found

    figures = by_part(problem.figures, lambda figure: [name for terms in figure.sums for name in terms])
    relations = by_part(problem.relations, lambda terms: terms)
    orders = by_part(problem.orders, lambda terms: terms)
    published = by_part(problem.published, lambda known: known.terms)
    targets = by_part(problem.targets, lambda terms: terms)
    rooms = _rooms(problem)
    for part, names in enumerate(members):
        builder = _Builder(problem, names, rooms)
        structure = builder.structure(relations.get(part, []), orders.get(part, []))
        yield builder.build(structure, figures.get(part, []), published.get(part, []), targets.get(part, []))


class _Builder:
    def __init__(self, problem: Problem, names: list[str], rooms: Mapping[str, float]) -> None:
        self.counts = [problem.counts[name] for name in names]
        self.position = {name: at for at, name in enumerate(names)}
        self.problem = problem
        ceilings = [float("inf") if count.ceiling is None else float(count.ceiling) for count in self.counts]
        self.values = np.array([float(count.low) for count in self.counts])
        self.floors = np.array([float(count.floor) for count in self.counts])
        self.caps = np.array(
            [
                max(float(count.high), min(float(count.high) + rooms.get(name, ROOM), most))
                for name, count, most in zip(names, self.counts, ceilings, strict=True)
            ]
        )

    def structure(self, relations: list[Terms], orders: list[Terms]) -> list[Constraint]:
        equal: list[Constraint] = [(self._row(terms), 0.0, 0.0) for terms in relations]
        return equal + [(self._row(terms), -np.inf, 0.0) for terms in orders]

    def build(
        self, structure: list[Constraint], figures: list[Figure], published: list[Published], targets: list[Terms]
    ) -> System:
        system = System(self.values, self.floors, self.caps, structure)
        system.published = [self._published(known) for known in published]
        system.groups = [self._group(group) for group in _groups(figures)]
        for terms in {_signature(terms): terms for terms in [*_small(figures), *targets]}.values():
            system.targets.append(self._target(terms))
        return system

    def _row(self, terms: Terms) -> Vector:
        row, scale = np.zeros(len(self.counts)), _scale(terms)
        for name, weight in terms.items():
            row[self.position[name]] += float(weight * scale)
        return row

    def _published(self, known: Published) -> Constraint:
        scale = _scale(known.terms)
        return self._row(known.terms), float(known.low * scale), float(known.high * scale)

    def _group(self, figures: list[Figure]) -> Group:
        sums = {_signature(terms): terms for figure in figures for terms in figure.sums if terms}
        return Group(
            keys=tuple(figure.key for figure in figures),
            rows=tuple(self._row(terms) for terms in sums.values()),
            ends=tuple(self._ends(terms) for terms in sums.values()),
            is_primary=any(any(figure.is_primary) for figure in figures),
            cost=sum(figure.cost for figure in figures),
        )

    def _ends(self, terms: Terms) -> tuple[float, float]:
        low, high = ends(terms, self.problem.counts)
        return float(low * _scale(terms)), float(high * _scale(terms))

    def _target(self, terms: Terms) -> Target:
        row, scale = self._row(terms), float(_scale(terms))
        return _target(row, scale, float(row @ self.floors), float(row @ self.caps))


def _small(figures: Iterable[Figure]) -> Iterator[Terms]:
    """The sums that need protection themselves."""
    for figure in figures:
        for terms, is_primary in zip(figure.sums, figure.is_primary, strict=bool(figure.sums)):
            if is_primary and terms:
                yield terms


def _rooms(problem: Problem) -> dict[str, float]:
    """How far above its value a count is varied: where a fifth of it needs protection, five times as far."""
    rooms: dict[str, float] = {}
    for terms in [*_small(problem.figures), *problem.targets]:
        for name, share in terms.items():
            rooms[name] = max(rooms.get(name, ROOM), ROOM / float(share))
    return rooms


def _target(row: Vector, scale: float, low: float, possible: float) -> Target:
    return Target(row, scale, low, rule.needed_high(low / scale, possible / scale) * scale)


def _scale(terms: Terms) -> Decimal:
    """What makes whole numbers of declared shares: the solver is exact on these."""
    decimals = max((-int(weight.normalize().as_tuple().exponent) for weight in terms.values()), default=0)
    return Decimal(10) ** decimals if 0 < decimals <= FINEST_SHARE else Decimal(1)


def _signature(terms: Terms) -> frozenset[tuple[str, Decimal]]:
    return frozenset(terms.items())


def _groups(figures: list[Figure]) -> list[list[Figure]]:
    """Figures that share a sum, directly or through others."""
    links = _Links(range(len(figures)))
    first: dict[frozenset[tuple[str, Decimal]], int] = {}
    for at, figure in enumerate(figures):
        for terms in filter(None, figure.sums):
            links.join(at, first.setdefault(_signature(terms), at))
    return [[figures[at] for at in members] for members in links.sets()]


def _linked(problem: Problem) -> list[list[str]]:
    """Counts that a sum, or a figure of two sums, has together."""
    links = _Links(problem.counts)
    together = [[name for terms in figure.sums for name in terms] for figure in problem.figures]
    together += [list(terms) for terms in problem.relations + problem.orders + problem.targets]
    together += [list(known.terms) for known in problem.published]
    for names in together:
        for name in names[1:]:
            links.join(names[0], name)
    return links.sets()


class _Links:
    """Sets of things that are joined pair by pair."""

    def __init__(self, things: Iterable[Any]) -> None:
        self.parent = {thing: thing for thing in things}

    def join(self, one: Any, other: Any) -> None:
        self.parent[self._root(one)] = self._root(other)

    def sets(self) -> list[list[Any]]:
        found: dict[Any, list[Any]] = {}
        for thing in self.parent:
            found.setdefault(self._root(thing), []).append(thing)
        return list(found.values())

    def _root(self, thing: Any) -> Any:
        while self.parent[thing] != thing:
            self.parent[thing] = self.parent[self.parent[thing]]
            thing = self.parent[thing]
        return thing
