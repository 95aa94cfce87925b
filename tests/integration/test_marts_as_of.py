"""Marts as of a time for tools: functions, two of which in one statement are two times."""

import psycopg
import pytest

from tests.integration.bi_season import ACTION
from warehouse import database
from warehouse.as_of import set_session_as_of_unchecked
from warehouse.settings import aware

BEFORE, AFTER = "2026-12-02T12:00:00+07:00", "2026-12-04T00:00:00+07:00"
"""The two corrections were accepted on 3 December."""
KEY = "programme_code, indicator_code, period, unit_id, measure"
FIGURES = f"select {KEY}, value_printed from {{}} where programme_code = '{ACTION}' and period = '2026'"


def _read(statement: str, *values: object, as_of: str | None = None) -> list[tuple]:
    """As a tool reads; with as_of as our own program does, from a session of that time."""
    with database.connect("loader" if as_of else "bi") as connection:
        if as_of:
            set_session_as_of_unchecked(connection, aware(as_of))
        return connection.execute(statement.encode(), values).fetchall()


@pytest.fixture(scope="module")
def by_setting(bi_warehouse) -> dict[str, set[tuple]]:
    """The figures of both times, each from a session with that setting."""
    return {at: set(_read(FIGURES.format("rpt_indicator_progress"), as_of=at)) for at in (BEFORE, AFTER)}


@pytest.mark.parametrize("parallel", ["off", "on"])
def test_two_dates_in_one_statement_are_those_of_two_sessions(by_setting, parallel):
    function = f"marts.indicator_progress_as_of(%s, '{ACTION}', '2026')"
    one = f"select '{{}}', {KEY}, value_printed from {function}"
    both = " union all ".join(one.format(which) for which in ("old", "new"))
    with database.connect("bi") as connection:
        connection.execute(f"set debug_parallel_query = {parallel}")
        found = connection.execute(both.encode(), [BEFORE, AFTER]).fetchall()
        setting = connection.execute("select current_setting('baocao.as_of', true)").fetchone()

    old, new = ({row[1:] for row in found if row[0] == which} for which in ("old", "new"))
    assert (old, new) == (by_setting[BEFORE], by_setting[AFTER])
    assert old != new and len(old) > 3000
    assert setting in ((None,), ("",))


def test_two_dates_joined_show_what_the_corrections_changed(by_setting):
    changed = _read(
        "select indicator_code, unit_code from marts.indicator_progress_as_of(%s, %s, '2026') as old "
        "join marts.indicator_progress_as_of(%s, %s, '2026') as new "
        f"using ({KEY}, unit_code) where new.unit_level = 'commune' and old.numerator <> new.numerator",
        AFTER, ACTION, BEFORE, ACTION,
    )  # fmt: skip

    assert {unit for _, unit in changed} == {"07246", "07282"}
    assert {indicator for indicator, _ in changed} <= {"3.1", "5.1"}


def test_a_sessions_own_time_is_the_same_before_and_after(by_setting):
    own = "select count(*) from marts.rpt_reporting_status where status = 'missing'"
    ((missing,),) = _read(own, as_of=AFTER)
    with database.connect("bi") as connection:
        connection.execute("select set_config('baocao.as_of', %s, false)", ["2026-11-25T00:00:00+07:00"])
        before = connection.execute(own).fetchone()
        between = connection.execute(
            f"select (select count(*) from marts.reporting_status_as_of(%s) where status = 'missing'), ({own})", [AFTER]
        ).fetchone()
        after = connection.execute(own).fetchone()

    assert before == after != (missing,)
    assert between == (missing, *before)


def test_a_time_at_which_something_can_still_change_is_refused(by_setting):
    with database.connect("bi") as connection:
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="2999-01-01 00:00 has not come"):
            connection.execute("select from marts.missing_reports_as_of('2999-01-01T00:00:00+07:00')")
        connection.rollback()
        assert connection.execute("select current_setting('baocao.as_of', true)").fetchone() in ((None,), ("",))
    with database.connect() as owner:
        owner.execute("update ops.pipeline_run set accepted_through = 1 where step = 'build' and status = 'succeeded'")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="not in the marts yet"):
            owner.execute("select ops.check_as_of(%s)", [AFTER])
        owner.rollback()


def test_while_the_gate_decides_the_function_waits_for_it_and_holds_no_lock(by_setting):
    missing = f"select count(*) from marts.missing_reports_as_of('{AFTER}')"
    expected = _read("select count(*) from marts.rpt_missing_reports", as_of=AFTER)
    with database.exclusive("gate"), database.connect("bi") as connection:
        connection.execute("set statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute(missing)
    with database.connect("bi") as connection:
        assert connection.execute(missing).fetchall() == expected
        with database.connect(autocommit=True) as owner:
            free = owner.execute("select pg_try_advisory_lock(hashtextextended('baocao:gate', 0))").fetchone()
        assert free == (True,)
