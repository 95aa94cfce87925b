"""The step `completeness`: which reports are missing now, and was any accepted that nobody owes?

Missing, late and incomplete reports are named and warned of, and stop nothing. A broken invariant fails the step, and
nothing of its programme is published until a later check passes.
"""

import psycopg

from expectations import obligations
from expectations.obligations import Checked
from pipeline import runs
from warehouse import clock
from warehouse.logging import get_logger

log = get_logger(__name__)

LEVEL_SUMMARY = (
    "{programme_code} {period} {unit_level}: of {due} due {submitted} submitted, {on_time} on time, "
    "{accepted} accepted, {complete} complete"
)

BROKEN = """
with last as (
    select run_id, as_of from ops.pipeline_run as run
    where step = 'completeness' and exists (select from ops.check_result as result where result.run_id = run.run_id)
    order by run_id desc limit 1
)
select last.as_of, result.suite || '.' || result.rule, coalesce(failure.programme_code, ''), count(*),
    string_agg(distinct concat_ws(' ', failure.programme_code, failure.period), ', ')
from last
join ops.check_result as result using (run_id)
left join ops.check_failure as failure using (run_id, suite, rule)
where result.severity = 'critical' and not result.is_met
group by 1, 2, 3
order by 3, 2
"""


def check() -> Checked:
    """Check all obligations as of now: what breaks each rule, and the status of the reports of each level.

    Raises NotFitToPublish for a broken invariant, after its results and the reports it is about have been kept.
    """
    with runs.recorded("completeness") as run:
        checked = obligations.check(run.run_id, run.as_of)
        broken = {f"{suite}.{rule}": count for (suite, rule), count in checked.counts.items() if count}
        run.detail = {"rules": len(checked.counts), "broken": broken, "levels": checked.levels}
        for level in checked.levels:
            log.info(LEVEL_SUMMARY.format(**level))
        obligations.stop_if_broken(checked)
    return checked


def blocked(connection: psycopg.Connection) -> dict[str, str]:
    """By programme, why the newest check with results blocks its publication; '' for what is of no programme."""
    found: dict[str, list[str]] = {}
    for as_of, rule, programme, count, periods in connection.execute(BROKEN):
        text = f"the check of {as_of.astimezone(clock.ZONE):%Y-%m-%d %H:%M} found {rule}: {count} rows ({periods})"
        found.setdefault(programme, []).append(text)
    return {programme: "; ".join(texts) for programme, texts in found.items()}
