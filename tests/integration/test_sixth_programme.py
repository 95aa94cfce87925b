"""A programme is rows: from the form to the annex and the score sheet without a line of code.

The sixth is the made-up example of docs/adding-a-programme.md. The seventh (tests/fixtures/scored_programme), by
quarters, has a score sheet and an inspection besides.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from psycopg.rows import dict_row

from pipeline import building, receiving
from publish.forms import queries as form_queries
from publish.forms import workbook as form_workbook
from publish.simulation import simulate
from tests.integration.own_catalogue import own_catalogue, read
from warehouse import clock, database
from warehouse.settings import PROJECT_ROOT

SIXTH, SEVENTH = "vi-du-goc-doc-sach", "truong-an-toan-gia-dinh"
YEAR, QUARTER = "2026", "2026-Q4"
ROWS = {
    SIXTH: PROJECT_ROOT / "docs" / "examples" / "sixth-programme",
    SEVENTH: PROJECT_ROOT / "tests" / "fixtures" / "scored_programme",
}
REPORTING = 12
"""Of the 99 communes that owe the sixth a report, so many send one."""
NOT_REPORTING = 2
"""Of the 38 communes that owe the seventh one, so many do not."""

WELL = {"1": {"numerator": 9, "denominator": 10}, "2": {"value": "KPS"}, "3": {"value": "Có"}, "A.1": {"value": 10}}
BADLY = {"1": {"numerator": 1, "denominator": 2}, "2": {"value": 4}, "3": {"value": "Không"}, "A.1": {"value": 8}}


@pytest.fixture(scope="module", autouse=True)
def owing(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[str]]]:
    """Who owes which programme a report. The reports have come, and the figures are made."""
    out = tmp_path_factory.mktemp("programmes")
    with own_catalogue() as catalogue:
        for folder in ROWS.values():
            catalogue.append_folder(folder)
        building.prepare_catalogue()
        owed = {SIXTH: owing_units(SIXTH, YEAR), SEVENTH: owing_units(SEVENTH, QUARTER)}
        with clock.at("2026-12-10T08:00:00+07:00"):
            answers = receive(simulate.simulate(SIXTH, YEAR, owed[SIXTH][:REPORTING], seed=6, out=out))
        well, badly, *others = owed[SEVENTH][:-NOT_REPORTING]
        with clock.at("2027-01-10T08:00:00+07:00"):
            own = [filled(well, "UBND", WELL, out), filled(badly, "UBND", BADLY, out)]
            answers += receive([*own, *simulate.simulate(SEVENTH, QUARTER, others, seed=7, out=out)])
        with clock.at("2027-01-18T08:00:00+07:00"):
            answers += receive([filled(badly, "KIEM-TRA", {"A.1": {"value": 3}}, out)])
        with clock.at("2027-01-20T08:00:00+07:00"):
            building.build()
            assert answers == ["accepted"] * (REPORTING + 38 - NOT_REPORTING + 1)
            yield owed


def receive(files: list[Path]) -> list[str]:
    return [receipt.status for receipt in receiving.receive([str(file) for file in files])]


def owing_units(programme: str, period: str) -> list[str]:
    query = (
        "select unit_code from intermediate.int_expected_reports__latest "
        "where programme_code = %s and period = %s and is_owed order by 1"
    )
    with database.connect() as connection:
        return [code for (code,) in connection.execute(query, [programme, period])]


def filled(unit: str, agency: str, cells: dict, out: Path) -> Path:
    with database.connect() as connection:
        form = form_queries.form(connection, SEVENTH, unit, QUARTER, agency)
    return form_workbook.write(form, out / f"{unit}-{agency}.xlsx", cells)


def figures(programme: str, period: str, unit: str) -> dict[str, dict]:
    query = (
        "select * from fct_indicator_rollup where programme_code = %s and period = %s and unit_code = %s "
        "and boundary_basis = 'as_reported'"
    )
    with database.connect() as connection:
        rows = connection.cursor(row_factory=dict_row).execute(query, [programme, period, unit])
        return {row["indicator_code"]: row for row in rows}


def cells_of(path: Path, sheet: str | int) -> list[tuple]:
    book = openpyxl.load_workbook(path)
    return list((book[sheet] if isinstance(sheet, str) else book.worksheets[sheet]).iter_rows(values_only=True))


@pytest.mark.parametrize("programme", [SIXTH, SEVENTH])
def test_the_rows_are_of_one_programme_and_say_that_they_are_made_up(programme):
    seeds = {file.stem: read(file) for file in ROWS[programme].glob("*.csv")}

    assert len(seeds) >= 8 and all(seeds.values())
    assert {row["programme_code"] for rows in seeds.values() for row in rows} == {programme}
    assert "giả định" in seeds["programmes"][0]["name_vi"]


@pytest.mark.parametrize(
    ("programme", "period", "owed", "required"),
    [
        (SIXTH, YEAR, 99, {"1", "2", "3", "Tỷ lệ trường tiểu học có góc đọc sách"}),
        (SEVENTH, QUARTER, 38, {"1", "2", "3", "A.1", "Tỷ lệ trường học có nước sạch"}),
    ],
)
def test_every_commune_that_owes_a_report_gets_its_form(owing, command, tmp_path, programme, period, owed, required):
    path = tmp_path / "mau.xlsx"
    outcome = command("template", programme, owing[programme][-1], period, "--out", path)

    assert outcome.code == 0 and len(owing[programme]) == owed
    assert required <= {str(cell) for row in cells_of(path, 0) for cell in row}


@pytest.mark.parametrize(
    ("programme", "period", "province", "reporting", "expected"),
    [(SIXTH, YEAR, "24", REPORTING, 99), (SEVENTH, QUARTER, "12", 38 - NOT_REPORTING, 38)],
)
def test_the_provinces_figures_are_the_sums_of_its_communes(owing, programme, period, province, reporting, expected):
    outcome = figures(programme, period, province)
    of_communes = [figures(programme, period, code) for code in owing[programme][:reporting]]
    rate, heads, share = (outcome[code] for code in ("1", "2", "3"))

    assert outcome.keys() == {"1", "2", "3"}  # points are nobody's but the commune's
    assert rate["numerator"] == sum(figure["1"]["numerator"] for figure in of_communes)
    assert rate["denominator"] == sum(figure["1"]["denominator"] for figure in of_communes)
    assert float(rate["value"]) == pytest.approx(float(rate["numerator"] * 100 / rate["denominator"]))
    assert heads["value"] == sum(figure["2"]["value"] for figure in of_communes)
    assert share["numerator"] == sum(figure["3"]["value"] for figure in of_communes)
    assert {(row["units_reporting"], row["units_expected"], row["is_provisional"]) for row in outcome.values()} == {
        (reporting, expected, True)
    }


def test_who_is_silent_is_missing(owing, command):
    missing = command("missing", "--programme", SEVENTH, "--json")

    assert [row["unit_code"] for row in json.loads(missing.out)] == owing[SEVENTH][-NOT_REPORTING:]


@pytest.mark.parametrize(
    ("programme", "period", "province", "indicator", "target", "reach"),
    [
        (SIXTH, YEAR, "24", "Tỷ lệ trường tiểu học có góc đọc sách", "80", ("12", "99")),
        (SEVENTH, QUARTER, "12", "Tỷ lệ trường học có nước sạch", "90", ("36", "38")),
    ],
)
def test_the_annex_has_its_target_and_reach(command, tmp_path, programme, period, province, indicator, target, reach):
    path = tmp_path / "phu-luc.xlsx"
    outcome = command("report", programme, province, period, "--out", path)
    (row,) = (row for row in cells_of(path, "Phụ lục") if indicator in row)

    assert outcome.code == 0
    assert any(target in str(cell) for cell in row)
    assert any(all(number in str(cell) for number in reach) for cell in row)


def test_the_communes_are_scored_and_ranked_by_the_rows_of_the_sheet(owing, command):
    """9 of 10 schools reach the target of 90 %: 10 + 10. Of 8 points the inspection left 3; who was silent lost 3."""
    outcome = command("score", SEVENTH, QUARTER, "--json")
    assert outcome.code == 0, outcome.err
    rows = {row["unit_code"]: row for row in json.loads(outcome.out)}
    well, badly, not_reporting = owing[SEVENTH][0], owing[SEVENTH][1], owing[SEVENTH][-1]

    assert rows.keys() == set(owing[SEVENTH])
    assert {unit: Decimal(str(rows[unit]["total_points"])) for unit in (well, badly, not_reporting)} == {
        well: 20,
        badly: 3,
        not_reporting: -3,
    }
    assert rows[well]["rank"] == 1
