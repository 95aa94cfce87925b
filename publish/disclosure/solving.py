"""Bounds of a sum of whole counts, with SciPy's HiGHS."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Vector = np.ndarray[Any, np.dtype[np.float64]]
Constraint = tuple[Vector, float, float]
"""A row, and the two ends of what it gives."""

TOLERANCE = 1e-6


class NoSolution(Exception):
    """Nothing fulfils the constraints, or none was found in time."""


def solve(
    objective: Vector,
    lows: Vector,
    highs: Vector,
    rows: Any,
    row_lows: Any,
    row_highs: Any,
    is_whole: Any = True,
    seconds: float = 20,
) -> Vector:
    """The whole numbers between their bounds that fulfil the rows and have the smallest objective.

    Raises NoSolution.
    """
    constraints = [LinearConstraint(rows, row_lows, row_highs)] if rows is not None else []
    found = milp(
        objective,
        integrality=np.full(len(objective), int(is_whole)),
        bounds=Bounds(lows, highs),
        constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
    if found.x is None:
        raise NoSolution(found.message)
    return np.asarray(found.x)


@contextmanager
def messages_on_stderr() -> Iterator[None]:
    """HiGHS prints a line of its own on stdout now and then, past Python: it belongs with the log."""
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)
        os.dup2(stdout, 1)
        os.close(stdout)
