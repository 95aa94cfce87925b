"""An approver decides about a report that waits: from then on it counts or may be published, or it goes back.

A decision is about the whole report as it would be: the newest version that waits, and those before it that it
replaces or corrects. It is made as the gate decides, one at a time and numbered with the verdicts, so that what counts
is ordered by one number and one clock.
"""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from accounts import events, registry, remit
from accounts.events import Actor
from accounts.registry import Account
from ingest.identities import parts, patterns
from publish.reading import approvals
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.errors import WrongCall

Decision = Literal["approved", "returned"]
Row = dict[str, Any]

LONGEST_REASON = 500

DECIDE = """
insert into ops.report_approval
    (submission_id, stage, decision, reason, accepted_seq, decided_at, account_id, decided_by)
values (%(submission_id)s, %(stage)s, %(decision)s, %(reason)s,
    case when %(stage)s = 'counting' then nextval('ops.submission_verdict_accepted_seq_seq') end,
    greatest(%(now)s, (select max(decided_at) from ops.decision)), %(account_id)s, %(decided_by)s)
"""
OWN = """
select exists (
    select from ops.submission_origin as origin
    left join ops.received_mail as mail using (mail_no)
    where origin.submission_id = any(%(submissions)s)
        and (origin.account_id = %(account)s or mail.sender = %(email)s)
) or exists (
    select from ops.upload as upload
    join raw.submission as submission using (sha256)
    where upload.account_id = %(account)s and submission.submission_id = any(%(submissions)s))
"""
"""Also by a mail that somebody else accepted, and by an upload that a kill left without its origin."""

NOTHING = "Không có báo cáo nào như vậy đang chờ duyệt."
NEWER = "Đơn vị vừa gửi bản mới của báo cáo này: xin xem lại rồi quyết định."
OWN_REPORT = "Báo cáo này do chính tài khoản này nộp: người khác phải duyệt."
NO_REASON = "Xin ghi lý do trả lại, để đơn vị biết phải sửa gì."
TOO_LONG = f"Lý do dài quá {LONGEST_REASON} ký tự: xin viết ngắn lại."
PERSONAL = "Nội dung có thông tin giống thông tin cá nhân, nên chưa được lưu: xin viết lại, không nêu người cụ thể."
NO_APPROVER = "Xin ghi ai quyết định (--by), ví dụ «Chủ tịch UBND phường Đa Mai, công văn»."


def decide_on_page(
    account: Account, submission_id: UUID, stage: str, decision: Decision, reason: str, address: str | None
) -> None:
    """An account decides about a version of a report that it was shown. Raises WrongCall where it may not."""
    text = _text(reason)
    with database.exclusive("gate"), database.connect("loader") as connection:
        registry.require_unchanged(connection, account)
        waiting = _waiting(connection, submission_id, stage)
        for row in waiting:
            if not remit.may_approve(
                account, row["approver"], row["unit_id"], row["province_code"], row["agency_code"]
            ):
                raise WrongCall(NOTHING)
        if waiting[-1]["submission_id"] != submission_id:
            raise WrongCall(NEWER)
        others = [row["submission_id"] for row in waiting if not row["allows_own"]]
        values = {"account": account.account_id, "email": account.email, "submissions": others}
        own = connection.execute(OWN, values).fetchone()
        if decision == "approved" and own and own[0]:
            raise WrongCall(OWN_REPORT)
        _decide(connection, waiting, decision, text, account=account)
        actor = Actor(account.account_id, "page", address)
        detail = {"submission_id": str(submission_id), "stage": stage}
        events.add(connection, f"report_{decision}", account.account_id, actor, **detail)
    chain.take_up()


def decide_for(
    programme: str,
    period: str,
    unit: str,
    agency: str,
    stage: str,
    decision: Decision,
    reason: str,
    decided_by: str,
    version: str,
) -> None:
    """What an approver decided elsewhere, by letter. decided_by: who, and how. version: as it was listed.

    Raises WrongCall, also where a newer version has arrived since that one was listed: nobody has seen it.
    """
    text, by = _text(reason), " ".join(decided_by.split())
    if not by:
        raise WrongCall(NO_APPROVER)
    _require_no_person(by)
    with database.exclusive("gate"), database.connect("loader") as connection:
        found = approvals.waiting(connection, programme, period, unit_code=unit, agency=agency, stage=stage)
        if len(found) != 1:
            raise WrongCall(NOTHING)
        waiting = _waiting(connection, found[0]["submission_id"], stage)
        if approvals.version(waiting[-1]["submission_id"]) != version.strip().lower():
            raise WrongCall(NEWER)
        _decide(connection, waiting, decision, text, decided_by=by)
    chain.take_up()


def _waiting(connection: psycopg.Connection, submission_id: UUID, stage: str) -> Sequence[Row]:
    """All versions of the report that wait, the oldest first."""
    rows = (
        connection.cursor(row_factory=dict_row)
        .execute(approvals.OF_REPORT, {"submission_id": submission_id, "stage": stage})
        .fetchall()
    )
    if not rows:
        raise WrongCall(NOTHING)
    return rows


def _decide(
    connection: psycopg.Connection,
    waiting: Sequence[Row],
    decision: Decision,
    reason: str,
    *,
    account: Account | None = None,
    decided_by: str | None = None,
) -> None:
    if decision == "returned" and not reason:
        raise WrongCall(NO_REASON)
    values = {
        "decision": decision,
        "reason": reason or None,
        "now": clock.now(),
        "account_id": account.account_id if account else None,
        "decided_by": decided_by,
    }
    for row in waiting:
        connection.execute(DECIDE, {**values, "submission_id": row["submission_id"], "stage": row["stage"]})


def _text(reason: str) -> str:
    text = "".join(letter for letter in " ".join(reason.split()) if letter.isprintable())
    if len(text) > LONGEST_REASON:
        raise WrongCall(TOO_LONG)
    _require_no_person(text)
    return text


def _require_no_person(text: str) -> None:
    if next(parts.of_text(text, patterns.current()), None) is not None:
        raise WrongCall(PERSONAL)
