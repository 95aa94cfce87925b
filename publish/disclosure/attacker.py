"""What an attacker can say of suppressed counts: the check of a publication, which shares no code with the protection.

An attacker has rows as they were published and equations between them: a unit and the units below it on either map,
quarters and their year, one report in two publications. Nothing of how suppressions were chosen is used. What is known
is put into the equations; those that are left fall into small sets, in which the least and the largest value of each
suppressed count are found by integer linear programming.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from publish.disclosure.rule import DOUBT

UNBOUNDED = 1e4
"""Stands for no bound at all: beyond it nothing of a small count is said."""


@dataclass(frozen=True)
class Row:
    """A published row. ends: what was printed, None where it was suppressed.

    least, most: what is known of it in any case. is_whole: a count and no weighted share. needs_doubt: a small count.
    """

    ends: tuple[float, float] | None
    least: float = 0.0
    most: float = UNBOUNDED
    is_whole: bool = True
    needs_doubt: bool = False


Equation = Mapping[Hashable, float]
"""Rows with their factors; together they are 0."""


@dataclass(frozen=True)
class Bound:
    """Between what an attacker knows a suppressed count to be, and how far apart those ends must be."""

    low: float
    high: float
    needed: float

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def is_recovered(self) -> bool:
        """Known exactly, or more tightly than the rule allows."""
        return self.width < self.needed - 1e-4


def attack(
    rows: Mapping[Hashable, Row], equations: Sequence[Equation], publication: Callable[[Hashable], int | None]
) -> dict[Hashable, Bound]:
    """The bounds of every small count that was suppressed.

    publication: which one a row is of, None for what is no row of any. A count may be bounded by what is known without
    any figure, as a sum of cases of very few; so of each narrow one is looked up whether a publication made it so.
    """
    found = bounds(rows, equations)
    suspected = {key for key, bound in found.items() if bound.is_recovered}
    numbers = sorted({number for number in map(publication, rows) if number is not None})
    for number in numbers if suspected else ():
        of_number = {key for key in suspected if (publication(key) or 0) <= number}
        then, known = _until(number, rows, equations, publication)
        before = {key: _before(row, publication(key), number) for key, row in then.items()}
        doubts, left = bounds(before, known, of_number), bounds(then, known, of_number)
        for key, bound in left.items():
            left[key] = replace(bound, needed=min(bound.needed, doubts[key].width))
        disclosed = {key: bound for key, bound in left.items() if bound.is_recovered}
        found |= disclosed
        suspected -= disclosed.keys()
    for key in suspected:
        found[key] = replace(found[key], needed=found[key].width)
    return found


def _until(
    number: int,
    rows: Mapping[Hashable, Row],
    equations: Sequence[Equation],
    publication: Callable[[Hashable], int | None],
) -> tuple[dict[Hashable, Row], list[Equation]]:
    """The rows of publications up to a number, and the equations between them."""
    then = {key: row for key, row in rows.items() if (publication(key) or 0) <= number}
    return then, [equation for equation in equations if equation.keys() <= then.keys()]


def _before(row: Row, publication: int | None, number: int) -> Row:
    """The row as it was known before the publication with that number."""
    return row if publication is None or publication < number else replace(row, ends=None)


def bounds(
    rows: Mapping[Hashable, Row], equations: Iterable[Equation], only: Set[Hashable] | None = None
) -> dict[Hashable, Bound]:
    """The bounds of small counts that were suppressed: of all, or of some."""
    unknown = [key for key, row in rows.items() if row.ends is None or row.ends[0] != row.ends[1]]
    is_unknown = set(unknown)
    wanted = {key for key in unknown if rows[key].needs_doubt and rows[key].ends is None}
    wanted &= wanted if only is None else only
    reduced = [_reduced(equation, rows, is_unknown) for equation in equations]
    sets = _sets(unknown, [factors for factors, _ in reduced])
    by_set: dict[int, list[tuple[dict[Hashable, float], float]]] = defaultdict(list)
    for factors, constant in reduced:
        if factors:
            by_set[sets[next(iter(factors))]].append((factors, constant))
    members: dict[int, list[Hashable]] = defaultdict(list)
    for key in unknown:
        members[sets[key]].append(key)
    found: dict[Hashable, Bound] = {}
    for number, keys in members.items():
        of_set = [key for key in keys if key in wanted]
        if of_set:
            found |= _bounds(of_set, keys, rows, by_set[number])
    return found


def _reduced(
    equation: Equation, rows: Mapping[Hashable, Row], unknown: set[Hashable]
) -> tuple[dict[Hashable, float], float]:
    """An equation without what is known: the factors that are left, and what they have to add up to."""
    factors = {key: factor for key, factor in equation.items() if key in unknown}
    known = sum(factor * (rows[key].ends or (0.0,))[0] for key, factor in equation.items() if key not in unknown)
    return factors, -known


def _sets(unknown: Iterable[Hashable], equations: Sequence[Mapping[Hashable, float]]) -> dict[Hashable, int]:
    """The number of the set of each unknown row: those that equations link."""
    neighbours: dict[Hashable, list[Hashable]] = defaultdict(list)
    for factors in equations:
        first, *others = factors or [None]
        for other in others:
            neighbours[first].append(other)
            neighbours[other].append(first)
    numbers: dict[Hashable, int] = {}
    for number, start in enumerate(unknown):
        waiting = [start]
        while waiting:
            key = waiting.pop()
            if key not in numbers:
                numbers[key] = number
                waiting += neighbours[key]
    return numbers


def _bounds(
    wanted: list[Hashable],
    keys: list[Hashable],
    rows: Mapping[Hashable, Row],
    equations: list[tuple[dict[Hashable, float], float]],
) -> dict[Hashable, Bound]:
    position = {key: at for at, key in enumerate(keys)}
    least = np.array([max(rows[key].least, (rows[key].ends or (0.0,))[0]) for key in keys])
    most = np.array([min(rows[key].most, (rows[key].ends or (UNBOUNDED, UNBOUNDED))[1]) for key in keys])
    whole = np.array([int(rows[key].is_whole) for key in keys])
    constraints = []
    if equations:
        entries = [
            (line, position[key], factor)
            for line, (factors, _) in enumerate(equations)
            for key, factor in factors.items()
        ]
        lines, columns, factors = zip(*entries, strict=True)
        totals = np.array([total for _, total in equations])
        left = csr_array((factors, (lines, columns)), shape=(len(equations), len(keys)))
        constraints.append(LinearConstraint(left, totals, totals))

    def extreme(key: Hashable, sign: int) -> float:
        objective = np.zeros(len(keys))
        objective[position[key]] = sign
        found = milp(objective, integrality=whole, bounds=Bounds(least, most), constraints=constraints)
        if found.fun is None:
            raise ValueError(f"The published figures contradict one another around {key}: {found.message}")
        return sign * float(found.fun)

    return {
        key: Bound(extreme(key, 1), extreme(key, -1), min(DOUBT, rows[key].most - rows[key].least)) for key in wanted
    }
