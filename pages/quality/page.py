"""The page of quality: errors and warnings of reports by rule and by cell, and the last checks of every suite."""

from collections import defaultdict
from typing import Any

import psycopg

from pages import choices, terms
from pages.language import Text
from pages.layout import Field, Page, Section
from pages.progress import cells
from pages.quality import checks
from pages.tables import EMPTY, Cell, Column, Table, number, text
from pages.view import View
from publish.reading import checks as reading
from publish.reading import issues
from warehouse import catalogue, clock

Row = dict[str, Any]

TITLE = Text("Chất lượng số liệu", "Quality")
LEAD = Text(
    "Lỗi và cảnh báo của cổng kiểm tra trong các báo cáo đã nhận, và kết quả các phép kiểm tra của hệ thống.",
    "Errors and warnings that the gate found in reports, and what the checks of the system found.",
)
SEVERITY = Column("severity", Text("Mức độ", "Severity"))
SEVERITIES = {
    "critical": Cell(Text("lỗi", "error"), shape="unmet"),
    "warning": Cell(Text("cảnh báo", "warning"), shape="part"),
}
ACCEPTED_SINCE = Text("bản gửi lại được nhận lúc {at}", "a later one was accepted on {at}")
WHICH = Text("Lỗi", "Issues")
EVERY = ("", Text("tất cả", "all"))
OPEN = ("open", Text("còn chờ báo cáo sửa hoặc xác nhận", "that still wait for a corrected report or a confirmation"))


def make(connection: psycopg.Connection, view: View) -> Page:
    programme, unit = view.get("programme"), view.get("unit")
    if unit:
        choices.units_with_code(connection, unit)
    programmes = [(each.programme_code, each.name_vi) for each in catalogue.programmes(connection)]
    if programme:
        choices.programme_and_period(connection, view)
    rows = issues.of_reports(connection, programme, unit, until=view.as_of or clock.now())
    fields = [
        Field("programme", choices.PROGRAMME, programme or "", [("", choices.ALL_PROGRAMMES), *programmes]),
        choices.unit_field(unit or ""),
        Field("issues", WHICH, view.get("issues") or "", [EVERY, OPEN]),
    ]
    if view.get("issues") == OPEN[0]:
        rows = [row for row in rows if _is_open(row)]
    names = choices.names(connection, sorted({row["unit_code"] for row in rows}))
    newest = checks.section(reading.of_last_runs(connection, programme))
    return Page(
        TITLE,
        LEAD,
        notices=choices.made_up_notices(connection, programme, unit),
        fields=fields,
        sections=[_by_rule(rows), _by_cell(rows, view, names), newest],
    )


def _by_rule(rows: list[Row]) -> Section:
    by_rule: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_rule[row["rule"]].append(row)
    ordered = sorted(by_rule.items(), key=lambda each: (-len(each[1]), each[0]))
    table = Table(
        "rules",
        Text("Lỗi và cảnh báo theo quy tắc", "Errors and warnings by rule"),
        (
            Column("example", Text("Lỗi, ví dụ mới nhất", "Issue, newest example"), is_heading=True),
            SEVERITY,
            Column("issues", Text("Số lỗi", "Issues"), is_number=True),
            Column("reports", Text("Báo cáo", "Reports"), is_number=True),
            Column("unconfirmed", Text("Chờ xác nhận", "To be confirmed"), is_number=True),
            Column("rule", Text("Mã quy tắc", "Rule")),
        ),
        [
            (
                Cell(Text(found[0]["message_vi"], found[0]["message_en"])),
                SEVERITIES[found[0]["severity"]],
                number(len(found)),
                number(len({row["submission_id"] for row in found})),
                number(sum(_is_unconfirmed(row) for row in found)),
                Cell(rule),
            )
            for rule, found in ordered
        ],
        Text("Chưa có lỗi hay cảnh báo nào.", "There is no error and no warning."),
    )
    return Section("quy-tac", Text("Theo quy tắc", "By rule"), table=table)


def _is_unconfirmed(row: Row) -> bool:
    return row["needs_confirmation"] and row["confirmed_at"] is None


def _is_open(row: Row) -> bool:
    return _is_unconfirmed(row) or (row["report_status"] == "rejected" and row["accepted_since"] is None)


def _by_cell(rows: list[Row], view: View, names: dict[str, str]) -> Section:
    table = Table(
        "issues",
        Text(
            "Từng lỗi với tệp, trang và ô, báo cáo mới nhất trước", "Each issue with file, sheet and cell, newest first"
        ),
        (
            Column("unit", Text("Đơn vị", "Unit"), is_heading=True),
            Column("received_at", Text("Nhận lúc", "Received at")),
            Column("file", Text("Tệp", "File")),
            Column("place", Text("Trang, ô", "Sheet, cell")),
            Column("raw", Text("Đã ghi", "As written")),
            SEVERITY,
            Column("message", Text("Cần sửa gì", "What to mend")),
            Column("confirmed", Text("Đơn vị xác nhận", "Confirmed by the unit")),
            Column("report", Text("Báo cáo", "Report")),
        ),
        [_issue(row, view, names) for row in rows],
        Text("Chưa có lỗi hay cảnh báo nào.", "There is no error and no warning."),
    )
    return Section("tung-loi", Text("Từng lỗi", "Each issue"), table=table)


def _issue(row: Row, view: View, names: dict[str, str]) -> tuple[Cell, ...]:
    """A code that no unit ever had leads nowhere."""
    code = row["unit_code"]
    unit = Cell(f"{names[code]} ({code})", href=view.link("/don-vi", unit=code)) if code in names else Cell(code)
    return (
        unit,
        Cell(terms.timestamp(row["received_at"])),
        Cell(row["file"]),
        text(issues.for_display(row)["place"]),
        text(row["raw"]),
        SEVERITIES[row["severity"]],
        Cell(Text(row["message_vi"], row["message_en"])),
        cells.confirmation(row) if row["needs_confirmation"] or row["reason"] else EMPTY,
        _report(row),
    )


def _report(row: Row) -> Cell:
    if row["report_status"] is None:
        return EMPTY
    since = row["accepted_since"]
    note = ACCEPTED_SINCE.fill(at=terms.timestamp(since)) if since else ""
    return Cell(terms.GATE[row["report_status"]], note=note, shape=terms.shape(row["report_status"]))
