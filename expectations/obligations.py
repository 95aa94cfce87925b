"""Completeness at a moment: every report is there that is due, and none that nobody owes.

A report that is missing, late or incomplete is a warning; what cannot be true of any reporting is critical. Each broken
rule names its reports in ops.check_failure.
"""

from datetime import datetime

from expectations.context import count_unexpected
from expectations.layout import Counts, keep, lay_out, name_failures, stop_if_critical
from expectations.rules import Suite, severities_of
from expectations.suites import accepted_report, due_report, rpt_reporting_rates
from warehouse import database, moments
from warehouse.clock import ZONE

SUITES: tuple[Suite, ...] = (due_report.SUITE, accepted_report.SUITE, rpt_reporting_rates.SUITE)
SEVERITIES = severities_of(SUITES)

ALL = "select array_agg(distinct programme_code), array_agg(distinct period) from catalogue.periods"


def check(run_id: int, moment: datetime) -> Counts:
    """How many rows break each rule at `moment`; results and names are kept under the run (ops.pipeline_run).

    The marts have been brought to the newest verdicts by a build. Raises CheckBroken when a rule cannot be trusted:
    then nothing is kept.
    """
    with database.connect("loader") as session:
        moments.set_moment(session, moment)
        programmes, periods = session.execute(ALL).fetchone() or ([], [])
        scope = {"programmes": programmes or [], "periods": periods or []}
        lay_out(
            session, [suite.table for suite in SUITES], moment=moment, today=moment.astimezone(ZONE).date(), **scope
        )
        session.commit()
        counts = count_unexpected(session, SUITES, SEVERITIES)
        keep(session, run_id, counts, SEVERITIES)
        name_failures(session, run_id, SUITES, counts)
    return counts


def judge(counts: Counts) -> None:
    """Log what is broken; raises NotFitToPublish for a critical rule."""
    stop_if_critical(counts, SEVERITIES)
