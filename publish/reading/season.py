"""The outcome of a reporting season: scorecard, rates, missing reports, reconciliation, alerts, one figure's lines."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

SCORECARD = """
select scorecard.indicator_code, indicator_name, scorecard.unit_vi, measure, value, value_low, value_high,
       indicators.hard_min, indicators.hard_max, comparator, target_low, target_high, target_year, milestone, verdict,
       period, units_reporting, units_expected, coverage_pct, is_provisional
from rpt_provincial_scorecard as scorecard
join catalogue.indicators using (programme_code, indicator_code)
where programme_code = %s and period = %s and unit_code = %s
order by scorecard.sort_order, measure
"""
RATES = """
select obligations, submitted_pct, on_time_pct, accepted_pct, complete_pct
from marts.rpt_reporting_rates where programme_code = %s and period = %s and unit_code = %s
"""
MISSING = """
select unit_code, unit_name, status, days_late
from marts.rpt_missing_reports where programme_code = %s and period = %s order by unit_code
"""
RECONCILED = """
select indicator_code, own_value, rolled_up_value, difference, units_reporting, units_expected
from rpt_reconciliation
where programme_code = %s and period = %s and unit_code = %s
order by length(split_part(indicator_code, '.', 1)), indicator_code
"""
ALERTS = """
select channel, status, count(*) as alerts from ops.alert_ledger
where programme_code = %s and period = %s group by 1, 2 order by 1, 2
"""
TRACE = """
select line.numerator_raw, line.denominator_raw, submission.sheet, line.row_no,
       submission.part_columns ->> 'numerator' as column_name, file.file_name, submission.submission_type,
       submission.received_at
from raw.line
join raw.submission using (submission_id)
join raw.file on file.sha256 = submission.sha256
join ops.submission_verdict as verdict using (submission_id)
where submission.programme_code = %s and submission.period = %s and submission.unit_code = %s
    and line.indicator_code = %s and verdict.status <> 'rejected'
order by verdict.accepted_seq
"""


def scorecard(connection: psycopg.Connection, programme: str, period: str, unit: str) -> list[Row]:
    """The scorecard's rows of a unit, in the plan's order."""
    return _rows(connection, SCORECARD, [programme, period, unit])


def reporting_rates(connection: psycopg.Connection, programme: str, period: str, unit: str) -> list[Row]:
    """How complete the reporting below a unit is: one row."""
    return _rows(connection, RATES, [programme, period, unit])


def missing(connection: psycopg.Connection, programme: str, period: str) -> list[Row]:
    """Overdue reports, by unit."""
    return _rows(connection, MISSING, [programme, period])


def reconciliation(connection: psycopg.Connection, programme: str, period: str, unit: str) -> list[Row]:
    """A unit's own figures beside those rolled up from below."""
    return _rows(connection, RECONCILED, [programme, period, unit])


def alert_counts(connection: psycopg.Connection, programme: str, period: str) -> list[Row]:
    """How many alerts each channel has, by status."""
    return _rows(connection, ALERTS, [programme, period])


def source_lines(connection: psycopg.Connection, programme: str, period: str, unit: str, indicator: str) -> list[Row]:
    """The accepted lines of one indicator of a unit, the oldest first, with file, sheet and cell."""
    return _rows(connection, TRACE, [programme, period, unit, indicator])


def _rows(connection: psycopg.Connection, query: LiteralString, values: Sequence[str]) -> list[Row]:
    return connection.cursor(row_factory=dict_row).execute(query, values).fetchall()
