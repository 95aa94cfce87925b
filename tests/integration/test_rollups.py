"""From files to the province's figures through the real reader, the real gate and the real build.

What the models make is held against `reference.py`, which reads the same texts and knows nothing of the models.
"""

import csv
import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from pipeline import building, receiving
from publish.reading import tracing
from tests.integration import reference
from warehouse import clock, database
from warehouse.settings import PROJECT_ROOT

PROGRAMME = "bacninh-2026-2030"
EXAMPLES = PROJECT_ROOT / "docs" / "examples"
HEADER = ["programme", "period", "unit_code", "indicator", "numerator", "denominator", "value", "note"]
CATALOGUE = PROJECT_ROOT / "dbt_project" / "seeds" / "catalogue" / "indicators.csv"
DISTRICTS = [213, 215, 216, 217, 218, 219, 220, 222, 223, 224]
HEAD_COUNTS = {"11.1", "11.2"}  # a ward's bare value there is a count
PERIODS = iter(["2026", "2027", "2028"])

INDICATORS = {
    row["indicator_code"]: row
    for row in csv.DictReader(CATALOGUE.open(encoding="utf-8"))
    if row["programme_code"] == PROGRAMME
}


@pytest.fixture(scope="module", autouse=True)
def built(own_database):
    building.prepare_catalogue()


def units_on_the_disk(period: str) -> list[str]:
    """The units of the period's lines in the order in which they were written."""
    with database.connect() as connection:
        query = "select unit_id from intermediate.int_values__versioned where period = %s order by ctid"
        return [unit for (unit,) in connection.execute(query, [period])]


def out_of_order(units: list[str]) -> int:
    """How often another unit follows that goes before: seldom, where free space of a page is filled first."""
    return sum(unit > following for unit, following in pairwise(units))


def communes() -> list[str]:
    with database.connect() as connection:
        query = (
            "select unit_code from intermediate.int_expected_reports__latest "
            "where programme_code = %s and period = '2026' and unit_level = 'commune' and agency_code = 'UBND' "
            "order by unit_code"
        )
        return [code for (code,) in connection.execute(query, [PROGRAMME])]


def a_line(chance: random.Random, indicator: dict[str, str]) -> tuple[str, str, str]:
    """What a commune may write for an indicator: both parts, a nil, a bound, a percentage only, or nothing."""
    way = chance.random()
    if indicator["aggregation"] == "share_of_units":
        return ("", "", chance.choice(["Có", "Không", ""]))
    if way < 0.08:
        return ("", "", "")
    if way < 0.12:
        return ("", "", "không áp dụng")
    children = chance.randint(1, 900)
    if way < 0.2:
        return ("KPS", str(children), "")
    if way < 0.3:
        return (f"<{chance.randint(1, min(children, 9))}", str(children), "")
    if way < 0.35 and indicator["aggregation"] == "ratio" and indicator["indicator_code"] not in HEAD_COUNTS:
        return ("", "", f"{chance.randint(0, 99)},5")
    return (str(chance.randint(0, children)), str(children), "")


def a_season(chance: random.Random, units: list[str]) -> dict[str, dict[str, tuple[str, str, str]] | None]:
    """Each commune's report; None for the missing ones."""
    return {
        unit: None if chance.random() < 0.1 else {code: a_line(chance, row) for code, row in INDICATORS.items()}
        for unit in units
    }


def send(season, period: str, file: Path, spoilt: set[str]) -> list:
    """All reports of a season in one file; a spoilt one has more cases than children and must not be accepted."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEADER)
        for unit, report in season.items():
            for code, parts in (report or {}).items():
                shown = ("5", "4", "") if unit in spoilt and code == "5.1" else parts
                writer.writerow([PROGRAMME, period, unit, code, *shown, "số liệu giả định"])
    return receiving.receive([str(file)])


def rejected_units(receipts: list) -> set[str]:
    return {report["unit"] for receipt in receipts for report in receipt.submissions if report["status"] == "rejected"}


def of_province(period: str, basis: str) -> dict[str, dict]:
    query = """
        select figures.* from fct_indicator_rollup as figures
        join catalogue.indicator_measures as reported using (programme_code, indicator_code, measure)
        where programme_code = %s and period = %s and unit_code = '24' and boundary_basis = %s
            and reported.unit_level = 'province'
    """
    with database.connect() as connection:
        cursor = connection.cursor(row_factory=dict_row).execute(query, [PROGRAMME, period, basis])
        return {row["indicator_code"]: row for row in cursor}


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_the_provinces_figures_are_those_of_an_independent_computation(seed, tmp_path_factory):
    chance, period = random.Random(seed), next(PERIODS)
    units = communes()
    season = a_season(chance, units)
    spoilt = {unit for unit in units if season[unit] and chance.random() < 0.05}
    with clock.at(f"{period}-11-20T08:00:00+07:00"):
        receipts = send(season, period, tmp_path_factory.mktemp("season") / "season.csv", spoilt)
        building.build()
    accepted = [report for unit, report in season.items() if report and unit not in spoilt]

    assert len(units) == 99
    assert rejected_units(receipts) == spoilt
    assert out_of_order(units_on_the_disk(period)) < 100
    for basis in ("as_reported", "current"):
        figures = of_province(period, basis)
        assert figures.keys() == INDICATORS.keys()
        for code, row in INDICATORS.items():
            assert_agrees(figures[code], row, accepted)


def assert_agrees(made: dict, indicator: dict[str, str], accepted: list) -> None:
    yes_no = indicator["aggregation"] == "share_of_units"
    sums = reference.summed(accepted, indicator["indicator_code"], yes_no, indicator["is_part_of_whole"] == "true")
    expected = reference.figure(sums, indicator["aggregation"], int(indicator["factor"] or 100))

    assert made["units_expected"] == 99 - sums.not_applicable
    assert made["units_reporting"] == sums.reporting
    assert made["units_value_only"] == sums.value_only
    assert made["is_provisional"] == (sums.reporting < 99 - sums.not_applicable)
    numerator_low, numerator_high = sums.ends("numerator")
    assert made["numerator"] == (numerator_low if sums.reporting and numerator_low == numerator_high else None)
    if expected is None:
        assert (made["value"], made["value_low"], made["value_high"]) == (None, None, None)
        return
    assert float(made["value_low"]) == pytest.approx(float(expected[0]), rel=1e-12, abs=1e-12)
    assert float(made["value_high"]) == pytest.approx(float(expected[1]), rel=1e-12, abs=1e-12)
    assert (made["value"] is None) == (expected[0] != expected[1])


def test_the_annex_of_da_mai_comes_out_with_its_own_values_and_a_verdict_for_each_row(command):
    receiving.receive([str(EXAMPLES)])
    building.build()
    outcome = command("progress", PROGRAMME, "07228", "2025", "--json")
    rows = json.loads(outcome.out)
    against = {(row["indicator_code"], row["target_scope"]): row for row in rows}
    bound = against["3.2", "commune"]

    assert outcome.code == 0
    assert len({row["indicator_code"] for row in rows}) == 33
    assert all(row["verdict"] for row in rows)
    assert (bound["value"], bound["value_high"], bound["high_closed"], bound["verdict"]) == (None, 2.6, False, "met")
    assert against["4.1", "commune"]["value"] == 7.7
    assert against["18.2", "commune"]["verdict"] == "no_data"
    assert against["11.1", "province"]["verdict"] == against["11.2", "province"]["verdict"] == "not_comparable"
    assert against["11.1", "commune"]["verdict"] == "met"
    assert against["11.2", "commune"]["verdict"] == "not_met"
    assert against["5.1", "commune"]["verdict"] == against["5.1", "province"]["verdict"] == "undetermined"
    assert against["1", "commune"]["verdict"] == "not_met"
    assert against["21", "commune"]["verdict"] == "met"


def test_ten_districts_that_ended_are_found_whole_in_todays_province(tmp_path):
    programme = "bacgiang-maternal-child-2025"
    file = tmp_path / "districts.csv"
    sent = {str(code): (code, 300) for code in DISTRICTS}
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEADER)
        for unit, (cases, women) in sent.items():
            writer.writerow([programme, "2024", unit, "I.2", cases, women, "", "số liệu giả định"])
    receipts = receiving.receive([str(file)])
    building.build()
    query = """
        select unit_code, unit_level, boundary_basis, numerator, denominator, units_expected
        from fct_indicator_rollup
        where programme_code = %s and period = '2024' and indicator_code = 'I.2' and unit_code like '24%%'
    """
    with database.connect() as connection:
        figures = set(connection.execute(query, [programme]).fetchall())
    whole = (sum(cases for cases, _ in sent.values()), 3000)

    assert len(sent) == 10 and {receipt.status for receipt in receipts} == {"accepted_with_warnings"}
    assert ("24", "province", "as_reported", *whole, 10) in figures
    assert ("24", "province", "current", *whole, 10) in figures
    assert ("24/unallocated", "unallocated", "current", *whole, 10) in figures


def test_what_the_province_says_itself_stands_beside_what_is_made_from_below(tmp_path):
    file = tmp_path / "own.csv"
    programme = "bacgiang-maternal-child-2025"
    file.write_text(f"{','.join(HEADER)}\n{programme},2024,24,I.2,2000,3000,,số liệu giả định\n", encoding="utf-8")
    receiving.receive([str(file)])
    building.build()
    query = "select own_numerator, rolled_up_numerator from rpt_reconciliation where period = '2024'"
    with database.connect() as connection:
        rows = connection.execute(query).fetchall()
        traced = tracing.parts(connection, programme, "I.2", "24", "2024")

    assert len(traced) == 10 and {row["unit_code"] for row in traced} == {str(code) for code in DISTRICTS}
    assert rows == [(2000, sum(DISTRICTS))]


def test_the_same_folder_twice_changes_no_figure():
    before = figures_and_versions()
    again = receiving.receive([str(EXAMPLES)])
    building.build()

    assert {receipt.status for receipt in again} == {"duplicate", "rejected"}
    assert figures_and_versions() == before


def figures_and_versions() -> list[list[tuple]]:
    with database.connect() as connection:
        return [
            connection.execute(f"select * from {mart} order by 1, 2, 3, 4, 5, 6, 7").fetchall()
            for mart in ("marts.fct_indicator_rollup", "marts.fct_reported_value")
        ]
