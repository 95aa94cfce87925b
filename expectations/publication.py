"""The second door: what a build has made is checked before anybody reads it."""

from expectations.checks import keep, lay_out, stop_if_critical
from expectations.context import count_unexpected
from expectations.rules import Suite, severities_of
from expectations.suites import (
    conserved_sum,
    fct_indicator_rollup,
    fct_report_obligation,
    fct_reported_value,
    fct_score,
    fct_target_progress,
    rpt_reporting_rates,
    rpt_score_ranking,
)
from warehouse import database

SUITES: tuple[Suite, ...] = (
    fct_indicator_rollup.SUITE,
    conserved_sum.SUITE,
    fct_target_progress.SUITE,
    fct_score.SUITE,
    rpt_score_ranking.SUITE,
    fct_report_obligation.SUITE,
    fct_reported_value.SUITE,
    rpt_reporting_rates.SUITE,
)
"""In this order: conserved_sum is laid out from the figures before it."""

BUILT_AGAIN = "select distinct programme_code, period, current_province_id from app.changed_partition"
TRENDED = """
select unit_id
from app.org_unit
where unit_level in ('district', 'province') and current_province_id = any(%s)
"""
SCORED = "select 1 from catalogue.score_sheets where programme_code = any(%s) limit 1"


def check(run_id: int) -> None:
    """Check what the build `run_id` (ops.pipeline_run) has made again and keep the result of every rule.

    That is the periods in which a report changed; after a change of the catalogue it is everything.
    Raises NotFitToPublish when a critical rule is broken; a broken warning is kept and logged.
    """
    severities = severities_of(SUITES)
    with database.connect("loader") as session:
        changed = session.execute(BUILT_AGAIN).fetchall()
        programmes, periods, partitions = (sorted({row[at] for row in changed}) for at in (0, 1, 2))
        scope = {
            "programmes": programmes,
            "periods": periods,
            "units": [unit for (unit,) in session.execute(TRENDED, [partitions])],
            "is_scored": session.execute(SCORED, [programmes]).fetchone() is not None,
        }
        lay_out(session, [suite.table for suite in SUITES], **scope)
        session.commit()
        counts = count_unexpected(session, SUITES, severities)
        keep(session, run_id, counts, severities)
    stop_if_critical(counts, severities)
