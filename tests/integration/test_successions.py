"""Two communes merge between report and deadline, one moves to another province as a new unit, one as itself.

A made-up map (số liệu giả định): 71002 and 71003 become a new unit on 1 November 2026 that bears the code 71002; 71004
ends and goes whole to 72004 in the other province; 71005 stays the same unit, with another parent. All of them have
reported for 2025, when nothing had changed, and in October for 2026. The map changes after that.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import psycopg
import pytest

from expectations import gate
from pipeline import building, completeness
from tests.integration import reports
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from warehouse import clock, database
from warehouse.as_of import parse_timestamp, set_session_as_of

PROGRAMME, INDICATOR, MADE_UP = "gia-dinh", "5.1", "số liệu giả định"
CHANGED_ON = "2026-11-01"
SUCCESSOR, MOVED = f"71002@{CHANGED_ON}", f"72004@{CHANGED_ON}"
OCTOBER, NOVEMBER = "2026-10-20T08:00:00+07:00", "2026-11-05T08:00:00+07:00"
IN_2025 = {"71001": 50, "71002": 40, "71003": 30, "71004": 20, "71005": 10, "72001": 5}
IN_2026 = IN_2025 | {"71002": 90, "71003": 80}


def unit(code: str, parent: str = "", begins: str = "", ends: str = "", unit_id: str = "", name: str = "") -> dict:
    return {
        "unit_id": unit_id or f"{code}@{begins or 'start'}",
        "unit_code": code,
        "unit_name": name or f"{'Xã' if parent else 'Tỉnh'} giả định {code}",
        "unit_type": "xã" if parent else "tỉnh",
        "unit_level": "commune" if parent else "province",
        "parent_code": parent,
        "valid_from": begins,
        "valid_to": ends,
    }


def successor(old: str, new: str) -> dict[str, str]:
    names = {"old_name": f"Xã giả định {old}", "new_name": "Xã giả định mới"}
    codes = {"old_unit_id": f"{old}@start", "old_code": old, "new_unit_id": new, "new_code": new.split("@")[0]}
    return codes | names | {"relation": "whole", "effective_on": CHANGED_ON}


SETTLED = [unit("71"), unit("72"), unit("71001", "71"), unit("72001", "72")]
BEFORE = [*SETTLED, *(unit(code, "71") for code in ("71002", "71003", "71004", "71005"))]
AFTER = [
    *SETTLED,
    *(unit(code, "71", ends=CHANGED_ON) for code in ("71002", "71003", "71004", "71005")),
    unit("71002", "71", begins=CHANGED_ON, name="Xã giả định mới"),
    unit("72004", "72", begins=CHANGED_ON, name="Xã giả định mới"),
    unit("71005", "72", begins=CHANGED_ON, unit_id="71005@start"),
]
LINEAGE = [successor("71002", SUCCESSOR), successor("71003", SUCCESSOR), successor("71004", MOVED)]


def plan(catalogue: OwnCatalogue) -> None:
    """One programme of both provinces: a rate, due before 30 November of 2025 and 2026."""
    rows: dict[str, list[dict[str, object]]] = {
        "programmes": [
            {"name_vi": MADE_UP, "document_vi": MADE_UP, "root_unit_code": "71", "starts_on": "2025-01-01"}
            | {"ends_on": "2030-12-31", "period_type": "year", "data_window": "calendar", "day_off_rule": "stays"}
            | {"min_coverage_pct": 100, "assumptions_vi": MADE_UP, "source": MADE_UP},
        ],
        "periods": [{"period": "2025", "kind": "owed"}, {"period": "2026", "kind": "owed"}],
        "reporters": [
            {"unit_level": "commune", "agency_code": "UBND", "form": "figures", "is_owed": "true"}
            | {"feeds_rollup": "true", "within_unit_code": province, "period_from": "2025", "period_to": "2026"}
            | {"is_assumption": "true", "basis_vi": MADE_UP, "source": MADE_UP}
            for province in ("71", "72")
        ],
        "deadlines": [
            {"period": year, "unit_level": "commune", "agency_code": "UBND", "revision": 1, "reading": "exclusive"}
            | {"deadline_on": f"{year}-11-30", "phrase_vi": "trước ngày 30/11", "is_assumption": "true"}
            | {"source": MADE_UP}
            for year in ("2025", "2026")
        ],
        "indicators": [
            {"indicator_code": INDICATOR, "sort_order": 1, "name_vi": "Chỉ tiêu giả định", "unit_vi": "%"}
            | {"aggregation": "ratio", "factor": 100, "is_part_of_whole": "true", "numerator_vi": MADE_UP}
            | {"denominator_vi": MADE_UP, "direction": "up", "milestone_path": "linear", "is_required": "true"}
            | {"is_sensitive": "false", "min_coverage_pct": 100, "hard_min": 0, "hard_max": 100}
            | {"code_source": "ours", "made_by": "our reading", "source_line": 1},
        ],
        "indicator_measures": [
            {"indicator_code": INDICATOR, "unit_level": level, "measure": "rate"} for level in ("commune", "province")
        ],
    }
    for seed, found in rows.items():
        catalogue.append(seed, [{"programme_code": PROGRAMME} | row for row in found])


def send(code: str, cases: int | None, at: str, period: str = "2026", of: int = 100, **report: object) -> str:
    """One report of a unit, put into raw and validated at that time; returns its verdict."""
    with clock.at(at):
        lines = {INDICATOR: (cases, of)} if cases is not None else {}
        submission = reports.put(code, lines, programme=PROGRAMME, period=period, **report)
        gate.check(submission)
    with database.connect("loader") as connection:
        query = "select status from ops.submission_verdict where submission_id = %s"
        return connection.execute(query, [submission]).fetchall()[0][0]


def build(at: str) -> None:
    with clock.at(at):
        building.build()


@pytest.fixture(scope="module")
def merged(empty_database: str) -> Iterator[None]:
    """Reports of both years, the first map built upon them, then the second."""
    with own_catalogue() as catalogue:
        catalogue.draw_map(BEFORE, [])
        plan(catalogue)
        with clock.at("2025-11-20T08:00:00+07:00"):
            building.prepare_catalogue()
        for period, at, figures in (("2025", "2025-11-20T08:00:00+07:00", IN_2025), ("2026", OCTOBER, IN_2026)):
            for code, cases in figures.items():
                assert send(code, cases, at, period) == "accepted"
        build(OCTOBER)
        catalogue.replace("org_units", AFTER)
        catalogue.replace("org_unit_lineage", LINEAGE)
        build(NOVEMBER)
        yield


class Figure(NamedTuple):
    numerator: Decimal
    denominator: Decimal
    units_expected: int
    units_reporting: int
    has_predecessors: bool


def figure(unit_id: str, basis: str = "as_reported", period: str = "2026", as_of: datetime | None = None) -> Figure:
    query = f"""
        select {", ".join(Figure._fields)} from fct_indicator_rollup
        where unit_id = %s and boundary_basis = %s and period = %s and measure = 'rate'
    """
    with clock.at("2026-12-31T08:00:00+07:00"), database.connect("owner") as connection:
        set_session_as_of(connection, as_of)
        (row,) = connection.execute(query, [unit_id, basis, period]).fetchall()
    return Figure(*row)


def obligations() -> dict[str, str]:
    with database.connect("owner") as connection:
        rows = connection.execute("select unit_id, status from marts.fct_report_obligation where period = '2026'")
        return dict(rows.fetchall())


def test_reports_of_units_that_ended_keep_counting_in_their_places_on_both_maps(merged):
    assert figure("71@start") == (90 + 80 + 50 + 20, 400, 4, 4, True)
    assert figure("72@start") == (5 + 10, 200, 2, 2, False)
    assert figure("71@start", "current")[:2] == (90 + 80 + 50, 300)
    assert figure("72@start", "current")[:2] == (5 + 10 + 20, 300)


def test_a_year_before_the_change_is_as_it_was_and_follows_its_units_on_todays_map(merged):
    assert figure("71@start", period="2025")[:2] == (150, 500)
    assert figure("72@start", period="2025")[:2] == (5, 100)
    assert figure("71@start", "current", "2025")[:2] == (50 + 40 + 30, 300)
    assert figure("72@start", "current", "2025")[:2] == (5 + 20 + 10, 300)


def test_the_heir_has_the_sum_of_its_predecessors_and_owes_its_own_report(merged):
    assert figure(SUCCESSOR) == (170, 200, 2, 2, True)
    assert figure(MOVED, "current") == (20, 100, 1, 1, True)
    owed = obligations()
    assert owed[SUCCESSOR] == owed[MOVED] == "not_due"
    assert {"71002@start", "71003@start", "71004@start"}.isdisjoint(owed)
    assert (owed["71001@start"], owed["71005@start"]) == ("on_time", "on_time")


def test_nobodys_merger_holds_a_publication(merged):
    with clock.at("2026-12-01T08:00:00+07:00"):
        checked = completeness.check()
    assert not any(count for (_, rule), count in checked.counts.items() if rule == "report_without_obligation")


@pytest.fixture(scope="module")
def corrected(merged: None) -> None:
    """The predecessor corrects under its old code, and nothing shows which 71002 a second file means."""
    assert send("71003", 85, "2026-11-06T08:00:00+07:00", submission_type="correction") == "accepted"
    assert send("71002", 1, "2026-11-06T09:00:00+07:00") == "rejected"
    build("2026-11-06T10:00:00+07:00")


def test_a_predecessor_corrects_under_its_old_code(corrected):
    assert figure(SUCCESSOR)[:2] == (90 + 85, 200)
    assert figure("71@start", "current")[:2] == (90 + 85 + 50, 300)


def test_a_code_that_passed_to_an_heir_comes_back_with_the_question(corrected):
    with database.connect("loader") as connection:
        rows = connection.execute(
            "select message_vi from ops.submission_issue where rule = 'unit_ambiguous'"
        ).fetchall()
    ((message,),) = rows
    assert "Xã giả định 71002 (đến hết 31/10/2026); Xã giả định mới (từ 01/11/2026)" in message


@pytest.fixture(scope="module")
def replaced(corrected: None) -> None:
    """The successor reports: a template carries its id, and another file names it beside the code."""
    assert send("71002", 170, "2026-11-20T08:00:00+07:00", of=200, unit_id=SUCCESSOR) == "accepted"
    assert send("71002", 180, "2026-11-20T09:00:00+07:00", of=200, unit_name="giả định mới") == "accepted"
    build("2026-11-20T10:00:00+07:00")


def test_the_heirs_own_report_replaces_its_predecessors(replaced):
    assert figure(SUCCESSOR) == (180, 200, 1, 1, False)
    assert figure("71@start")[:4] == (180 + 50 + 20, 400, 3, 3)
    assert figure("71@start", "current")[:2] == (180 + 50, 300)
    assert obligations()[SUCCESSOR] == "on_time"


def test_what_was_known_before_is_reproduced(replaced):
    earlier = parse_timestamp("2026-11-06T12:00:00+07:00")
    assert figure(SUCCESSOR, as_of=earlier) == (175, 200, 2, 2, True)
    assert figure("71@start", as_of=earlier)[:4] == (90 + 85 + 50 + 20, 400, 4, 4)


def test_when_the_heir_withdraws_its_predecessors_count_again(replaced):
    assert (
        send("71002", None, "2026-11-21T08:00:00+07:00", submission_type="retraction", unit_id=SUCCESSOR) == "accepted"
    )
    build("2026-11-21T09:00:00+07:00")
    assert figure(SUCCESSOR) == (175, 200, 2, 2, True)
    with database.connect() as connection:
        assert _sums(connection, "as_reported") == _sums(connection, "current")


def _sums(connection: psycopg.Connection, basis: str) -> list[tuple]:
    """All that the provinces add up, by period: the same on both maps."""
    query = """
        select period, sum(numerator), sum(denominator) from fct_indicator_rollup
        where unit_level = 'province' and boundary_basis = %s and measure = 'rate' group by 1 order by 1
    """
    return connection.execute(query, [basis]).fetchall()
