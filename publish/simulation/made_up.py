"""Made-up figures for a unit's report: plausible, repeatable, and never to be taken for real ones.

A unit has one population, and every denominator is a part of it: the same words ("trẻ em dưới 5 tuổi") give the same
number in every indicator, and a group that one indicator counts is the whole of another. Rates lie around the way from
the plan's baseline to its target, or where it has neither around what is usual. Points are most of what a line can
give, and whoever checks them mostly agrees. Everything follows from (seed, programme, unit): a run can be repeated.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from publish.forms.types import MET_OR_NOT, YES_NO, Cell, Filled, Form, Line, Part

POPULATION = {"commune": 30_000, "district": 180_000, "province": 3_600_000}
"""Inhabitants around which a made-up unit of a level is drawn; near the means of Bắc Ninh and Bắc Giang."""

GROUPS: tuple[tuple[str, float], ...] = (
    ("dân số", 1.0),
    ("mẹ nhiễm hiv", 0.00003),
    ("bé gái sinh", 0.0066),
    ("đẻ sống", 0.014),
    ("sinh sống", 0.014),
    ("sinh ra sống", 0.014),
    ("trẻ sơ sinh", 0.014),
    ("phụ nữ đẻ", 0.014),
    ("bà mẹ", 0.014),
    ("mang thai", 0.016),
    ("tảo hôn", 0.0006),
    ("xâm hại", 0.00004),
    ("thiên tai", 0.002),
    ("khuyết tật", 0.003),
    ("xã, phường", 0.00008),
    ("thôn", 0.0005),
    ("trường học", 0.0003),
    ("cơ sở giáo dục", 0.0006),
    ("hoàn thành cấp tiểu học", 0.017),
    ("hoàn thành trung học cơ sở", 0.015),
    ("học sinh trung học cơ sở", 0.062),
    ("dưới 1 tuổi", 0.0135),
    ("36 tháng", 0.04),
    ("3 đến 5 tuổi", 0.046),
    ("dưới 5 tuổi", 0.072),
    ("5 tuổi", 0.0155),
    ("đến 8 tuổi", 0.135),
    ("từ 5 đến 17 tuổi", 0.205),
    ("từ 11 tuổi", 0.075),
    ("từ 7 tuổi", 0.145),
    ("từ đủ 7 tuổi", 0.145),
    ("trẻ em", 0.26),
)
"""Share of the population that words name; the first that a denominator's text holds. Rounded census shares."""

UNNAMED_SHARE = 0.02

USUAL_RATES: tuple[tuple[str, float], ...] = (
    ("giới tính khi sinh", 1.1),
    ("suất sinh thô", 0.015),
    ("chết sơ sinh", 0.008),
    ("dưới 1 tuổi", 0.011),
    ("chết của trẻ em", 0.016),
    ("nhà trẻ", 0.35),
    ("mẫu giáo", 0.93),
)
"""A rate, as a share, that words name, for indicators without baseline, target or soft range; rounded national ones."""
UNNAMED_RATE = 0.5
YES = (YES_NO[0], MET_OR_NOT[0])
UNKNOWN_MOST = 80
"""Points of a line whose most is not known: made up like all else here, and of no source."""


@dataclass(frozen=True)
class Trajectory:
    """Where an indicator comes from and goes to, in its own unit: the known ends of baseline and target.

    usual: the middle of its soft range, for one that has neither.
    """

    baseline: Decimal | None
    target: Decimal | None
    direction: str
    progress: float
    """Share of the way from baseline to target that the period stands at, 0 to 1."""
    usual: Decimal | None = None

    def centre(self, line: Line) -> float:
        """A rate around which units are drawn, as a share (0.96), never beyond what the indicator can hold."""
        ends = [float(end) for end in (self.baseline, self.target) if end is not None]
        factor = float(line.factor or 100)
        if not ends:
            named = next((rate for text, rate in USUAL_RATES if text in line.name.lower()), None)
            return named or (float(self.usual) / factor if self.usual else UNNAMED_RATE)
        value = ends[0] + (ends[-1] - ends[0]) * self.progress
        if self.direction == "down":
            value *= 0.85
        return min(max(value / factor, 0.0), 0.995 if line.is_part_of_whole else 1e9)


def counts(
    form: Form, trajectories: Mapping[str, Trajectory], seed: int, redraw: int = 0
) -> dict[str, dict[Part, Cell]]:
    """Numerators and denominators (yes/no answers as text) for every line of the form.

    trajectories: by indicator code. The form's unit level is a key of POPULATION.
    redraw: another number draws the events anew and leaves the unit's population as it is.
    """
    key = f"{form.programme_code}:{form.period}:{form.unit_code}"
    groups = _Groups(Random(f"{seed}:{form.programme_code}:{form.unit_code}"), form.unit_level)
    draw = Random(f"{seed}:{redraw}:{key}")
    filled: dict[str, dict[Part, Cell]] = {}
    for line in form.lines:
        if line.is_points:
            filled[line.code] = {"value": _points(line, Random(f"{seed}:{redraw}:{key}:{line.code}"))}
        else:
            filled[line.code] = _line(line, trajectories[line.code], groups, draw)
    _nest(form.lines, trajectories, filled)
    return filled


def summed(form: Form, own: Filled, below: Sequence[Filled], seed: int, redraw: int = 0) -> dict[str, dict[Part, Cell]]:
    """What a place reports itself: what its units reported, added up, and now and then a few cases fewer.

    own: what is drawn for the place by itself, kept for lines that the units below do not have. below: their reports.
    """
    draw = Random(f"{seed}:{redraw}:{form.programme_code}:{form.period}:{form.unit_code}:summed")
    cells_by_line: dict[str, dict[Part, Cell]] = {}
    for line in form.lines:
        reported = [cells[line.code] for cells in below if line.code in cells]
        if not reported or "numerator" not in line.parts:
            cells_by_line[line.code] = dict(own[line.code])
            continue
        counted = _total(reported, "numerator")
        cells_by_line[line.code] = {"numerator": max(0, counted - draw.choice((0, 0, 0, 1, 2)))}
        if "denominator" in line.parts:
            cells_by_line[line.code]["denominator"] = _total(reported, "denominator")
    return cells_by_line


def _total(reported: Sequence[Mapping[Part, Cell]], part: Part) -> int:
    """Σ of a part; of yes or no, how many are yes, of how many."""
    if "value" in reported[0]:
        return sum(part == "denominator" or cells["value"] in YES for cells in reported)
    return sum(int(cells[part]) for cells in reported)


def share_of(text: str) -> float:
    """The share of the population that a denominator names."""
    return next((share for group, share in GROUPS if group in text.lower()), UNNAMED_SHARE)


class _Groups:
    """The groups of people (and schools) of one unit, by their name in a denominator: the same size each time."""

    def __init__(self, draw: Random, level: str) -> None:
        self.draw = draw
        self.population = POPULATION[level] * draw.lognormvariate(0, 0.35)
        self.sizes: dict[str, int] = {}

    def size(self, text: str) -> int:
        if text not in self.sizes:
            self.sizes[text] = round(self.population * share_of(text))
        return self.sizes[text]


def _line(line: Line, trajectory: Trajectory, groups: _Groups, draw: Random) -> dict[Part, Cell]:
    if line.is_yes_no:
        return {"value": line.answers[0] if draw.random() < max(trajectory.centre(line), 0.6) else line.answers[1]}
    if line.aggregation == "none":
        return {"value": f"{100 * trajectory.centre(line):.1f}".replace(".", ",")}
    if line.aggregation == "sum":
        return {"numerator": groups.size(line.numerator)}
    whole = groups.size(line.denominator)
    if line.aggregation == "relative_change":
        fewer = max(0.0, float(trajectory.target or 2) / 100 + draw.gauss(0, 0.05))
        return {"numerator": round(whole * max(0.0, 1 - fewer)), "denominator": whole}
    part = _events(whole, _around(trajectory.centre(line), draw), draw)
    if line.is_part_of_whole or line.measure == "share":
        part = min(part, whole)
    groups.sizes.setdefault(line.numerator, part)
    return {"numerator": part, "denominator": whole}


def _points(line: Line, draw: Random) -> float:
    """Half points that a unit gives itself, and what is left of them where somebody checks.

    draw: the same for whoever reports the line, so that a check begins with the unit's own points.
    """
    most = UNKNOWN_MOST if line.hard_max is None else float(line.hard_max)
    if line.score_kind == "deduction":
        return most if draw.random() < 0.1 else 0
    own = _halves(most * (draw.betavariate(2, 2) if line.score_kind == "bonus" else draw.betavariate(8, 1.5)), most)
    if line.score_role != "verified" or draw.random() < 0.75:
        return own
    return max(0, own - draw.choice((0.5, 1, 2)))


def _halves(points: float, most: float) -> float:
    return min(round(2 * points) / 2, most)


def _around(centre: float, draw: Random) -> float:
    """A unit's own rate: the centre moved by a normal step on the log-odds, so that it stays between 0 and 1."""
    if not 0 < centre < 1:
        return centre
    odds = math.log(centre / (1 - centre)) + draw.gauss(0, 0.25)
    return 1 / (1 + math.exp(-odds))


def _events(whole: int, rate: float, draw: Random) -> int:
    """How many of `whole`: one by one for few, by the normal approximation for many, and for boys to a girl."""
    expected = whole * rate
    if rate >= 1:
        return max(0, round(draw.gauss(expected, math.sqrt(expected))))
    if whole <= 2_000:
        return sum(draw.random() < rate for _ in range(whole))
    return max(0, round(draw.gauss(expected, math.sqrt(expected * (1 - rate)))))


def _nest(lines: Sequence[Line], trajectories: Mapping[str, Trajectory], filled: dict[str, dict[Part, Cell]]) -> None:
    """Deaths under five hold those under one: within a heading, the stricter target counts no more than the looser."""
    for group in nested(lines, trajectories):
        least = 0
        for line in group:
            least = max(least, int(filled[line.code]["numerator"]))
            filled[line.code]["numerator"] = least


def nested(lines: Sequence[Line], trajectories: Mapping[str, Trajectory]) -> list[list[Line]]:
    """The lines of a heading of which each holds the one before, from the strictest on.

    Only where the events are not parts of the whole and share the denominator (mortality, injuries). Without targets
    the usual rates tell which is the stricter.
    """
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.aggregation == "ratio" and not line.is_part_of_whole:
            groups.setdefault((line.heading or line.objective, line.denominator), []).append(line)
    return [sorted(group, key=lambda line: _strictness(line, trajectories[line.code])) for group in groups.values()]


def _strictness(line: Line, trajectory: Trajectory) -> float:
    return (
        float(trajectory.target)
        if trajectory.target is not None
        else trajectory.centre(line) * float(line.factor or 100)
    )
