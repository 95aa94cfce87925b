"""Who has not reported, and what nobody owes: each is planted in a database of this module's own, and named."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from expectations import obligations
from expectations.checks import NotFitToPublish
from expectations.context import CheckBroken
from pipeline import completeness, runs
from warehouse import clock, database

TABLES = """
create table catalogue.periods (programme_code text, period text);
create table catalogue.reporting_thresholds (programme_code text, unit_level text, rate text, minimum_pct numeric);
create table app.admissible_report (programme_code text, period text, unit_id text, unit_code text,
    agency_code text, unit_level text, reason text);
create table marts.fct_report_obligation (programme_code text, period text, unit_id text, unit_code text,
    agency_code text, unit_level text, last_on_time_on date, deadline_at timestamptz, status text,
    first_received_at timestamptz, fulfilled_at timestamptz, lines_required integer, lines_reported integer,
    is_complete boolean, is_overdue boolean, is_open boolean default true);
create table marts.rpt_reporting_rates (programme_code text, period text, unit_level text, unit_code text,
    submitted_pct numeric, on_time_pct numeric, accepted_pct numeric, complete_pct numeric);

insert into catalogue.periods values ('P', '2025'), ('P', '2026'), ('P', '2027');
insert into catalogue.reporting_thresholds values ('P', null, 'submitted', 90), ('P', null, 'on_time', 75),
    ('P', null, 'accepted', 75), ('P', null, 'complete', 50), ('P', 'province', 'on_time', 0);
insert into app.admissible_report values
    ('P', '2025', 'C1', 'C1', 'UBND', 'commune', 'baseline'), ('P', '2026', 'C9', 'C9', 'UBND', 'commune', 'voluntary'),
    ('P', '2026', 'C1', 'C1', 'UBND', 'commune', 'active'), ('P', '2026', 'C7', 'C7', 'UBND', 'commune', 'exempt by Z');
"""
MARTS = ("fct_report_obligation", "rpt_reporting_rates")

DEADLINE = datetime(2026, 11, 30, tzinfo=clock.ZONE)
MORNING = DEADLINE + timedelta(hours=7)

OWED = {
    "programme_code": "P",
    "period": "2026",
    "unit_id": "C1",
    "unit_code": "C1",
    "agency_code": "UBND",
    "unit_level": "commune",
    "last_on_time_on": "2026-11-29",
    "deadline_at": DEADLINE,
    "lines_required": 33,
}
RECEIVED = {"first_received_at": DEADLINE - timedelta(days=1), "is_overdue": False}
IN_TIME = (
    OWED
    | RECEIVED
    | {
        "status": "on_time",
        "fulfilled_at": DEADLINE - timedelta(days=1),
        "lines_reported": 33,
        "is_complete": True,
    }
)
LATE = IN_TIME | {"status": "late"}
INCOMPLETE = IN_TIME | {"lines_reported": 32, "is_complete": False}
MISSING = OWED | {"status": "missing", "lines_reported": 0, "is_complete": False, "is_overdue": True}
REJECTED = MISSING | {"status": "rejected", "first_received_at": DEADLINE - timedelta(days=1)}
RATES = {"programme_code": "P", "period": "2026", "unit_level": "commune", "unit_code": "C1", "submitted_pct": 100}


@pytest.fixture(scope="module")
def marts(empty_database: str) -> None:
    with database.connect() as connection:
        connection.execute(TABLES)


@pytest.fixture
def session(marts: None) -> Iterator[psycopg.Connection]:
    """Four communes reported in time, what a test planted before is gone."""
    with database.connect(autocommit=True) as connection:
        tables = ", ".join(f"marts.{mart}" for mart in MARTS)
        connection.execute(f"truncate {tables}, raw.file, ops.pipeline_run, ops.period_closing cascade")
        plant(connection, "rpt_reporting_rates", RATES)
        for unit in ("C1", "C2", "C3", "C4"):
            owe(connection, unit, IN_TIME)
        yield connection


def plant(connection: psycopg.Connection, mart: str, row: dict) -> None:
    marks = ", ".join(["%s"] * len(row))
    connection.execute(f"insert into marts.{mart} ({', '.join(row)}) values ({marks})", list(row.values()))


def owe(connection: psycopg.Connection, unit: str, row: dict) -> None:
    """The unit's current obligation, instead of the earlier one."""
    connection.execute("delete from marts.fct_report_obligation where unit_code = %s", [unit])
    plant(connection, "fct_report_obligation", row | {"unit_code": unit, "unit_id": unit})


def accept(connection: psycopg.Connection, unit: str | None, period: str = "2026", kind: str = "full") -> UUID:
    submission = uuid4()
    connection.execute("insert into raw.file values (%s, 'a.csv', 1, 'a', %s, now())", [str(submission), submission])
    connection.execute(
        "insert into raw.submission (submission_id, sha256, batch_id, programme_code, period, unit_code, "
        "submission_type, received_at) values (%s, %s, %s, 'P', %s, %s, %s, %s)",
        [submission, str(submission), submission, period, unit, kind, MORNING],
    )
    connection.execute(
        "insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at) "
        "values (%s, %s, 'accepted', 'x', %s)",
        [submission, unit, MORNING],
    )
    return submission


def check(timestamp: datetime = MORNING) -> None:
    with clock.at(timestamp):
        completeness.check()


def named(connection: psycopg.Connection) -> dict[str, list[tuple]]:
    """Unit and detail of each failure of the newest check, by rule; every count is the number of its names."""
    rows = connection.execute(
        "select rule, unit_code, agency_code, detail from ops.check_failure "
        "where run_id = (select max(run_id) from ops.pipeline_run) order by unit_code"
    ).fetchall()
    counted = connection.execute(
        "select rule, unexpected_count from ops.check_result "
        "where run_id = (select max(run_id) from ops.pipeline_run) and not is_met"
    ).fetchall()
    found: dict[str, list[tuple]] = {}
    for rule, *failures in rows:
        found.setdefault(rule, []).append(tuple(failures))
    assert {rule: len(failures) for rule, failures in found.items()} == dict(counted)
    return found


def test_when_everybody_reported_every_rule_is_met_and_kept(session):
    check()
    kept = session.execute("select count(*), bool_and(is_met) from ops.check_result").fetchone()
    assert kept == (sum(len(suite.rules) for suite in obligations.SUITES), True) == (10, True)
    assert named(session) == {}
    assert session.execute("select step, status from ops.pipeline_run").fetchall() == [("completeness", "succeeded")]


def test_who_is_missing_is_named_and_nothing_stops(session):
    owe(session, "C3", MISSING)
    owe(session, "C4", REJECTED)
    check()
    found = named(session)
    assert found["report_missing"] == [
        ("C3", "UBND", "nothing came, last day in time 2026-11-29"),
        ("C4", "UBND", "nothing that came was accepted, last day in time 2026-11-29"),
    ]
    below = "submitted 3 of 4 due, 75.00 %, minimum 90 %"
    assert found["submitted_below_minimum"] == [("C3", "UBND", f"nothing came, last day in time 2026-11-29; {below}")]
    assert [unit for unit, _, _ in found["accepted_below_minimum"]] == ["C3", "C4"]
    assert "complete_below_minimum" not in found  # 2 of 4, and the minimum is 50 %
    severities = session.execute("select distinct severity from ops.check_result where not is_met").fetchall()
    assert severities == [("warning",)]
    assert completeness.blocked(session) == {}
    (levels,) = session.execute("select detail -> 'levels' from ops.pipeline_run").fetchone()
    assert levels == [
        {
            **{"programme_code": "P", "period": "2026", "unit_level": "commune", "due": 4},
            **{"submitted": 3, "on_time": 2, "accepted": 2, "complete": 2},
        }
    ]


def test_a_rate_that_reaches_its_minimum_is_met(session):
    owe(session, "C4", LATE)
    check()
    assert named(session) == {}  # 3 of 4 on time, and 75 % are asked for


def test_who_is_late_or_incomplete_is_named_where_the_rate_of_its_level_is_below_the_minimum(session):
    for unit, row in {"C2": INCOMPLETE, "C3": LATE | {"is_complete": False, "lines_reported": 0}, "C4": LATE}.items():
        owe(session, unit, row)
    owe(session, "C1", INCOMPLETE)
    check()
    assert named(session) == {
        "on_time_below_minimum": [
            ("C3", "UBND", "came late; on time 2 of 4 due, 50.00 %, minimum 75 %"),
            ("C4", "UBND", "came late; on time 2 of 4 due, 50.00 %, minimum 75 %"),
        ],
        "complete_below_minimum": [
            ("C1", "UBND", "32 of 33 lines; complete 1 of 4 due, 25.00 %, minimum 50 %"),
            ("C2", "UBND", "32 of 33 lines; complete 1 of 4 due, 25.00 %, minimum 50 %"),
            ("C3", "UBND", "0 of 33 lines; complete 1 of 4 due, 25.00 %, minimum 50 %"),
        ],
    }


def test_a_level_of_its_own_has_its_own_rate_and_its_own_minimum(session):
    owe(session, "T", LATE | {"unit_level": "province"})
    check()
    assert named(session) == {}  # none of the province's is on time, and 0 % are asked of it


@pytest.mark.parametrize(
    ("changed", "timestamp"),
    [
        ({}, DEADLINE - timedelta(minutes=1)),
        ({"is_open": False}, MORNING),
        ({"status": "exempt"}, MORNING),
        ({"deadline_at": None, "last_on_time_on": None}, MORNING),
    ],
)
def test_what_is_not_asked_for_is_not_judged(session, changed, timestamp):
    owe(session, "C3", MISSING | changed)
    check(timestamp)
    assert named(session) == {}


@pytest.mark.parametrize(("unit", "period"), [("C6", "2026"), ("C1", "2027"), (None, "2026")])
def test_a_report_that_nobody_owes_fails_the_step_and_holds_the_publication(session, unit, period):
    accept(session, unit, period)
    with pytest.raises(NotFitToPublish, match=r"accepted_report\.report_without_obligation: 1 rows"):
        check()
    failures = "accepted 2026-11-30 07:00; nobody is to send such a report"
    assert named(session) == {"report_without_obligation": [(unit, "UBND", failures)]}
    (status,) = session.execute("select status from ops.pipeline_run").fetchone()
    assert status == "failed"
    (reason,) = completeness.blocked(session).values()
    assert reason.endswith(f"report_without_obligation: 1 rows (P {period})")


@pytest.mark.parametrize(("unit", "period"), [("C1", "2025"), ("C9", "2026"), ("C1", "2026"), ("C7", "2026")])
def test_baseline_voluntary_owed_and_excused_reports_may_stand(session, unit, period):
    accept(session, unit, period)
    check()
    assert named(session) == {}


def test_a_report_that_was_withdrawn_or_comes_later_is_not_counted(session):
    accept(session, "C6")
    check(MORNING - timedelta(minutes=1))
    accept(session, "C6", kind="retraction")
    check()
    assert named(session) == {}


def test_a_rate_above_100_holds_the_publication(session):
    plant(session, "rpt_reporting_rates", RATES | {"unit_code": "24", "unit_level": "province", "on_time_pct": 101})
    with pytest.raises(NotFitToPublish, match="on_time_pct_outside_0_100"):
        check()
    assert named(session) == {"on_time_pct_outside_0_100": [("24", None, "101.00 %")]}


def test_the_hold_ends_with_a_check_that_passes_and_outlives_one_that_broke_off(session):
    stray = accept(session, "C6")
    with pytest.raises(NotFitToPublish):
        check()
    with pytest.raises(RuntimeError, match="broke off"), runs.recorded("completeness"):
        raise RuntimeError("broke off")
    assert completeness.blocked(session).keys() == {"P"}
    session.execute("delete from ops.submission_verdict where submission_id = %s", [stray])
    check()
    assert completeness.blocked(session) == {}


def test_names_that_are_not_as_many_as_the_count_are_not_kept(session, monkeypatch):
    owe(session, "C3", MISSING)
    honest = obligations.count_unexpected
    monkeypatch.setattr(
        obligations, "count_unexpected", lambda *given: {rule: count + 1 for rule, count in honest(*given).items()}
    )
    with pytest.raises(CheckBroken, match=r"report_missing: Great Expectations counted 2 rows, 1 were"):
        check()
    assert session.execute("select count(*) from ops.check_result").fetchone() == (0,)
    assert session.execute("select count(*) from ops.check_failure").fetchone() == (0,)
