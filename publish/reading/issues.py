"""What was wrong in reports: each issue of the gate with its file, sheet, cell and value."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

ISSUES = """
select submission.received_at, submission.programme_code, submission.period, submission.unit_code,
    submission.agency_code, coalesce(submission.file_name, file.file_name) as file, issue.sheet, issue.cell,
    issue.line, issue.raw, issue.severity, issue.rule, issue.message_vi, issue.message_en,
    verdict.status as report_status, later.accepted_since, issue.submission_id,
    coalesce(warning.is_in_force, false) as needs_confirmation, warning.reason, warning.confirmed_at
from ops.submission_issue as issue
join raw.submission as submission on submission.submission_id = issue.submission_id
join raw.file as file on file.sha256 = submission.sha256
left join ops.submission_verdict as verdict on verdict.submission_id = issue.submission_id
left join lateral (
    select * from ops.report_warning as own where own.issue_id = issue.issue_id) as warning on issue.needs_confirmation
left join lateral (
    select min(again.received_at) as accepted_since
    from raw.submission as again
    join ops.submission_verdict as accepted on accepted.submission_id = again.submission_id
        and accepted.status in ('accepted', 'accepted_with_warnings')
    where (again.programme_code, again.period, again.unit_code, again.agency_code) = (
        submission.programme_code, submission.period, submission.unit_code, submission.agency_code)
        and again.received_at > submission.received_at
        and again.received_at <= coalesce(%(until)s::timestamptz, 'infinity')
) as later on verdict.status = 'rejected'
where {conditions}
order by submission.received_at desc, submission.submission_id, issue.issue_id
"""
WITHIN = """
(submission.unit_code = %(unit)s or verdict.unit_id in (
    select unit.unit_id from app.org_unit as unit
    join app.org_unit as above on above.unit_id in (unit.unit_id, unit.district_id, unit.province_id)
    where above.unit_code = %(unit)s))
"""


_UNCONFIRMED: Row = {"reason": None, "confirmed_at": None}


def of_reports(
    connection: psycopg.Connection,
    programme: str | None = None,
    unit: str | None = None,
    rule: str | None = None,
    severity: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Row]:
    """The issues of reports, the newest report first.

    unit: of the unit and all below it; also of a code that nobody has. since, until: of reports received from
    then on, until then; what was confirmed later is not known yet.
    needs_confirmation: it is about a figure in force that its sender is to confirm or correct.
    accepted_since: of a rejected report, when a later one of the same unit, agency and period was accepted.
    """
    conditions = {
        "submission.programme_code = %(programme)s": programme,
        WITHIN: unit,
        "issue.rule = %(rule)s": rule,
        "issue.severity = %(severity)s": severity,
        "submission.received_at >= %(since)s": since,
        "submission.received_at <= %(until)s": until,
    }
    query = ISSUES.format(conditions=" and ".join(text for text, value in conditions.items() if value) or "true")
    values = {"programme": programme, "unit": unit, "rule": rule, "severity": severity, "since": since, "until": until}
    rows = connection.cursor(row_factory=dict_row).execute(query.encode(), values).fetchall()
    return [
        row | _UNCONFIRMED if until and row["confirmed_at"] and row["confirmed_at"] > until else row for row in rows
    ]


def for_display(row: Row) -> Row:
    """A row for people, the place in one cell."""
    place = f"{row['sheet']}!{row['cell']}" if row["cell"] else f"dòng {row['line']}" if row["line"] else row["sheet"]
    return row | {"unit": row["unit_code"], "place": place, "value": row["raw"]}
