"""The text of a receipt by mail, in Vietnamese, plain and as HTML: what became of a file, and the next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts import templating
from alerts.issues import LISTED, Issue
from alerts.templating import Text
from warehouse import wording

RESULTS = {
    "accepted": "đã được nhận",
    "accepted_with_warnings": "đã được nhận, có điểm cần xem lại",
    "rejected": "bị từ chối",
}
TYPES = {"full": "Báo cáo", "correction": "Báo cáo sửa đổi", "retraction": "Đề nghị rút báo cáo"}


@dataclass(frozen=True)
class Report:
    """One report of a file with its verdict. programme_name, period: empty where the catalogue does not know them.

    addressees: whom the report goes to by the plan; contact: the office to ask. Each is empty where no row names it.
    """

    ledger_id: int
    status: str
    submission_type: str
    is_document: bool
    programme_name: str
    period: str
    unit_code: str
    unit_name: str
    agency_name: str
    addressees: str
    contact: str
    issues: tuple[Issue, ...] = ()
    needs_approval: bool = False

    @property
    def result(self) -> str:
        """Báo cáo bị từ chối."""
        return f"{TYPES[self.submission_type]} {RESULTS[self.status]}"

    @property
    def who(self) -> str:
        """Phường Đa Mai; with the agency's name where the report is not the unit's own."""
        return f"{self.unit_name} · {self.agency_name}" if self.agency_name else self.unit_name

    @property
    def errors(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.severity == "critical"]

    @property
    def warnings(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.severity != "critical"]


def compose(reports: Sequence[Report], file: str, received_at: datetime, *, takes_replies: bool = False) -> Text:
    """One message about the reports of one recipient in a file. file: its name as it may be shown.

    takes_replies: reports may be handed in by answering it.
    """
    statuses = {report.status for report in reports}
    values = {
        "reports": reports,
        "file": file,
        "received_at": received_at,
        "addressed": ", ".join(dict.fromkeys(report.who for report in reports)),
        "listed": LISTED,
        "takes_replies": takes_replies,
        "is_rejected": "rejected" in statuses,
        "has_warnings": "accepted_with_warnings" in statuses,
        "needs_approval": any(report.needs_approval for report in reports),
        "is_document": all(report.is_document for report in reports),
        "addressees": "; ".join(dict.fromkeys(report.addressees for report in reports if report.addressees)),
        "contact": "; ".join(dict.fromkeys(report.contact for report in reports if report.contact)),
    }
    return templating.render("receipt", _subject(reports), values)


def _subject(reports: Sequence[Report]) -> str:
    if len(reports) > 1:
        rejected = sum(report.status == "rejected" for report in reports)
        return f"Biên nhận {len(reports)} báo cáo" + (f", {rejected} bị từ chối" if rejected else "")
    (report,) = reports
    about = ", ".join(part for part in (report.who, report.period and wording.period(report.period)) if part)
    return f"Biên nhận: {report.result[0].lower()}{report.result[1:]}" + (f": {about}" if about else "")
