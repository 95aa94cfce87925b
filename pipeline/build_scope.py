"""What of the dbt project a build has to run, by what the database holds already.

Each run tests what it builds: the figures whenever they are made. The grain of a mart is tested by the tests of the
project: it takes reading the mart whole. The generic data tests of the seeds are checked in the CSV files before dbt
starts (warehouse/seeds).
"""

import psycopg

from warehouse import clock, database

NOT_RUN = ["--exclude", "tag:grain", "path:seeds,test_type:generic"]
ONLY_ITS_TESTS = ["--indirect-selection", "cautious", "--exclude-resource-type", "unit_test", *NOT_RUN]
# The plans, the map and all tables that are made of them alone: the gate has to know who may report what before figures
# exist. A build of figures leaves them as they are, so that one corrected report does not pay for a nation's schedule.
OF_THE_PLANS = [
    "+int_expected_reports__by_org_unit",
    "+int_org_units__ancestors",
    "+int_org_units__versioned",
    "+int_indicators__required",
    "+int_indicator_measures__by_level",
    "+int_alert_stages__scheduled",
    "+int_main_targets__selected",
    "+int_scores__required_lines",
    "+int_unit_classes__in_force",
    "+tag:catalogue",
]
# Below them is a table that reads reports, the statuses: it has to be there for their views, and follows the reports.
NOT_OF_REPORTS = ("resource_type:seed", "config.materialized:refilled_table", "config.materialized:replaced_view")
LEFT_AS_THEY_ARE = [f"{plans},{kind}" for plans in OF_THE_PLANS for kind in NOT_OF_REPORTS]
CATALOGUE = ["--select", "resource_type:seed", *OF_THE_PLANS, *ONLY_ITS_TESTS]
FIGURES = ["--select", "resource_type:model", "--exclude", *LEFT_AS_THEY_ARE, *ONLY_ITS_TESTS]
REPORTS = [
    *["--select", "config.materialized:partitioned_table", "config.materialized:stored_mart", "resource_type:test"],
    *["--exclude", "resource_type:seed", *LEFT_AS_THEY_ARE, *ONLY_ITS_TESTS],
]
"""The tables that read reports, and every test of a build of figures; a view that is as the project says needs none."""
EVERYTHING = ["--select", "resource_type:model", "--full-refresh", *ONLY_ITS_TESTS]

LAST_BUILD = """
select
    run.accepted_through is not distinct from %(accepted_through)s and run.detail -> 'blocked' = '{}' as has_no_news
from ops.pipeline_run as run
where
    run.run_id = (select max(run_id) from ops.pipeline_run where step in ('catalogue', 'build'))
    and run.step = 'build'
    and run.status = 'succeeded'
    and run.catalogue_version = %(catalogue_version)s
    and not exists (select from ops.erasure where scope = 'everything' and erased_at > run.finished_at)
    and not exists (
        select from marts.dim_period as period
        where (period.data_from <= run.as_of) <> (period.data_from <= %(now)s::timestamptz))
    and not exists (
        select from ops.relation_state as state
        where
            state.changed_at > run.finished_at
            or to_regclass(state.relation) is null
            or (state.kind = 'definition' and md5(ops.definition_of(to_regclass(state.relation))) <> state.version))
"""
"""The newest attempt at a build, where it came to its end with this catalogue and left every relation as it is now.

Any other attempt since, an end that was not reached, a relation that somebody changed or dropped, a period that has
begun since and expects its reports: no row.
"""


def of_build(catalogue_version: str, accepted_through: int | None) -> list[str]:
    """The arguments of `dbt build`; none where the database holds what a build would make.

    accepted_through: the last verdict or approval. To be asked before the build has its row in ops.pipeline_run.
    """
    with database.connect() as connection:
        parameters = {"catalogue_version": catalogue_version, "accepted_through": accepted_through, "now": clock.now()}
        last = connection.execute(LAST_BUILD, parameters).fetchone() if _has_marts(connection) else None
    if last is None:
        return FIGURES
    (has_no_news,) = last
    return [] if has_no_news else REPORTS


def _has_marts(connection: psycopg.Connection) -> bool:
    found = connection.execute("select to_regclass('marts.dim_period') is not null").fetchone()
    return bool(found and found[0])
