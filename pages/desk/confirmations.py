"""Warnings are confirmed or corrected: the sender confirms a figure with a reason, or corrects it."""

from typing import Any

from fastapi import FastAPI, Response

from pages import terms
from pages.desk import data
from pages.language import Text
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import confirming
from publish.reading import warnings
from warehouse import pool
from warehouse.errors import WrongCall

ADDRESS = "/bao-cao-cua-toi/xac-nhan"
MOST_FIELDS = 1000
ABSENT = "required_line_absent"
NOTHING_WRITTEN = Text("Chưa ghi lý do nào.", "No reason was written.")
DONE = Text("Đã ghi nhận xác nhận của đơn vị.", "What the unit confirmed is recorded.")


def add(app: FastAPI) -> None:
    """The address of the warnings of a report."""
    handling.add(app, ADDRESS, get=show, post=confirm, most_fields=MOST_FIELDS)


def show(visit: Visit, problem: Text | None = None) -> Response:
    programme = visit.view.get("programme") or visit.field("programme")
    period = visit.view.get("period") or visit.field("period")
    rows = _rows(visit, programme, period)
    return visit.at(ADDRESS).page(
        "confirmations.html.j2",
        Text("Xác nhận số liệu {period}", "Confirm figures for {period}").fill(period=terms.period(period)),
        status=400 if problem else 200,
        problem=problem,
        notice=DONE if visit.view.get("xong") else None,
        programme=programme,
        period_code=period,
        figures=[row for row in rows if row["confirmed_at"] is None and row["rule"] != ABSENT],
        absent=[row for row in rows if row["confirmed_at"] is None and row["rule"] == ABSENT],
        confirmed=[row for row in rows if row["confirmed_at"] is not None],
        given=visit.fields,
        longest=confirming.LONGEST_REASON,
    )


def confirm(visit: Visit) -> Response:
    """One reason may be for all required lines that are absent; a line's own goes before it."""
    programme, period = visit.field("programme"), visit.field("period")
    reasons = {}
    for row in _rows(visit, programme, period):
        common = visit.field("absent") if row["rule"] == ABSENT and row["confirmed_at"] is None else ""
        if reason := visit.field(f"reason:{row['issue_id']}").strip() or common.strip():
            reasons[row["issue_id"]] = reason
    if not reasons:
        return show(visit, NOTHING_WRITTEN)
    try:
        confirming.confirm_on_page(visit.account, reasons, visit.address)
    except WrongCall as error:
        return show(visit, Text(str(error), str(error)))
    return visit.go(ADDRESS, programme=programme, period=period, xong="1")


def _rows(visit: Visit, programme: str, period: str) -> list[dict[str, Any]]:
    """Raises PageError for a report that the account's unit and agency do not have."""
    account = visit.account
    with pool.connection() as connection:
        data.require_report(data.reports(connection, account), programme, period)
        return warnings.in_force(connection, programme, period, unit_id=account.unit_id, agency=account.agency_code)
