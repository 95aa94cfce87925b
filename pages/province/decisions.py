"""The page of decisions: what is in force, and every decision with its act, before and after."""

from datetime import date, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages import choices, terms
from pages.language import Shown, Text
from pages.layout import Field, Page, Section
from pages.province import classes, forms, target
from pages.province.classes import Names
from pages.tables import EMPTY, Cell, Column, Table, day, number, text
from pages.view import View
from pipeline import catalogue_decisions, deciding, planned_targets
from pipeline.deciding import Cells, Decision
from warehouse import clock, queries
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import WrongCall

Row = dict[str, Any]

ADDRESS = "/quyet-dinh"
DEADLINES = queries.load(__file__, "deadlines")
EXEMPTIONS = queries.load(__file__, "exemptions")
TARGETS = queries.load(__file__, "targets")

TITLE = Text("Quyết định về báo cáo", "Decisions about reporting")
LEAD = Text(
    "Hạn nộp được dời, đơn vị được miễn, mức kế hoạch được điều chỉnh, loại đơn vị được xác định, đầu mối được thay: "
    "mỗi việc là một quyết định, không sửa đè lên cái cũ.",
    "Deadlines that were moved, units that are exempt, targets that were revised, classes of units that were set, "
    "contacts that were replaced: each a decision, none overwritten.",
)
DONE = {
    "han": Text("Đã ghi quyết định dời hạn.", "The decision to move the deadline is recorded."),
    "mien": Text("Đã ghi quyết định miễn báo cáo.", "The decision to exempt the units is recorded."),
    "muc": Text("Đã ghi quyết định điều chỉnh mức kế hoạch.", "The decision to revise the target is recorded."),
    "loai": Text("Đã ghi quyết định xác định loại đơn vị.", "The decision to set the class of the unit is recorded."),
    "thu-hoi": Text("Đã ghi quyết định thu hồi việc miễn.", "The decision to revoke the exemption is recorded."),
}
WAITING = Text("chờ lần tổng hợp tới", "waits for the next build")
IN_FORCE = Text("đã áp dụng", "applied")
KINDS = {
    "deadline": Text("dời hạn", "deadline moved"),
    "exemption": Text("miễn báo cáo", "exemption"),
    "target": Text("mức kế hoạch", "target"),
    "class": Text("loại đơn vị", "class of a unit"),
    "contacts": Text("đầu mối", "contacts"),
}
PROGRAMME = Column("programme", Text("Chương trình, kỳ", "Programme, period"), is_heading=True)
WHO = Column("who", Text("Ai phải nộp", "Who owes"))
UNIT = Column("unit", Text("Đơn vị", "Unit"))


def make(connection: psycopg.Connection, view: View) -> Page:
    province = view.get("unit")
    rows = deciding.listed(connection, province, view.as_of or clock.now())
    names = choices.names(connection, sorted({each.unit_code for each in rows if each.unit_code}))
    notices: list[Shown] = [DONE[view.get("xong") or ""]] if view.get("xong") in DONE else []
    return Page(
        TITLE,
        LEAD,
        notices=[*notices, *_without_folder(view)],
        fields=province_fields(connection, view),
        sections=[
            _deadlines(_read(connection, DEADLINES, province), view),
            _exemptions(_read(connection, EXEMPTIONS, province), view),
            _targets(_read(connection, TARGETS, province), view),
            *classes.sections(classes.read(connection, province), view, may_decide(view)),
            _history(rows, names, classes.names(connection), view),
        ],
    )


def may_decide(view: View) -> bool:
    """Whether the page offers forms: to a province's officer, about now."""
    account = view.visitor.account if view.visitor else None
    return account is not None and account.role == "province" and view.as_of is None


def province_fields(connection: psycopg.Connection, view: View) -> list[Field]:
    """The choice of a province, for whoever reads more than one."""
    account = view.visitor.account if view.visitor else None
    if account is None or account.role != "operates":
        return []
    found = [(row["unit_code"], f"{row['unit_name']} ({row['unit_code']})") for row in choices.provinces(connection)]
    every: list[tuple[str, Shown]] = [("", Text("Cả nước", "The whole country")), *found]
    return [Field("unit", Text("Tỉnh, thành phố", "Province"), view.get("unit") or "", every)]


def _without_folder(view: View) -> list[Shown]:
    try:
        if may_decide(view):
            catalogue_decisions.require_folder()
    except WrongCall as error:
        return [str(error)]
    return []


def _read(connection: psycopg.Connection, query: str, province: str | None) -> list[Row]:
    return connection.cursor(row_factory=dict_row).execute(query.encode(), {"province": province}).fetchall()


def _report(row: Row) -> Text:
    return Text("{name}, {period}", "{name}, {period}").fill(name=row["name_vi"], period=terms.period(row["period"]))


def _who(row: Row) -> Text:
    level = terms.LEVELS.get(row["unit_level"], Text(row["unit_level"], row["unit_level"]))
    agency = "" if row["agency_code"] == DEFAULT_AGENCY else f", {row['agency_code']}"
    return Text(level.vi + agency, level.en + agency)


def _keys(row: Row) -> dict[str, str]:
    return {
        "programme": row["programme_code"],
        "period": row["period"],
        "level": row["unit_level"],
        "agency": row["agency_code"],
    }


def _deadlines(rows: list[Row], view: View) -> Section:
    offered = may_decide(view)

    def cells(row: Row) -> tuple[Cell, ...]:
        move = view.link("/quyet-dinh/han", **_keys(row), unit=row["unit_code"])
        exempt = view.link("/quyet-dinh/mien", **_keys(row))
        links = (Cell(Text("Dời hạn", "Move"), href=move), Cell(Text("Miễn", "Exempt"), href=exempt))
        return (
            Cell(_report(row)),
            Cell(_who(row)),
            text(row["unit_code"] and f"{row['unit_name']} ({row['unit_code']})"),
            day(row["last_on_time_on"], row["phrase"]),
            number(row["revision"]),
            text(row["source"]),
            *(links if offered else ()),
        )

    columns = (
        PROGRAMME,
        WHO,
        Column("unit", Text("Riêng đơn vị", "For one unit")),
        Column("last_on_time_on", Text("Hạn nộp", "Last day")),
        Column("revision", Text("Lần", "Revision"), is_number=True),
        Column("source", Text("Căn cứ", "Source")),
    )
    actions = (forms.ACTION, Column("exempt", Text("Miễn", "Exempt"), is_sortable=False)) if offered else ()
    table = Table(
        "deadlines",
        Text("Hạn nộp đang có hiệu lực", "Deadlines in force"),
        (*columns, *actions),
        [cells(row) for row in rows],
        Text("Không chương trình nào của tỉnh ghi hạn nộp.", "No programme of the province names a deadline."),
    )
    return Section("han-nop", Text("Hạn nộp", "Deadlines"), table=table)


def _exemptions(rows: list[Row], view: View) -> Section:
    offered = may_decide(view)

    def cells(row: Row) -> tuple[Cell, ...]:
        href = view.link("/quyet-dinh/mien", **_keys(row), units=row["unit_code"], revoke="1")
        return (
            Cell(f"{row['unit_name']} ({row['unit_code']})"),
            Cell(_report(row)),
            Cell(_who(row)),
            text(row["act"]),
            *((Cell(Text("Thu hồi", "Revoke"), href=href),) if offered else ()),
        )

    table = Table(
        "exemptions",
        Text("Đơn vị đang được miễn", "Units that are exempt"),
        (
            Column("unit", Text("Đơn vị", "Unit"), is_heading=True),
            Column("programme", Text("Chương trình, kỳ", "Programme, period")),
            WHO,
            Column("act", Text("Văn bản", "Act")),
            *((forms.ACTION,) if offered else ()),
        ),
        [cells(row) for row in rows],
        Text("Không đơn vị nào được miễn.", "No unit is exempt."),
    )
    return Section("duoc-mien", Text("Được miễn", "Exempt"), table=table)


def _targets(rows: list[Row], view: View) -> Section:
    offered = may_decide(view)

    def cells(row: Row) -> tuple[Cell, ...]:
        keys = ("programme_code", "indicator_code", "target_scope", "bound_unit_code", "target_year")
        href = view.link(
            target.ADDRESS, **{name: str(row[key] or "") for name, key in zip(target.KEYS, keys, strict=True)}
        )
        revise = Cell(Text("Điều chỉnh", "Revise"), href=href) if row["comparator"] != "yes" else EMPTY
        return (
            Cell(f"{row['indicator_code']}. {row['name_vi']} ({row['unit_vi']})"),
            Cell(target.whose(row["target_scope"], row["bound_unit_code"], row["unit_name"])),
            Cell(str(row["target_year"])),
            text(row["raw"]),
            day(row["valid_from"], row["act"] or ""),
            *((revise,) if offered else ()),
        )

    table = Table(
        "targets",
        Text("Mức kế hoạch đang có hiệu lực", "Targets in force"),
        (
            Column("indicator", Text("Chỉ tiêu", "Indicator"), is_heading=True),
            Column("whose", Text("Của", "Of")),
            Column("target_year", Text("Năm", "Year"), is_number=True),
            Column("raw", Text("Mức", "Target")),
            Column("valid_from", Text("Điều chỉnh từ", "Revised from")),
            *((forms.ACTION,) if offered else ()),
        ),
        [cells(row) for row in rows],
        Text("Không chương trình nào của tỉnh có mức kế hoạch.", "No programme of the province has a target."),
        Text("Chương trình", "Programme"),
        [row["programme_name"] for row in rows],
    )
    return Section("muc-ke-hoach", Text("Mức kế hoạch", "Targets"), table=table)


def _history(rows: list[Decision], names: dict[str, str], classed: Names, view: View) -> Section:
    table = Table(
        "decisions",
        Text("Các quyết định, mới nhất trước", "Decisions, the newest first"),
        (
            Column("at", Text("Ghi lúc", "Recorded at"), is_heading=True),
            Column("kind", Text("Loại", "Kind")),
            Column("about", Text("Về", "About")),
            Column("before", Text("Trước", "Before")),
            Column("after", Text("Sau", "After")),
            Column("act", Text("Văn bản", "Act")),
            Column("reason", Text("Lý do", "Reason")),
            Column("by", Text("Người ghi", "Recorded by")),
            Column("state", Text("Tình trạng", "State")),
        ),
        [_decision(each, names, classed, view) for each in rows],
        Text("Chưa có quyết định nào.", "Nothing was decided yet."),
    )
    note = Text(
        "Quyết định không sửa và không xoá được; sai thì ra quyết định mới.",
        "A decision is neither changed nor deleted; a wrong one is undone by another.",
    )
    return Section("lich-su", Text("Lịch sử", "History"), [note], table)


def _decision(each: Decision, names: dict[str, str], classed: Names, view: View) -> tuple[Cell, ...]:
    assert view.visitor is not None and view.visitor.account is not None
    unit = each.unit_code and f"{names.get(each.unit_code, '')} ({each.unit_code})".strip()
    indicator = (each.after or {}).get("indicator_code")
    about = " · ".join(filter(None, (each.programme_code, indicator, each.period, each.agency_code, unit)))
    act = each.act and each.act_on and f"{each.act} ngày {each.act_on:%d/%m/%Y} của {each.decided_by}"
    return (
        Cell(terms.timestamp(each.decided_at), value=each.decided_at.isoformat()),
        Cell(KINDS[each.kind]),
        text(about),
        Cell(described(each.kind, each.before, classed)),
        Cell(described(each.kind, each.after, classed)),
        text(act),
        text(each.reason),
        Cell(forms.recorded_by(each, view.visitor.account)),
        Cell(WAITING, shape="part") if each.is_waiting else Cell(IN_FORCE, shape="met"),
    )


def described(kind: str, cells: Cells | None, classed: Names) -> Shown:
    """What a row of the catalogue, or contacts, say. classed: the names of classes."""
    if kind == "contacts":
        found = (cells or {}).get("contacts") or []
        return "; ".join(_contact(each) for each in found) or Text("không có", "none")
    if kind == "class":
        return classes.named(cells, classed)
    if cells is None:
        return Text("không có", "none") if kind == "deadline" else Text("phải nộp", "owed")
    if kind == "exemption":
        is_revoked = str(cells.get("is_revoked") or "").lower() == "true"
        return Text("phải nộp", "owed") if is_revoked else Text("được miễn", "exempt")
    if kind == "target":
        return planned_targets.printed(cells)
    last = date.fromisoformat(str(cells["deadline_on"])) - timedelta(days=cells.get("reading") == "exclusive")
    return Text(f"hạn {last:%d/%m/%Y}", f"last day {last:%d/%m/%Y}")


def _contact(each: Cells) -> str:
    agency = "" if each["agency_code"] == DEFAULT_AGENCY else f", {each['agency_code']}"
    return f"{each['role']}{agency}: " + ", ".join(filter(None, (each["email"], each["webhook"])))
