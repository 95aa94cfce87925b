"""The workbook a unit fills in: what the loader reads back, and nothing it could misread."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from ingest import opening, workbook
from ingest.measures import Measures
from ingest.reports import Report
from publish import templates
from publish.forms import Filled, Form
from tests.unit.publish.plans import FORM, LINES, line

FILLED: Filled = {
    "1": {"value": "Có"},
    "3.1": {"numerator": "<2", "denominator": 218},
    "3.2": {"numerator": "KPS", "denominator": 218},
    "5.1": {"numerator": 291, "denominator": 300},
    "8.2": {"value": "96,5"},
}


def read_back(form: Form, filled: Filled) -> Report:
    unpacked = opening.opened(templates.render(form, filled))
    assert isinstance(unpacked, opening.Unpacked)
    assert not unpacked.is_special, "no formula, no error, no percent format"
    (report,) = workbook.read(unpacked, Measures())
    return report


def test_the_loader_reads_back_what_was_filled_in():
    report = read_back(FORM, FILLED)
    assert report.issues == []
    assert report.key == ("bacninh-2026-2030", "2026", "07228", "UBND")
    assert (report.submission_type, report.is_made_up, report.sheet) == ("full", False, "Báo cáo")
    assert report.part_columns == {"indicator": "A", "numerator": "D", "denominator": "E", "value": "F"}
    cells = {found.indicator: (found.numerator, found.denominator, found.value) for found in report.lines}
    assert list(cells) == [asked.code for asked in LINES]
    assert [found.problems for found in report.lines] == [{}] * len(LINES)
    assert [cell.raw for cell in cells["5.1"]] == ["291", "300", ""]
    assert [cell.kind for cell in cells["3.1"]] == ["censored", "exact", "missing"]
    assert cells["3.2"][0].kind == "nil"
    assert (cells["8.2"][2].raw, cells["8.2"][2].low) == ("96,5", cells["8.2"][2].high)
    assert cells["1"][2].kind == "yes"


def test_an_empty_template_is_read_as_missing_lines_and_never_as_zeros():
    kinds = {cell.kind for found in read_back(FORM, {}).lines for cell in found[2:5]}
    assert kinds == {"missing"}


def test_made_up_data_says_so_to_people_and_to_the_loader():
    form = replace(FORM, is_made_up=True)
    assert read_back(form, FILLED).is_made_up
    sheet = openpyxl.load_workbook(BytesIO(templates.render(form, FILLED)))["Báo cáo"]
    assert "SỐ LIỆU GIẢ ĐỊNH – không phải số liệu thật" in [cell.value for cell in sheet["A"]]


def test_a_correction_names_itself():
    form = replace(FORM, submission_type="correction", lines=FORM.only(["5.1"]))
    report = read_back(form, {"5.1": {"numerator": 290, "denominator": 300}})
    assert (report.submission_type, [found.indicator for found in report.lines]) == ("correction", ["5.1"])


def test_the_same_form_gives_the_same_bytes_and_no_formula_or_macro():
    first, second = (templates.render(FORM, FILLED) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]
        assert not any(re.search(rb"<f[ >]", archive.read(name)) for name in archive.namelist())


def test_inputs_are_open_and_all_else_is_locked_without_a_password():
    sheet = openpyxl.load_workbook(BytesIO(templates.render(FORM, {})))["Báo cáo"]
    rows = {str(row[0].value): row for row in sheet.iter_rows(min_row=templates.TABLE_FROM + 2)}
    is_open = {code: [not cell.protection.locked for cell in row[3:6]] for code, row in rows.items()}
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert is_open["5.1"] == [True, True, True]
    assert is_open["1"] == [False, False, True], "a yes or no has no parts"
    assert is_open["9"] == [True, False, False], "a count has nothing to be divided by"
    assert all(row[0].protection.locked and row[1].protection.locked for row in rows.values())


def test_a_code_is_text_even_where_it_looks_like_a_number():
    sheet = openpyxl.load_workbook(BytesIO(templates.render(FORM, {})))["Báo cáo"]
    codes = [row[0].value for row in sheet.iter_rows(min_row=templates.TABLE_FROM + 2) if row[0].value]
    assert codes == ["1", "3.1", "3.2", "5.1", "8.1", "8.2", "9"]
    assert sheet["B6"].value == "2026"
    assert sheet["B7"].value == "07228"


def test_a_yes_or_no_is_chosen_from_a_list_and_a_count_lets_words_in():
    sheet = openpyxl.load_workbook(BytesIO(templates.render(FORM, {})))["Báo cáo"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    row = next(cell.row for cell in sheet["A"] if cell.value == "1")
    assert rules[f"F{row}"].formula1 == '"Có,Không"'
    row = next(cell.row for cell in sheet["A"] if cell.value == "5.1")
    count = rules[f"D{row}:E{row}"]
    assert count.formula1 == f"OR(ISTEXT(D{row}),AND(D{row}>=0,D{row}=INT(D{row})))"
    assert "trẻ em dưới 1 tuổi" in count.prompt


def test_optional_lines_make_the_required_ones_carry_a_star():
    def names(form: Form) -> list[str]:
        sheet = openpyxl.load_workbook(BytesIO(templates.render(form, {})))["Báo cáo"]
        return [row[1].value for row in sheet.iter_rows(min_row=templates.TABLE_FROM + 2) if row[0].value]

    assert not any("(*)" in name for name in names(FORM))
    mixed = replace(FORM, lines=(line("1.1"), line("1.2", is_required=False)))
    assert names(mixed) == ["Chỉ tiêu 1.1 (*)", "Chỉ tiêu 1.2"]


def test_a_code_the_form_does_not_have_is_named():
    with pytest.raises(KeyError, match=r"99\.9"):
        FORM.only(["5.1", "99.9"])
