"""Publication checks: what builds have made and no check has passed yet is checked before anybody reads it.

What passed is kept as the state of the consumer `checks` (ops.partition_state): a programme whose rows break a critical
rule stays unchecked, is checked again after the next build, and holds no other.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import psycopg

from expectations.checks import create_check_tables, keep, keep_by_programme, keep_tests, stop_if_critical
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
UNPASS = "delete from ops.partition_state where consumer = 'checks' and programme_code = any(%s)"
UNCHECKED = "create temporary table unchecked as select * from ops.changed_partitions('checks')"
BUILT_AGAIN = "select programme_code, period, partition_province_id from pg_temp.unchecked"
PASSED = """
insert into ops.partition_state as checked
    (consumer, programme_code, period, partition_province_id, version, accepted_through)
select 'checks', programme_code, period, partition_province_id, version, accepted_through
from pg_temp.unchecked where version is not null and not programme_code = any(%(blocked)s)
on conflict (consumer, programme_code, period, partition_province_id) do update
set version = excluded.version, accepted_through = excluded.accepted_through, updated_at = excluded.updated_at
"""
GONE = """
delete from ops.partition_state as checked using pg_temp.unchecked as gone
where checked.consumer = 'checks' and gone.version is null and not gone.programme_code = any(%(blocked)s)
    and (checked.programme_code, checked.period, checked.partition_province_id)
        = (gone.programme_code, gone.period, gone.partition_province_id)
"""
UNITS = """
with changed as (
    select unit_id, unit_level from app.org_unit where partition_province_id = any(%(partitions)s)
),
built as (
    select array_agg(distinct partition_province_id) as partitions
    from ops.partition_state where programme_code = any(%(programmes)s) and period = any(%(periods)s)
),
named as (
    select unit_id from changed
    union all
    select unit_id || '/unallocated' from changed where unit_level = 'province'
)
select
    case when not built.partitions <@ %(partitions)s then (select array_agg(unit_id) from named) end,
    (select coalesce(array_agg(unit_id), '{}') from changed where unit_level in ('district', 'province'))
from built
"""
"""The units of the changed partitions, none where these are all there are; and those of them that have trends."""
SCORED = "select 1 from catalogue.score_sheets where programme_code = any(%s) limit 1"


def check(run_id: int, failing: Mapping[str, Sequence[str]] = MappingProxyType({})) -> int:
    """Check the partitions that no check has passed as they are now; the result of every rule is kept under `run_id`.

    That is what this build or an earlier, unfinished one has made again, and all of a programme of which the models or
    the rows of the catalogue are others. Returns how many rules were checked. Raises NotFitToPublish when a critical
    rule is broken, after the programmes that break none have been passed; a broken warning is kept and logged.
    failing: by programme the tests of dbt that its rows fail; it is not passed either. Where everything is passed there
    is nothing to check, and Great Expectations, which takes seconds to start, is not started.
    """
    severities = severities_of(SUITES)
    with database.connect("loader") as session:
        session.execute(UNPASS, [list(failing)])
        session.execute(UNCHECKED)
        changed = session.execute(BUILT_AGAIN).fetchall()
        if not changed:
            keep_tests(session, run_id, failing)
            session.commit()
            stop_if_critical({}, severities, failing)
            return 0
        programmes, periods, partitions = (sorted({row[at] for row in changed}) for at in (0, 1, 2))
        create_check_tables(
            session, [suite.table for suite in SUITES], **_scope(session, programmes, periods, partitions)
        )
        session.commit()
        counts = count_unexpected(session, SUITES, severities)
        keep(session, run_id, SUITES, counts, severities)
        blocked = keep_by_programme(session, run_id, SUITES, counts, severities)
        keep_tests(session, run_id, failing)
        blocked.update(failing)
        if "" in blocked:
            blocked.update(programmes)
        session.execute(PASSED, {"blocked": sorted(blocked)})
        session.execute(GONE, {"blocked": sorted(blocked)})
    stop_if_critical(counts, severities, failing)
    return len(counts)


def _scope(
    session: psycopg.Connection, programmes: list[str], periods: list[str], partitions: list[str]
) -> dict[str, object]:
    """What the checked tables read: of one corrected report its province's figures of its period, not the nation's."""
    changed = {"programmes": programmes, "periods": periods}
    named = session.execute(UNITS, {**changed, "partitions": partitions}).fetchone()
    units, units_with_trends = named if named else (None, [])
    is_scored = session.execute(SCORED, [programmes]).fetchone() is not None
    return {**changed, "units": units, "units_with_trends": units_with_trends, "is_scored": is_scored}
