"""Tables of a unit's progress, for the pages of a province and of any unit."""

from collections.abc import Sequence

from pages import terms
from pages.choices import Chosen
from pages.language import Text
from pages.layout import Section
from pages.progress import cells
from pages.progress.data import Progress, Row
from pages.tables import EMPTY, Cell, Column, Table
from pages.view import View
from publish.reading.progress import thresholds

OBJECTIVE = Text("Mục tiêu", "Goal")
INDICATOR = Column("indicator", Text("Chỉ tiêu", "Indicator"), is_heading=True)
UNIT = Column("unit", Text("ĐVT", "Unit"))
COVERAGE = Column("coverage", Text("Báo cáo đã tính", "Reports in it"))
TARGET = Column("target", Text("Chỉ tiêu kế hoạch", "Target"))
VERDICT = Column("verdict", Text("Đánh giá", "Verdict"))
TREND = Column("trend", Text("Xu hướng", "Trend"))
NATIONAL = Column("national", Text("So với cả nước", "Against the nation's target"))
CHART = Column("chart", Text("Diễn biến", "Over the years"), is_sortable=False)
NO_FIGURES = Text(
    "Chưa có báo cáo nào được nhận cho đơn vị, chương trình và kỳ này.",
    "No report was accepted yet for this unit, programme and period.",
)


def of_indicators(progress: Progress, view: View, programme: str, period: str) -> Table:
    """One row per indicator, against the target that decides."""
    rows = progress.main_rows()
    return Table(
        "progress",
        Text(
            f"Kết quả {terms.period(period).vi} so với chỉ tiêu kế hoạch",
            f"Results of {terms.period(period).en} against the targets",
        ),
        (INDICATOR, UNIT, _result(period), COVERAGE, TARGET, _milestone(period), VERDICT, TREND, NATIONAL, CHART),
        [_row(row, progress, view, programme) for row in rows],
        NO_FIGURES,
        OBJECTIVE,
        [row["objective_vi"] or "" for row in rows],
    )


def of_scopes(progress: Progress, view: View, programme: str, period: str) -> Table:
    """One row per indicator, against the targets of the unit itself, of its province and of the nation."""
    rows = progress.main_rows()
    scopes = [scope for scope in terms.SCOPES if any(row["target_scope"] == scope for row in progress.rows)]
    against = [Column(scope, _against_scope(scope)) for scope in scopes]
    return Table(
        "scopes",
        Text(
            f"Kết quả {terms.period(period).vi} so với chỉ tiêu kế hoạch từng cấp",
            f"Results of {terms.period(period).en} against the targets of each level",
        ),
        (INDICATOR, UNIT, _result(period), COVERAGE, *against, _milestone(period), TREND, CHART),
        [_scope_row(row, scopes, progress, view, programme) for row in rows],
        NO_FIGURES,
        OBJECTIVE,
        [row["objective_vi"] or "" for row in rows],
    )


def _scope_row(row: Row, scopes: list[str], progress: Progress, view: View, programme: str) -> tuple[Cell, ...]:
    targets = progress.of_same_figure(row)
    indicator, unit, value, coverage, _, milestone, _, trend, _, chart = _row(row, progress, view, programme)
    against = (_compared(_nearest(targets, scope, int(row["period"][:4]))) for scope in scopes)
    return indicator, unit, value, coverage, *against, milestone, trend, chart


def _nearest(targets: list[Row], scope: str, year: int) -> Row | None:
    """Of a scope's targets the one of the nearest year not yet past, else the latest."""
    of_scope = sorted((each for each in targets if each["target_scope"] == scope), key=lambda each: each["target_year"])
    return next((each for each in of_scope if each["target_year"] >= year), of_scope[-1] if of_scope else None)


def _against_scope(scope: str) -> Text:
    name = terms.SCOPES[scope]
    return Text(f"Chỉ tiêu của {name.vi}", f"Target: {name.en}") if scope != "national" else NATIONAL.heading


def each_period(progress: Progress, chosen: Chosen, view: View) -> Section:
    """The figures behind the lines: a period without one is a dash."""
    periods, notes = chosen.side_by_side(progress.periods, view)
    programme = chosen.programme.programme_code
    columns = [Column(period, figure_heading(period), is_number=True) for period in periods]
    table = Table(
        "years",
        Text("Số liệu từng kỳ (số của biểu đồ)", "Figures of each period (those of the lines)"),
        (INDICATOR, UNIT, *columns),
        [
            (_indicator(row, view, programme), cells.unit_of_measure(row), *_years(row, progress, periods))
            for row in progress.main_rows()
        ],
        NO_FIGURES,
    )
    return Section("cac-nam", Text("Số liệu từng kỳ", "Each period"), notes, table=table)


def figure_heading(period: str) -> Text:
    return Text(period, period)


def _row(row: Row, progress: Progress, view: View, programme: str) -> tuple[Cell, ...]:
    targets = progress.of_same_figure(row)
    beside = thresholds(targets)
    national = _nearest(targets, "national", int(row["period"][:4]))
    by_period = progress.series.get((row["indicator_code"], row["measure"]), {})
    chart = cells.chart(by_period, progress.periods, row["indicator_name"])
    return (
        _indicator(row, view, programme),
        cells.unit_of_measure(row),
        _traced(row, cells.value(row, beside), view, programme),
        cells.coverage(row),
        cells.target(row),
        cells.milestone(row, beside),
        cells.verdict(row),
        cells.trend(row),
        _compared(national),
        Cell(chart=chart) if chart else EMPTY,
    )


def _indicator(row: Row, view: View, programme: str) -> Cell:
    name = f"{row['indicator_code']}. {row['indicator_name']}"
    return Cell(
        name, href=view.link("/chi-tieu", programme=programme, indicator=row["indicator_code"], period=row["period"])
    )


def _traced(row: Row, cell: Cell, view: View, programme: str) -> Cell:
    """The figure leads to the files and cells that it is made of."""
    href = view.link(
        "/nguon-so-lieu",
        programme=programme,
        indicator=row["indicator_code"],
        unit=row["unit_code"],
        period=row["period"],
    )
    return Cell(cell.text, value=cell.value, href=href, note=cell.note)


def _compared(row: Row | None) -> Cell:
    """The verdict against a target, and the target with its year."""
    if row is None:
        return EMPTY
    verdict, target = cells.verdict(row), cells.target(row)
    text = target.text if isinstance(target.text, Text) else Text(target.text, target.text)
    note = Text(f"{text.vi} (năm {row['target_year']})", f"{text.en} ({row['target_year']})")
    return Cell(verdict.text, note=note, shape=verdict.shape)


def _years(row: Row, progress: Progress, periods: Sequence[str]) -> list[Cell]:
    by_period = progress.series.get((row["indicator_code"], row["measure"]), {})
    found = [by_period.get(period) for period in periods]
    return [EMPTY if each is None else cells.of_period(each) for each in found]


def _result(period: str) -> Column:
    name = terms.period(period)
    return Column("value", Text(f"Kết quả {name.vi}", f"Result of {name.en}"), is_number=True)


def _milestone(period: str) -> Column:
    return Column("milestone", Text(f"Mốc {period[:4]}", f"Milestone {period[:4]}"))
