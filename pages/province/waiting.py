"""The page of what waits for a person: since when, why, and what can be done. Each kind of it is a section."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages import choices, terms
from pages.language import Shown, Text, figure
from pages.layout import Fact, Page, Section
from pages.province import decisions, mails
from pages.tables import Cell, Column, Table, day, number, text
from pages.view import View
from pipeline import deciding, quarantine
from publish import formatting
from publish.reading import approvals, warnings
from warehouse import clock, queries
from warehouse.catalogue import DEFAULT_AGENCY

Row = dict[str, Any]
Kind = tuple[Section, int]
"""A section, and how many things wait in it."""

ADDRESS = "/viec-cho"
MAILS = queries.load(__file__, "mails")
UNCLAIMED = queries.load(__file__, "unclaimed")
WITHOUT_CONTACT = queries.load(__file__, "without_contact")
FAILED_LETTERS = queries.load(__file__, "failed_letters")
QUARANTINED = """
select address, cause, detail, noticed_at from ops.quarantined_file order by noticed_at desc, address
"""

TITLE = Text("Việc chờ người xử lý", "What waits for a person")
LEAD = Text(
    "Những gì hệ thống không tự quyết được: chờ từ bao giờ, vì sao, và làm gì. Báo cáo quá hạn xem ở trang Sáng nay.",
    "What the warehouse cannot decide by itself: since when, why, and what to do. Overdue reports: This morning.",
)
DONE = Text("Đã ghi xác nhận của đơn vị.", "What the unit confirmed is recorded.")
UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
REPORT = Column("report", Text("Chương trình, kỳ", "Programme, period"))
SINCE = Column("since", Text("Chờ từ", "Waits since"))
WHY = Column("why", Text("Vì sao", "Why"))
TO_DO = Column("to_do", Text("Làm gì", "What to do"), is_sortable=False)
APPROVERS = {"unit": Text("lãnh đạo đơn vị", "the unit's leader"), "province": Text("tỉnh", "the province")}
NOTHING = Text("Không có gì chờ.", "Nothing waits.")


def make(connection: psycopg.Connection, view: View) -> Page:
    province = view.get("unit")
    kinds = [
        _warnings(connection, view, province),
        _approvals(approvals.waiting(connection, province=province), view),
        _mails(_read(connection, MAILS, province), view),
        _unclaimed(_read(connection, UNCLAIMED, province)),
        _without_contact(_read(connection, WITHOUT_CONTACT, province), view),
        _failed_letters(_read(connection, FAILED_LETTERS, province), view),
        _decisions(connection, view, province),
        _quarantined(_read(connection, QUARANTINED, province), view),
    ]
    return Page(
        TITLE,
        LEAD,
        notices=[DONE] if view.get("xong") else [],
        fields=decisions.province_fields(connection, view),
        facts=[_fact(section, count) for section, count in kinds],
        sections=[section for section, _ in kinds],
        has_date=False,
    )


def _read(connection: psycopg.Connection, query: str, province: str | None) -> list[Row]:
    return connection.cursor(row_factory=dict_row).execute(query.encode(), {"province": province}).fetchall()


def _fact(section: Section, count: int) -> Fact:
    return Fact(section.heading, figure(formatting.number(count)), f"#{section.anchor}")


def _section(
    anchor: str, heading: Text, name: str, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]], note: Text
) -> Kind:
    caption = Text("Danh sách: {heading}", "List: {heading}").fill(heading=heading)
    table = Table(name, caption, columns, rows, NOTHING)
    return Section(anchor, heading, [note], table), len(rows)


def _unit(name: str | None, code: str, agency: str = DEFAULT_AGENCY) -> str:
    return " ".join(filter(None, (name, f"({code})", "" if agency == DEFAULT_AGENCY else agency)))


def _report(name: str, period: str) -> Shown:
    return Text("{name}, {period}", "{name}, {period}").fill(name=name, period=terms.period(period))


def _since(at: Any) -> Cell:
    return Cell(terms.timestamp(at), value=at.isoformat()) if at else Cell(formatting.MISSING)


# --- the kinds ------------------------------------------------------------------------------------


def _warnings(connection: psycopg.Connection, view: View, province: str | None) -> Kind:
    """By report: senders confirm on their own page, and the province records what one confirmed by telephone."""
    found: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in warnings.in_force(connection, unit=province, is_open=True):
        found.setdefault((row["unit_code"], row["agency_code"], row["programme_code"], row["period"]), []).append(row)
    names = choices.names(connection, sorted({key[0] for key in found}))
    offered = decisions.may_decide(view)

    def cells(key: tuple[str, str, str, str], rows: Sequence[Row]) -> tuple[Cell, ...]:
        unit, agency, programme, period = key
        href = view.link("/viec-cho/canh-bao", unit=unit, agency=agency, programme=programme, period=period)
        example = Text(rows[0]["message_vi"], rows[0]["message_en"])
        return (
            Cell(_unit(names.get(unit), unit, agency)),
            Cell(_report(programme, period)),
            _since(min(row["warned_at"] for row in rows)),
            number(len(rows)),
            Cell(example),
            Cell(Text("Ghi xác nhận", "Record a confirmation"), href=href if offered else None),
        )

    columns = (UNIT, REPORT, SINCE, Column("count", Text("Số điểm", "Points"), is_number=True), WHY, TO_DO)
    note = Text(
        "Báo cáo đã nhận, có điểm khác thường mà đơn vị chưa xác nhận hoặc sửa. Đơn vị tự xác nhận ở Báo cáo của tôi; "
        "đơn vị trả lời qua điện thoại thì tỉnh ghi thay.",
        "Accepted reports with unusual points that their unit has neither confirmed nor corrected. Units confirm at My "
        "reports; what one says by telephone the province records.",
    )
    rows = [cells(key, rows) for key, rows in found.items()]
    return _section("canh-bao", Text("Chờ đơn vị xác nhận", "To be confirmed"), "warnings", columns, rows, note)


def _approvals(rows: list[Row], view: View) -> Kind:
    def cells(row: Row) -> tuple[Cell, ...]:
        return (
            Cell(_unit(row["unit_name"], row["unit_code"], row["agency_code"])),
            Cell(_report(row["programme_name"], row["period"])),
            _since(row["requested_at"]),
            Cell(APPROVERS[row["approver"]]),
        )

    columns = (UNIT, REPORT, SINCE, Column("approver", Text("Ai duyệt", "Approver")))
    note = Text(
        "Báo cáo đã qua kiểm tra, chờ lãnh đạo đơn vị hoặc tỉnh duyệt ở trang Duyệt báo cáo.",
        "Reports that passed the gate and wait for their unit's leader or the province, at Approve reports.",
    )
    return _section(
        "cho-duyet", Text("Chờ duyệt", "To be approved"), "approvals", columns, [cells(row) for row in rows], note
    )


def _mails(rows: list[Row], view: View) -> Kind:
    """Accepting one needs the mailbox, so it is the operator's command."""

    def cells(row: Row) -> tuple[Cell, ...]:
        return (
            Cell(row["sender"] or formatting.MISSING),
            number(row["mail_no"]),
            _since(row["noted_at"]),
            Cell(mails.reason(row["reason"]), note=row["detail"] or ""),
        )

    columns = (
        Column("sender", Text("Người gửi", "Sender"), is_heading=True),
        Column("number", Text("Số thư", "Mail"), is_number=True),
        SINCE,
        WHY,
    )
    note = Text(
        "Thư trả lời mà hệ thống không tự nhận. Hỏi nơi gửi, rồi người vận hành: baocao mail accept, hoặc decline, kèm "
        "số thư.",
        "Answers to letters that are not received by themselves. Ask the sender; then the operator: baocao mail accept "
        "or decline, with the number.",
    )
    return _section(
        "thu-cho",
        Text("Thư chờ quyết định", "Mails to decide about"),
        "mails",
        columns,
        [cells(row) for row in rows],
        note,
    )


def _unclaimed(rows: list[Row]) -> Kind:
    def cells(row: Row) -> tuple[Cell, ...]:
        return (
            Cell(row["file_name"]),
            text(row["unit_code"]),
            text(" ".join(filter(None, (row["programme_code"], row["period"])))),
            _since(row["received_at"]),
            Cell(Text(row["message_vi"] or "", row["message_en"] or "")),
        )

    columns = (
        Column("file", Text("Tệp", "File"), is_heading=True),
        Column("unit", Text("Mã ghi trong tệp", "Code in the file")),
        REPORT,
        SINCE,
        WHY,
    )
    note = Text(
        "Tệp bị trả lại vì không rõ của đơn vị nào, và chưa có tệp nào thay. Hỏi nơi gửi, đề nghị nộp lại bằng biểu "
        "mẫu của chính đơn vị; tệp cũ vẫn được lưu.",
        "Files that were returned because nobody can tell whose they are, with none that took their place. Ask the "
        "sender to hand in the unit's own template; the old file is kept.",
    )
    heading = Text("Tệp không rõ của ai", "Files that nobody claims")
    return _section("khong-ro", heading, "unclaimed", columns, [cells(row) for row in rows], note)


def _without_contact(rows: list[Row], view: View) -> Kind:
    offered = decisions.may_decide(view)

    def cells(row: Row) -> tuple[Cell, ...]:
        href = view.link("/dau-moi/don-vi", unit=row["unit_code"]) if offered else None
        return (
            Cell(_unit(row["unit_name"], row["unit_code"], row["agency_code"])),
            number(row["reports"]),
            day(row["next_on"]),
            _since(row["since"]),
            Cell(Text("Thêm đầu mối", "Add a contact"), href=href),
        )

    columns = (
        UNIT,
        Column("reports", Text("Báo cáo còn thiếu", "Outstanding reports"), is_number=True),
        Column("next_on", Text("Hạn gần nhất", "First last day")),
        Column("since", Text("Lỡ thư nhắc từ", "A reminder was missed since")),
        TO_DO,
    )
    note = Text(
        "Còn thiếu báo cáo mà không có địa chỉ nào để nhắc.", "Reports are outstanding, and there is nobody to remind."
    )
    heading = Text("Đơn vị chưa có đầu mối", "Units without a contact")
    return _section("thieu-dau-moi", heading, "without-contact", columns, [cells(row) for row in rows], note)


def _failed_letters(rows: list[Row], view: View) -> Kind:
    offered = decisions.may_decide(view)

    def cells(row: Row) -> tuple[Cell, ...]:
        href = view.link("/dau-moi/don-vi", unit=row["unit_code"]) if offered else None
        return (
            Cell(_unit(row["unit_name"], row["unit_code"], row["agency_code"])),
            number(row["alerts"]),
            _since(row["since"]),
            text(row["last_error"]),
            Cell(Text("Sửa đầu mối", "Change the contact"), href=href),
        )

    columns = (UNIT, Column("alerts", Text("Lời nhắc", "Reminders"), is_number=True), SINCE, WHY, TO_DO)
    note = Text(
        "Máy chủ thư từ chối hẳn, hoặc năm ngày không gửi được. Sửa địa chỉ, rồi người vận hành gửi lại: baocao alerts "
        "run --retry-failed.",
        "The server refused for good, or five days were in vain. Correct the address; the operator sends again: baocao "
        "alerts run --retry-failed.",
    )
    heading = Text("Thư nhắc không gửi được", "Reminders that failed")
    return _section("thu-hong", heading, "failed-letters", columns, [cells(row) for row in rows], note)


def _decisions(connection: psycopg.Connection, view: View, province: str | None) -> Kind:
    waiting = [each for each in deciding.listed(connection, province, clock.now()) if each.is_waiting]
    rows = [
        (
            Cell(decisions.KINDS[each.kind]),
            text(" ".join(filter(None, (each.programme_code, each.period, each.unit_code)))),
            _since(each.decided_at),
            Cell(decisions.WAITING, href=view.link(f"{decisions.ADDRESS}#lich-su")),
        )
        for each in waiting
    ]
    columns = (Column("kind", Text("Loại", "Kind"), is_heading=True), REPORT, SINCE, WHY)
    note = Text(
        "Tự áp dụng ở lần tổng hợp tới, trong khoảng mười phút; quá lâu thì báo người vận hành: baocao build.",
        "Applied by the next build, within some ten minutes; if it takes longer tell the operator: baocao build.",
    )
    return _section(
        "quyet-dinh", Text("Quyết định chờ áp dụng", "Decisions to be applied"), "pending", columns, rows, note
    )


def _quarantined(rows: list[Row], view: View) -> Kind:
    """Whose they are nobody knows, so their names are the operators' alone."""
    account = view.visitor.account if view.visitor else None
    heading = Text("Tệp cần người vận hành", "Files for the operator")
    if account is None or account.role != "operates":
        note = Text(
            "Tệp ở hộp nhận mà chỉ người vận hành xem và xử lý được.",
            "Files of the inbox that the operator alone sees and can do something about.",
        )
        return Section("cach-ly", heading, [note]), len(rows)
    cells = [
        (Cell(row["address"]), _since(row["noticed_at"]), Cell(quarantine.CAUSES[row["cause"]], note=row["detail"]))
        for row in rows
    ]
    columns = (Column("file", Text("Tệp", "File"), is_heading=True), SINCE, WHY)
    note = Text(
        "Làm gì với từng loại: docs/files-that-harm.md.", "What to do about each kind: docs/files-that-harm.md."
    )
    return _section("cach-ly", heading, "quarantined", columns, cells, note)
