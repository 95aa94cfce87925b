"""Which figures are suppressed: the small counts, and as few others as keep them from being recovered.

The cell suppression problem for linked tables (Fischetti and Salazar 2001), sequentially: each small count that is not
safe yet gets the cheapest suppressions that make it so, and in the end what turned out to be superfluous is
published again. A count is safe if whole numbers exist that agree with everything public and give it the least, and
others that give it the largest value that the rule requires; such numbers are kept as witnesses.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from publish.disclosure.reduction import Reduced
from publish.disclosure.solving import TOLERANCE, Constraint, NoSolution, Vector, messages_on_stderr, solve
from publish.disclosure.system import Group, System, Target, systems
from publish.disclosure.types import Problem, Suppression

SIDES = (False, True)
"""Towards the least value of a target, and towards the largest."""


def protect(problem: Problem, *, with_complementary: bool = True) -> Suppression:
    """Decide for each figure. with_complementary: False suppresses the small counts only, to see what that is worth."""
    with messages_on_stderr():
        decided = [_decide(system, with_complementary) for system in systems(problem)]
    alone = {figure.key for figure in problem.figures if not figure.sums and any(figure.is_primary)}
    return Suppression(
        frozenset(key for primary, _ in decided for key in primary) | alone,
        frozenset(key for _, complementary in decided for key in complementary),
    )


def _decide(system: System, with_complementary: bool) -> tuple[set[Hashable], set[Hashable]]:
    needed = {number for number, group in enumerate(system.groups) if group.is_primary}
    hidden = _Search(system, needed).hidden() if with_complementary and system.targets else needed
    return _keys(system.groups, needed), _keys(system.groups, hidden - needed)


def _keys(groups: list[Group], numbers: Iterable[int]) -> set[Hashable]:
    return {key for number in numbers for key in groups[number].keys}


@dataclass
class _Search:
    """The suppressions of one system. needed: the groups that are suppressed in any case."""

    system: System
    needed: set[int]
    witnesses: list[Vector] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.targets = sorted(self.system.targets, key=lambda target: float(np.count_nonzero(target.row)))
        self.is_exact = [False] * len(self.targets)

    def hidden(self) -> set[int]:
        chosen = set(self.needed)
        public = self.system.public(chosen)
        for number in range(len(self.targets)):
            sides = self._unsafe_sides(number, public, self.witnesses)
            if sides:
                chosen |= self._cheapest(self.targets[number], sides, chosen)
                public = self.system.public(chosen)
        if not self._is_safe(chosen):
            return set(range(len(self.system.groups)))
        return self._without_superfluous(chosen)

    def _valid(self, public: Reduced) -> list[Vector]:
        """The witnesses that agree with what is public then."""
        return [found for found in self.witnesses if public.allows(found)]

    def _unsafe_sides(self, number: int, public: Reduced, witnesses: list[Vector]) -> list[bool]:
        """Which sides of a target an attacker does not reach; what was possible before is looked up only then."""
        unsafe = [side for side in SIDES if not self._is_reached(self.targets[number], side, public, witnesses)]
        if not unsafe or self.is_exact[number]:
            return unsafe
        self.targets[number], self.is_exact[number] = self.system.before(self.targets[number]), True
        return self._unsafe_sides(number, public, witnesses)

    def _is_reached(self, target: Target, largest: bool, public: Reduced, witnesses: list[Vector]) -> bool:
        if any(_reaches(target, found, largest) for found in witnesses):
            return True
        found = public.extreme(target.row, largest=largest)
        self.witnesses.append(found)
        if witnesses is not self.witnesses:
            witnesses.append(found)
        return _reaches(target, found, largest)

    def _cheapest(self, target: Target, sides: list[bool], chosen: set[int]) -> set[int]:
        """The groups to suppress beside the chosen ones; all that are left where the solver finds nothing in time."""
        open_groups = [number for number in range(len(self.system.groups)) if number not in chosen]
        try:
            return cheapest_suppressions(self.system, [(target, side) for side in sides], chosen)
        except NoSolution:
            return set(open_groups)

    def _without_superfluous(self, chosen: set[int]) -> set[int]:
        """Publish again, the most valuable first, what no target needs to be suppressed."""
        extra = sorted(chosen - self.needed, key=lambda number: -self.system.groups[number].cost)
        for number in extra:
            fewer = chosen - {number}
            if self._is_safe(fewer):
                chosen = fewer
        return chosen

    def _is_safe(self, chosen: set[int]) -> bool:
        public = self.system.public(chosen)
        witnesses = self._valid(public)
        return not any(self._unsafe_sides(number, public, witnesses) for number in range(len(self.targets)))


def cheapest_suppressions(
    system: System, demands: list[tuple[Target, bool]], chosen: set[int], seconds: float = 20
) -> set[int]:
    """The groups of least cost whose suppression, with those chosen, lets each target reach the side that is demanded.

    One copy of all counts for each demand, and one yes or no for each group. Raises NoSolution.
    """
    open_groups = [number for number in range(len(system.groups)) if number not in chosen]
    size, copies = len(system.floors), len(demands)
    width = size * copies + len(open_groups)
    known: list[Constraint] = system.constraints(set(range(len(system.groups))))
    places: list[tuple[int, int, float]] = []
    lows: list[float] = []
    highs: list[float] = []

    def add(copy: int, row: Vector, low: float, high: float, switch: int | None = None, reach: float = 0.0) -> None:
        places.extend((len(lows), copy * size + int(at), row[at]) for at in np.flatnonzero(row))
        if switch is not None:
            places.append((len(lows), size * copies + switch, reach))
        lows.append(low)
        highs.append(high)

    for copy, (target, largest) in enumerate(demands):
        for row, low, high in known:
            add(copy, row, low, high)
        for switch, number in enumerate(open_groups):
            group = system.groups[number]
            for row, (low, high) in zip(group.rows, group.ends, strict=True):
                least, most = float(row @ system.floors), float(row @ system.caps)
                add(copy, row, -np.inf, high, switch, -(most - high))
                add(copy, row, low, np.inf, switch, low - least)
        add(copy, target.row, *((target.high, np.inf) if largest else (-np.inf, target.low)))
    lines, columns, factors = zip(*places, strict=True)
    costs = np.array([system.groups[number].cost for number in open_groups])
    found = solve(
        np.concatenate([np.zeros(size * copies), costs]),
        np.concatenate([*[system.floors] * copies, np.zeros(len(open_groups))]),
        np.concatenate([*[system.caps] * copies, np.ones(len(open_groups))]),
        csr_array((factors, (lines, columns)), shape=(len(lows), width)),
        lows,
        highs,
        seconds=seconds,
    )
    return {number for switch, number in enumerate(open_groups) if found[size * copies + switch] > 0.5}


def _reaches(target: Target, counts: Vector, largest: bool) -> bool:
    value = float(target.row @ counts)
    return value >= target.high - TOLERANCE if largest else value <= target.low + TOLERANCE
