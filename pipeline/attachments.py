"""What goes with a letter, made when it is about to be sent: a reminder's forms, a receipt's marked workbook.

Letters about approvals and warnings have none: their readers see the figures on the page.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from alerts.digest import FORMS_ATTACHED, REPORTER
from alerts.message import Attachment, QueuedMessage
from pipeline import receipt_files
from publish.forms.types import Form
from publish.receipts import data as receipt_data
from publish.receipts import text as receipt_text
from warehouse import database
from warehouse.catalogue import DEFAULT_AGENCY

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

REMINDED = """
select programme_code, period, unit_id, agency_code
from ops.alert_ledger
where message_id = %s and audience = %s and stage <> 'resolved'
order by deadline_at, programme_code, period, unit_code, agency_code
"""

QUEUED = """
select distinct ledger.unit_code
from ops.alert_ledger as ledger join ops.message using (message_id)
where message.status = 'queued' and message.channel = 'email' and ledger.audience = %s
    and ledger.programme_code = %s and ledger.period = %s
"""

RECEIVED = """
select submission.submission_id, coalesce(submission.file_name, file.file_name),
    (select count(*) from raw.submission as other
        where other.sha256 = submission.sha256 and other.batch_id = submission.batch_id),
    exists (select from ops.submission_issue as issue where issue.submission_id = submission.submission_id)
from ops.receipt_ledger as ledger
join raw.submission as submission using (submission_id)
join raw.file as file using (sha256)
where ledger.message_id = %s
"""


class Attachments:
    """Files of letters. The forms of a programme and period are read once for all letters that wait."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.forms: dict[tuple[str, str], dict[tuple[str, str], Form]] = {}

    def of(self, message: QueuedMessage) -> Sequence[Attachment]:
        """The files that go with the message."""
        if message.kind in ("answer", "approval", "warning"):
            return []
        return self._of_receipt(message) if message.kind == "receipt" else list(self._of_digest(message))

    def _of_digest(self, message: QueuedMessage) -> Iterator[Attachment]:
        """The form of each report that the recipient owes; a document has none."""
        from publish.forms import workbook

        found = 0
        for programme, period, *report in self.connection.execute(REMINDED, [message.message_id, REPORTER]).fetchall():
            if (programme, period) not in self.forms:
                self.forms[programme, period] = self._forms(programme, period)
            form = self.forms[programme, period].get((report[0], report[1]))
            if form and found < FORMS_ATTACHED:
                found += 1
                yield Attachment(_name(form), workbook.render(form, {}), WORKBOOK)

    def _forms(self, programme: str, period: str) -> dict[tuple[str, str], Form]:
        """The forms of whoever has a letter waiting, by unit and agency."""
        from publish.forms import prefill, queries

        codes = {code for (code,) in self.connection.execute(QUEUED, [REPORTER, programme, period])}
        reports = [
            report
            for report in queries.scheduled(self.connection, programme, period)
            if report.unit_code in codes and report.form == "figures"
        ]
        forms = prefill.beside(self.connection, queries.forms(self.connection, programme, period, reports))
        return {(form.unit_id, form.agency_code): form for form in forms}

    def _of_receipt(self, message: QueuedMessage) -> list[Attachment]:
        """The sender's workbook with its issues marked, or else the receipt as text; nothing where nothing is wrong.

        The workbook of a file that holds reports of others goes to nobody.
        """
        rows = self.connection.execute(RECEIVED, [message.message_id]).fetchall()
        if not any(has_issues for *_, has_issues in rows):
            return []
        _, file_name, reports_in_file, _ = rows[0]
        (receipt,) = receipt_data.of_submissions([submission for submission, *_ in rows], file_name)
        name = receipt_files.short(file_name)
        if len(rows) == reports_in_file:
            (marked,) = receipt_files.marked_copies([receipt])
            if marked:
                return [Attachment(name, marked, WORKBOOK)]
        return [Attachment(f"{name}.txt", f"{receipt_text.render(receipt).plain}\n".encode(), "text/plain")]


@contextmanager
def opened() -> Iterator[Attachments]:
    """Attachments that read over a connection of their own: what goes wrong with one leaves the ledger's alone."""
    with database.connect(autocommit=True) as connection:
        yield Attachments(connection)


def _name(form: Form) -> str:
    agency = "" if form.agency_code == DEFAULT_AGENCY else f"_{form.agency_code}"
    return f"{form.programme_code}_{form.unit_code}_{form.period}{agency}.xlsx"
