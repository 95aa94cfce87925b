"""The page of a unit; without a code, the search for one."""

import psycopg

from pages import choices, terms
from pages.language import Text, figure
from pages.layout import Field, Page, Section
from pages.progress import page as progress_page
from pages.progress import tables as progress_tables
from pages.tables import EMPTY, Cell, Column, Table, day, number, text
from pages.units import data, neighbours
from pages.units.data import Row, Unit
from pages.view import View
from publish import formatting
from warehouse import wording
from warehouse.catalogue import DEFAULT_AGENCY

UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
CODE = Column("unit_code", Text("Mã", "Code"))
AGENCY = Column("agency", Text("Cơ quan báo cáo", "Agency"))
REPORT = Column("report", Text("Chương trình, kỳ", "Programme, period"), is_heading=True)
DEADLINE = Column("last_on_time_on", Text("Hạn nộp", "Last day"))
STATUS = Column("status", Text("Tình trạng", "Status"))
LINES = Column("lines", Text("Số dòng đã có", "Lines filled in"), is_number=True)
FILE = Column("file", Text("Tệp", "File"), is_heading=True)
RECEIVED = Column("received_at", Text("Nhận lúc", "Received at"))

MOST_REPORTS = 36
"""Three years of months: with more the page would be heavy for a telephone."""
NEWEST = Text(
    "Bảng có {most} báo cáo mới nhất; tệp tải về có đủ.", "The newest {most} reports; a download has all."
).fill(most=MOST_REPORTS)

WHOLE, SPLIT = Text("toàn bộ", "as a whole"), Text("một phần", "in part")


def make(connection: psycopg.Connection, view: View) -> Page:
    code = view.get("unit")
    if code is None:
        return _search_page(connection, view)
    found = data.read(connection, code, view)
    unit, chosen = found.unit, found.chosen
    programme, period = chosen.keys["programme"], chosen.keys["period"]
    name = f"{unit['unit_name']} ({unit['unit_code']})"
    return Page(
        title=Text(name, name),
        lead=_lead(unit),
        notices=progress_page.notices(found.progress, view),
        fields=[choices.unit_field(code), *chosen.fields()],
        facts=progress_page.facts(found.progress),
        sections=[
            Section(
                "chi-tieu",
                Text("Kết quả so với kế hoạch", "Results against the plan"),
                [f"{chosen.programme.name_vi}.", *(f"{plan['document_vi']}." for plan in found.progress.plans)],
                progress_tables.of_scopes(found.progress, view, programme, period),
            ),
            progress_tables.each_period(found.progress, chosen, view),
            *_neighbours(found),
            _obligations(found, view),
            _submissions(found, view),
            _issues(found),
            *_below(found, view),
            _lineage(found, view),
        ],
        has_basis=True,
        hidden={"unit_id": unit["unit_id"]} if view.get("unit_id") else {},
    )


def _search_page(connection: psycopg.Connection, view: View) -> Page:
    wanted = view.get("q")
    rows = [
        (
            Cell(row["unit_name"], href=view.link("/don-vi", unit=row["unit_code"], unit_id=row["unit_id"])),
            Cell(row["unit_code"]),
            Cell(row["province_name"] or ""),
            Cell(terms.LEVELS[row["unit_level"]]),
            Cell(_existence(row)),
        )
        for row in (data.search(connection, wanted) if wanted else [])
    ]
    columns = (
        UNIT,
        CODE,
        Column("province", Text("Tỉnh, thành phố", "Province")),
        Column("level", Text("Cấp", "Level")),
        Column("existence", Text("Hiệu lực", "In force")),
    )
    table = Table(
        "units",
        Text("Đơn vị tìm thấy", "Units found"),
        columns,
        rows,
        Text("Không có đơn vị nào.", "No unit was found.")
        if wanted
        else Text("Ghi mã hoặc tên.", "Write a code or name."),
    )
    return Page(
        title=Text("Tìm đơn vị", "Find a unit"),
        fields=[Field("q", choices.UNIT, wanted or "", hint=choices.UNIT_HINT)],
        sections=[Section("ket-qua", Text("Kết quả", "Results"), table=table)],
    )


def _lead(unit: Row) -> Text:
    level = terms.LEVELS[unit["unit_level"]]
    in_force = _existence(unit)
    return Text(f"Cấp: {level.vi}. {in_force.vi}.", f"Level: {level.en}. {in_force.en}.")


def _existence(unit: Row) -> Text:
    if unit["is_current"]:
        return Text("Đơn vị hiện nay", "A unit of today")
    end = wording.day(unit["valid_to"])
    return Text(f"Đã sắp xếp, không còn từ ngày {end}", f"Ended, no longer there from {end}")


def _neighbours(found: Unit) -> list[Section]:
    """Only where this unit has a figure that others have too."""
    if not any(row["unit_id"] == found.unit["unit_id"] for row in found.neighbours):
        return []
    return [neighbours.section(found.neighbours, found.unit["unit_id"])]


def _newest(rows: list[Row], view: View) -> tuple[list[Row], list[Text]]:
    """The first ones of rows that begin with the newest, and the note that there are others."""
    if view.get("format") or len(rows) <= MOST_REPORTS:
        return rows, []
    return rows[:MOST_REPORTS], [NEWEST]


def _obligations(found: Unit, view: View) -> Section:
    shown, notes = _newest(found.obligations, view)
    rows = [
        (
            Cell(_report(row["programme_name"], row["period"])),
            _agency(row),
            day(row["last_on_time_on"]),
            _status(row),
            _lines(row),
        )
        for row in shown
    ]
    table = Table(
        "obligations",
        Text("Báo cáo mà đơn vị phải nộp", "Reports that the unit owes"),
        (REPORT, AGENCY, DEADLINE, STATUS, LINES),
        rows,
        Text("Đơn vị không phải nộp báo cáo nào.", "The unit owes no report."),
    )
    return Section("nghia-vu", Text("Báo cáo phải nộp", "Reports owed"), notes, table=table)


def _submissions(found: Unit, view: View) -> Section:
    shown, notes = _newest(found.submissions, view)
    rows = [
        (
            Cell(row["file_name"]),
            Cell(terms.timestamp(row["received_at"])),
            Cell(_report(row["programme_code"], row["period"])),
            _agency(row),
            Cell(terms.SUBMISSION_TYPES[row["submission_type"]]),
            Cell(terms.GATE[row["status"]], shape=terms.shape(row["status"])),
            number(row["errors"]),
            number(row["warnings"]),
        )
        for row in shown
    ]
    columns = (
        FILE,
        RECEIVED,
        Column("report", REPORT.heading),
        AGENCY,
        Column("type", Text("Loại", "Type")),
        Column("verdict", Text("Kết luận kiểm tra", "Verdict of the gate")),
        Column("errors", Text("Lỗi", "Errors"), is_number=True),
        Column("warnings", Text("Cảnh báo", "Warnings"), is_number=True),
    )
    caption = Text("Báo cáo đã nhận và kết luận kiểm tra", "Reports received, and what the gate decided")
    empty = Text("Chưa nhận báo cáo nào.", "No report was received.")
    heading = Text("Báo cáo đã gửi", "Reports sent")
    return Section("da-gui", heading, notes, table=Table("submissions", caption, columns, rows, empty))


def _issues(found: Unit) -> Section:
    rows = [
        (
            Cell(row["file_name"]),
            Cell(_place(row)),
            text(row["raw"]),
            Cell(Text("lỗi", "error"), shape="unmet")
            if row["severity"] == "critical"
            else Cell(Text("cảnh báo", "warning"), shape="part"),
            Cell(Text(row["message_vi"], row["message_en"])),
        )
        for row in found.issues
    ]
    columns = (
        FILE,
        Column("place", Text("Trang, ô", "Sheet, cell")),
        Column("raw", Text("Đã ghi", "As written")),
        Column("severity", Text("Mức độ", "Severity")),
        Column("message", Text("Cần sửa gì", "What to mend")),
    )
    caption = Text("Lỗi và cảnh báo trong các báo cáo đã gửi", "Errors and warnings in the reports sent")
    empty = Text("Không có lỗi hay cảnh báo nào.", "There is no error and no warning.")
    heading = Text("Lỗi và cảnh báo", "Errors and warnings")
    return Section("loi", heading, table=Table("issues", caption, columns, rows, empty))


def _below(found: Unit, view: View) -> list[Section]:
    if not found.below:
        return []
    rows = [
        (
            Cell(row["unit_name"], href=view.link("/don-vi", unit=row["unit_code"], unit_id=row["unit_id"])),
            Cell(row["unit_code"]),
            _agency(row),
            day(row["last_on_time_on"]),
            _status(row),
            _lines(row),
        )
        for row in found.below
    ]
    period = terms.period(found.chosen.period.period)
    caption = Text(f"Báo cáo {period.vi} của các đơn vị bên dưới", f"Reports of {period.en} of the units below")
    columns = (UNIT, CODE, AGENCY, DEADLINE, STATUS, LINES)
    table = Table("below", caption, columns, rows, Text("Không có đơn vị nào.", "There is none."))
    return [Section("ben-duoi", Text("Các đơn vị bên dưới", "Units below"), table=table)]


def _lineage(found: Unit, view: View) -> Section:
    sides = {"before": Text("trước sắp xếp", "predecessor"), "after": Text("sau sắp xếp", "successor")}
    rows = [
        (
            Cell(row["unit_name"], href=view.link("/don-vi", unit=row["unit_code"], unit_id=row["unit_id"])),
            Cell(row["unit_code"]),
            Cell(sides[row["side"]]),
            Cell(WHOLE if row["relation"] == "whole" else SPLIT),
            day(row["effective_on"]),
        )
        for row in found.lineage
    ]
    columns = (
        UNIT,
        CODE,
        Column("side", Text("Quan hệ", "Relation")),
        Column("part", Text("Phần lãnh thổ", "Territory")),
        Column("effective_on", Text("Từ ngày", "Since")),
    )
    caption = Text("Đơn vị trước và sau sắp xếp", "Predecessors and successors")
    empty = Text("Đơn vị không thay đổi qua sắp xếp.", "The unit has neither predecessors nor successors.")
    same = Text("đơn vị khác từng mang mã này", "another unit that had this code")
    links = [
        (
            view.link("/don-vi", unit=row["unit_code"], unit_id=row["unit_id"]),
            Text(f"{row['unit_name']}: {same.vi}", f"{row['unit_name']}: {same.en}"),
        )
        for row in found.others
    ]
    heading = Text("Sắp xếp đơn vị hành chính", "History of the unit")
    return Section("sap-xep", heading, table=Table("lineage", caption, columns, rows, empty), links=links)


def _report(programme: str, period: str) -> Text:
    name = terms.period(period)
    return Text(f"{programme}, {name.vi}", f"{programme}, {name.en}")


def _agency(row: Row) -> Cell:
    if row["agency_code"] == DEFAULT_AGENCY:
        return Cell(DEFAULT_AGENCY)
    return Cell(row.get("agency_name") or row["agency_code"])


def _status(row: Row) -> Cell:
    late = row["days_late"] or 0
    note = Text(f"trễ {late} ngày", f"{late} days late") if late > 0 else ""
    return Cell(terms.STATUSES[row["status"]], shape=terms.shape(row["status"]), note=note)


def _lines(row: Row) -> Cell:
    """Filled-in lines of those that the plan requires."""
    if not row["lines_required"]:
        return EMPTY
    reported, required = formatting.number(row["lines_reported"]), formatting.number(row["lines_required"])
    return Cell(figure(f"{reported}/{required}"))


def _place(row: Row) -> str:
    if row["cell"]:
        return f"{row['sheet']}!{row['cell']}"
    return f"dòng {row['line']}" if row["line"] else row["sheet"] or formatting.MISSING
