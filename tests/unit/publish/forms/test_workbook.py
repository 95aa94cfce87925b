"""The workbook a unit fills in: what the loader reads back, and nothing it could misread."""

import re
import warnings
import zipfile
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from ingest import opening, workbook
from ingest.measures import Measures
from ingest.reports import Report
from publish.forms import workbook as form_workbook
from publish.forms.types import MET_OR_NOT, Filled, Form, Previous
from tests.unit.publish.plans import FORM, LINES, line

FILLED: Filled = {
    "1": {"value": "Có"},
    "3.1": {"numerator": "<2", "denominator": 218},
    "3.2": {"numerator": "KPS", "denominator": 218},
    "5.1": {"numerator": 291, "denominator": 300},
    "8.2": {"value": "96,5"},
}


def read_back(form: Form, filled: Filled) -> Report:
    unpacked = opening.opened(form_workbook.render(form, filled))
    assert isinstance(unpacked, opening.Unpacked)
    assert [grid.shown for grid in workbook.grids(unpacked)] == [{}, {}], "no formula, no error, no percent format"
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
    sheet = openpyxl.load_workbook(BytesIO(form_workbook.render(form, FILLED)))["Báo cáo"]
    assert "SỐ LIỆU GIẢ ĐỊNH – không phải số liệu thật" in [cell.value for cell in sheet["A"]]


def test_a_correction_names_itself():
    form = replace(FORM, submission_type="correction", lines=FORM.only(["5.1"]))
    report = read_back(form, {"5.1": {"numerator": 290, "denominator": 300}})
    assert (report.submission_type, [found.indicator for found in report.lines]) == ("correction", ["5.1"])


def test_the_same_form_gives_the_same_bytes_and_no_formula_or_macro():
    first, second = (form_workbook.render(FORM, FILLED) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]
        assert not any(re.search(rb"<f[ >]", archive.read(name)) for name in archive.namelist())


def test_inputs_are_open_and_all_else_is_locked_without_a_password():
    sheet = openpyxl.load_workbook(BytesIO(form_workbook.render(FORM, {})))["Báo cáo"]
    rows = {str(row[0].value): row for row in sheet.iter_rows(min_row=form_workbook.TABLE_FROM + 2)}
    is_open = {code: [not cell.protection.locked for cell in row[3:6]] for code, row in rows.items()}
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert is_open["5.1"] == [True, True, True]
    assert is_open["1"] == [False, False, True], "a yes or no has no parts"
    assert is_open["9"] == [True, False, False], "a count has nothing to be divided by"
    assert all(row[0].protection.locked and row[1].protection.locked for row in rows.values())


def test_a_code_is_text_even_where_it_looks_like_a_number():
    sheet = openpyxl.load_workbook(BytesIO(form_workbook.render(FORM, {})))["Báo cáo"]
    codes = [row[0].value for row in sheet.iter_rows(min_row=form_workbook.TABLE_FROM + 2) if row[0].value]
    assert codes == ["1", "3.1", "3.2", "5.1", "8.1", "8.2", "9"]
    assert sheet["B6"].value == "2026"
    assert sheet["B7"].value == "07228"


def test_a_yes_or_no_is_chosen_from_a_list_and_a_count_lets_words_in():
    sheet = openpyxl.load_workbook(BytesIO(form_workbook.render(FORM, {})))["Báo cáo"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    row = next(cell.row for cell in sheet["A"] if cell.value == "1")
    assert rules[f"F{row}"].formula1 == '"Có,Không"'
    row = next(cell.row for cell in sheet["A"] if cell.value == "5.1")
    count = rules[f"D{row}:E{row}"]
    assert count.formula1 == f"OR(ISTEXT(D{row}),AND(D{row}>=0,D{row}=INT(D{row})))"
    assert "trẻ em dưới 1 tuổi" in count.prompt


def test_optional_lines_make_the_required_ones_carry_a_star():
    def names(form: Form) -> list[str]:
        sheet = openpyxl.load_workbook(BytesIO(form_workbook.render(form, {})))["Báo cáo"]
        return [row[1].value for row in sheet.iter_rows(min_row=form_workbook.TABLE_FROM + 2) if row[0].value]

    assert not any("(*)" in name for name in names(FORM))
    mixed = replace(FORM, lines=(line("1.1"), line("1.2", is_required=False)))
    assert names(mixed) == ["Chỉ tiêu 1.1 (*)", "Chỉ tiêu 1.2"]


def test_a_code_the_form_does_not_have_is_named():
    with pytest.raises(KeyError, match=r"99\.9"):
        FORM.only(["5.1", "99.9"])


def sheet_of(form: Form, filled: Filled | None = None):
    return openpyxl.load_workbook(BytesIO(form_workbook.render(form, filled or {})))["Báo cáo"]


def row_of(sheet, code: str):
    return next(row for row in sheet.iter_rows(min_row=form_workbook.TABLE_FROM + 2) if row[0].value == code)


def guards(sheet) -> dict:
    return {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}


POINTS = {"measure": "points", "aggregation": "none", "factor": None, "unit": "điểm", "is_part_of_whole": False}
SHEET = (
    line("I.1", **POINTS, hard_max=Decimal(10), score_role="self", evidence="Các văn bản được ban hành"),
    line("2", **POINTS, score_role="verified"),
    line("V.1", **POINTS, hard_max=Decimal(5), score_role="verified", score_kind="deduction"),
    line("2.dat", measure="yes_no", aggregation="none", factor=None, answers=MET_OR_NOT),
)
SCORED = replace(FORM, lines=SHEET, agency_code="CA", agency_name="Công an thành phố")


def test_points_are_one_number_between_nothing_and_the_most_of_the_line():
    """The rule reads both marks. Tried in LibreOffice: 0, 10, 8,5 and 8.5 pass; 11, -1 and x do not."""
    sheet = sheet_of(SCORED)
    row = row_of(sheet, "I.1")
    assert [not cell.protection.locked for cell in row[3:6]] == [False, False, True]
    at = f"F{row[0].row}"
    assert guards(sheet)[at].type == "custom"
    assert guards(sheet)[at].formula1 == (
        f'AND(ISNUMBER(--SUBSTITUTE(SUBSTITUTE({at},",",""),".","")),LEFT({at})<>"-",'
        f'--LEFT({at},FIND(",",SUBSTITUTE({at},".",",")&",")-1)<=10)'
    )
    assert guards(sheet)[at].error == "Ghi số điểm từ 0 đến 10, ví dụ 5."
    assert row[8].value == "Ghi số điểm tự chấm, tối đa 10.\nMinh chứng: Các văn bản được ban hành."
    assert sheet.column_dimensions["D"].hidden, "nothing on this sheet is counted"


def test_points_whose_most_no_source_tells_have_no_upper_bound_and_say_so():
    sheet = sheet_of(SCORED)
    row = row_of(sheet, "2")
    at = f"F{row[0].row}"
    assert guards(sheet)[at].formula1 == f'AND(ISNUMBER(--SUBSTITUTE(SUBSTITUTE({at},",",""),".","")),LEFT({at})<>"-")'
    assert row[8].value == "Ghi số điểm thẩm định; nguồn không nêu mức tối đa."
    assert row_of(sheet, "V.1")[8].value == "Ghi số điểm bị trừ là số dương, không bị trừ ghi 0, tối đa 5."


def test_points_and_whether_they_are_met_are_read_back():
    measures = Measures(
        {
            (FORM.programme_code, code): {"commune": "yes_no" if code == "2.dat" else "points"}
            for code in ("I.1", "2", "V.1", "2.dat")
        },
        {FORM.programme_code: frozenset({"I.1", "2", "V.1", "2.dat"})},
    )
    filled = {"I.1": {"value": 8.5}, "2": {"value": "72,5"}, "V.1": {"value": 0}, "2.dat": {"value": "Không đạt"}}
    (report,) = workbook.read(opening.opened(form_workbook.render(SCORED, filled)), measures)
    assert report.agency == "CA"
    assert [(found.value.kind, found.value.low) for found in report.lines] == [
        ("exact", Decimal("8.5")),
        ("exact", Decimal("72.5")),
        ("exact", Decimal(0)),
        ("no", None),
    ]
    assert guards(sheet_of(SCORED))[f"F{row_of(sheet_of(SCORED), '2.dat')[0].row}"].formula1 == '"Đạt,Không đạt"'


def test_a_report_of_an_agency_says_in_its_head_whose_it_is_and_about_whom():
    sheet = sheet_of(SCORED)
    assert sheet["A1"].value == "PHIẾU THẨM ĐỊNH ĐIỂM"
    assert sheet["A3"].value.startswith("Báo cáo của Công an thành phố về Phường Đa Mai · kỳ báo cáo: năm 2026")
    assert sheet_of(FORM)["A3"].value.startswith("Báo cáo của UBND Phường Đa Mai · ")


def test_what_stood_there_before_is_beside_the_cell_locked_with_its_period():
    before = {
        "3.1": Previous("<2", "2025"),
        "5.1": Previous(">96", "2025"),
        "8.2": Previous("95,5", "2024", is_made_up=True),
    }
    form = replace(FORM, lines=tuple(replace(asked, previous=before.get(asked.code)) for asked in LINES))
    sheet = sheet_of(form)
    shown = {code: row_of(sheet, code)[6] for code in ("3.1", "5.1", "8.2", "9")}
    assert {code: cell.value for code, cell in shown.items()} == {
        "3.1": "<2",
        "5.1": ">96",
        "8.2": "95,5 (2024) (giả định)",
        "9": "–",
    }
    assert all(cell.protection.locked for cell in shown.values())
    assert sheet.cell(form_workbook.TABLE_FROM + 1, 7).value == "Kỳ trước\n(năm 2025)"
    assert [cell.kind for cell in read_back(form, {}).lines[0][2:5]] == ["missing"] * 3, (
        "it is no figure of this report"
    )


LONG = "một câu rất dài về trẻ em có hoàn cảnh đặc biệt được chăm sóc, nuôi dưỡng, trợ giúp " * 8


@pytest.mark.parametrize(
    "asked",
    [
        line("CT99.999999999999999999999999999.diem", **POINTS, evidence=LONG),
        line("5.1", name=LONG, numerator=LONG, denominator=LONG),
        line("1.dat", measure="yes_no", answers=MET_OR_NOT),
    ],
)
def test_nothing_goes_beyond_what_excel_takes(asked):
    """Titles of 32 letters, messages of 255, lists of 255, names of sheets of 31: beyond, Excel repairs the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # xlsxwriter leaves a rule out and warns
        data = form_workbook.render(replace(FORM, lines=(asked,)), {})
    book = openpyxl.load_workbook(BytesIO(data))
    rules = book["Báo cáo"].data_validations.dataValidation
    assert {"B9", f"F{form_workbook.TABLE_FROM + 3}"} <= {str(rule.sqref) for rule in rules}
    for rule in rules:
        assert max(len(rule.promptTitle or ""), len(rule.errorTitle or "")) <= 32
        assert max(len(rule.prompt or ""), len(rule.error or ""), len(rule.formula1 or "")) <= 255
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_the_footer_shows_a_code_that_begins_with_a_digit():
    """&8 sets the size of what follows: a digit behind it would be read as part of the size."""
    assert sheet_of(FORM).oddFooter.left.text.strip() == "07228 · UBND · 2026"
    assert sheet_of(FORM).oddFooter.left.size == 8
