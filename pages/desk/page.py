"""The addresses of the desk: my reports, the template, uploads and their receipts, retraction."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import FastAPI, Response
from starlette.background import BackgroundTask

from pages import access
from pages.desk import accounts, approvals, confirmations, data, entry, receipts, terms
from pages.desk.data import Report
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import handling
from pages.signing_in.handling import MOST_FILES, Visit
from pipeline import drafts, mailing, receiving_together, uploads
from pipeline.uploads import Document
from publish.forms import prefill
from publish.forms import queries as form_queries
from publish.forms import workbook as form_workbook
from publish.reading import warnings
from warehouse import pool
from warehouse.catalogue import DEFAULT_AGENCY

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_REASON = 500
RECEIVED_AT_ONCE = receiving_together.MOST
"""They are received as one batch; the threads that are left serve those who only read."""

NO_FILE = Text("Chưa chọn tệp nào. Xin chọn tệp rồi bấm Nộp.", "No file was chosen. Choose one, then hand it in.")
NO_REASON = Text("Xin ghi lý do rút báo cáo.", "Write why the report is retracted.")
NOT_IN_FORCE = Text("Không có báo cáo nào đang có hiệu lực để rút.", "There is no report in force to retract.")
NO_WORKBOOK = Text("Tệp này không có bản đánh dấu lỗi.", "There is no marked copy of this file.")


def add(app: FastAPI) -> None:
    """The addresses of the desk."""
    handling.add(app, "/bao-cao-cua-toi", get=show)
    handling.add(app, "/bao-cao-cua-toi/bieu-mau", get=template)
    handling.add(app, "/bao-cao-cua-toi/nop", post=hand_in, at_once=RECEIVED_AT_ONCE)
    handling.add(app, "/bao-cao-cua-toi/rut", post=retract, at_once=RECEIVED_AT_ONCE)
    handling.add(app, "/bao-cao-cua-toi/bien-nhan/{uploads}", get=receipt)
    handling.add(app, "/bao-cao-cua-toi/tep-danh-dau/{upload}", get=marked)
    entry.add(app)
    confirmations.add(app)
    accounts.add(app)
    approvals.add(app)


def show(visit: Visit, problem: Text | None = None) -> Response:
    with pool.connection() as connection:
        found = data.reports(connection, visit.account)
        sent = data.uploads(connection, visit.account)
        begun = drafts.of_account(connection, visit.account)
        waiting = warnings.open_counts(connection, visit.account.unit_id, visit.account.agency_code)
    owed = [report for report in found if report.is_owed]
    title = Text("Báo cáo của {unit}", "Reports of {unit}").fill(unit=visit.account.unit_name)
    return visit.at("/bao-cao-cua-toi").page(
        "desk.html.j2",
        title,
        status=400 if problem else 200,
        problem=problem,
        due=sorted((report for report in owed if not report.is_done), key=_urgency),
        done=[report for report in owed if report.is_done],
        others=[report for report in found if not report.is_owed],
        sent=sent,
        drafts=begun,
        waiting=waiting,
        terms=terms,
        most_files=MOST_FILES,
    )


def template(visit: Visit) -> Response:
    """The workbook of one of the account's own reports, with the previous figures in it."""
    programme, period = visit.view.get("programme") or "", visit.view.get("period") or ""
    account = visit.account
    with pool.connection() as connection:
        data.require_report(data.reports(connection, account), programme, period)
        empty = form_queries.form(connection, programme, account.unit_code, period, account.agency_code)
        (form,) = prefill.beside(connection, [empty])
    agency = "" if account.agency_code == DEFAULT_AGENCY else f"_{account.agency_code}"
    name = f"{programme}_{account.unit_code}_{period}{agency}.xlsx"
    return _file(form_workbook.render(form, {}), name)


def hand_in(visit: Visit) -> Response:
    if not visit.files:
        return show(visit, NO_FILE)
    document = None
    if visit.field("programme"):
        document = Document(visit.field("programme"), visit.field("period"))
        with pool.connection() as connection:
            report = data.require_report(data.reports(connection, visit.account), document.programme, document.period)
        if report.form != "document":
            raise PageError(400, data.NO_REPORT)
    taken = [uploads.receive(visit.account, *file, visit.address, document) for file in visit.files]
    return _to_receipts(visit, taken)


def retract(visit: Visit) -> Response:
    programme, period, reason = visit.field("programme"), visit.field("period"), visit.field("reason").strip()
    if not reason:
        return show(visit, NO_REASON)
    with pool.connection() as connection:
        report = data.require_report(data.reports(connection, visit.account), programme, period)
    if not report.can_be_retracted:
        return show(visit, NOT_IN_FORCE)
    return _to_receipts(
        visit, [uploads.retract(visit.account, programme, period, reason[:LONGEST_REASON], visit.address)]
    )


def receipt(visit: Visit) -> Response:
    ids = [_upload_id(each) for each in visit.values["uploads"].split(",")[:MOST_FILES]]
    with pool.connection() as connection:
        for upload_id in ids:
            access.require_upload(connection, visit.account, upload_id)
        found = [data.upload(connection, upload_id) for upload_id in ids]
    shown = [receipts.of(upload, uploads.receipt(upload["upload_id"]), visit.view) for upload in found]
    title = Text("Biên nhận", "Receipt") if len(shown) == 1 else Text("Biên nhận các tệp", "Receipts")
    return visit.page("receipts.html.j2", title, receipts=shown, most_files=MOST_FILES)


def marked(visit: Visit) -> Response:
    upload_id = _upload_id(visit.values["upload"])
    with pool.connection() as connection:
        access.require_upload(connection, visit.account, upload_id)
        upload = data.upload(connection, upload_id)
    workbook = uploads.marked_workbook(upload_id)
    if workbook is None:
        raise PageError(404, NO_WORKBOOK)
    return _file(workbook, upload["file_name"])


def _to_receipts(visit: Visit, taken: Sequence[UUID]) -> Response:
    """The receipts on a page of their own, which can be opened again; by mail they go out after the answer."""
    response = visit.go(f"/bao-cao-cua-toi/bien-nhan/{','.join(map(str, taken))}")
    response.background = BackgroundTask(mailing.try_to_mail_receipts)
    return response


def _urgency(report: Report) -> tuple[bool, int]:
    return report.days_left is None, report.days_left or 0


def _upload_id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise PageError(404, Text("Không có biên nhận này.", "There is no such receipt.")) from None


def _file(content: bytes, name: str) -> Response:
    """A download. The plain name is for old browsers, the other one has its letters (RFC 6266)."""
    from urllib.parse import quote

    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_. ") else "_" for letter in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=WORKBOOK, headers={"Content-Disposition": disposition})
