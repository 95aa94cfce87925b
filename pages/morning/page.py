"""The page of the morning, of the nation or a province, of all programmes or one."""

from datetime import timedelta

import psycopg

from pages import choices, terms
from pages.language import Shown, Text, figure
from pages.layout import Fact, Field, Page, Section
from pages.morning import data, fixes
from pages.morning.data import Morning, Row
from pages.tables import EMPTY, Cell, Column, Table, day, number, text
from pages.view import View
from publish import formatting
from warehouse import clock
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.clock import ZONE

COUNTRY = Text("Cả nước", "The whole country")
PROVINCE = Text("Tỉnh, thành phố", "Province")

UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
UNIT_CODE = Column("unit_code", Text("Mã", "Code"))
REPORT = Text("Chương trình, kỳ", "Programme, period")
DEADLINE = Column("last_on_time_on", Text("Hạn nộp", "Last day"))
DAYS_LATE = Column("days_late", Text("Trễ (ngày)", "Days late"), is_number=True)
STATUS = Column("status", Text("Tình trạng", "Status"))
REMINDER = Column("reminder", Text("Nhắc gần nhất", "Last reminder"))
CONTACT = Column("contact", Text("Đầu mối", "Contact"))
ERROR = Column("error", Text("Lý do trả lại", "Why it was returned"))
PLACE = Column("place", Text("Tệp, trang, ô", "File, sheet, cell"))

TITLE = Text("Sáng nay", "This morning")
OVERDUE_RETURNED = Text(
    "báo cáo quá hạn, trong đó {count} đã gửi nhưng bị trả lại", "reports overdue, {count} of them sent and returned"
)
NOT_REMINDED = Text("chưa nhắc", "not reminded")
NO_CONTACT = Text("chưa có địa chỉ", "no address")
LEFT_OUT = Text(
    "Không liệt kê {count} báo cáo của kế hoạch đã kết thúc hoặc kỳ đã khoá sổ; chọn chương trình để xem.",
    "Left out: {count} reports of plans that have ended or closed periods; choose the programme to see them.",
)
LEAD = Text(
    "Ai chưa nộp, vì sao, đã nhắc khi nào, và việc nào giải quyết được nhiều nhất.",
    "Who has not reported, why, who was reminded when, and what would fix most at once.",
)
FUTURE = Text(
    "Dự kiến: các báo cáo sẽ quá hạn vào lúc đó nếu không nhận thêm báo cáo nào.",
    "A forecast: what will be overdue then if nothing more arrives.",
)
NO_TELEPHONE = Text(
    "Danh bạ chỉ lưu địa chỉ thư và dịch vụ nhắn tin, không lưu số điện thoại.",
    "The contacts hold mail addresses and message services, no telephone numbers.",
)


def make(connection: psycopg.Connection, view: View) -> Page:
    if view.get("unit"):
        choices.require_province(connection, view.get("unit") or "")
    as_of = view.as_of or clock.now()
    morning = data.read(connection, view.get("programme"), view.get("unit"), view.as_of, as_of)
    return Page(
        title=_title(connection, view.get("unit")),
        lead=LEAD,
        notices=[
            *([FUTURE] if as_of > clock.now() else []),
            *choices.made_up_notices(connection, view.get("programme"), view.get("unit")),
        ],
        fields=_fields(connection, view),
        facts=_facts(morning),
        sections=[
            _fixes(morning),
            _overdue(morning, view),
            _returned(morning, view),
            *_waiting(morning, view),
            _due(morning, view),
            _without_contact(morning, view),
            _contacts(morning, view),
            _exempt(morning, view),
            _changed_units(morning, view),
        ],
    )


def _title(connection: psycopg.Connection, province: str | None) -> Text:
    if province is None:
        return TITLE
    name = choices.units_with_code(connection, province)[0]["unit_name"]
    return Text(f"{TITLE.vi}: {name}", f"{TITLE.en}: {name}")


def _fields(connection: psycopg.Connection, view: View) -> list[Field]:
    from warehouse import catalogue

    provinces = [
        (row["unit_code"], f"{row['unit_name']} ({row['unit_code']})") for row in choices.provinces(connection)
    ]
    programmes = [(each.programme_code, each.name_vi) for each in catalogue.programmes(connection)]
    return [
        Field("unit", PROVINCE, view.get("unit") or "", [("", COUNTRY), *provinces]),
        Field("programme", choices.PROGRAMME, view.get("programme") or "", [("", choices.ALL_PROGRAMMES), *programmes]),
    ]


def _facts(morning: Morning) -> list[Fact]:
    sent_back = sum(row["status"] == "rejected" for row in morning.overdue)
    overdue = OVERDUE_RETURNED.fill(count=sent_back) if sent_back else Text("báo cáo quá hạn", "reports overdue")
    counts = (
        (overdue, len(morning.overdue), "#qua-han"),
        (Text("bị trả lại, chờ sửa", "returned, to be mended"), len(morning.all_returned), "#tra-lai"),
        (Text("đến hạn trong 7 ngày", "due within 7 days"), len(morning.due), "#den-han"),
        (Text("không có đầu mối để nhắc", "without a contact"), len(morning.without_contact()), "#thieu-dau-moi"),
        (Text("được miễn", "exempt"), len(morning.exempt), "#duoc-mien"),
        (Text("đơn vị đổi địa giới", "units whose map changed"), len(morning.changed_units), "#dia-gioi"),
    )
    return [Fact(label, figure(formatting.number(count)), anchor) for label, count, anchor in counts]


def _fixes(morning: Morning) -> Section:
    rows = [(Cell(fix.step), number(fix.reports), number(fix.units)) for fix in fixes.rank(morning)]
    table = Table(
        "fixes",
        Text("Việc nên làm trước", "What to do first"),
        (
            Column("step", Text("Việc", "Step"), is_heading=True),
            Column("reports", Text("Báo cáo", "Reports"), is_number=True),
            Column("units", Text("Đơn vị", "Units"), is_number=True),
        ),
        rows,
        Text("Không có việc nào: không báo cáo nào còn thiếu.", "Nothing: no report is outstanding."),
    )
    return Section("viec-truoc", Text("Giải quyết được nhiều nhất", "What would fix most at once"), table=table)


def _overdue(morning: Morning, view: View) -> Section:
    columns = (UNIT, UNIT_CODE, DEADLINE, DAYS_LATE, STATUS, REMINDER, CONTACT)
    rows: list[tuple[Cell, ...]] = [
        (
            *_report(row, view),
            _last_day(row),
            number(row["days_late"]),
            Cell(terms.STATUSES[row["status"]], shape=terms.shape(row["status"]), note=_error(morning, row)),
            _reminder(morning, row),
            _contact(morning, row),
        )
        for row in morning.overdue
    ]
    caption = Text("Báo cáo quá hạn: hạn đã qua mà chưa nhận được", "Overdue reports: nothing accepted by the deadline")
    empty = Text("Không có báo cáo nào quá hạn.", "No report is overdue.")
    texts = [LEFT_OUT.fill(count=morning.left_out)] if morning.left_out else []
    heading = Text("Quá hạn", "Overdue")
    return Section("qua-han", heading, texts, _reports("overdue", caption, columns, morning.overdue, rows, empty))


def _returned(morning: Morning, view: View) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for row in morning.all_returned:
        error = morning.errors.get(data.key(row))
        place = text(error["file_name"], note=_place(error)) if error else EMPTY
        rows.append((*_report(row, view), text(_error(morning, row)), place, _contact(morning, row)))
    caption = Text("Báo cáo đã gửi nhưng bị trả lại", "Reports that were sent and returned")
    empty = Text("Không có báo cáo nào bị trả lại.", "No report was returned.")
    columns = (UNIT, UNIT_CODE, ERROR, PLACE, CONTACT)
    table = _reports("returned", caption, columns, morning.all_returned, rows, empty)
    return Section("tra-lai", Text("Bị trả lại", "Returned"), table=table)


def _waiting(morning: Morning, view: View) -> list[Section]:
    """Only where a report waits for an approval that its programme requires."""
    if not morning.all_waiting:
        return []
    rows: list[tuple[Cell, ...]] = [(*_report(row, view), _last_day(row)) for row in morning.all_waiting]
    caption = Text(
        "Báo cáo đã qua kiểm tra, chưa được tính vì chờ duyệt",
        "Reports that passed the gate and do not count yet: they wait for an approval",
    )
    table = _reports("waiting", caption, (UNIT, UNIT_CODE, DEADLINE), morning.all_waiting, rows, Text("", ""))
    return [Section("cho-duyet", Text("Chờ duyệt", "Awaiting approval"), table=table)]


def _due(morning: Morning, view: View) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (*_report(row, view), day(row["last_on_time_on"]), _reminder(morning, row), _contact(morning, row))
        for row in morning.due
    ]
    caption = Text("Báo cáo đến hạn trong 7 ngày tới", "Reports that are due within seven days")
    empty = Text("Không có báo cáo nào đến hạn trong 7 ngày tới.", "No report is due within seven days.")
    columns = (UNIT, UNIT_CODE, DEADLINE, REMINDER, CONTACT)
    table = _reports("due", caption, columns, morning.due, rows, empty)
    return Section("den-han", Text("Đến hạn trong tuần", "Due this week"), table=table)


def _without_contact(morning: Morning, view: View) -> Section:
    reports = morning.without_contact()
    rows: list[tuple[Cell, ...]] = [_report(row, view) for row in reports]
    caption = Text("Báo cáo còn thiếu mà không có địa chỉ để nhắc", "Outstanding reports of which nobody is known")
    empty = Text("Mọi đơn vị còn thiếu báo cáo đều có đầu mối.", "Every unit with an outstanding report has a contact.")
    table = _reports("without-contact", caption, (UNIT, UNIT_CODE), reports, rows, empty)
    return Section("thieu-dau-moi", Text("Chưa có đầu mối", "Without a contact"), table=table)


def _contacts(morning: Morning, view: View) -> Section:
    by_unit: dict[tuple[str, str], list[Row]] = {}
    for row in morning.outstanding:
        by_unit.setdefault((row["unit_code"], row["agency_code"]), []).append(row)
    rows = [
        (
            _unit(rows[0], view),
            Cell(code),
            Cell(rows[0]["province_name"]),
            number(len(rows)),
            _contact(morning, rows[0]),
        )
        for (code, _), rows in sorted(by_unit.items())
    ]
    columns = (
        UNIT,
        UNIT_CODE,
        Column("province", PROVINCE),
        Column("reports", Text("Báo cáo còn thiếu", "Outstanding reports"), is_number=True),
        CONTACT,
    )
    caption = Text(
        "Danh sách liên hệ của các đơn vị còn thiếu báo cáo", "Contacts of the units with outstanding reports"
    )
    empty = Text("Không có đơn vị nào cần liên hệ.", "There is nobody to contact.")
    table = Table("contacts", caption, columns, rows, empty)
    return Section("lien-he", Text("Danh sách liên hệ", "Contact list"), [NO_TELEPHONE], table)


def _exempt(morning: Morning, view: View) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (*_report(row, view), Cell(row["reason"].removeprefix("exempt by ").strip())) for row in morning.exempt
    ]
    columns = (UNIT, UNIT_CODE, Column("act", Text("Văn bản miễn", "Act")))
    caption = Text("Báo cáo được miễn và văn bản cho miễn", "Exempt reports and the act that excuses each")
    empty = Text("Không có báo cáo nào được miễn.", "No report is exempt.")
    return Section(
        "duoc-mien",
        Text("Được miễn", "Exempt"),
        table=_reports("exempt", caption, columns, morning.exempt, rows, empty),
    )


def _changed_units(morning: Morning, view: View) -> Section:
    rows = [
        (
            _unit(row, view),
            Cell(row["unit_code"]),
            Cell(row["province_name"]),
            day(row["valid_from"]),
            Cell(_change(row)),
        )
        for row in morning.changed_units
    ]
    columns = (
        UNIT,
        UNIT_CODE,
        Column("province", PROVINCE),
        Column("since", Text("Từ ngày", "Since")),
        Column("change", Text("Thay đổi", "Change")),
    )
    caption = Text(
        "Đơn vị còn báo cáo trong kỳ mà tên, loại hoặc địa giới đã đổi sau khi kỳ bắt đầu",
        "Units with an outstanding report whose name, type or map changed after the period began",
    )
    empty = Text("Không có đơn vị nào.", "There is none.")
    heading = Text("Đơn vị đổi địa giới", "Units whose map changed")
    return Section("dia-gioi", heading, table=Table("changed-units", caption, columns, rows, empty))


def _report(row: Row, view: View) -> tuple[Cell, Cell]:
    """Unit and code; its programme and period are above the rows that share them."""
    return _unit(row, view), Cell(row["unit_code"])


def _reports(
    name: str, caption: Text, columns: tuple[Column, ...], reports: list[Row], rows: list[tuple[Cell, ...]], empty: Text
) -> Table:
    """A table of reports, below their programme and period."""
    groups = [_group(report) for report in reports]
    order = sorted(range(len(rows)), key=lambda at: groups[at])
    return Table(name, caption, columns, [rows[at] for at in order], empty, REPORT, [groups[at] for at in order])


def _group(row: Row) -> Text:
    period = terms.period(row["period"])
    return Text(f"{row['programme_name']} – {period.vi}", f"{row['programme_name']} – {period.en}")


def _unit(row: Row, view: View) -> Cell:
    agency = row.get("agency_code", DEFAULT_AGENCY)
    note = "" if agency == DEFAULT_AGENCY else Text(f"cơ quan báo cáo: {agency}", f"agency: {agency}")
    return Cell(row["unit_name"], href=view.link("/don-vi", unit=row["unit_code"]), note=note)


def _last_day(row: Row) -> Cell:
    """The day before the first instant that is late."""
    return day((row["deadline_at"] - timedelta(microseconds=1)).astimezone(ZONE).date())


def _reminder(morning: Morning, row: Row) -> Cell:
    newest = morning.reminders.get(data.key(row))
    if newest is None:
        return Cell(NOT_REMINDED)
    stage = terms.stage(newest["day_offset"], newest["day_kind"], newest["stage"])
    if newest["status"] in ("sent", "logged"):
        return Cell(
            terms.timestamp(newest["at"]),
            note=Text(
                f"{stage.vi}; {terms.ALERTS[newest['status']].vi}", f"{stage.en}; {terms.ALERTS[newest['status']].en}"
            ),
        )
    return Cell(terms.ALERTS[newest["status"]], note=stage)


def _contact(morning: Morning, row: Row) -> Cell:
    known = morning.contacts.get((row["unit_code"], row["agency_code"]))
    if known is None:
        return Cell(NO_CONTACT, shape="unmet")
    service = Text("có dịch vụ nhắn tin", "has a message service") if known["webhooks"] else ""
    return Cell(known["emails"], note=service) if known["emails"] else Cell(service)


def _error(morning: Morning, row: Row) -> Shown:
    """The first error of the newest returned file, and how many there are beside it."""
    error = morning.errors.get(data.key(row))
    if error is None or error["rule"] is None:
        return ""
    others = error["errors"] - 1
    if not others:
        return Text(error["message_vi"], error["message_en"])
    return Text(f"{error['message_vi']} (và {others} lỗi khác)", f"{error['message_en']} (and {others} more)")


def _place(error: Row) -> str:
    if error["cell"]:
        return f"{error['error_sheet']}!{error['cell']}"
    return error["error_sheet"] or (f"dòng {error['line']}" if error["line"] else "")


def _change(row: Row) -> Shown:
    if row["previous_name"]:
        return Text(f"trước đó: {row['previous_name']}", f"before: {row['previous_name']}")
    if row["former_names"]:
        return Text(f"sắp xếp từ: {row['former_names']}", f"made of: {row['former_names']}")
    return Text("đơn vị mới", "new unit")
