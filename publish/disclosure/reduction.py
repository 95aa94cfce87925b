"""What is left to vary once everything that is known is put in: small sets of counts, each solved by itself."""

from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from publish.disclosure.solving import TOLERANCE, Constraint, Vector, solve

Positions = np.ndarray[Any, np.dtype[np.intp]]


class Reduced:
    """Counts between floors and caps that fulfil constraints, as `values` does."""

    def __init__(self, values: Vector, floors: Vector, caps: Vector, constraints: list[Constraint]) -> None:
        self.values, self.floors, self.caps = values, floors, caps
        size = len(values)
        self.rows = np.array([row for row, _, _ in constraints]).reshape(len(constraints), size)
        self.lows = np.array([low for _, low, _ in constraints])
        self.highs = np.array([high for _, _, high in constraints])
        self.is_open = self._open()

    def _open(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which counts the constraints leave open: one that is alone in an exact sum is known, and then others are."""
        has, is_exact = self.rows != 0, self.lows == self.highs
        is_open = np.ones(len(self.values), dtype=bool)
        while True:
            alone = is_exact & (has[:, is_open].sum(axis=1) == 1)
            found = has[alone].any(axis=0) & is_open
            if not found.any():
                return is_open
            is_open &= ~found

    @cached_property
    def _sets(self) -> Vector:
        """The number of the set of each count; counts that constraints link are in one."""
        has = (self.rows != 0) & self.is_open
        lines, columns = np.nonzero(has)
        size = len(self.values)
        links = csr_array((np.ones(len(lines)), (lines + size, columns)), shape=(size + len(has),) * 2)
        _, numbers = connected_components(links, directed=False)
        return np.asarray(numbers[:size])

    def extreme(self, row: Vector, *, largest: bool) -> Vector:
        """Counts that fulfil everything and give a sum its least or its largest value."""
        found = self.values.copy()
        wanted = np.flatnonzero((row != 0) & self.is_open)
        for number in np.unique(self._sets[wanted]):
            members = np.flatnonzero((self._sets == number) & self.is_open)
            found[members] = self._solved(members, row, largest)
        return found

    def _solved(self, members: Positions, row: Vector, largest: bool) -> Vector:
        objective = -row[members] if largest else row[members]
        lines = (self.rows[:, members] != 0).any(axis=1)
        if not lines.any():
            ends = np.where(objective > 0, self.floors[members], self.caps[members])
            return np.asarray(np.where(objective == 0, self.values[members], ends))
        others = self.values.copy()
        others[members] = 0
        known = self.rows[lines] @ others
        return solve(
            objective,
            self.floors[members],
            self.caps[members],
            csr_array(self.rows[np.ix_(lines, members)]),
            self.lows[lines] - known,
            self.highs[lines] - known,
        )

    def allows(self, counts: Vector) -> bool:
        """Whether these counts fulfil all constraints."""
        sums = self.rows @ counts
        return bool(((sums >= self.lows - TOLERANCE) & (sums <= self.highs + TOLERANCE)).all())
