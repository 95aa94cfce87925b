"""A sender confirms a figure that the gate warned about: that it is right, and why. The row is evidence."""

from collections.abc import Mapping

import psycopg
from psycopg.rows import dict_row

from accounts import events, remit
from accounts.events import Actor
from accounts.registry import Account
from ingest.identities import parts, patterns
from ingest.identities.patterns import Scope
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.errors import WrongCall

LONGEST_REASON = 500

WARNING = "select * from ops.report_warning where issue_id = %s"
CONFIRM = """
insert into ops.warning_confirmation (issue_id, submission_id, reason, confirmed_at, account_id, confirmed_by)
values (%s, %s, %s, %s, %s, %s)
"""

PROVINCE = """
select province.unit_code from app.org_unit as unit
join app.org_unit as province on province.unit_id = unit.current_province_id where unit.unit_id = %s
"""

UNKNOWN = "Không có cảnh báo số {issue} nào cần xác nhận."
REPLACED = "Cảnh báo số {issue} là về số liệu đã được thay: không cần xác nhận nữa."
NO_REASON = "Xin ghi lý do: vì sao số liệu ấy đúng."
TOO_LONG = f"Lý do dài quá {LONGEST_REASON} ký tự: xin viết ngắn lại."
PERSONAL = "Lý do có thông tin giống thông tin cá nhân, nên chưa được lưu: xin viết lại, không nêu người cụ thể."
NO_SENDER = "Xin ghi ai xác nhận, ví dụ «UBND phường Đa Mai, điện thoại»."


def confirm_on_page(account: Account, reasons: Mapping[int, str], address: str | None) -> None:
    """All or none of an account's own warnings, by issue. Raises WrongCall where one cannot be confirmed."""
    with database.connect("loader") as connection:
        for issue_id, reason in reasons.items():
            warning = _warning(connection, issue_id)
            own = account.role in remit.REPORTING and warning["unit_id"] == account.unit_id
            if not own or warning["agency_code"] != account.agency_code:
                raise WrongCall(UNKNOWN.format(issue=issue_id))
            _confirm(connection, warning, reason, account=account)
            actor = Actor(account.account_id, "page", address)
            events.add(connection, "warning_confirmed", account.account_id, actor, issue_id=issue_id)
    chain.take_up()


def confirm_by_province(account: Account, reasons: Mapping[int, str], confirmed_by: str, address: str | None) -> None:
    """What units of the account's province confirmed by telephone, by issue; all or none of them.

    confirmed_by: which office, and how. The audit trail has the account that recorded it. Raises WrongCall.
    """
    sender = _sender(confirmed_by)
    with database.connect("loader") as connection:
        for issue_id, reason in reasons.items():
            warning = _warning(connection, issue_id)
            province = connection.execute(PROVINCE, [warning["unit_id"]]).fetchone()
            if not remit.may_decide(account) or province != (account.province_code,):
                raise WrongCall(UNKNOWN.format(issue=issue_id))
            _confirm(connection, warning, reason, confirmed_by=sender)
            actor = Actor(account.account_id, "page", address)
            events.add(connection, "warning_confirmed", account.account_id, actor, issue_id=issue_id)
    chain.take_up()


def confirm_for(issue_id: int, reason: str, confirmed_by: str) -> None:
    """What a sender confirmed elsewhere, by telephone. confirmed_by: which office, and how. Raises WrongCall."""
    sender = _sender(confirmed_by)
    with database.connect("loader") as connection:
        _confirm(connection, _warning(connection, issue_id), reason, confirmed_by=sender)
    chain.take_up()


def _sender(confirmed_by: str) -> str:
    if not confirmed_by.strip():
        raise WrongCall(NO_SENDER)
    _require_no_person(confirmed_by)
    return " ".join(confirmed_by.split())


def _warning(connection: psycopg.Connection, issue_id: int) -> dict[str, object]:
    row = connection.cursor(row_factory=dict_row).execute(WARNING, [issue_id]).fetchone()
    if row is None:
        raise WrongCall(UNKNOWN.format(issue=issue_id))
    if not row["is_in_force"]:
        raise WrongCall(REPLACED.format(issue=issue_id))
    return row


def _confirm(
    connection: psycopg.Connection,
    warning: Mapping[str, object],
    reason: str,
    *,
    account: Account | None = None,
    confirmed_by: str | None = None,
) -> None:
    text = "".join(letter for letter in " ".join(reason.split()) if letter.isprintable())
    if not text:
        raise WrongCall(NO_REASON)
    if len(text) > LONGEST_REASON:
        raise WrongCall(TOO_LONG)
    _require_no_person(text, "line")
    sender = (account.account_id if account else None, confirmed_by)
    connection.execute(CONFIRM, [warning["issue_id"], warning["submission_id"], text, clock.now(), *sender])


def _require_no_person(text: str, scope: Scope = "cell") -> None:
    """scope: a reason is about a figure, where nobody signs."""
    if next(parts.of_text(text, patterns.current(), scope), None) is not None:
        raise WrongCall(PERSONAL)
