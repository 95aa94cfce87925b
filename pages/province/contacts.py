"""The contacts of a province's units: who is written to, and a file that replaces them."""

import base64
from collections.abc import Sequence
from typing import Any

import psycopg
from fastapi import FastAPI, Response
from psycopg.rows import dict_row

from alerts.contacts import Refusal
from pages.language import Shown, Text
from pages.layout import Page, Section
from pages.province import decisions, forms
from pages.province.forms import Entry, Form
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pages.tables import Cell, Column, Table, text
from pages.view import View
from pipeline import contact_changes
from pipeline.contact_changes import Planned
from warehouse import queries
from warehouse.errors import BaocaoError

ADDRESS = "/dau-moi"
FILE, UNIT = f"{ADDRESS}/tep", f"{ADDRESS}/don-vi"
LISTED = queries.load(__file__, "contacts")

TITLE = Text("Đầu mối của các đơn vị", "Contacts of the units")
LEAD = Text(
    "Địa chỉ nhận thư nhắc và biên nhận của từng đơn vị. Chỉ địa chỉ của cơ quan, không số điện thoại.",
    "Where reminders and receipts of each unit go. Addresses of offices, no telephone numbers.",
)
DONE = Text("Đã thay đầu mối của {n} đơn vị.", "The contacts of {n} units were replaced.")
BACK = (ADDRESS, Text("Về Đầu mối", "Back to Contacts"))
ROLES = {
    "reporter": Text("nơi báo cáo", "reporter"),
    "supervisor": Text("cấp trên trực tiếp", "level above"),
    "owner": Text("chủ chương trình", "owner of the programme"),
}
NO_FILE = Text("Chưa chọn tệp nào.", "No file was chosen.")
NOTHING = Text("Không có gì thay đổi.", "Nothing would change.")


def add(app: FastAPI) -> None:
    """The form for a file; the page itself is a reading page."""
    handling.add(app, FILE, get=show_file, post=take_file)


def make(connection: psycopg.Connection, view: View) -> Page:
    province = view.get("unit")
    rows = connection.cursor(row_factory=dict_row).execute(LISTED.encode(), {"province": province}).fetchall()
    done = view.get("xong") or ""
    offered = decisions.may_decide(view)
    links = [(view.link(FILE), Text("Nộp tệp CSV", "Hand in a CSV file"))] if offered else []
    return Page(
        TITLE,
        LEAD,
        notices=[DONE.fill(n=done)] if done.isdecimal() else [],
        fields=decisions.province_fields(connection, view),
        has_date=False,
        sections=[
            Section(
                "dau-moi",
                Text("Đầu mối hiện nay", "Contacts now"),
                table=_table(rows, view, offered),
                links=links,
            )
        ],
    )


def _table(rows: list[dict[str, Any]], view: View, offered: bool) -> Table:
    def cells(row: dict[str, Any]) -> tuple[Cell, ...]:
        href = view.link(UNIT, unit=row["unit_code"])
        return (
            Cell(f"{row['unit_name']} ({row['unit_code']})"),
            Cell(ROLES[row["role"]]) if row["role"] else Cell(Text("chưa có", "none yet"), shape="unmet"),
            text(row["agency_code"]),
            text(row["email"]),
            text(row["webhook"] and contact_changes.fingerprint(row["webhook"])),
            *((Cell(Text("Sửa", "Change"), href=href),) if offered else ()),
        )

    return Table(
        "contacts",
        Text("Đầu mối theo đơn vị", "Contacts by unit"),
        (
            Column("unit", Text("Đơn vị", "Unit"), is_heading=True),
            Column("role", Text("Vai trò", "Role")),
            Column("agency", Text("Cơ quan", "Agency")),
            Column("email", Text("Thư điện tử", "E-mail")),
            Column("webhook", Text("Kênh nhắn tin", "Message service")),
            *((forms.ACTION,) if offered else ()),
        ),
        [cells(row) for row in rows],
        Text("Không có đơn vị nào.", "There is no unit."),
    )


def show_file(visit: Visit, problems: Sequence[Shown] = ()) -> Response:
    return forms.show(visit, _file_form(problems))


def take_file(visit: Visit) -> Response:
    """Shows what the file changes and which rows are refused, and replaces once that was confirmed."""
    name, content = _handed_in(visit)
    if visit.field("step") == "sua":
        return show_file(visit)
    if not name:
        return show_file(visit, [NO_FILE])
    try:
        if forms.is_confirmed(visit):
            done = contact_changes.replace(visit.account, name, content, visit.field("seen"))
            return visit.go(ADDRESS, xong=str(done.units))
        planned = contact_changes.plan(visit.account, name, content)
    except BaocaoError as error:
        return show_file(visit, [Text(str(error), str(error))])
    if not planned.after:
        return show_file(visit, [*_refused(planned.refused), NOTHING])
    hidden = {"name": name, "content": base64.b64encode(content).decode(), "seen": planned.seen}
    return forms.show(visit, _file_form(()).to_confirm(_changes(planned), **hidden))


def _file_form(problems: Sequence[Shown]) -> Form:
    hint = Text(
        "Cột: unit_code, agency, role, email, webhook; dấu phẩy hoặc chấm phẩy, UTF-8, tối đa 100 kB.",
        "Columns: unit_code, agency, role, email, webhook; commas or semicolons, UTF-8, at most 100 kB.",
    )
    lead = Text(
        "Tệp thay đầu mối của các đơn vị có trong tệp; đơn vị khác giữ nguyên. Dòng sai không được nhận, và đơn vị ấy "
        "giữ đầu mối cũ.",
        "The file replaces the contacts of the units that it names; others stay. A wrong row is refused, and its unit "
        "keeps the contacts that it has.",
    )
    entry = Entry("file", Text("Tệp CSV", "CSV file"), kind="file", hint=hint)
    title = Text("Thay đầu mối bằng tệp", "Replace contacts by a file")
    button = Text("Xem thay đổi", "See what will change")
    return Form(FILE, title, lead, button, [(None, [entry])], problems=list(problems), back=BACK)


def _handed_in(visit: Visit) -> tuple[str, bytes]:
    """The file, or what the confirmation carries of it."""
    if visit.files:
        return visit.files[0]
    try:
        return visit.field("name"), base64.b64decode(visit.field("content"), validate=True)
    except ValueError:
        return "", b""


def _refused(refused: Sequence[Refusal]) -> list[Shown]:
    stated = Text("Không nhận dòng {line}: {reason}.", "Row {line} is refused: {reason}.")
    return [stated.fill(line=each.line, reason=each.reason) for each in refused]


def _changes(planned: Planned) -> list[Shown]:
    added = sum(len(set(after) - set(planned.before[unit])) for unit, after in planned.after.items())
    removed = sum(len(set(before) - set(planned.after[unit])) for unit, before in planned.before.items())
    head = Text(
        "{n} đơn vị đổi đầu mối: {units}; thêm {added} địa chỉ, bỏ {removed}",
        "{n} units get other contacts: {units}; {added} added, {removed} removed",
    ).fill(n=len(planned.after), units=", ".join(planned.after), added=added, removed=removed)
    same = Text("{n} đơn vị trong tệp giữ nguyên", "{n} units of the file stay as they are").fill(n=planned.unchanged)
    return [head, *([same] if planned.unchanged else []), *_refused(planned.refused)]
