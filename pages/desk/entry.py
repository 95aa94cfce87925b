"""The form as a page: a report is typed in the browser, checked by the gate, kept as a draft, handed in."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import psycopg
from fastapi import FastAPI, Response
from starlette.background import BackgroundTask

from pages import terms
from pages.desk import data
from pages.desk.entry_view import Group, groups, summary
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import data_entry, drafts, mailing, uploads
from pipeline.data_entry import FIELDS, Finding, InForce, Texts
from publish.forms import prefill
from publish.forms import queries as form_queries
from publish.forms.types import Form
from publish.forms.workbook import Field
from warehouse import pool

ADDRESS = "/bao-cao-cua-toi/nhap"
MOST_FIELDS = 2000
"""Four fields a line; the longest plan has some hundred lines."""
LONGEST_FIELD = 500
LONGEST_NOTE = 5000
"""A note of a file may be long; what the form writes anew is kept as short as a figure's field."""
CHECKED_AT_ONCE = 2

NO_FORM = Text("Đơn vị không có biểu nhập của báo cáo này.", "The unit has no such form.")
TOO_LONG = Text(
    f"Có ô dài quá {LONGEST_FIELD} ký tự. Ô số liệu chỉ ghi số; ghi chú xin viết ngắn lại.",
    f"A field is longer than {LONGEST_FIELD} characters. Fields take figures; make the note shorter.",
)
SAVED = Text("Đã lưu nháp lúc {at}. Báo cáo chưa được nộp.", "Draft saved at {at}. The report is not handed in yet.")
RESTORED = Text(
    "Đang mở bản nháp lưu lúc {at}. Báo cáo chưa được nộp.",
    "This is the draft of {at}. The report is not handed in yet.",
)
DELETED = Text("Đã bỏ bản nháp.", "The draft is gone.")
MOVED_ON = Text(
    "Sau khi mở trang này, báo cáo đã có bản mới được nhận. Các dòng khác với bản ấy có ghi số đã nhận ở bên dưới: "
    "xin xem lại rồi bấm lần nữa.",
    "A newer report was accepted after this page was opened. Lines that differ from it show what was accepted: look "
    "at them, then press again.",
)
NO_CHANGE = Text(
    "Các số này đúng như báo cáo đã được nhận: không có gì để nộp.",
    "These are the figures of the accepted report: there is nothing to hand in.",
)
NOTHING = Text("Chưa ghi số nào.", "Nothing is filled in yet.")
NO_FAULT = Text(
    "Không thấy lỗi nào. Bấm «{button}» để nộp.", "No mistake was found. Press “{button}” to hand the report in."
)
LOOK_AGAIN = Text(
    "Chưa nộp: có {count} điểm nên xem lại, ghi ở dưới. Nếu các số ấy đúng, bấm «{button}».",
    "Not handed in yet: {count} points below should be looked at. If the figures are right press “{button}”.",
)
WRONG = Text(
    "Chưa nộp: có {count} chỗ phải sửa, ghi ở dưới.", "Not handed in yet: {count} things below have to be corrected."
)
PERSONAL = Text(
    "Có thông tin giống thông tin cá nhân, nên chưa lưu và chưa nộp gì. Xin xoá thông tin ấy: báo cáo chỉ ghi số liệu "
    "tổng hợp.",
    "Something looks like personal data, so nothing was saved or handed in. Remove it: reports hold totals only.",
)
HAND_IN = Text("Nộp báo cáo", "Hand in the report")
HAND_IN_AGAIN = Text("Nộp bản sửa", "Hand in the correction")


@dataclass(frozen=True)
class Opened:
    """A form with what is in its fields. based_on: the newest accepted submission when its page was opened."""

    form: Form
    known: InForce
    texts: Texts
    based_on: UUID | None
    draft_at: datetime | None = None
    findings: Sequence[Finding] = field(default=())

    @property
    def button(self) -> Text:
        return HAND_IN_AGAIN if self.known.is_complete else HAND_IN

    @property
    def keys(self) -> tuple[str, str]:
        return self.form.programme_code, self.form.period

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.severity == "critical"]

    @property
    def warnings_seen(self) -> str:
        """What a form carries so that its sender has seen these warnings: other ones are shown first."""
        shown = sorted(map(repr, self.findings))
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16] if shown else ""


def add(app: FastAPI) -> None:
    """The address of the form."""
    handling.add(app, ADDRESS, get=show, post=take, at_once=CHECKED_AT_ONCE, most_fields=MOST_FIELDS)


def show(visit: Visit) -> Response:
    programme, period = visit.view.get("programme") or "", visit.view.get("period") or ""
    with pool.connection() as connection:
        form, known = _form(connection, visit, programme, period)
        draft = drafts.find(connection, visit.account, programme, period)
    if draft is None:
        notice = DELETED if visit.view.get("xong") == "bo" else None
        return _page(visit, Opened(form, known, known.texts, known.newest), notice=notice)
    text = SAVED if visit.view.get("xong") == "luu" else RESTORED
    opened = Opened(form, known, draft.fields, draft.based_on, draft.saved_at)
    problem = MOVED_ON if draft.based_on != known.newest else None
    return _page(visit, opened, problem, notice=text.fill(at=terms.timestamp(draft.saved_at)))


def take(visit: Visit) -> Response:
    """What the buttons do; each but the last two keeps what is typed: save, check, hand in, and discard the draft."""
    programme, period = visit.field("programme"), visit.field("period")
    action, _, group = visit.field("action").partition(":")
    with pool.connection() as connection:
        form, known = _form(connection, visit, programme, period)
        if action == "bo":
            drafts.delete(connection, visit.account, programme, period)
            return visit.go(ADDRESS, programme=programme, period=period, xong="bo")
    opened = Opened(form, known, _typed(visit, form), _id(visit.field("based_on")))
    if action in ("kiem-tra", "nop"):
        return _checked(visit, opened, is_final=action == "nop")
    if personal := data_entry.personal_data(data_entry.Entry(form, opened.texts)):
        return _page(visit, _with(opened, personal), PERSONAL)
    _save(visit, opened)
    response = visit.go(ADDRESS, programme=programme, period=period, xong="luu")
    if group.isdecimal():
        response.headers["location"] += f"#muc-{group}"
    return response


def _checked(visit: Visit, opened: Opened, *, is_final: bool) -> Response:
    """The form again with what the gate says of it; handed in where it finds nothing more."""
    given = data_entry.entry(opened.form, opened.texts, opened.known)
    if given is None or not opened.texts:
        return _page(visit, opened, NOTHING if given else NO_CHANGE)
    opened = _with(opened, data_entry.check(given))
    if any(each.is_personal for each in opened.findings):
        return _page(visit, opened, PERSONAL)
    _save(visit, opened)
    count = len(opened.errors)
    if count:
        return _page(visit, opened, WRONG.fill(count=count))
    if opened.based_on != opened.known.newest:
        return _page(visit, opened, MOVED_ON)
    if not is_final or visit.field("seen") != opened.warnings_seen:
        if opened.findings:
            text = LOOK_AGAIN.fill(count=len(opened.findings), button=opened.button)
            return _page(visit, opened, text, status=200)
        if not is_final:
            return _page(visit, opened, notice=NO_FAULT.fill(button=opened.button))
    upload_id = data_entry.hand_in(visit.account, given, visit.address)
    receipt = uploads.receipt(upload_id)
    if receipt is not None and receipt.status != "rejected":
        with pool.connection() as connection:
            drafts.delete(connection, visit.account, *opened.keys)
    response = visit.go(f"/bao-cao-cua-toi/bien-nhan/{upload_id}")
    response.background = BackgroundTask(mailing.try_to_mail_receipts)
    return response


def _page(
    visit: Visit, opened: Opened, problem: Text | None = None, *, notice: Text | None = None, status: int | None = None
) -> Response:
    shown: list[Group] = groups(opened.form, opened.texts, opened.known, opened.findings)
    title = Text("Nhập báo cáo {period}", "Report for {period}").fill(period=terms.period(opened.form.period))
    return visit.at(ADDRESS).page(
        "entry.html.j2",
        title,
        status=status or (400 if problem and visit.fields else 200),
        problem=problem,
        notice=notice,
        form=opened.form,
        groups=shown,
        summary=summary(shown, opened.findings),
        known=opened.known,
        # only who was shown the newer report goes on from it
        based_on=(opened.known.newest if problem is MOVED_ON else opened.based_on) or "",
        seen=opened.warnings_seen,
        draft_at=opened.draft_at,
        button=opened.button,
        longest=LONGEST_FIELD,
    )


def _form(connection: psycopg.Connection, visit: Visit, programme: str, period: str) -> tuple[Form, InForce]:
    """Raises PageError for a report that the account's unit and agency do not have, and for one without figures."""
    account = visit.account
    report = data.require_report(data.reports(connection, account), programme, period)
    if report.form != "figures":
        raise PageError(404, NO_FORM)
    empty = form_queries.form(connection, programme, account.unit_code, period, account.agency_code)
    (form,) = prefill.beside(connection, [empty])
    return form, data_entry.in_force(connection, account, programme, period)


def _typed(visit: Visit, form: Form) -> dict[str, dict[Field, str]]:
    """What is in the fields, without blanks around it and without empty ones."""
    texts: dict[str, dict[Field, str]] = {}
    for line in form.lines:
        for name in FIELDS:
            if text := visit.field(f"{name}:{line.code}").replace("\x00", "\N{REPLACEMENT CHARACTER}").strip():
                if len(text) > (LONGEST_NOTE if name == "note" else LONGEST_FIELD):
                    raise PageError(400, TOO_LONG)
                texts.setdefault(line.code, {})[name] = text
    return texts


def _save(visit: Visit, opened: Opened) -> None:
    with pool.connection() as connection:
        drafts.save(connection, visit.account, *opened.keys, opened.texts, opened.based_on)


def _with(opened: Opened, findings: Sequence[Finding]) -> Opened:
    return Opened(opened.form, opened.known, opened.texts, opened.based_on, opened.draft_at, findings)


def _id(given: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(given)
    return None
