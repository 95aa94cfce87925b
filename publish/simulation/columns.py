"""Made-up figures of one form for many units at once: a column of cells for each part of a line.

The same population, groups and rates as in made_up.py, which draws one unit's report; here numpy draws all units'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from publish.forms.types import Line
from publish.simulation import made_up
from publish.simulation.frequencies import CENSORED_BELOW, Frequencies
from publish.simulation.made_up import Trajectory

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

NOT_APPLICABLE, MISSING, NIL, CENSORED = "không áp dụng", "-", "KPS", f"<{CENSORED_BELOW}"


@dataclass
class Cells:
    """The cells of some units' reports as bytes: units × lines for each part; kinds: which lines are unusual, and how.

    numerators, denominators: the counts behind the ratios, -1 elsewhere.
    """

    texts: dict[str, "Array"]
    numerators: "Array"
    denominators: "Array"
    kinds: dict[str, "Array"] = field(default_factory=dict)

    def write(self, where: Any, **parts: "str | Array") -> None:
        """Other text in these cells: where is an index of the arrays."""
        for part, text in parts.items():
            self.texts[part][where] = text.encode() if isinstance(text, str) else text


def populations(unit_ids: Sequence[str], level: str, seed: int) -> "Array":
    """Inhabitants of each unit: the same for a unit in every period and programme of a seed."""
    import numpy as np
    import pandas as pd

    ids = np.array(unit_ids, dtype=object)
    first, second = (
        (pd.util.hash_array(ids, hash_key=f"{seed % 10**14:014d}{each:02d}") + 1.0) / 2.0**64 for each in (1, 2)
    )
    normal = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)
    return np.asarray(made_up.POPULATION[level] * np.exp(0.35 * normal))


def draw(
    lines: Sequence[Line],
    trajectories: Mapping[str, Trajectory],
    population: "Array",
    frequencies: Frequencies,
    generator: "np.random.Generator",
) -> Cells:
    """The cells of all lines for units of these populations."""
    import numpy as np

    shape = len(population), len(lines)
    cells = Cells(
        {part: np.zeros(shape, "S24") for part in ("numerator", "denominator", "value")},
        np.full(shape, -1),
        np.full(shape, -1),
    )
    groups = _Groups(population)
    for at, line in enumerate(lines):
        _draw_line(cells, at, line, trajectories[line.code], groups, generator)
    _nest(lines, trajectories, cells)
    for part, counts in (("numerator", cells.numerators), ("denominator", cells.denominators)):
        cells.write(counts >= 0, **{part: counts[counts >= 0].astype("S24")})
    _make_unusual(cells, lines, frequencies, generator)
    return cells


class _Groups:
    """The groups of people (and schools) of all units, by their name in a denominator."""

    def __init__(self, population: "Array") -> None:
        self.population = population
        self.sizes: dict[str, Array] = {}

    def size(self, text: str) -> "Array":
        if text not in self.sizes:
            self.sizes[text] = (self.population * made_up.share_of(text)).round().astype("int64")
        return self.sizes[text]


def _draw_line(
    cells: Cells, at: int, line: Line, trajectory: Trajectory, groups: _Groups, generator: "np.random.Generator"
) -> None:
    import numpy as np

    size, centre = len(groups.population), 0.0 if line.is_points else trajectory.centre(line)
    if line.is_points:
        cells.texts["value"][:, at] = _decimals(_points(line, size, generator))
    elif line.is_yes_no:
        answers = np.array([answer.encode() for answer in line.answers])
        cells.texts["value"][:, at] = answers[(generator.random(size) >= max(centre, 0.6)).astype(int)]
    elif line.aggregation == "none":
        cells.texts["value"][:, at] = _decimals(np.full(size, 100 * centre))
    elif line.aggregation == "sum":
        cells.numerators[:, at] = groups.size(line.numerator)
    else:
        whole = groups.size(line.denominator)
        part = _events(whole, line, trajectory, centre, generator)
        groups.sizes.setdefault(line.numerator, part)
        cells.numerators[:, at], cells.denominators[:, at] = part, whole


def _events(
    whole: "Array", line: Line, trajectory: Trajectory, centre: float, generator: "np.random.Generator"
) -> "Array":
    import numpy as np

    if line.aggregation == "relative_change":
        fewer = float(trajectory.target or 2) / 100 + generator.normal(0, 0.05, len(whole))
        return np.asarray(np.round(whole * (1 - fewer.clip(0, 1))), dtype="int64")
    if not 0 < centre < 1:
        part = generator.normal(whole * centre, np.sqrt(whole * max(centre, 0))).round().clip(0).astype("int64")
    else:
        odds = np.log(centre / (1 - centre)) + generator.normal(0, 0.25, len(whole))
        part = generator.binomial(whole, 1 / (1 + np.exp(-odds)))
    return np.minimum(part, whole) if line.is_part_of_whole or line.measure == "share" else part


def _points(line: Line, size: int, generator: "np.random.Generator") -> "Array":
    """Half points, most of what a line can give; deductions are rare."""
    import numpy as np

    most = made_up.UNKNOWN_MOST if line.hard_max is None else float(line.hard_max)
    if line.score_kind == "deduction":
        return np.asarray(np.where(generator.random(size) < 0.1, most, 0))
    share = generator.beta(2, 2, size) if line.score_kind == "bonus" else generator.beta(8, 1.5, size)
    return np.asarray(np.minimum(np.round(2 * most * share) / 2, most))


def _nest(lines: Sequence[Line], trajectories: Mapping[str, Trajectory], cells: Cells) -> None:
    """Within a heading the stricter target counts no more than the looser, as in made_up."""
    import numpy as np

    positions = {line.code: at for at, line in enumerate(lines)}
    for group in made_up.nested(lines, trajectories):
        least = np.zeros(len(cells.numerators), dtype="int64")
        for line in group:
            at = positions[line.code]
            least = np.maximum(least, cells.numerators[:, at])
            cells.numerators[:, at] = least


def _make_unusual(
    cells: Cells, lines: Sequence[Line], frequencies: Frequencies, generator: "np.random.Generator"
) -> None:
    """Some lines are missing, not applicable, a value alone, nil or censored; no line is two of them."""
    import numpy as np

    factors = np.array([100.0 if line.measure == "share" else float(line.factor or 100) for line in lines])
    is_ratio = np.array([line.aggregation == "ratio" and line.measure in ("rate", "share") for line in lines])
    chance = generator.random(cells.numerators.shape)
    shares = {
        "missing": (frequencies.missing_lines, np.ones(len(lines), dtype=bool)),
        "not_applicable": (frequencies.not_applicable_lines, is_ratio),
        "value_only": (frequencies.value_only_lines, is_ratio),
        "nil": (frequencies.nil_lines, is_ratio),
    }
    begins = 0.0
    for kind, (share, lines_with_it) in shares.items():
        cells.kinds[kind] = (chance >= begins) & (chance < begins + share) & lines_with_it
        begins += share
    few = (cells.numerators < CENSORED_BELOW) & (cells.denominators >= CENSORED_BELOW) & is_ratio & (chance >= begins)
    cells.kinds["censored"] = few & (generator.random(few.shape) < frequencies.censored_lines)
    cells.kinds["value_only"] &= cells.denominators > 0
    alone = cells.kinds["value_only"]
    rates = cells.numerators[alone] * np.broadcast_to(factors, alone.shape)[alone] / cells.denominators[alone]
    cells.write(cells.kinds["missing"], numerator=MISSING, denominator="", value="")
    cells.write(cells.kinds["not_applicable"], numerator="", denominator="", value=NOT_APPLICABLE)
    cells.write(alone, numerator="", denominator="", value=_decimals(rates))
    cells.write(cells.kinds["nil"], numerator=NIL)
    cells.write(cells.kinds["censored"], numerator=CENSORED)


def _decimals(values: "Array") -> "Array":
    """One decimal behind a comma, as offices write it."""
    import numpy as np

    tenths = np.round(np.asarray(values, dtype="float64") * 10).astype("int64")
    whole, rest = (tenths // 10).astype("S20"), (tenths % 10).astype("S1")
    return np.strings.add(np.strings.add(whole, b","), rest)
