"""The office's own rows add to, override and remove what is shipped; an upgrade beneath them is noticed."""

import csv
import shutil
from pathlib import Path

import pytest

from tests.unit.warehouse.seeds.small_project import copy_seeds, edit
from warehouse.errors import WrongCall
from warehouse.seeds import checks, office
from warehouse.settings import PROJECT_ROOT

BACNINH = "bacninh-2026-2030"
DEADLINE = f"{BACNINH},2026,commune,UBND,,1"


@pytest.fixture(scope="module")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_seeds(tmp_path_factory.mktemp("small"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, seed: str, *lines: str) -> None:
    (folder / f"{seed}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def changes(project: Path, folder: Path) -> list[tuple[str, str, str]]:
    return [(change.kind, change.seed, change.note) for change in checks.read(project, folder).changes]


def problems(project: Path, folder: Path) -> list[str]:
    return [str(problem) for problem in checks.problems(checks.read(project, folder))]


def cells(project: Path, folder: Path, seed: str, **key: str) -> list[dict]:
    rows = (row.cells for row in checks.read(project, folder).tables[seed].rows)
    return [row for row in rows if all(row[name] == value for name, value in key.items())]


def test_a_row_with_a_shipped_key_replaces_it_and_a_column_that_the_file_lacks_is_as_shipped(small_project, folder):
    key = "programme_code,period,unit_level,agency_code,unit_code,revision"
    put(folder, "deadlines", f"{key},deadline_on", f"{DEADLINE},2026-12-05")
    (row,) = cells(small_project, folder, "deadlines", programme_code=BACNINH, period="2026", unit_level="commune")

    assert (row["deadline_on"], row["reading"], row["phrase_vi"]) == (
        "2026-12-05",
        "exclusive",
        "trước ngày 30/11 hàng năm",
    )
    assert changes(small_project, folder) == [("overridden", "deadlines", "")]
    assert problems(small_project, folder) == []


def test_an_empty_cell_of_the_office_is_empty_and_not_as_shipped(small_project, folder):
    key = "programme_code,period,unit_level,agency_code,unit_code,revision"
    put(folder, "deadlines", f"{key},phrase_vi", f"{DEADLINE},")
    (row,) = cells(small_project, folder, "deadlines", programme_code=BACNINH, period="2026", unit_level="commune")

    assert row["phrase_vi"] is None


def test_a_row_of_another_key_is_added_and_the_sixth_programme_is_checked_like_the_others(small_project, folder):
    for file in (PROJECT_ROOT / "docs" / "examples" / "sixth-programme").glob("*.csv"):
        shutil.copy(file, folder)
    merged = checks.read(small_project, folder)

    assert "vi-du-goc-doc-sach" in merged.programmes
    assert {change.kind for change in merged.changes} == {"added"}
    assert problems(small_project, folder) == []
    edit_own(folder / "targets.csv", "≥", ">=")
    (problem,) = (text for text in problems(small_project, folder) if "comparator" in text)
    assert problem.startswith(f"{folder}/targets.csv, row 2, comparator: “>=” is not a value of it.")


def edit_own(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def test_a_removed_row_that_others_refer_to_is_named_with_the_row_that_removes_it(small_project, folder):
    put(folder, "indicators", "programme_code,indicator_code,change", f"{BACNINH},24,remove")
    found = problems(small_project, folder)

    assert len(found) == 6, "two measures, two targets, a baseline and a concept"
    assert all(f": row 2 of {folder}/indicators.csv removes it." in text for text in found)
    assert {text.split(",")[0].rpartition("/")[2] for text in found} == {
        "baselines.csv",
        "indicator_concepts.csv",
        "indicator_measures.csv",
        "targets.csv",
    }


def test_an_indicator_that_is_removed_with_its_rows_leaves_nothing_wrong(small_project, folder):
    remove_indicator(small_project, folder, BACNINH, "24")

    assert problems(small_project, folder) == []
    assert cells(small_project, folder, "indicators", programme_code=BACNINH, indicator_code="24") == []
    assert {kind for kind, *_ in changes(small_project, folder)} == {"removed"}


def remove_indicator(project: Path, folder: Path, programme: str, code: str) -> None:
    """With every row that refers to it, named by their keys alone."""
    for seed, table in checks.read(project).tables.items():
        if "indicator_code" in table.seed.column_types:
            rows = [row.cells for row in table.rows if row.programme == programme]
            gone = [row for row in rows if row["indicator_code"] == code]
            if gone:
                with (folder / f"{seed}.csv").open("w", encoding="utf-8", newline="") as lines:
                    writer = csv.DictWriter(lines, [*table.seed.key, office.CHANGE])
                    writer.writeheader()
                    writer.writerows(
                        {**{name: row[name] for name in table.seed.key}, "change": "remove"} for row in gone
                    )


UPGRADES = {
    "the row that is overridden is gone": (
        ("change", f"{DEADLINE},2026-12-05", "override"),
        ("deadlines", f"{DEADLINE},2026-11-30", f"{BACNINH},2026,commune,UBND,,2,2026-11-30"),
        ("added", "deadlines", office.NOT_SHIPPED),
    ),
    "the row that is removed is gone": (
        ("change", f"{DEADLINE},", "remove"),
        ("deadlines", f"{DEADLINE},2026-11-30", f"{BACNINH},2026,commune,UBND,,2,2026-11-30"),
        ("removed", "deadlines", office.NOTHING_TO_REMOVE),
    ),
    "a row that is added is shipped too": (
        ("change", f"{BACNINH},2026,commune,UBND,,2,2026-12-05", "add"),
        ("deadlines", f"{BACNINH},2027,commune,UBND,,1,", f"{BACNINH},2026,commune,UBND,,2,"),
        ("overridden", "deadlines", office.SHIPPED_NOW),
    ),
}


@pytest.mark.parametrize("name", UPGRADES)
def test_what_an_upgrade_changes_beneath_a_row_is_said(small_project, folder, tmp_path_factory, name):
    (column, row, meant), (seed, old, new), expected = UPGRADES[name]
    key = "programme_code,period,unit_level,agency_code,unit_code,revision,deadline_on"
    put(folder, "deadlines", f"{key},{column}", f"{row},{meant}")
    upgraded = Path(shutil.copytree(small_project, tmp_path_factory.mktemp("next") / "dbt_project"))
    before = changes(small_project, folder)
    edit(upgraded, seed, lambda text: text.replace(old, new, 1))

    assert [note for *_, note in before] == [""]
    assert changes(upgraded, folder) == [expected]


FOLDERS = {
    "unknown table": (
        ("target", "programme_code", BACNINH),
        "target.csv: no table of the catalogue has that name. Allowed: files named as the seeds, such as targets.csv",
    ),
    "unknown column": (
        ("periods", "programme_code,period,typ", f"{BACNINH},2026,owed"),
        "periods.csv, row 1: the column typ is unknown.",
    ),
    "unknown change": (
        ("periods", "programme_code,period,change", f"{BACNINH},2026,delete"),
        "periods.csv, row 2, change: “delete” is not a value of it. Allowed: add, override, remove, or nothing.",
    ),
    "key twice": (
        ("periods", "programme_code,period,kind", f"{BACNINH},2026,owed", f"{BACNINH},2026,baseline"),
        f"periods.csv, row 3: the key is in row 2 already: programme_code {BACNINH}, period 2026.",
    ),
    "semicolons": (
        ("periods", "programme_code;period;kind", f"{BACNINH};2026;owed"),
        "periods.csv, row 1: the cells are separated by semicolons.",
    ),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_wrong_file_of_the_office_is_named_with_its_row(small_project, folder, name):
    (seed, *lines), expected = FOLDERS[name]
    put(folder, seed, *lines)
    (found,) = problems(small_project, folder)

    assert found.startswith(f"{folder}/{expected}")


def test_what_is_shipped_stays_as_it_is_without_a_folder_and_a_missing_folder_is_an_error(small_project, tmp_path):
    assert checks.read(small_project, None).changes == []
    with pytest.raises(WrongCall, match="there is no folder"):
        office.existing(tmp_path / "nowhere")


def test_the_offices_wording_of_a_rule_is_in_its_receipts(folder, monkeypatch):
    from warehouse import catalogue

    put(folder, "gate_rules", "rule_code,message_vi", "indicator_unknown,Chỉ tiêu này không có (lời của cơ quan).")
    monkeypatch.setenv("BAOCAO_CATALOGUE", str(folder))

    assert catalogue.gate_rules()["indicator_unknown"].message_vi == "Chỉ tiêu này không có (lời của cơ quan)."
    assert catalogue.gate_rules()["indicator_unknown"].severity == "critical"
    monkeypatch.delenv("BAOCAO_CATALOGUE")
    assert "lời của cơ quan" not in catalogue.gate_rules()["indicator_unknown"].message_vi


def test_the_commands_name_each_row_of_the_office(folder, monkeypatch, command):
    key = "programme_code,period,unit_level,agency_code,unit_code,revision"
    put(folder, "deadlines", f"{key},deadline_on", f"{DEADLINE},2026-12-05")
    monkeypatch.setenv("BAOCAO_CATALOGUE", str(folder))
    diff = command("catalogue", "diff")

    assert diff.code == 0
    assert f"overridden deadlines: programme_code {BACNINH}, period 2026" in diff.out
    assert "deadline_on: “2026-11-30” → “2026-12-05”" in diff.out
    assert (
        "0 rows added, 1 overridden, 0 removed by BAOCAO_CATALOGUE: nothing is wrong."
        in command("catalogue", "check").out
    )
