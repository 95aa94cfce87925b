"""However a build was stopped, and whatever happened since, the next one makes what an undisturbed one would have made.

Random sequences of changes to the catalogue, reports that come, are corrected and withdrawn, and ways to stop a build.
At the end of each every row of every mart is compared with what a full refresh of the same catalogue makes of the same
reports. All rows are made up.
"""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, sleep

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline import build_scope, building
from pipeline.building import BuildFailed
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.small_catalogue import COMMUNES, PERIODS, PROGRAMMES, change, draw, report, report_everything
from warehouse import clock, database

pytestmark = pytest.mark.begins_early

TODAY = "2027-03-01T08:00:00+07:00"
STOPPED_AT = [
    "reporters",
    "int_expected_reports__latest",
    "int_values__versioned",
    "int_values__rolled_up",
    "fct_indicator_rollup",
    "fct_target_progress",
]
KEY = f"(programme_code, period, unit_code, indicator_code) = ('{PROGRAMMES[0]}', '{PERIODS[1]}', '{COMMUNES[0]}', '1')"
MADE = ["--select", "resource_type:model", "--full-refresh", *build_scope.ONLY_ITS_TESTS]


@pytest.fixture(scope="module", autouse=True)
def drawn(own_database: str) -> Iterator[OwnCatalogue]:
    """Two provinces of two communes each, and two programmes that all of them owe; every report is in and built."""
    with own_catalogue() as catalogue, clock.at(TODAY):
        draw(catalogue)
        report_everything()
        building.build()
        yield catalogue


# --- what happens ---------------------------------------------------------------------------------


CHANGES: dict[str, Callable[[OwnCatalogue, int], None]] = {
    "added up or not": lambda catalogue, n: change(catalogue, "reporters", "feeds_rollup", ("true", "false"), n),
    "owed or not": lambda catalogue, n: change(catalogue, "reporters", "is_owed", ("true", "false"), n),
    "per cent or per mille": lambda catalogue, n: change(catalogue, "indicators", "factor", ("100", "1000"), 2 * n),
    "rate or count": lambda catalogue, n: change(catalogue, "indicator_measures", "measure", ("rate", "count"), n % 2),
    "required or not": lambda catalogue, n: change(catalogue, "indicators", "is_required", ("true", "false"), n),
    "ends later": lambda catalogue, n: change(catalogue, "programmes", "ends_on", ("2030-12-31", "2031-12-31"), n),
}


# --- ways to stop a build -------------------------------------------------------------------------


def by_a_failing_test(catalogue: OwnCatalogue, chance: float) -> None:
    """dbt skips what depends on the node."""
    node = STOPPED_AT[int(chance * len(STOPPED_AT))]
    file = catalogue.folder / "tests" / "it_stops.sql"
    stops = '{{ config(severity="error") }}'  # else a build of ours goes on
    query = f"select 1 as stopped where (select count(*) from {{{{ ref('{node}') }}}}) >= 0"
    file.write_text(f"{stops} {query}\n", encoding="utf-8")
    try:
        with pytest.raises(BuildFailed):
            building.build()
    finally:
        file.unlink()


def by_a_lost_connection(catalogue: OwnCatalogue, chance: float) -> None:
    """Some of dbt's sessions end in the middle of their work, for a while."""
    over = threading.Event()

    def cut() -> None:
        sleep(chance * 8)
        until = monotonic() + 1.5
        while monotonic() < until and not over.is_set():
            with database.superuser() as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dbt'"
                )
            sleep(0.05)

    cutting = threading.Thread(target=cut)
    cutting.start()
    try:
        with suppress(BuildFailed):  # a session that was not there yet is not cut
            building.build()
    finally:
        over.set()
        cutting.join()


def by_a_kill(catalogue: OwnCatalogue, chance: float) -> None:
    """The whole process goes, with no time to write anything down."""
    child = multiprocessing.get_context("fork").Process(target=building.build)
    child.start()
    child.join(1 + chance * 12)
    child.kill()
    child.join()


STOPS = {"failing test": by_a_failing_test, "lost connection": by_a_lost_connection, "kill": by_a_kill}

STEPS = st.tuples(
    st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 3)), min_size=1, max_size=2),
    st.lists(
        st.tuples(
            st.sampled_from(PROGRAMMES),
            st.sampled_from(PERIODS),
            st.sampled_from(COMMUNES),
            st.sampled_from(["full", "correction", "retraction"]),
            st.integers(0, 150),
        ),
        max_size=2,
    ),
    st.sampled_from(sorted(STOPS)),
    st.floats(0, 0.999),
    st.booleans(),
)
"""Changes of the catalogue, reports, how and when the build stops, and whether the catalogue is put back then."""


@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=2))
def test_after_any_stop_the_next_build_makes_what_an_undisturbed_one_makes(drawn, steps):
    for changes, reports, stop, chance, is_put_back in steps:
        for name, number in changes:
            CHANGES[name](drawn, number)
        for sent in reports:
            report(*sent)
        STOPS[stop](drawn, chance)
        if is_put_back:
            for name, number in changes:
                CHANGES[name](drawn, number)
    building.build()
    assert_as_made_anew(drawn)


def test_a_catalogue_that_was_put_back_after_a_stopped_build_leaves_nothing_behind(drawn):
    before = marts()
    change(drawn, "reporters", "feeds_rollup", ("true", "false"), 0)
    by_a_failing_test(drawn, 0.9)  # the figures are made, what follows from them is not
    assert marts() != before
    change(drawn, "reporters", "feeds_rollup", ("true", "false"), 0)
    building.build()
    assert marts() == before


def test_figures_and_the_time_as_of_which_they_are_become_new_together(drawn):
    def shown() -> tuple:
        with database.connect("bi") as connection:
            query = "select numerator, as_of from marts.rpt_indicator_progress where " + KEY
            return connection.execute(query).fetchone()

    building.build()
    before = shown()
    report(PROGRAMMES[0], PERIODS[1], COMMUNES[0], "correction", 7)
    by_a_failing_test(drawn, STOPPED_AT.index("fct_indicator_rollup") / len(STOPPED_AT))
    assert shown() == before
    by_a_failing_test(drawn, STOPPED_AT.index("fct_target_progress") / len(STOPPED_AT))
    assert shown()[0] == 7 and shown()[1] > before[1]


def assert_as_made_anew(catalogue: OwnCatalogue) -> None:
    made = marts()
    with database.connect() as connection:
        connection.execute("update ops.pipeline_run set catalogue_version = 'another' where step = 'catalogue'")
    building.prepare_catalogue()
    building.run_dbt(["build", *MADE])
    anew = marts()
    assert {mart: made[mart] ^ anew[mart] for mart in anew if made[mart] != anew[mart]} == {}


def marts() -> dict[str, set[str]]:
    """Every row of every mart, as text."""
    with database.connect() as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
        ).fetchall()
        return {
            name: {row for (row,) in connection.execute(f"select row_to_json(mart)::text from marts.{name} as mart")}
            for (name,) in names
        }
