"""Cells about a figure: value, coverage, target, milestone, verdict and trend, as workbooks and commands word them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pages import charts, terms
from pages.charts import Chart, Point
from pages.language import Text, figure
from pages.tables import EMPTY, Cell
from publish import formatting
from publish.reading import progress

Row = Mapping[str, Any]

YES_NO = {"Có": Text("Có", "Yes"), "Không": Text("Không", "No")}
IS_TARGET = Text("mốc là chính chỉ tiêu", "it is the target itself")
PROVISIONAL = Text("tạm tính", "provisional")
ESTIMATED = Text("ước tính: có tỷ trọng phân bổ", "estimated: a declared share is in it")
FROM_PREDECESSORS = Text("gồm số liệu của đơn vị trước sắp xếp", "reports of predecessors are in it")


def confirmation(row: Row) -> Cell:
    """The sender's confirmation of a figure that the gate warned of."""
    if row["reason"] is None:
        return Cell(Text("(chờ đơn vị xác nhận)", "(waits to be confirmed)"), shape="part")
    at = terms.timestamp(row["confirmed_at"])
    shown = Text("(đơn vị xác nhận: {reason})", "(confirmed: {reason})").fill(reason=row["reason"])
    return Cell(shown, note=at)


def unit_of_measure(row: Row) -> Cell:
    known = terms.UNITS.get(row["measure"])
    return Cell(known or row["unit_vi"] or formatting.MISSING)


def value(row: Row, beside: formatting.Beside = formatting.ALONE) -> Cell:
    """A figure as it is read; a download holds it unrounded where it is exact."""
    text = progress.figure(dict(row), beside)
    shown = YES_NO.get(text) or figure(text)
    notes = [
        note for name, note in (("is_estimated", ESTIMATED), ("has_predecessors", FROM_PREDECESSORS)) if row.get(name)
    ]
    note = Text("; ".join(each.vi for each in notes), "; ".join(each.en for each in notes)) if notes else ""
    exact = None if row["measure"] == "yes_no" else row["value"]
    return Cell(shown, value=exact, note=note)


def coverage(row: Row) -> Cell:
    """Reports in the figure of those expected; "provisional" where they are too few."""
    if row["units_expected"] is None:
        return EMPTY
    reports = f"{formatting.number(row['units_reporting'])}/{formatting.number(row['units_expected'])}"
    share = "" if row["coverage_pct"] is None else f" ({formatting.percentage(row['coverage_pct'], usual=1)}%)"
    return Cell(figure(reports + share), note=PROVISIONAL if row["is_provisional"] else "")


def target(row: Row) -> Cell:
    """The target with whose it is and its year."""
    if row["comparator"] is None:
        return EMPTY
    if row["comparator"] == "yes":
        shown = YES_NO["Có"]
    else:
        shown = figure(formatting.target(row["comparator"], row["target_low"], row["target_high"]))
    scope = terms.SCOPES[row["target_scope"]]
    return Cell(shown, note=Text(f"{scope.vi} {row['target_year']}", f"{scope.en} {row['target_year']}"))


def milestone(row: Row, beside: formatting.Beside) -> Cell:
    """What had to be reached by this period, and whether it is; else why there is none, or that it is the target."""
    if row["milestone"] is None:
        return Cell(formatting.MISSING, note=terms.NO_MILESTONE.get(row.get("milestone_reason") or "", ""))
    if row["milestone_basis"] == "target":
        return Cell(formatting.MISSING, note=IS_TARGET)
    ends = [end for end in (row["value_low"], row["value_high"]) if end is not None]
    shown = formatting.milestone(row["milestone_comparator"], row["milestone"], ends, beside)
    verdict = row["milestone_verdict"]
    return Cell(figure(shown), note=terms.PATHS[verdict], shape=terms.shape(verdict))


def verdict(row: Row) -> Cell:
    if not row["verdict"]:
        return EMPTY
    code = "exceeded" if row["is_exceeded"] else row["verdict"]
    return Cell(terms.verdict(code, row["target_year"], row["period"]), shape=terms.shape(code))


def trend(row: Row) -> Cell:
    """The class of the trend, and where it leads."""
    shown = progress.trend(dict(row))
    if not shown:
        return EMPTY
    name = terms.TRENDS[row["trend_class"]]
    rest = figure(shown.removeprefix(name.vi)).en.replace("dự báo", "projected")
    return Cell(Text(shown, name.en + rest), shape=terms.shape(row["trend_class"]))


def chart(by_period: Mapping[str, Row], periods: Sequence[str], name: str) -> Chart | None:
    """The line of the years; its text alternative has the same figures."""
    points = [_point(period, by_period.get(period)) for period in periods]
    newest = next((by_period[period] for period in reversed(periods) if period in by_period), None)
    if newest is None:
        return None
    path = [by_period[period]["milestone"] if period in by_period else None for period in periods]
    listed = "; ".join(f"{period}: {series_text(by_period.get(period))}" for period in periods)
    label = Text(f"{name}. {listed}", f"{name}. {figure(listed).en}")
    return charts.draw(points, _threshold(newest), path, label)


def of_period(row: Row) -> Cell:
    """A figure beside those of other periods: how many reports are in it where they are too few."""
    reports = f"{formatting.number(row['units_reporting'])}/{formatting.number(row['units_expected'])}"
    note = Text(f"{PROVISIONAL.vi}, {reports}", f"{PROVISIONAL.en}, {figure(reports).en}")
    return Cell(figure(series_text(row)), value=row["value"], note=note if row["is_provisional"] else "")


def series_text(row: Row | None) -> str:
    return formatting.MISSING if row is None else progress.figure(dict(row))


def _point(period: str, row: Row | None) -> Point:
    if row is None:
        return Point(period, None, None)
    return Point(period, row["value_low"], row["value_high"], row["units_reporting"] * 2 >= row["units_expected"])


def _threshold(row: Row) -> Decimal | None:
    low, high = row["target_low"], row["target_high"]
    found: Decimal | None = low if low is not None else high
    return found
