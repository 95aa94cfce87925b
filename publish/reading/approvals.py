"""Reports that wait for their approver, and what was decided: of now, and not of the last build."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from warehouse import queries

Row = dict[str, Any]

WAITING = queries.load(__file__, "awaiting_approval")
LINES = queries.load(__file__, "awaiting_lines")
VERSION_DIGITS = 12

OF_REPORT = """
select version.submission_id, version.stage, version.approver, version.allows_own, version.unit_id,
    version.agency_code, provinces.unit_code as province_code
from ops.awaiting_approval as version
join ops.awaiting_approval as chosen using (programme_code, period, unit_id, agency_code, stage)
left join app.org_unit as units on units.unit_id = version.unit_id
left join app.org_unit as provinces on provinces.unit_id = units.current_province_id
where chosen.submission_id = %(submission_id)s and chosen.stage = %(stage)s order by version.accepted_seq
"""
"""All versions that wait of the report of which one is named, the oldest first."""

WARNINGS = """
select issue.issue_id, issue.message_vi, issue.message_en, warning.reason, warning.confirmed_at
from ops.submission_issue as issue
left join ops.report_warning as warning using (issue_id)
where issue.submission_id = any(%s) and issue.severity = 'warning' and warning.is_in_force is not false
order by issue.issue_id
"""
DECIDED = """
select approval.submission_id, submission.programme_code, programme.name_vi as programme_name, submission.period,
    verdict.unit_id, submission.unit_code, submission.agency_code, submission.submission_type, submission.received_at,
    approval.stage, approval.decision, approval.reason, approval.decided_at,
    coalesce(account.email, approval.decided_by) as decided_by
from ops.report_approval as approval
join raw.submission as submission using (submission_id)
join ops.submission_verdict as verdict using (submission_id)
join catalogue.programmes as programme using (programme_code)
left join ops.account as account on account.account_id = approval.account_id
where {conditions} order by approval.approval_id desc limit {limit}
"""
NOT_TO_PUBLISH = """
select programme_code, period, unit_code, agency_code, is_returned from (
    select distinct on (version.period, version.unit_id, version.agency_code)
        version.programme_code, version.period, version.unit_code, version.agency_code,
        approval.decision is not distinct from 'returned' as is_returned,
        request.submission_id is not null and approval.decision is distinct from 'approved' as is_blocked
    from ops.report_version as version
    left join ops.approval_request as request
        on request.submission_id = version.submission_id and request.stage = 'publication'
    left join ops.report_approval as approval
        on approval.submission_id = version.submission_id and approval.stage = 'publication'
    where version.programme_code = %s and version.period = any(%s) and version.is_counted
    order by version.period, version.unit_id, version.agency_code, version.accepted_seq desc
) as newest
where is_blocked order by period, unit_code, agency_code
"""
"""Only the newest version of a report that counts: what it replaced is not published."""

REQUIRED_BEFORE_PUBLICATION = """
select exists (
    select from ops.approval_request join raw.submission using (submission_id)
    where stage = 'publication' and programme_code = %s and period = any(%s))
"""

CONDITIONS = {
    "programme": "version.programme_code = %(programme)s",
    "period": "version.period = %(period)s",
    "unit_code": "version.unit_code = %(unit_code)s",
    "unit_id": "version.unit_id = %(unit_id)s",
    "agency": "version.agency_code = %(agency)s",
    "stage": "version.stage = %(stage)s",
    "approver": "version.approver = %(approver)s",
    "province": "provinces.unit_code = %(province)s",
    "within": """%(within)s in (
        select above.unit_code from app.org_unit as above
        where above.unit_id in (units.unit_id, units.district_id, units.province_id))""",
}


def waiting(
    connection: psycopg.Connection, programme: str | None = None, period: str | None = None, **others: str | None
) -> list[Row]:
    """One row per report and stage that waits, with its newest version; the one that has waited longest first.

    others: unit_code, unit_id, agency, stage, approver, province (its code) and within (the unit and all below it).
    """
    values = {name: value for name, value in ({"programme": programme, "period": period} | others).items() if value}
    conditions = " and ".join(CONDITIONS[name] for name in values) or "true"
    query = WAITING.replace("{conditions}", conditions)
    return connection.cursor(row_factory=dict_row).execute(query.encode(), values).fetchall()


def version(submission_id: UUID) -> str:
    """How a version is named where people type it: the first digits of its id, enough among those that wait."""
    return submission_id.hex[:VERSION_DIGITS]


def lines(connection: psycopg.Connection, report: Row) -> list[Row]:
    """What the report will say if it is approved, line by line, beside what counts now."""
    return connection.cursor(row_factory=dict_row).execute(LINES.encode(), report).fetchall()


def versions(connection: psycopg.Connection, report: Row) -> list[UUID]:
    """The submissions that a decision about the report is about, the oldest first."""
    rows = connection.cursor(row_factory=dict_row).execute(OF_REPORT, report).fetchall()
    return [row["submission_id"] for row in rows]


def warnings(connection: psycopg.Connection, submissions: list[UUID]) -> list[Row]:
    """The warnings of these submissions, with what their sender confirmed."""
    return connection.cursor(row_factory=dict_row).execute(WARNINGS, [submissions]).fetchall()


def not_to_publish(connection: psycopg.Connection, programme: str, periods: Sequence[str]) -> list[Row]:
    """Reports in these figures that need an approval before publication and do not have it."""
    query = connection.cursor(row_factory=dict_row).execute(NOT_TO_PUBLISH, [programme, list(periods)])
    return query.fetchall()


def is_required_before_publication(connection: psycopg.Connection, programme: str, periods: Sequence[str]) -> bool:
    """Whether any report of these periods needs an approval before publication."""
    row = connection.execute(REQUIRED_BEFORE_PUBLICATION, [programme, list(periods)]).fetchone()
    return bool(row and row[0])


def decided(
    connection: psycopg.Connection, *, unit_id: str | None = None, agency: str | None = None, limit: int = 50
) -> list[Row]:
    """The newest decisions first."""
    conditions = "(%s::text is null or verdict.unit_id = %s) and (%s::text is null or submission.agency_code = %s)"
    query = DECIDED.format(conditions=conditions, limit=int(limit))
    return (
        connection.cursor(row_factory=dict_row).execute(query.encode(), [unit_id, unit_id, agency, agency]).fetchall()
    )
