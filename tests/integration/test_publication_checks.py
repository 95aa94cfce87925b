"""What a build must never publish: each broken row is planted in the marts of a database of this module's own."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import psycopg
import pytest

from expectations import publication
from expectations.checks import NotFitToPublish
from warehouse import clock, database

TABLES = """
create table catalogue.indicators (programme_code text, indicator_code text, factor numeric, is_part_of_whole boolean,
    hard_min numeric, hard_max numeric, soft_min numeric, soft_max numeric);
create table catalogue.score_sheets (programme_code text);
create table catalogue.criteria (programme_code text, criterion_code text, points_rule text);
create table app.expected_report (
    programme_code text, period text, unit_id text, agency_code text, is_owed boolean, feeds_rollup boolean,
    unit_code text generated always as (unit_id) stored);
create view app.admissible_report as select * from app.expected_report;
create table app.expected_rollup (programme_code text, period text, unit_id text, is_owed boolean default true);
create table app.indicator_agency (programme_code text, indicator_code text, agency_code text,
    is_figure boolean);
create table app.org_unit (unit_id text, unit_level text, partition_province_id text,
    current_province_id text generated always as (partition_province_id) stored);
create table marts.fct_indicator_rollup (programme_code text, indicator_code text, period text, unit_id text,
    unit_level text, boundary_basis text, measure text, numerator numeric, denominator numeric, value numeric,
    value_low numeric, value_high numeric, units_expected integer, units_reporting integer,
    units_value_only integer, coverage_pct numeric, is_provisional boolean, is_estimated boolean,
    is_rolled_up boolean generated always as (unit_level <> 'commune') stored);
create table marts.fct_target_progress (programme_code text, indicator_code text, period text, unit_id text,
    measure text, target_scope text, target_year integer, milestone numeric, milestone_basis text, verdict text,
    trend_class text, acceleration numeric);
create table marts.fct_score (programme_code text, period text, unit_id text, criterion_code text, parent_code text,
    kind text, max_points numeric, counted_points numeric);
create table marts.rpt_score_ranking (programme_code text, period text, unit_id text, points_before_deductions numeric,
    deductions numeric, total_points numeric, threshold numeric, verdict text);
create table marts.fct_report_obligation (programme_code text, period text, unit_id text, status text,
    deadline_at timestamptz, accepted_at timestamptz, accepted_submission_id uuid,
    lines_required integer, lines_reported integer, is_complete boolean);
create table marts.fct_reported_value (programme_code text, indicator_code text, period text, unit_id text,
    agency_code text, known_from timestamptz, known_to timestamptz, submission_id uuid,
    unit_code text generated always as (unit_id) stored);
create table marts.rpt_reporting_rates (programme_code text, period text, submitted_pct numeric, on_time_pct numeric,
    accepted_pct numeric, complete_pct numeric);

insert into catalogue.indicators values
    ('P', '5.1', 100, true, 0, 100, 60, 100), ('P', '3.1', 1000, false, 0, 1000, null, null);
insert into catalogue.score_sheets values ('P');
insert into catalogue.criteria values ('P', 'I', 'sum'), ('P', 'I.1', 'reported'), ('P', 'I.2', 'reported');
insert into app.expected_report values
    ('P', '2026', 'U', 'UBND', false, false), ('P', '2026', 'C1', 'UBND', true, true),
    ('P', '2026', 'C2', 'UBND', true, true), ('P', '2026', 'C3', 'UBND', false, true),
    ('P', '2026', 'C1', 'CA', true, true), ('P', '2026', 'C2', 'CA', false, true);
insert into app.indicator_agency values
    ('P', '5.1', 'UBND', true), ('P', '3.1', 'CA', true);
insert into app.expected_rollup values ('P', '2026', 'U'), ('P', '2026', 'U/unallocated');
insert into app.org_unit values
    ('U', 'province', 'U'), ('W', 'province', 'W'),
    ('C1', 'commune', 'U'), ('C2', 'commune', 'U'), ('C3', 'commune', 'U');
insert into ops.partition_state (consumer, programme_code, period, partition_province_id, version, accepted_through)
    values ('marts.fct_indicator_rollup', 'P', '2026', 'U', '1', 1);
"""
MARTS = (
    "fct_indicator_rollup",
    "fct_target_progress",
    "fct_score",
    "rpt_score_ranking",
    "fct_report_obligation",
    "fct_reported_value",
    "rpt_reporting_rates",
)

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
    "units_value_only": 0,
    "coverage_pct": 50,
    "is_provisional": True,
    "is_estimated": False,
}
PROGRESS = {
    "programme_code": "P",
    "indicator_code": "5.1",
    "period": "2026",
    "unit_id": "U",
    "measure": "rate",
    "target_scope": "province",
    "target_year": 2030,
    "milestone": 96.2,
    "milestone_basis": "linear",
    "verdict": "not_met",
    "trend_class": "acceleration_needed",
    "acceleration": 1.72,
}
SCORE = {"programme_code": "P", "period": "2026", "unit_id": "U"}
SHEET = [
    SCORE | {"criterion_code": "I", "kind": "section", "max_points": 20, "counted_points": 20},
    SCORE | {"criterion_code": "I.1", "parent_code": "I", "kind": "line", "max_points": 12, "counted_points": 12},
    SCORE | {"criterion_code": "I.2", "parent_code": "I", "kind": "line", "max_points": 12, "counted_points": 10},
]
"""A section of 20 points whose lines give 22."""
RANKING = SCORE | {"points_before_deductions": 20, "deductions": -5, "total_points": 15}
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
def marts(empty_database: str) -> None:
    with database.connect() as connection:
        connection.execute(TABLES)


@pytest.fixture
def session(marts: None) -> Iterator[psycopg.Connection]:
    """The marts hold one true row each; what a test planted is gone after it."""
    with database.connect(autocommit=True) as connection:
        connection.execute(
            f"truncate {', '.join(f'marts.{mart}' for mart in MARTS)}, raw.file, ops.pipeline_run cascade"
        )
        connection.execute(
            "delete from ops.partition_state "
            "where consumer = 'checks' or (programme_code, partition_province_id) <> ('P', 'U')"
        )
        plant(connection, "fct_indicator_rollup", FIGURE)
        plant(connection, "fct_target_progress", PROGRESS)
        for line in SHEET:
            plant(connection, "fct_score", line)
        plant(connection, "rpt_score_ranking", RANKING)
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
        "insert into ops.pipeline_run (step, status, as_of) values ('build', 'running', now()) returning run_id"
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
    assert kept == sum(len(suite.rules) for suite in publication.SUITES) == 33


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
        ("fct_indicator_rollup", FIGURE | {"is_estimated": True}, "estimate_on_the_old_map"),
        ("fct_target_progress", PROGRESS | {"verdict": "good"}, "verdict_without_name"),
        ("fct_target_progress", PROGRESS | {"trend_class": "hopeful", "acceleration": None}, "trend_without_name"),
        ("fct_target_progress", PROGRESS | {"milestone": 100.5}, "milestone_outside_hard_range"),
        ("fct_target_progress", PROGRESS | {"acceleration": 0.9}, "acceleration_without_need"),
        ("fct_target_progress", PROGRESS | {"trend_class": "on_track"}, "acceleration_without_need"),
        ("fct_score", SHEET[0] | {"unit_id": "V", "criterion_code": "V"}, "score_of_unknown_unit"),
        ("fct_score", SHEET[1] | {"parent_code": None, "counted_points": 13}, "points_outside_maximum"),
        (
            "fct_score",
            SHEET[1] | {"parent_code": None, "max_points": -5, "counted_points": -6},
            "points_outside_maximum",
        ),
        (
            "fct_score",
            SHEET[1] | {"parent_code": None, "max_points": -5, "counted_points": 5},
            "points_outside_maximum",
        ),
        ("fct_score", SHEET[0] | {"max_points": 30}, "section_not_from_its_lines"),
        ("rpt_score_ranking", RANKING | {"total_points": 20}, "total_not_from_its_points"),
        ("rpt_score_ranking", RANKING | {"deductions": 5, "total_points": 25}, "deduction_above_zero"),
        ("rpt_score_ranking", RANKING | {"verdict": "recognised", "threshold": 800}, "recognised_below_threshold"),
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


TODAY = FIGURE | {"boundary_basis": "current"}
WITHIN = [
    TODAY | {"unit_id": "C1", "unit_level": "commune", "numerator": 190, "denominator": 195, "value": None},
    TODAY | {"unit_id": "C2", "unit_level": "commune", "numerator": 95, "denominator": 98, "value": None},
    TODAY | {"unit_id": "U/unallocated", "unit_level": "unallocated", "numerator": 6, "denominator": 7, "value": None},
]
"""What lies in the province of 291 and 300."""


def test_a_province_is_the_sum_of_what_lies_in_it_and_of_what_has_no_place_there(session):
    for figure in (TODAY, *WITHIN):
        plant(session, "fct_indicator_rollup", figure)
    publication.check(run(session))


def test_what_was_lost_on_the_way_to_the_province_stops_the_publication(session):
    for figure in (TODAY, *WITHIN[:2]):
        plant(session, "fct_indicator_rollup", figure)
    run_id = run(session)
    with pytest.raises(NotFitToPublish, match="numerator_not_conserved: 1 rows"):
        publication.check(run_id)
    assert {rule for rule, _, _ in broken(session, run_id)} == {"numerator_not_conserved", "denominator_not_conserved"}


def test_who_owes_no_report_is_in_no_sum(session):
    voluntary = WITHIN[0] | {"unit_id": "C3"}
    for figure in (TODAY, *WITHIN, voluntary):
        plant(session, "fct_indicator_rollup", figure)
    publication.check(run(session))


def test_what_an_exempt_agency_tells_of_a_unit_that_owes_by_another_is_in_no_sum(session):
    province, owed, exempt = TODAY | {"numerator": 2, "denominator": 195}, *WITHIN[:2]
    figure_row = {"indicator_code": "3.1", "value": None, "value_low": None, "value_high": None}
    for figure in (province | figure_row, owed | figure_row | {"numerator": 2}, exempt | figure_row | {"numerator": 1}):
        plant(session, "fct_indicator_rollup", figure)
    publication.check(run(session))


def test_a_bare_percentage_is_in_no_sum(session):
    value_only = {"numerator": None, "denominator": None, "value": 97, "units_value_only": 1}
    for figure in (TODAY | {"numerator": 285, "denominator": 293, "value": None}, *WITHIN[:2], WITHIN[2] | value_only):
        plant(session, "fct_indicator_rollup", figure)
    publication.check(run(session))


def test_sums_that_are_known_to_lie_between_two_ends_are_not_compared(session):
    inexact = WITHIN[0] | {"numerator": None, "value_low": 90, "value_high": 97}
    for figure in (TODAY, inexact, *WITHIN[1:]):
        plant(session, "fct_indicator_rollup", figure)
    publication.check(run(session))


def unchecked(connection: psycopg.Connection) -> set[str]:
    return {code for (code,) in connection.execute("select programme_code from ops.changed_partitions('checks')")}


def test_a_corrected_report_has_its_province_checked_and_no_other(session):
    state = (
        "insert into ops.partition_state (consumer, programme_code, period, partition_province_id, version, "
        "accepted_through) values (%s, 'P', '2026', 'W', '1', 1)"
    )
    for consumer in ("marts.fct_indicator_rollup", "checks"):
        session.execute(state, [consumer])
    publication.check(run(session))
    correction = (
        "update ops.partition_state set version = version || 'x' "
        "where consumer <> 'checks' and partition_province_id = 'U'"
    )
    impossible = FIGURE | {"numerator": 303, "value": 101, "value_low": 101, "value_high": 101}
    session.execute(correction)
    plant(session, "fct_indicator_rollup", impossible | {"unit_id": "W"})
    publication.check(run(session))
    session.execute(correction)
    plant(session, "fct_indicator_rollup", impossible | {"unit_id": "U/unallocated", "unit_level": "unallocated"})
    run_id = run(session)
    with pytest.raises(NotFitToPublish, match="share_outside_0_100: 1 rows"):
        publication.check(run_id)


def test_a_figure_that_a_unit_reported_itself_is_the_gates_to_check(session):
    plant(session, "fct_indicator_rollup", FIGURE | {"unit_id": "C1", "unit_level": "commune", "value": 96.9})
    publication.check(run(session))


def test_a_broken_rule_holds_its_own_programme_until_a_later_check_passes_and_no_other(session):
    session.execute(
        "insert into ops.partition_state (consumer, programme_code, period, partition_province_id, version, "
        "accepted_through) values ('marts.fct_indicator_rollup', 'Q', '2026', 'U', '1', 1)"
    )
    plant(session, "fct_indicator_rollup", FIGURE | {"programme_code": "Q", "indicator_code": "99"})
    run_id = run(session)
    with pytest.raises(NotFitToPublish, match="figure_of_unknown_indicator: 1 rows"):
        publication.check(run_id)
    named = session.execute(
        "select rule, programme_code, unexpected_count from ops.check_result_by_programme where run_id = %s", [run_id]
    ).fetchall()

    assert named == [("figure_of_unknown_indicator", "Q", 1)]
    assert unchecked(session) == {"Q"}
    session.execute("delete from marts.fct_indicator_rollup where programme_code = 'Q'")
    publication.check(run(session))
    assert unchecked(session) == set()
