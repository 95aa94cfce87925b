"""What a build must never publish: each broken row is planted in the marts of a database of this module's own."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import psycopg
import pytest

from expectations import publication
from expectations.publication import NotFitToPublish
from warehouse import clock, database

TABLES = """
create table catalogue.indicators (programme_code text, indicator_code text, factor numeric, is_part_of_whole boolean,
    soft_min numeric, soft_max numeric);
create table intermediate.int_reports__scheduled (programme_code text, period text, unit_id text, agency_code text);
create table intermediate.int_org_units__identified (unit_id text);
create table intermediate.int_reports__changed (programme_code text, period text);
create table marts.fct_indicator_rollup (programme_code text, indicator_code text, period text, unit_id text,
    unit_level text, boundary_basis text, measure text, numerator numeric, denominator numeric, value numeric,
    value_low numeric, value_high numeric, units_expected integer, units_reporting integer, coverage_pct numeric,
    is_provisional boolean);
create table marts.fct_report_obligation (programme_code text, period text, unit_id text, status text,
    deadline_at timestamptz, accepted_at timestamptz, accepted_submission_id uuid,
    lines_required integer, lines_reported integer, is_complete boolean);
create table marts.fct_reported_value (programme_code text, indicator_code text, period text, unit_id text,
    agency_code text, known_from timestamptz, known_to timestamptz, submission_id uuid);
create table marts.rpt_reporting_rates (programme_code text, period text, submitted_pct numeric, on_time_pct numeric,
    accepted_pct numeric, complete_pct numeric);

insert into catalogue.indicators values ('P', '5.1', 100, true, 60, 100), ('P', '3.1', 1000, false, null, null);
insert into intermediate.int_reports__scheduled values ('P', '2026', 'U', 'UBND');
insert into intermediate.int_org_units__identified values ('U');
insert into intermediate.int_reports__changed values ('P', '2026');
"""
MARTS = ("fct_indicator_rollup", "fct_report_obligation", "fct_reported_value", "rpt_reporting_rates")

FIGURE = {
    "programme_code": "P",
    "indicator_code": "5.1",
    "period": "2026",
    "unit_id": "U",
    "unit_level": "province",
    "boundary_basis": "as_reported",
    "measure": "rate",
    "numerator": 291,
    "denominator": 300,
    "value": 97,
    "value_low": 97,
    "value_high": 97,
    "units_expected": 2,
    "units_reporting": 1,
    "coverage_pct": 50,
    "is_provisional": True,
}
NOON = datetime(2026, 11, 30, 12, tzinfo=clock.ZONE)
OBLIGATION = {
    "programme_code": "P",
    "period": "2026",
    "unit_id": "U",
    "status": "missing",
    "deadline_at": NOON,
    "lines_required": 33,
    "lines_reported": 0,
    "is_complete": False,
}
VALUE = {
    "programme_code": "P",
    "indicator_code": "5.1",
    "period": "2026",
    "unit_id": "U",
    "agency_code": "UBND",
    "known_from": NOON,
}
RATES = {
    "programme_code": "P",
    "period": "2026",
    "submitted_pct": 100,
    "on_time_pct": None,
    "accepted_pct": 0,
    "complete_pct": 0,
}


@pytest.fixture(scope="module")
def marts(own_database: str) -> None:
    with database.connect() as connection:
        connection.execute(TABLES)


@pytest.fixture
def session(marts: None) -> Iterator[psycopg.Connection]:
    """The marts hold one true row each; what a test planted is gone after it."""
    with database.connect(autocommit=True) as connection:
        connection.execute(
            f"truncate {', '.join(f'marts.{mart}' for mart in MARTS)}, raw.file, ops.pipeline_run cascade"
        )
        plant(connection, "fct_indicator_rollup", FIGURE)
        plant(connection, "fct_report_obligation", OBLIGATION)
        plant(connection, "fct_reported_value", VALUE | {"submission_id": accepted(connection)})
        plant(connection, "rpt_reporting_rates", RATES)
        yield connection


def plant(connection: psycopg.Connection, mart: str, row: dict) -> None:
    marks = ", ".join(["%s"] * len(row))
    connection.execute(f"insert into marts.{mart} ({', '.join(row)}) values ({marks})", list(row.values()))


def accepted(connection: psycopg.Connection, status: str = "accepted"):
    submission = uuid4()
    connection.execute("insert into raw.file values (%s, 'a.csv', 1, 'a', %s, now())", [str(submission), submission])
    connection.execute(
        "insert into raw.submission (submission_id, sha256, batch_id, received_at) values (%s, %s, %s, now())",
        [submission, str(submission), submission],
    )
    connection.execute(
        "insert into ops.submission_verdict (submission_id, status, rules_version, decided_at) "
        "values (%s, %s, 'x', now())",
        [submission, status],
    )
    return submission


def run(connection: psycopg.Connection) -> int:
    (run_id,) = connection.execute(
        "insert into ops.pipeline_run (step, status, moment) values ('build', 'running', now()) returning run_id"
    ).fetchone()
    return run_id


def broken(connection: psycopg.Connection, run_id: int) -> list[tuple[str, str, int]]:
    return connection.execute(
        "select rule, severity, unexpected_count from ops.check_result where run_id = %s and not is_met", [run_id]
    ).fetchall()


def test_true_marts_pass_and_every_rule_is_kept(session):
    run_id = run(session)
    publication.check(run_id)
    (kept,) = session.execute("select count(*) from ops.check_result where run_id = %s", [run_id]).fetchone()
    assert broken(session, run_id) == []
    assert kept == sum(len(suite.rules) for suite in publication.SUITES) == 20


@pytest.mark.parametrize(
    ("mart", "row", "rule"),
    [
        ("fct_indicator_rollup", FIGURE | {"indicator_code": "99"}, "figure_of_unknown_indicator"),
        ("fct_indicator_rollup", FIGURE | {"unit_id": "V"}, "figure_of_unknown_unit"),
        (
            "fct_indicator_rollup",
            FIGURE | {"numerator": 303, "value": 101, "value_low": 101, "value_high": 101},
            "share_outside_0_100",
        ),
        ("fct_indicator_rollup", FIGURE | {"value": None, "value_low": 98, "value_high": 97}, "interval_reversed"),
        ("fct_indicator_rollup", FIGURE | {"value": 96.9, "value_low": 96.9}, "figure_not_from_its_parts"),
        ("fct_indicator_rollup", FIGURE | {"units_reporting": 3, "coverage_pct": 150}, "coverage_outside_0_100"),
        ("fct_report_obligation", OBLIGATION | {"unit_id": "V"}, "obligation_of_unknown_unit"),
        ("fct_report_obligation", OBLIGATION | {"status": "on_time"}, "fulfilled_by_no_accepted_report"),
        ("fct_report_obligation", OBLIGATION | {"deadline_at": None}, "late_without_deadline"),
        ("fct_report_obligation", OBLIGATION | {"is_complete": True}, "complete_without_its_lines"),
        ("fct_report_obligation", OBLIGATION | {"lines_reported": 34}, "more_lines_than_required"),
        ("fct_reported_value", VALUE | {"agency_code": "CA"}, "report_without_schedule"),
        ("fct_reported_value", VALUE | {"submission_id": uuid4()}, "value_of_no_accepted_report"),
        ("rpt_reporting_rates", RATES | {"on_time_pct": 100.1}, "on_time_pct_outside_0_100"),
    ],
)
def test_a_row_that_cannot_be_true_stops_the_publication(session, mart, row, rule):
    plant(session, mart, row)
    run_id = run(session)
    with pytest.raises(NotFitToPublish, match=rule):
        publication.check(run_id)
    assert (rule, "critical", 1) in broken(session, run_id)


def test_a_rejected_report_in_the_marts_stops_the_publication(session):
    plant(session, "fct_reported_value", VALUE | {"submission_id": accepted(session, "rejected")})
    with pytest.raises(NotFitToPublish, match="value_of_no_accepted_report: 1 rows"):
        publication.check(run(session))


def test_a_figure_outside_the_usual_range_is_recorded_and_published(session):
    plant(
        session,
        "fct_indicator_rollup",
        FIGURE | {"numerator": 30, "value": 10, "value_low": 10, "value_high": 10},
    )
    run_id = run(session)
    publication.check(run_id)
    assert broken(session, run_id) == [("published_outside_soft_range", "warning", 1)]


def test_what_could_not_be_placed_on_the_map_is_no_unknown_unit(session):
    plant(session, "fct_indicator_rollup", FIGURE | {"unit_id": "24@start/unallocated", "unit_level": "unallocated"})
    publication.check(run(session))
