"""Completeness as of a timestamp: every report is there that is due, and none that nobody owes.

A report that is missing, late or incomplete is a warning; what cannot be true of any reporting is critical. Each broken
rule names its reports in ops.check_failure.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from expectations.checks import Counts, create_check_tables, keep, name_failures, stop_if_critical
from expectations.context import count_unexpected
from expectations.rules import Suite, severities_of
from expectations.suites import accepted_report, due_report, rpt_reporting_rates
from warehouse import database
from warehouse.as_of import set_session_as_of_unchecked

SUITES: tuple[Suite, ...] = (due_report.SUITE, accepted_report.SUITE, rpt_reporting_rates.SUITE)
SEVERITIES = severities_of(SUITES)

ALL = "select array_agg(distinct programme_code), array_agg(distinct period) from catalogue.periods"

LEVELS = """
select programme_code, period, unit_level, max(reports_due) as due, max(reports_submitted) as submitted,
    max(reports_on_time) as on_time, max(reports_accepted) as accepted, max(reports_complete) as complete
from pg_temp.due_report group by 1, 2, 3 order by 1, 2, 3
"""


@dataclass(frozen=True)
class Checked:
    """How many rows break each rule; and each programme, period and level that was checked, with its reports."""

    counts: Counts
    levels: list[dict[str, Any]]


def check(run_id: int, as_of: datetime) -> Checked:
    """What breaks each rule at `as_of`; results and names are kept under the run (ops.pipeline_run).

    The marts have been brought to the newest verdicts by a build. Raises CheckBroken when a rule cannot be trusted:
    then nothing is kept.
    """
    with database.connect("loader") as session:
        set_session_as_of_unchecked(session, as_of)
        programmes, periods = session.execute(ALL).fetchone() or ([], [])
        scope = {"programmes": programmes or [], "periods": periods or []}
        create_check_tables(session, [suite.table for suite in SUITES], as_of=as_of, **scope)
        session.commit()
        counts = count_unexpected(session, SUITES, SEVERITIES)
        keep(session, run_id, SUITES, counts, SEVERITIES)
        name_failures(session, run_id, SUITES, counts)
        levels = session.cursor(row_factory=dict_row).execute(LEVELS).fetchall()
    return Checked(counts, levels)


def stop_if_broken(checked: Checked) -> None:
    """Log what is broken; raises NotFitToPublish for a critical rule."""
    stop_if_critical(checked.counts, SEVERITIES)
