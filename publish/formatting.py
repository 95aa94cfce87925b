"""Numbers, bounds and verdicts as a Vietnamese officer writes them.

Decimal comma, thousands with a full stop. Nothing here rounds a figure that is stored: it only decides how many
digits are shown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal

from warehouse import code_labels

MISSING = "–"
SUPPRESSED = "…"
"""A figure that is known and not published."""
MADE_UP = "SỐ LIỆU GIẢ ĐỊNH – không phải số liệu thật"
MADE_UP_PLAN = "KẾ HOẠCH GIẢ ĐỊNH – không phải kế hoạch thật của đơn vị"
VERDICTS = code_labels.vietnamese("verdict")
NOT_YET_MET = VERDICTS["not_yet_met"]
PATHS = code_labels.vietnamese("milestone_verdict")
"""Whether a unit has reached the milestone of the year."""
UNITS = code_labels.vietnamese("unit_of_measure")

WIDE = Context(prec=200)
"""For rounding: more digits than any figure has."""


@dataclass(frozen=True)
class Beside:
    """What a figure is read with, and so how exactly it has to be shown.

    targets: thresholds as the plan writes them. milestones: computed thresholds, which are rounded too. figures: an
    unequal one is shown unequal.
    """

    targets: tuple[Decimal, ...] = ()
    milestones: tuple[Decimal, ...] = ()
    figures: tuple[Decimal, ...] = ()


ALONE = Beside()


def rounded(value: Decimal, places: int) -> Decimal:
    """Halves away from zero, as spreadsheets round: 2.5 to 3, where Python's round gives 2."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, WIDE)


def decimals(value: Decimal, beside: Beside = ALONE, usual: int = 2) -> int:
    """How many decimals show `value`: at most `usual` without trailing zeros, more where what is beside it needs them.

    Thresholds stay on their side of the figure as it is shown: 96.996 beside 97 has three decimals.
    """
    ends = (value, *beside.figures)
    shown = [(each, each) for each in beside.targets]
    shown += [(each, rounded(each, milestone_decimals(each, ends))) for each in beside.milestones if each != value]
    return next(
        places
        for places in range(_fewest(value, usual), 1000)
        if all(_order(rounded(value, places), text) == _order(value, each) for each, text in shown)
        and all(rounded(value, places) != rounded(each, places) for each in beside.figures if each != value)
    )


def milestone_decimals(milestone: Decimal, figures: Iterable[Decimal], usual: int = 2) -> int:
    """How many decimals show a milestone: rounding never carries it onto or over a figure that is compared with it."""
    compared = [figure for figure in figures if figure != milestone]
    return next(
        places
        for places in range(_fewest(milestone, usual), 1000)
        if all(_order(rounded(milestone, places), figure) == _order(milestone, figure) for figure in compared)
    )


def _fewest(value: Decimal, most: int) -> int:
    return next(places for places in range(most + 1) if rounded(value, places) == rounded(value, most))


def _order(value: Decimal, other: Decimal) -> int:
    return (value > other) - (value < other)


def number(value: Decimal | int | float, places: int | None = None) -> str:
    """1234.5 as "1.234,5". places: decimals shown; as few as needed, at most two, when not given."""
    exact = Decimal(str(value))
    places = decimals(exact) if places is None else places
    shown = rounded(exact, places)
    return f"{abs(shown) if shown == 0 else shown:,.{places}f}".translate(str.maketrans(",.", ".,"))


def threshold(value: Decimal) -> str:
    """A number of the plan with every digit that it has: 0.125 as "0,125"."""
    return number(value, _fewest(value, max(0, -int(value.as_tuple().exponent))))


def percentage(value: Decimal, usual: int = 2) -> str:
    """A share of reports or units without its sign; "100" and "0" only where it is all of them, or none."""
    return number(value, decimals(value, Beside((Decimal(0), Decimal(100))), usual))


def difference(one: Decimal | None, other: Decimal | None) -> tuple[str, str, str]:
    """Two figures and the first less the second; what is not equal is not shown as equal, nor its difference as 0."""
    if one is None or other is None:
        return MISSING if one is None else number(one), MISSING if other is None else number(other), MISSING
    places = max(
        decimals(one, Beside(figures=(other,))),
        decimals(other, Beside(figures=(one,))),
        decimals(one - other, Beside(figures=(Decimal(0),))),
    )
    return number(one, places), number(other, places), number(one - other, places)


def excel_format(places: int) -> str:
    """The spreadsheet number format that shows a figure with so many decimals and thousands marked.

    42A is Vietnamese: LibreOffice then writes the decimal comma on any machine, Excel goes by the machine's setting.
    """
    return "[$-42A]#,##0" + ("." + "0" * places if places else "")


def interval(
    low: Decimal | None,
    high: Decimal | None,
    low_closed: bool | None = True,
    high_closed: bool | None = True,
    floor: Decimal | None = Decimal(0),
    ceiling: Decimal | None = None,
    beside: Beside = ALONE,
) -> str:
    """An interval as the plans write it: "<2,6", "≤2", ">96", "2–3", "97"; a dash for nothing known.

    low, high: ends in the figure's unit, None for an open side. closed: an end belongs to it unless False.
    floor, ceiling: what the indicator can hold; a closed end that is one of them says nothing and is left out, so
    that [0, 2.6) is "<2,6" and (96, 100] of a share is ">96". beside: what it is read against.
    """
    if low is not None and low == high:
        return number(low, decimals(low, beside))
    ends = [end for end in (low, high) if end is not None]
    has_low = low is not None and not (low == floor and low_closed is not False)
    has_high = high is not None and not (high == ceiling and high_closed is not False)
    beside = replace(beside, figures=(*beside.figures, *ends))
    texts = {end: number(end, decimals(end, beside)) for end in ends}
    above = (">" if low_closed is False else "≥") + texts[low] if has_low and low is not None else ""
    below = ("<" if high_closed is False else "≤") + texts[high] if has_high and high is not None else ""
    if above and below:
        return f"{above} và {below}" if ">" in above or "<" in below else f"{above[1:]}–{below[1:]}"
    return above or below or MISSING


def limits(measure: str, low: Decimal | None, high: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Floor and ceiling of an interval: what an indicator can hold in a measure. low, high: its hard range."""
    if measure in ("count", "points"):
        return Decimal(0), None
    return (Decimal(0), Decimal(100)) if measure == "share" else (low, high)


def target(comparator: str, low: Decimal | None, high: Decimal | None) -> str:
    """A target with its comparator: "<9", "≥97", "2–3", "Có"."""
    if comparator == "yes":
        return "Có"
    if comparator == "between" and low is not None and high is not None:
        return f"{threshold(low)}–{threshold(high)}"
    bound = low if low is not None else high
    return MISSING if bound is None else comparator.replace("=", "") + threshold(bound)


def milestone(comparator: str, value: Decimal, figures: Sequence[Decimal], beside: Beside = ALONE) -> str:
    """A milestone with its comparator: "≥95,4", "Có"; of a range its lower end: "từ 2".

    figures: the ends of the figure that is compared with it. beside: what that figure is shown with; where both are
    equal they are shown equal.
    """
    if comparator == "yes":
        return "Có"
    with_figure = replace(beside, figures=(*beside.figures, *figures))
    places = decimals(value, with_figure) if value in figures else milestone_decimals(value, figures)
    prefix = "từ " if comparator == "between" else comparator.replace("=", "")
    return prefix + number(value, places)


def verdict(code: str, target_year: int | None, period: str) -> str:
    """A verdict in words; before the target's year nothing has failed: "chưa đạt"."""
    is_early = target_year is not None and int(period[:4]) < target_year
    return NOT_YET_MET if code == "not_met" and is_early else VERDICTS[code]


def as_printed(raw: str) -> str:
    """A number of the plan as it is written in Vietnam: "99.9" and "75.0" get the decimal comma, "<9,5" keeps it.

    Plans mix both marks in one table; only a single point between digits is changed, so that thousands stay.
    """
    return re.sub(r"(?<![\d.])(\d+)\.(\d{1,2})(?![\d.])", r"\1,\2", raw)
