"""What the desk reads: the reports of a unit and agency as they are now, and what was uploaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.rows import class_row, dict_row

from accounts.registry import Account
from pages.errors import PageError
from pages.language import Text
from warehouse import clock, queries
from warehouse.clock import ZONE

REPORTS = queries.load(__file__, "reports")
UPLOADS = queries.load(__file__, "uploads")
UPLOAD = """
select upload_id, file_name, uploaded_at, status, reason_vi, reason_en from ops.upload where upload_id = %s
"""

NO_REPORT = Text("Đơn vị không có báo cáo này.", "The unit has no such report.")

EXEMPT = "exempt by "
"""What the reason of an exempt report begins with; the act follows."""

State = Literal[
    "exempt",
    "accepted",
    "awaiting_approval",
    "awaiting_beside_accepted",
    "returned",
    "returned_beside_accepted",
    "returned_by_approver",
    "returned_by_approver_beside_accepted",
    "withdrawn",
    "overdue",
    "open",
]


@dataclass(frozen=True)
class Report:
    """A report that may be sent. status, submission_type, received_at: of the newest file about it that was checked.

    accepted_type, accepted_received_at: of the newest that counts. returned_reason: of the approver.
    is_awaiting_approval: an accepted one waits; is_returned_by_approver: the newest accepted one was returned.
    """

    programme_code: str
    programme_name: str
    period: str
    form: str
    is_owed: bool
    feeds_rollup: bool
    reason: str | None
    deadline_at: datetime | None
    deadline_phrase_vi: str | None
    kind: str
    status: str | None
    submission_type: str | None
    received_at: datetime | None
    accepted_type: str | None
    accepted_received_at: datetime | None
    approval_due_at: datetime | None = None
    is_awaiting_approval: bool = False
    returned_reason: str | None = None
    is_returned_by_approver: bool = False

    @property
    def last_day(self) -> date | None:
        """The last day on which it is in time: the deadline is the first instant that is too late."""
        return self.deadline_at and (self.deadline_at.astimezone(ZONE) - timedelta(microseconds=1)).date()

    @property
    def days_left(self) -> int | None:
        """Until and with the last day; negative after it."""
        return None if self.last_day is None else (self.last_day - clock.now().astimezone(ZONE).date()).days

    @property
    def state(self) -> State:
        is_in_force = self.accepted_type not in (None, "retraction")
        if self.status == "rejected":
            return "returned_beside_accepted" if is_in_force else "returned"
        if self.is_awaiting_approval:
            return "awaiting_beside_accepted" if is_in_force else "awaiting_approval"
        if self.is_returned_by_approver:
            return "returned_by_approver_beside_accepted" if is_in_force else "returned_by_approver"
        if is_in_force:
            return "accepted"
        if self.accepted_type == "retraction":
            return "withdrawn"
        if (self.reason or "").startswith(EXEMPT):
            return "exempt"
        return "overdue" if self.is_owed and self.days_left is not None and self.days_left < 0 else "open"

    @property
    def is_done(self) -> bool:
        return self.state in ("accepted", "awaiting_approval", "awaiting_beside_accepted")

    @property
    def can_be_retracted(self) -> bool:
        return self.form == "figures" and (
            self.state in ("accepted", "returned_beside_accepted", "returned_by_approver_beside_accepted")
            or self.is_awaiting_approval
        )


def reports(connection: psycopg.Connection, account: Account) -> list[Report]:
    """Those of periods that have begun, the latest deadline first."""
    values = {
        "unit_id": account.unit_id,
        "agency": account.agency_code,
        "today": clock.now().astimezone(ZONE).date(),
    }
    return connection.cursor(row_factory=class_row(Report)).execute(REPORTS.encode(), values).fetchall()


def require_report(found: Sequence[Report], programme: str, period: str) -> Report:
    """Raises PageError for a report that the account's unit and agency do not have."""
    for report in found:
        if (report.programme_code, report.period) == (programme, period):
            return report
    raise PageError(404, NO_REPORT)


def uploads(connection: psycopg.Connection, account: Account) -> list[dict[str, Any]]:
    """What people of the unit and agency uploaded, at most 50."""
    values = {"unit_id": account.unit_id, "agency": account.agency_code}
    return connection.cursor(row_factory=dict_row).execute(UPLOADS.encode(), values).fetchall()


def upload(connection: psycopg.Connection, upload_id: UUID) -> dict[str, Any]:
    """One upload, which is there."""
    row = connection.cursor(row_factory=dict_row).execute(UPLOAD, [upload_id]).fetchone()
    assert row is not None
    return row
