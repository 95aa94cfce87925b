"""What is wrong in the seeds is named before dbt runs: file, row, value, and what is allowed."""

import shutil
from pathlib import Path

import pytest

from pipeline.building import DBT_PROJECT
from tests.unit.warehouse.seeds.small_project import copy_seeds, edit
from warehouse.seeds import checks, schema
from warehouse.seeds.files import Problem

BACNINH = "bacninh-2026-2030"
FOLDER = "dbt_project/seeds/catalogue"


@pytest.fixture(scope="module")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_seeds(tmp_path_factory.mktemp("small"))


@pytest.fixture
def project(small_project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_project, tmp_path / "dbt_project"))


def replace(project: Path, seed: str, old: str, new: str) -> None:
    """In the first row that has it."""
    edit(project, seed, lambda text: text.replace(old, new, 1))


def problems(project: Path) -> list[Problem]:
    return checks.problems(checks.read(project))


def test_nothing_is_wrong_in_what_is_shipped():
    assert problems(DBT_PROJECT) == []


def test_every_kind_of_data_test_and_every_type_in_the_yml_is_checked():
    seeds = schema.read(DBT_PROJECT)
    assert {test.name for seed in seeds for test in seed.data_tests} == checks.CHECKS.keys()
    assert {kind for seed in seeds for kind in seed.column_types.values()} == {"text", *checks.TYPES}
    assert {seed.path for seed in seeds} == set(DBT_PROJECT.glob("seeds/*/*.csv"))


ROWS = {
    "comparator": (
        ("targets", f"{BACNINH},1,province,24,,2030,share,≥", f"{BACNINH},1,province,24,,2030,share,>="),
        f"{FOLDER}/targets.csv, row 3, comparator: “>=” is not a value of it. Allowed: <, ≤, >, ≥, =, between, yes.",
    ),
    "date": (
        ("deadlines", "2026-11-30", "15/12/2026"),
        f"{FOLDER}/deadlines.csv, row 2, deadline_on: “15/12/2026” is not a date. "
        "Allowed: YYYY-MM-DD, such as 2026-12-15.",
    ),
    "date that PostgreSQL would take for another day": (
        ("deadlines", "2026-11-30", "05/12/2026"),
        f"{FOLDER}/deadlines.csv, row 2, deadline_on: “05/12/2026” is not a date. "
        "Allowed: YYYY-MM-DD, such as 2026-12-15.",
    ),
    "day that is not in the calendar": (
        ("deadlines", "2026-11-30", "2026-11-31"),
        f"{FOLDER}/deadlines.csv, row 2, deadline_on: “2026-11-31” is not a date. "
        "Allowed: YYYY-MM-DD, such as 2026-12-15.",
    ),
    "decimal comma": (
        ("targets", "share,≥,75,,,", 'share,≥,"75,5",,,'),
        f"{FOLDER}/targets.csv, row 3, target_low: “75,5” is not a number. "
        "Allowed: digits with a decimal point, such as 1200 or 97.5.",
    ),
    "year with a fraction": (
        ("targets", "24,,2030,share", "24,,2030.5,share"),
        f"{FOLDER}/targets.csv, row 3, target_year: “2030.5” is not a whole number. "
        "Allowed: digits only, such as 2026.",
    ),
    "yes for true": (
        ("reporters", "commune,UBND,figures,true", "commune,UBND,figures,có"),
        f"{FOLDER}/reporters.csv, row 2, is_owed: “có” is neither true nor false. Allowed: true, false.",
    ),
    "period as Excel writes it": (
        ("periods", f"{BACNINH},2026,", f"{BACNINH},Nov-26,"),
        f"{FOLDER}/periods.csv, row 3, period: “Nov-26” is no period. Allowed: 2026, 2026-H1, 2026-Q3, 2026-06.",
    ),
    "unknown indicator": (
        ("targets", f"{BACNINH},3.1,commune", f"{BACNINH},3.9,commune"),
        f"{FOLDER}/targets.csv, row 6, indicator_code: “3.9” is unknown in {BACNINH}. "
        "Allowed: indicator_code as in indicators.csv, such as ",
    ),
    "code without its zero": (
        ("targets", f"{BACNINH},1,commune,07228", f"{BACNINH},1,commune,7228"),
        f"{FOLDER}/targets.csv, row 2, bound_unit_code: “7228” is unknown. "
        "Allowed: unit_code as in org_units.csv, such as 07228",
    ),
    "key twice": (
        ("periods", f"{BACNINH},2027,", f"{BACNINH},2026,"),
        f"{FOLDER}/periods.csv, row 4: the key is in row 3 already: programme_code {BACNINH}, period 2026. "
        "Allowed: each key once.",
    ),
    "comma that is not quoted": (
        ("agencies", f"{BACNINH},VPHDND,", f"{BACNINH},VPHDND,,"),
        f"{FOLDER}/agencies.csv, row 46: the row has 6 cells. "
        "Allowed: 5 cells; a cell that contains a comma is put in quotation marks.",
    ),
    "empty cell": (
        ("programmes", f"\n{BACNINH},", "\n,"),
        f"{FOLDER}/programmes.csv, row 2, programme_code: the cell is empty. Allowed: a value.",
    ),
    "outside its range": (
        ("reporting_thresholds", ",submitted,100,", ",submitted,190,"),
        f"{FOLDER}/reporting_thresholds.csv, row 2, minimum_pct: “190” is outside the range. Allowed: 0 to 100.",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_wrong_row_is_named_with_file_row_value_and_what_is_allowed(project, name):
    (seed, old, new), expected = ROWS[name]
    replace(project, seed, old, new)
    found = problems(project)

    (problem,) = [problem for problem in found if str(problem).startswith(expected)]
    assert problem.programmes == (set() if name == "empty cell" else {BACNINH})


FILES = {
    "semicolons": (lambda text: text.replace(",", ";"), "utf-8", "row 1: the cells are separated by semicolons."),
    "tabs": (lambda text: text.replace(",", "\t"), "utf-8", "row 1: the cells are separated by tabs."),
    "missing column": (
        lambda text: text.replace("data_to", "data_until", 1),
        "utf-8",
        "row 1: the column data_to is missing.",
    ),
    "unknown column": (
        lambda text: text.replace("data_to", "data_until", 1),
        "utf-8",
        "row 1: the column data_until is unknown.",
    ),
    "UTF-16": (lambda text: text, "utf-16", "row 1: the file is not UTF-8 (byte 1)."),
    "quotation mark": (
        lambda text: text.replace("2027,owed", '2027,"owed', 1),
        "utf-8",
        "the quotation marks do not match",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_named_once_and_nothing_is_said_of_its_rows(project, name):
    change, encoding, expected = FILES[name]
    edit(project, "periods", change, encoding)
    found = problems(project)

    assert any(expected in str(problem) for problem in found), [str(problem) for problem in found]
    assert {problem.file for problem in found} == {f"{FOLDER}/periods.csv"}
    assert not any(problem.programmes for problem in found)


def test_a_byte_order_mark_and_true_in_capitals_are_as_good_as_without(project):
    edit(project, "reporters", lambda text: text.replace(",true,", ",TRUE,"), "utf-8-sig")
    assert problems(project) == []


def test_a_missing_file_is_named(project):
    (project / "seeds" / "catalogue" / "periods.csv").unlink()
    (found,) = problems(project)
    assert str(found).startswith(f"{FOLDER}/periods.csv: the file is missing. Allowed: a file with the columns")


def test_a_mistyped_programme_concerns_the_one_that_was_meant(project):
    replace(project, "targets", f"{BACNINH},2,", "bacninh-2026-2O30,2,")
    found = [problem for problem in problems(project) if problem.column == "programme_code"]
    assert [problem.programmes for problem in found] == [{BACNINH, "bacninh-2026-2O30"}]
