"""A warning that a unit confirmed by telephone or letter is recorded by its province."""

from typing import Any

from fastapi import FastAPI, Response

from pages import access, errors
from pages.language import Text
from pages.province import forms
from pages.province.forms import Entry, Form
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import confirming
from publish.reading import warnings
from warehouse import pool
from warehouse.errors import WrongCall

Row = dict[str, Any]

ADDRESS = "/viec-cho/canh-bao"
MOST_FIELDS = 1000
KEYS = ("unit", "agency", "programme", "period")
BACK = ("/viec-cho", Text("Về Việc chờ", "Back to What waits"))
NOTHING_WAITS = Text("Báo cáo này không còn điểm nào chờ xác nhận.", "Nothing of this report waits any more.")
NOTHING_WRITTEN = Text("Chưa ghi lý do nào.", "No reason was written.")


def add(app: FastAPI) -> None:
    handling.add(app, ADDRESS, get=show, post=confirm, most_fields=MOST_FIELDS)


def show(visit: Visit, problem: Text | None = None) -> Response:
    return forms.show(visit, _form(visit, _rows(visit), problem))


def confirm(visit: Visit) -> Response:
    """The rows of `baocao warnings confirm`, one for each reason that was written."""
    rows = _rows(visit)
    reasons = {row["issue_id"]: reason for row in rows if (reason := visit.field(f"reason-{row['issue_id']}").strip())}
    if not reasons:
        return show(visit, NOTHING_WRITTEN)
    try:
        confirming.confirm_by_province(visit.account, reasons, visit.field("by"), visit.address)
    except WrongCall as error:
        return show(visit, Text(str(error), str(error)))
    return visit.go("/viec-cho", xong="1")


def _form(visit: Visit, rows: list[Row], problem: Text | None) -> Form:
    by = Entry(
        "by",
        Text("Đơn vị nào trả lời, bằng cách nào", "Which unit said so, and how"),
        visit.field("by"),
        hint=Text("ví dụ: UBND phường Đa Mai, điện thoại", "such as UBND phường Đa Mai, điện thoại"),
    )
    entries = [
        Entry(
            f"reason-{row['issue_id']}",
            Text(row["message_vi"], row["message_en"]),
            visit.field(f"reason-{row['issue_id']}"),
            hint=Text("Đúng, vì … (để trống nếu chưa trả lời)", "Right, because … (empty: no answer yet)"),
            is_required=False,
        )
        for row in rows
    ]
    lead = Text(
        "Chỉ ghi điều đơn vị đã trả lời. Lý do được lưu cùng số liệu và hiện bên cạnh số liệu; không nêu tên người. Số "
        "sai thì đơn vị nộp lại.",
        "Record only what the unit answered. The reason stays with the figure and is shown beside it; name no person. "
        "A wrong figure is handed in again by the unit.",
    )
    title = Text("Ghi xác nhận của đơn vị {unit}", "Record what unit {unit} confirmed").fill(unit=_key(visit, "unit"))
    return Form(
        ADDRESS,
        title,
        lead,
        Text("Ghi xác nhận", "Record"),
        [(None, [by, *entries])],
        hidden={name: _key(visit, name) for name in KEYS},
        problems=[problem] if problem else [],
        back=BACK,
    )


def _key(visit: Visit, name: str) -> str:
    return visit.field(name) or visit.view.get(name) or ""


def _rows(visit: Visit) -> list[Row]:
    """Raises PageError for a unit of another province, and for a report of which nothing waits."""
    with pool.connection() as connection:
        access.within_province(connection, visit.account, _key(visit, "unit"))
        found = warnings.in_force(
            connection, _key(visit, "programme"), _key(visit, "period"), visit.account.province_code, is_open=True
        )
    own = (_key(visit, "unit"), _key(visit, "agency"))
    rows = [row for row in found if (row["unit_code"], row["agency_code"]) == own]
    if not rows:
        raise errors.not_found(NOTHING_WAITS)
    return rows
