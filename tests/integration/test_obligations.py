"""The status of an obligation over time: reports and verdicts in, a real build, the marts and the command out.

Six communes of Bắc Ninh, 2026; the deadline is "trước ngày 30/11".
"""

import json
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from expectations import gate
from tests.integration.reports import put
from warehouse import clock, database

PUNCTUAL, TARDY, RESENT, REFUSED, MISSING, WITHDRAWN = "07210", "07228", "07246", "07264", "07282", "07288"
UNITS = [PUNCTUAL, TARDY, RESENT, REFUSED, MISSING, WITHDRAWN]

GOOD = {"5.1": (291, 300), "1": (None, None, "Có")}
BAD = {"5.1": (301, 300)}

SEASON = (
    ("2026-11-18 08:00", "2026-11-18 08:05", RESENT, BAD, "full"),
    ("2026-11-19 08:00", "2026-11-19 08:05", REFUSED, BAD, "full"),
    ("2026-11-20 08:00", "2026-11-20 08:05", WITHDRAWN, GOOD, "full"),
    ("2026-11-25 08:00", "2026-11-25 08:05", WITHDRAWN, {}, "retraction"),
    ("2026-11-29 23:59:59", "2026-11-30 01:00", PUNCTUAL, GOOD, "full"),
    ("2026-11-30 00:00", "2026-11-30 01:10", TARDY, GOOD, "full"),
    ("2026-12-02 08:00", "2026-12-02 08:05", RESENT, GOOD, "full"),
)
"""When it arrived, when the gate judged it, whose report, its lines, its type."""


@pytest.fixture(scope="module")
def season(own_database: str) -> None:
    from pipeline import building

    building.prepare_catalogue()
    for received_at, decided_at, unit, lines, kind in SEASON:
        with clock.at(received_at):
            submission = put(unit, lines, submission_type=kind)
        with clock.at(decided_at):
            gate.check(submission)
    with clock.at("2026-12-03 09:00"):
        building.build()


@pytest.fixture
def session(season: None) -> Iterator[psycopg.Connection]:
    with database.connect("bi") as connection:
        connection.row_factory = dict_row
        yield connection


def statuses(session: psycopg.Connection, timestamp: str) -> dict[str, tuple[str, int | None]]:
    session.execute("select set_config('baocao.as_of', %s, false)", [f"{timestamp}+07"])
    rows = session.execute(
        "select unit_code, status, days_late from marts.fct_report_obligation "
        "where period = '2026' and unit_code = any(%s)",
        [UNITS],
    ).fetchall()
    return {row["unit_code"]: (row["status"], row["days_late"]) for row in rows}


def test_before_the_deadline_nobody_is_missing(session):
    assert statuses(session, "2026-11-24 12:00") == {
        PUNCTUAL: ("not_due", None),
        TARDY: ("not_due", None),
        RESENT: ("rejected", None),
        REFUSED: ("rejected", None),
        MISSING: ("not_due", None),
        WITHDRAWN: ("on_time", 0),
    }


def test_at_the_deadline_what_is_not_judged_yet_is_missing(session):
    assert statuses(session, "2026-11-30 00:30") == {
        PUNCTUAL: ("missing", 1),
        TARDY: ("missing", 1),
        RESENT: ("rejected", 1),
        REFUSED: ("rejected", 1),
        MISSING: ("missing", 1),
        WITHDRAWN: ("missing", 1),
    }


def test_days_later_arrival_decides_and_not_the_verdict(session):
    assert statuses(session, "2026-12-03 09:00") == {
        PUNCTUAL: ("on_time", 0),
        TARDY: ("late", 1),
        RESENT: ("late", 3),
        REFUSED: ("rejected", 4),
        MISSING: ("missing", 4),
        WITHDRAWN: ("missing", 4),
    }


def test_without_a_moment_of_its_own_a_session_reads_the_last_builds(session):
    row = session.execute(
        "select status, lines_required, lines_reported, is_complete from marts.fct_report_obligation "
        "where period = '2026' and unit_code = %s",
        [RESENT],
    ).fetchone()

    assert row == {"status": "late", "lines_required": 33, "lines_reported": 2, "is_complete": False}


def test_the_provinces_rates_are_its_communes(session):
    row = session.execute(
        "select obligations, reports_submitted, reports_on_time, reports_accepted, reports_complete, on_time_pct "
        "from marts.rpt_reporting_rates where period = '2026' and unit_code = '24'"
    ).fetchone()

    assert list(row.values())[:-1] == [99, 4, 1, 3, 0]
    assert round(float(row["on_time_pct"]), 4) == 1.0101


def test_a_baseline_and_what_has_no_date_are_never_missing(session):
    session.execute("select set_config('baocao.as_of', '2031-12-31', false)")
    rows = session.execute(
        "select period, count(*) as reports from marts.rpt_missing_reports "
        "where programme_code in ('bacninh-2026-2030', 'bacgiang-maternal-child-2025') group by 1 order by 1"
    ).fetchall()

    assert [(row["period"], row["reports"]) for row in rows] == [
        ("2026", 96),
        ("2027", 99),
        ("2028", 99),
        ("2029", 99),
        ("2030", 99),
    ]


def test_the_command_lists_who_is_missing_as_of_a_moment(season, command):
    outcome = command("missing", "--programme", "bacninh-2026-2030", "--as-of", "2026-12-03 09:00", "--json")
    rows = {row["unit_code"]: row for row in json.loads(outcome.out)}

    assert (outcome.code, len(rows)) == (0, 96)
    assert (rows[REFUSED]["status"], rows[REFUSED]["days_late"]) == ("rejected", 4)
    assert rows[MISSING]["deadline_at"].startswith("2026-11-30T00:00:00")
    assert not {PUNCTUAL, TARDY, RESENT} & set(rows)


def test_before_the_deadline_the_command_lists_nobody(season, command):
    outcome = command("missing", "--programme", "bacninh-2026-2030", "--as-of", "2026-11-29 23:59")

    assert outcome.out == "No report is overdue.\n"


def test_ended_plans_are_left_out_and_said_to_be_unless_they_are_asked_for(season, command):
    timestamp = ("--as-of", "2031-06-01 07:00")
    outcome = command("missing", *timestamp, "--json")
    named = command("missing", "--programme", "bacninh-2026-2030", *timestamp, "--json")
    everything = json.loads(command("missing", "--all", *timestamp, "--json").out)

    assert "bacninh-2026-2030" not in {row["programme_code"] for row in json.loads(outcome.out)}
    assert f"Left out: {len(everything) - len(json.loads(outcome.out))} reports of plans that have ended" in outcome.err
    assert [row for row in everything if row["programme_code"] == "bacninh-2026-2030"] == json.loads(named.out)
    assert len(json.loads(named.out)) == 96 + 4 * 99
    assert "Left out" not in named.err


def test_many_rows_are_plain_lines(season, command):
    outcome = command("missing", "--programme", "bacninh-2026-2030", "--as-of", "2031-06-01 07:00").out.splitlines()

    assert len(outcome) == 1 + 96 + 4 * 99
    assert outcome[0].split()[:3] == ["programme_code", "period", "unit_code"]
    assert {line.index("UBND") for line in outcome[1:]} == {outcome[0].index("agency_code")}


def test_the_command_tells_the_rates_of_the_highest_place_and_of_each_below_it(season, command):
    call = ("rates", "--programme", "bacninh-2026-2030", "--period", "2026", "--as-of", "2026-12-02 12:00", "--json")
    with clock.at("2026-12-03 09:00"):
        (province,) = json.loads(command(*call).out)
        communes = json.loads(command(*call, "--unit", "24", "--level", "commune").out)
        (tardy,) = json.loads(command(*call, "--unit", TARDY).out)
        days = json.loads(command(*call, "--over-time").out)
        table = command(*call[:-1])

    counts = ("obligations", "reports_submitted", "reports_on_time", "reports_accepted", "reports_complete")
    assert (province["unit_name"], [province[name] for name in counts]) == ("Thành phố Bắc Ninh", [99, 4, 1, 3, 0])
    assert (len(communes), sum(row["reports_submitted"] for row in communes)) == (99, 4)
    assert (tardy["unit_code"], tardy["submitted_pct"], tardy["on_time_pct"]) == (TARDY, 100, 0)
    assert (days[0]["day"], days[-1]["day"], len(days)) == ("2026-10-30", "2026-12-02", 34)
    accepted = {row["day"]: row["reports_accepted"] for row in days}
    assert [accepted[f"2026-11-{day}"] for day in (19, 20, 24, 25, 29, 30)] == [0, 1, 1, 0, 0, 2]
    assert table.code == 0


def test_rates_of_a_unit_that_never_was_are_a_wrong_call(season, command):
    assert command("rates", "--unit", "99999").code == 2


@pytest.mark.parametrize(
    "wrong",
    [("--as-of", "30/11"), ("--programme", "bacninh"), ("--programme", "bacninh-2026-2030", "--period", "2040")],
)
def test_a_wrong_call_ends_with_2(season, command, wrong):
    assert command("missing", *wrong).code == 2
