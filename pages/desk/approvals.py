"""What waits for the approval of the unit's leader or of the province: seen with its figures, approved or returned."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI, Response
from starlette.background import BackgroundTask

from accounts.registry import Account
from pages import terms
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import approving, mailing
from pipeline.approving import Decision
from publish.reading import approvals
from warehouse import pool
from warehouse.errors import WrongCall

ADDRESS = "/phe-duyet"
REPORT = f"{ADDRESS}/bao-cao"

TITLE = Text("Duyệt báo cáo", "Approve reports")
NOT_WAITING = Text(
    "Báo cáo này không chờ duyệt: đã được quyết định, đã có bản mới, hoặc thuộc đơn vị khác.",
    "This report waits for no approval: it was decided about, there is a newer one, or it is another unit's.",
)
DONE = {
    "approved": Text("Đã duyệt.", "Approved."),
    "returned": Text(
        "Đã trả lại; đơn vị thấy lý do ở trang Báo cáo của tôi.", "Returned; the unit sees the reason at My reports."
    ),
}
STAGES = {
    "counting": Text("trước khi tính vào số liệu", "before it counts"),
    "publication": Text("trước khi công bố", "before it is published"),
}


def add(app: FastAPI) -> None:
    """The addresses of whoever approves."""
    handling.add(app, ADDRESS, get=show)
    handling.add(app, REPORT, get=show_report, post=decide)


def show(visit: Visit) -> Response:
    with pool.connection() as connection:
        rows = approvals.waiting(connection, **_scope(visit.account))
    return visit.at(ADDRESS).page(
        "approvals.html.j2", TITLE, rows=rows, notice=DONE.get(visit.view.get("xong") or ""), stages=STAGES
    )


def show_report(visit: Visit, problem: Text | None = None) -> Response:
    stage = visit.field("stage") or visit.view.get("stage") or ""
    wanted = visit.field("submission") or visit.view.get("submission") or ""
    with pool.connection() as connection:
        row = _report(visit, approvals.waiting(connection, **_scope(visit.account)), wanted, stage)
        lines = approvals.lines(connection, row)
        warnings = approvals.warnings(connection, approvals.versions(connection, row))
    title = Text("{unit}, báo cáo {period}", "{unit}, report {period}").fill(
        unit=row["unit_name"], period=terms.period(row["period"])
    )
    return visit.at(REPORT).page(
        "approval.html.j2",
        title,
        status=400 if problem else 200,
        problem=problem,
        row=row,
        lines=lines,
        has_counted=any(line["is_changed"] for line in lines) and any(_counts(line) for line in lines),
        warnings=warnings,
        stages=STAGES,
        types=terms.SUBMISSION_TYPES,
        reason=visit.field("reason"),
        longest=approving.LONGEST_REASON,
    )


def decide(visit: Visit) -> Response:
    decision = _decision(visit.field("decision"))
    stage, reason = visit.field("stage"), visit.field("reason")
    try:
        approving.decide_on_page(visit.account, _id(visit.field("submission")), stage, decision, reason, visit.address)
    except WrongCall as error:
        return show_report(visit, Text(str(error), str(error)))
    response = visit.go(ADDRESS, xong=decision)
    response.background = BackgroundTask(mailing.try_to_mail_receipts)
    return response


def _scope(account: Account) -> dict[str, str]:
    """What the account approves: of its own unit and agency, or of its province."""
    if account.role == "province":
        return {"approver": "province", "province": account.province_code}
    return {"approver": "unit", "unit_id": account.unit_id, "agency": account.agency_code}


def _report(visit: Visit, rows: list[dict[str, Any]], wanted: str, stage: str) -> dict[str, Any]:
    """The report of which a version was named: its newest one. Raises PageError for one that does not wait."""
    with pool.connection() as connection:
        named = {"submission_id": _id(wanted), "stage": stage}
        versions = approvals.versions(connection, named)
    for row in rows:
        if row["submission_id"] in versions[-1:] and row["stage"] == stage:
            return row
    raise PageError(404, NOT_WAITING)


def _counts(line: dict[str, Any]) -> bool:
    return any(line[f"counted_{part}"] is not None for part in ("numerator", "denominator", "value"))


def _decision(given: str) -> Decision:
    if given == "approved":
        return "approved"
    if given == "returned":
        return "returned"
    raise PageError(400, NOT_WAITING)


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise PageError(404, NOT_WAITING) from None
