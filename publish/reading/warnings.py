"""Warnings of accepted reports that their senders are to confirm or correct, each with what was confirmed."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

WARNINGS = """
select warning.issue_id, warning.submission_id, warning.line_id, warning.programme_code, warning.period,
    warning.unit_id, warning.unit_code, warning.agency_code, warning.indicator_code, warning.rule,
    warning.message_vi, warning.message_en, warning.warned_at, warning.reason, warning.confirmed_at,
    coalesce(account.email, warning.confirmed_by) as confirmed_by
from ops.report_warning as warning
left join ops.account as account on account.account_id = warning.account_id
where warning.is_in_force and {conditions}
order by warning.programme_code, warning.period, warning.unit_code, warning.agency_code, warning.issue_id
"""
WITHIN = """
warning.unit_id in (
    select unit.unit_id from app.org_unit as unit
    join app.org_unit as above on above.unit_id in (unit.unit_id, unit.district_id, unit.province_id)
    where above.unit_code = %(unit)s)
"""
OF_LINES = """
select warning.line_id, warning.message_vi, warning.message_en, warning.reason, warning.confirmed_at
from ops.report_warning as warning where warning.line_id = any(%s) order by warning.issue_id
"""
COUNTS = """
select warning.programme_code, warning.period, count(*)
from ops.report_warning as warning
where warning.is_in_force and warning.confirmed_at is null and warning.unit_id = %s and warning.agency_code = %s
group by 1, 2
"""


def in_force(
    connection: psycopg.Connection,
    programme: str | None = None,
    period: str | None = None,
    unit: str | None = None,
    *,
    unit_id: str | None = None,
    agency: str | None = None,
    is_open: bool = False,
) -> list[Row]:
    """Those about what reports say now. unit: of the unit and all below it. is_open: without a confirmation."""
    conditions = {
        "warning.programme_code = %(programme)s": programme,
        "warning.period = %(period)s": period,
        WITHIN: unit,
        "warning.unit_id = %(unit_id)s": unit_id,
        "warning.agency_code = %(agency)s": agency,
        "warning.confirmed_at is null": is_open,
    }
    query = WARNINGS.format(conditions=" and ".join(text for text, value in conditions.items() if value) or "true")
    values = {"programme": programme, "period": period, "unit": unit, "unit_id": unit_id, "agency": agency}
    return connection.cursor(row_factory=dict_row).execute(query.encode(), values).fetchall()


def open_counts(connection: psycopg.Connection, unit_id: str, agency: str) -> dict[tuple[str, str], int]:
    """How many wait for an answer of a unit and agency, by programme and period."""
    rows = connection.execute(COUNTS, [unit_id, agency]).fetchall()
    return {(programme, period): count for programme, period, count in rows}


def of_lines(connection: psycopg.Connection, lines: list[int], until: datetime | None) -> dict[int, list[Row]]:
    """By line. until: what was confirmed later is not known yet."""
    found: dict[int, list[Row]] = {}
    for row in connection.cursor(row_factory=dict_row).execute(OF_LINES, [lines]):
        if until is not None and row["confirmed_at"] is not None and row["confirmed_at"] > until:
            row |= {"reason": None, "confirmed_at": None}
        found.setdefault(row["line_id"], []).append(row)
    return found
