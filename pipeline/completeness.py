"""The step `completeness`: at this moment, who has not reported, and does anything stand that nobody owes?

Missing, late and incomplete reports are named and warned of, and stop nothing. A broken invariant fails the step, and
nothing is published until a later check passes.
"""

import psycopg

from expectations import obligations
from expectations.checks import NotFitToPublish
from expectations.obligations import Checked
from pipeline import runs
from warehouse import clock
from warehouse.logging import get_logger

log = get_logger(__name__)

TOLD = (
    "{programme_code} {period} {unit_level}: of {due} due {submitted} submitted, {on_time} on time, "
    "{accepted} accepted, {complete} complete"
)

BROKEN = """
with last as (
    select run_id, as_of from ops.pipeline_run as run
    where step = 'completeness' and exists (select from ops.check_result as result where result.run_id = run.run_id)
    order by run_id desc limit 1
)
select last.as_of, result.suite || '.' || result.rule, result.unexpected_count, (
    select string_agg(distinct failure.programme_code || ' ' || failure.period, ', ')
    from ops.check_failure as failure
    where (failure.run_id, failure.suite, failure.rule) = (result.run_id, result.suite, result.rule))
from last join ops.check_result as result using (run_id)
where result.severity = 'critical' and not result.is_met
order by 2
"""


def check() -> Checked:
    """Check all obligations as they stand now: what breaks each rule, and how the reports of each level stand.

    Raises NotFitToPublish for a broken invariant, after its results and the reports it is about have been kept.
    """
    with runs.recorded("completeness") as run:
        checked = obligations.check(run.run_id, run.as_of)
        broken = {f"{suite}.{rule}": count for (suite, rule), count in checked.counts.items() if count}
        run.detail = {"broken": broken, "levels": checked.levels}
        for level in checked.levels:
            log.info(TOLD.format(**level))
        obligations.judge(checked)
    return checked


def require(connection: psycopg.Connection) -> None:
    """Raises NotFitToPublish while the newest check that came to its results stands with a broken invariant."""
    broken = connection.execute(BROKEN).fetchall()
    if broken:
        told = "; ".join(f"{rule}: {count} rows ({about})" for _, rule, count, about in broken)
        raise NotFitToPublish(
            f"Nothing is published: the check of {broken[0][0].astimezone(clock.ZONE):%Y-%m-%d %H:%M} found {told}. "
            f"ops.check_failure names them. When that is mended, `baocao run` checks again and publishes."
        )
