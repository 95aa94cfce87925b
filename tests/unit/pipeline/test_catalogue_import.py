"""A workbook of the catalogue, exported, changed and imported: what a person changed arrives, and nothing else does."""

import csv
import json
import shutil
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from pipeline import building, catalogue_import
from publish.catalogue.workbook import render
from tests.fixtures.make_catalogue_workbook import EXAMPLE, PROGRAMME, SAVED
from tests.unit.warehouse.seeds.small_project import copy_seeds, edit
from warehouse.errors import WrongCall
from warehouse.seeds import checks, labels, office, schema
from warehouse.seeds.workbook import EXPORTED, LISTS

DEADLINES, TARGETS, PROGRAMMES = "Thời hạn", "Mức kế hoạch", "Chương trình"


@pytest.fixture(scope="module")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_seeds(tmp_path_factory.mktemp("small"))


@pytest.fixture
def folder(tmp_path: Path, small_project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The office's own catalogue: the made-up sixth programme."""
    copy = Path(shutil.copytree(EXAMPLE, tmp_path / "danh-muc"))
    monkeypatch.setenv("BAOCAO_CATALOGUE", str(copy))
    monkeypatch.setattr(building, "DBT_PROJECT", small_project)
    return copy


def exported(project: Path, folder: Path | None, programme: str | None = PROGRAMME) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(render(checks.read(project, folder), programme)))


def saved(book: openpyxl.Workbook, path: Path) -> Path:
    book.save(path)
    return path


def at(book: openpyxl.Workbook, sheet: str, column: str, row: int):
    """The cell of a column by its name, and its row as the spreadsheet counts."""
    names = [cell.value for cell in book[sheet][2]]
    return book[sheet].cell(row, names.index(column) + 1)


def edits(found: catalogue_import.Plan) -> list[tuple]:
    return [(edit.kind, edit.seed.name, edit.columns if edit.kind == "changed" else None) for edit in found.edits]


def contents(folder: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.stem] = list(csv.DictReader(lines))
    return found


def merged(project: Path, folder: Path) -> dict[str, list[dict]]:
    return {name: [row.cells for row in table.rows] for name, table in checks.read(project, folder).tables.items()}


# --- there and back -------------------------------------------------------------------------------


def test_what_nobody_changed_changes_nothing(small_project, folder, tmp_path):
    for programme in (PROGRAMME, None):
        found = catalogue_import.plan(
            small_project, saved(exported(small_project, folder, programme), tmp_path / "b.xlsx")
        )
        assert (found.edits, found.problems) == ([], [])


def test_two_cells_and_a_row_changed_in_libreoffice_are_all_that_is_imported(small_project, folder):
    before = merged(small_project, folder)
    found = catalogue_import.plan(small_project, SAVED)
    catalogue_import.write(small_project, found)
    after = merged(small_project, folder)
    differing = {name for name in before if before[name] != after[name]}

    assert found.problems == []
    assert edits(found) == [
        ("changed", "deadlines", ["deadline_on"]),
        ("deleted", "deadlines", None),
        ("changed", "targets", ["raw"]),
    ]
    assert differing == {"deadlines", "targets"}
    deadlines, targets = (
        [row for row in after[name] if row["programme_code"] == PROGRAMME] for name in ("deadlines", "targets")
    )
    assert [row["deadline_on"] for row in deadlines] == ["2026-12-20"]
    assert [row["raw"] for row in targets] == ["<82,5", "90"], "text is text, whatever the language"


def test_every_cell_is_text_and_codes_keep_their_zeros(small_project):
    book = exported(small_project, None, "bacninh-2026-2030")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows(min_row=3) for cell in row if cell.value}

    assert kinds == {"s"}
    assert at(book, "Kế hoạch của đơn vị", "unit_code", 3).value == "07228"
    assert at(book, "Hiện trạng", "raw", 6).value == "<2,6"
    assert at(book, DEADLINES, "deadline_on", 3).value == "2026-11-30"
    assert {book[name].sheet_state for name in (EXPORTED, LISTS)} == {"veryHidden"}


def test_equal_rows_give_equal_bytes(small_project):
    project = checks.read(small_project)
    assert render(project, PROGRAMME) == render(project, PROGRAMME)


def test_a_column_with_few_values_has_a_list_and_help_in_vietnamese(small_project):
    book = exported(small_project, None, "bacninh-2026-2030")
    sheet = book[TARGETS]
    letter = at(book, TARGETS, "comparator", 3).column_letter
    (rule,) = (each for each in sheet.data_validations.dataValidation if f"{letter}3" in str(each.sqref))
    _, _, span = rule.formula1.partition("!")
    listed = [cell.value for (cell,) in book[LISTS][span.replace("$", "")]]

    assert listed == ["<", "≤", ">", "≥", "=", "between", "yes"]
    assert rule.promptTitle == "So sánh" and "≤ không quá" in rule.prompt
    assert sheet.cell(1, at(book, TARGETS, "raw", 3).column).comment.text.startswith("Đúng như kế hoạch in")


def test_every_table_and_column_of_the_plans_has_a_vietnamese_label(small_project):
    seeds = [seed for seed in schema.read(small_project) if seed.path.parent.name == "catalogue"]
    seeds = [seed for seed in seeds if seed.name != office.CODE_LABELS]
    texts = [labels.table(seed.name).text for seed in seeds]

    assert [name for name in labels.seeds() if name not in {seed.name for seed in seeds}] == []
    assert len(set(texts)) == len(texts) == 34 and max(map(len, texts)) <= 31, "a sheet's name has 31 letters at most"
    for seed in seeds:
        headings = [labels.column(seed.name, column).text for column in seed.column_types]
        assert all(headings), seed.name


# --- what is written ------------------------------------------------------------------------------


def test_a_shipped_row_is_overridden_added_and_removed_in_the_offices_folder_only(small_project, folder, tmp_path):
    shipped = {path: path.read_bytes() for path in small_project.rglob("*.csv")}
    book = exported(small_project, folder, "bacninh-2026-2030")
    at(book, DEADLINES, "deadline_on", 3).value = "2026-12-05"
    row = [cell.value for cell in book[DEADLINES][3]]
    book[DEADLINES].append([*row[:5], "2", "2026-12-10", *row[7:9], "2026-10-01", *row[10:]])
    book[DEADLINES].delete_rows(7)
    found = catalogue_import.plan(small_project, saved(book, tmp_path / "b.xlsx"))
    written = catalogue_import.write(small_project, found)
    rows = [row for row in contents(folder)["deadlines"] if row["programme_code"] == "bacninh-2026-2030"]

    assert found.problems == [] and written == [folder / "deadlines.csv"]
    assert [(row["period"], row["revision"], row["deadline_on"], row["change"]) for row in rows] == [
        ("2026", "1", "2026-12-05", "override"),
        ("2026", "2", "2026-12-10", "add"),
        ("2030", "1", "", "remove"),
    ]
    assert {path: path.read_bytes() for path in small_project.rglob("*.csv")} == shipped
    assert len([row for row in contents(folder)["deadlines"] if row["programme_code"] == PROGRAMME]) == 2


def test_a_row_that_is_as_shipped_again_leaves_the_folder(small_project, folder, tmp_path):
    for deadline in ("2026-12-05", "2026-11-30"):
        book = exported(small_project, folder, "bacninh-2026-2030")
        at(book, DEADLINES, "deadline_on", 3).value = deadline
        catalogue_import.write(small_project, catalogue_import.plan(small_project, saved(book, tmp_path / "b.xlsx")))

    assert {row["programme_code"] for row in contents(folder)["deadlines"]} == {PROGRAMME}


def test_a_row_that_an_upgrade_changed_meanwhile_and_nobody_else_did_stays_as_upgraded(
    small_project, folder, tmp_path, tmp_path_factory
):
    book = exported(small_project, folder, "bacninh-2026-2030")
    at(book, DEADLINES, "deadline_on", 3).value = "2026-12-05"
    upgraded = Path(shutil.copytree(small_project, tmp_path_factory.mktemp("next") / "dbt_project"))
    edit(upgraded, "deadlines", lambda text: text.replace(",2027-11-30,", ",2027-11-15,", 1))
    found = catalogue_import.plan(upgraded, saved(book, tmp_path / "b.xlsx"))

    assert edits(found) == [("changed", "deadlines", ["deadline_on"])]


def test_a_number_or_date_that_the_spreadsheet_made_of_a_text_is_read_as_it_looks(small_project, folder, tmp_path):
    from datetime import datetime

    book = exported(small_project, folder)
    at(book, DEADLINES, "deadline_on", 3).value = datetime(2026, 12, 20)
    at(book, TARGETS, "target_low", 3).value = "82,5"
    at(book, TARGETS, "target_year", 3).value = 2027
    at(book, TARGETS, "target_low", 4).value = 91.5
    found = catalogue_import.plan(small_project, saved(book, tmp_path / "b.xlsx"))

    assert found.problems == []
    assert [(edit.seed.name, {name: edit.after[name] for name in edit.columns}) for edit in found.edits] == [
        ("deadlines", {"deadline_on": "2026-12-20"}),
        ("targets", {"target_low": "82.5"}),
        ("targets", {"target_low": "91.5"}),
    ]


# --- what is wrong --------------------------------------------------------------------------------

WRONG = {
    "no value of the list": (TARGETS, "comparator", ">=", f"{TARGETS}!G3", "«>=» không nằm trong danh sách"),
    "no date": (DEADLINES, "deadline_on", "20/12/2026", f"{DEADLINES}!G3", "«20/12/2026» không phải ngày"),
    "no number": (TARGETS, "target_low", "1,234", f"{TARGETS}!I3", "«1,234» không phải số"),
    "unknown": (TARGETS, "indicator_code", "9", f"{TARGETS}!B3", "«9» không có trong vi-du-goc-doc-sach"),
    "empty": (TARGETS, "programme_code", None, f"{TARGETS}!A3", "ô trống"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_cell_is_named_by_sheet_and_cell_and_nothing_is_written(small_project, folder, tmp_path, command, name):
    sheet, column, value, address, reason = WRONG[name]
    book = exported(small_project, folder)
    cell = at(book, sheet, column, 3)
    cell.value = value
    before = contents(folder)
    path = saved(book, tmp_path / "b.xlsx")
    outcomes = [command("catalogue", name, path) for name in ("check", "import")]

    assert f"{sheet}!{cell.coordinate}".startswith(address.split("!")[0])
    for outcome in outcomes:
        assert outcome.code == 1
        assert f"{sheet}!{cell.coordinate}  {reason}" in outcome.out, outcome.out
        assert "không ghi gì" in outcome.err
    assert contents(folder) == before


def test_an_indicator_whose_targets_stay_cannot_be_deleted(small_project, folder, tmp_path):
    book = exported(small_project, folder)
    book["Chỉ tiêu"].delete_rows(3)
    found = catalogue_import.plan(small_project, saved(book, tmp_path / "b.xlsx"))
    addresses = [found.address(each.file, each.row, each.column) for each in found.problems]

    assert f"{TARGETS}!B3" in addresses and "Loại số liệu!B3" in addresses


def test_files_that_are_no_workbook_of_the_catalogue_are_refused(small_project, folder, tmp_path):
    (tmp_path / "text.xlsx").write_text("no workbook")
    other = saved(openpyxl.Workbook(), tmp_path / "other.xlsx")
    for path, reason in (
        (tmp_path / "none.xlsx", "Không có tệp"),
        (tmp_path / "text.xlsx", "không phải sổ .xlsx"),
        (other, "không phải sổ danh mục"),
    ):
        with pytest.raises(WrongCall, match=reason):
            catalogue_import.plan(small_project, path)


def test_without_a_folder_of_its_own_nothing_is_written(small_project, folder, tmp_path, command, monkeypatch):
    book = exported(small_project, folder, "bacninh-2026-2030")
    at(book, DEADLINES, "deadline_on", 3).value = "2026-12-05"
    path = saved(book, tmp_path / "b.xlsx")
    monkeypatch.delenv("BAOCAO_CATALOGUE")
    outcome = command("catalogue", "import", path)
    changes = json.loads(command("catalogue", "check", path, "--json").out)["changes"]

    assert outcome.code == 2 and "Chưa đặt BAOCAO_CATALOGUE" in outcome.err
    assert [(each["change"], each["address"]) for each in changes] == [("changed", f"{DEADLINES}!A3")]


def test_the_command_exports_one_programme_and_refuses_an_unknown_one(small_project, folder, tmp_path, command):
    path = tmp_path / "b.xlsx"

    assert command("catalogue", "export", path, "--programme", PROGRAMME).code == 0
    book = openpyxl.load_workbook(path)
    assert [row[0] for row in book[PROGRAMMES].iter_rows(min_row=3, max_row=4, values_only=True)] == [PROGRAMME, None]
    assert "Quy tắc kiểm tra" not in book.sheetnames, "rules are of no programme"
    unknown = command("catalogue", "export", path, "--programme", "nowhere")
    assert unknown.code == 2 and "There is no programme nowhere" in unknown.err
