"""What changed of a unit's figures between the beginning of a day and the time of the page, and which files did it."""

from datetime import datetime, time, timedelta

import psycopg

from pages import choices, errors, terms
from pages.language import Text, figure
from pages.layout import Field, Page, Section
from pages.progress import cells
from pages.tables import EMPTY, Cell, Column, Table, text
from pages.view import View, timestamp
from publish import formatting
from publish.comparison import data
from publish.comparison.data import Change, Comparison, Row
from warehouse import clock, wording
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.clock import ZONE

TITLE = Text("Thay đổi", "What changed")
SINCE = Text("Từ đầu ngày", "Since this day began")
HINT = Text("Ngày/tháng/năm; để trống: 7 ngày trước.", "Day/month/year; without one: seven days before.")
LEAD = Text("{programme}, {period}. Từ {before} đến {after}.", "{programme}, {period}. From {before} to {after}.")
NOT_BEFORE = Text("Ngày bắt đầu phải trước ngày xem.", "The first day has to be before the other.")
NOTHING = Text("Không có số liệu nào thay đổi.", "No figure changed.")
NO_FILE = Text(
    "Không tệp nào: chỉ số báo cáo phải có hoặc chỉ tiêu thay đổi.",
    "No file: only the reports that are expected, or a target, changed.",
)
DAYS = timedelta(days=7)

INDICATOR = Column("indicator", Text("Chỉ tiêu", "Indicator"), is_heading=True)
FIGURES = (
    INDICATOR,
    Column("measure", Text("ĐVT", "Unit of measure")),
    Column("before", Text("Trước", "Before"), is_number=True),
    Column("after", Text("Sau", "After"), is_number=True),
    Column("coverage", Text("Báo cáo", "Reports")),
    Column("verdict", Text("So với kế hoạch", "Against the target")),
)
STEPS = (
    INDICATOR,
    Column("unit", Text("Đơn vị", "Unit")),
    Column("accepted_at", Text("Được nhận vào số liệu lúc", "Accepted")),
    Column("report", Text("Báo cáo", "Report")),
    Column("numerator", Text("Tử số", "Numerator"), is_number=True),
    Column("denominator", Text("Mẫu số", "Denominator"), is_number=True),
    Column("value", Text("Giá trị", "Value"), is_number=True),
    Column("place", Text("Tệp, trang, ô", "File, sheet, cell")),
)


def make(connection: psycopg.Connection, view: View) -> Page:
    chosen = choices.programme_and_period(connection, view)
    unit = view.get("unit") or chosen.programme.root_unit_code
    name = choices.units_with_code(connection, unit)[0]["unit_name"]
    after = view.as_of or clock.now()
    before = _since(view, after)
    programme, period = chosen.keys["programme"], chosen.keys["period"]
    found = data.compare(connection, programme, unit, period, before, after)
    return Page(
        title=Text(f"{TITLE.vi}: {name}", f"{TITLE.en}: {name}"),
        lead=LEAD.fill(
            programme=chosen.programme.name_vi,
            period=terms.period(period),
            before=terms.timestamp(before),
            after=terms.timestamp(after),
        ),
        notices=[terms.MADE_UP] if found.is_made_up else [],
        fields=[
            choices.unit_field(unit),
            *chosen.fields(),
            Field("since", SINCE, wording.day(before.astimezone(ZONE)), hint=HINT),
        ],
        sections=[
            Section("so-lieu", Text("Số liệu thay đổi", "Figures that changed"), table=_figures(found, view)),
            Section("tep", Text("Tệp đã thay đổi số liệu", "Files that changed them"), table=_steps(found, view)),
        ],
    )


def _since(view: View, after: datetime) -> datetime:
    """The beginning of the day that the address names, else of the seventh day before."""
    given = view.get("since")
    if given is None:
        return datetime.combine((after - DAYS).astimezone(ZONE).date(), time(), ZONE)
    before = timestamp(given)
    if before >= after:
        raise errors.PageError(400, NOT_BEFORE)
    return before


def _figures(found: Comparison, view: View) -> Table:
    rows = [
        (
            _indicator(change, found, view),
            cells.unit_of_measure({"measure": change.measure, "unit_vi": change.unit_vi}),
            _number(change.before, texts["trước"]),
            _number(change.after, texts["sau"]),
            _coverage(texts["báo cáo"]),
            _verdict(change, found.period),
        )
        for change, texts in zip(found.changes, data.figure_rows(found), strict=True)
    ]
    return Table("figures", Text("Trước và sau", "Before and after"), FIGURES, rows, NOTHING)


def _steps(found: Comparison, view: View) -> Table:
    rows = [_step(change, step, found, view) for change in found.changes for step in change.steps]
    return Table("steps", Text("Từng dòng báo cáo", "Each line of a report"), STEPS, rows, NO_FILE)


def _step(change: Change, step: Row, found: Comparison, view: View) -> tuple[Cell, ...]:
    agency = "" if step["agency_code"] == DEFAULT_AGENCY else step["agency_code"]
    href = view.link("/don-vi", unit=step["unit_code"], programme=found.programme_code, period=found.period)
    return (
        _indicator(change, found, view),
        Cell(step["unit_code"], href=href, note=agency),
        Cell(terms.timestamp(step["accepted_at"])),
        Cell(terms.SUBMISSION_TYPES[step["submission_type"]]),
        *(_typed(step[f"old_{part}"], step[f"new_{part}"]) for part in ("numerator", "denominator", "value")),
        text(step["file_name"], note=step["place"] or ""),
    )


def _indicator(change: Change, found: Comparison, view: View) -> Cell:
    href = view.link(
        "/nguon-so-lieu",
        programme=found.programme_code,
        indicator=change.indicator_code,
        unit=found.unit_code,
        period=found.period,
    )
    return Cell(f"{change.indicator_code}. {change.indicator_name}", href=href)


def _number(figures: Row | None, shown: str) -> Cell:
    return EMPTY if figures is None else Cell(figure(shown), value=figures["value"])


def _coverage(shown: str) -> Cell:
    text = shown.replace("\n", " ")
    return Cell(Text(text, figure(text).en.replace("tạm tính", cells.PROVISIONAL.en)))


def _typed(old: str | None, new: str | None) -> Cell:
    """As the sender typed it: not ours to write in another way."""
    if old == new:
        return text(new)
    return Cell(f"{old or formatting.MISSING} → {new or formatting.MISSING}")


def _verdict(change: Change, period: str) -> Cell:
    found = [figures["verdict"] if figures else None for figures in (change.before, change.after)]
    before, after = (terms.verdict(code, change.target_year, period) if code else None for code in found)
    if before == after or before is None or after is None:
        shown = after or before
        return EMPTY if shown is None else Cell(shown, shape=terms.shape(found[1] or found[0] or ""))
    return Cell(Text(f"{before.vi} → {after.vi}", f"{before.en} → {after.en}"), shape=terms.shape(found[1] or ""))
