from io import BytesIO

import pytest
import xlsxwriter

from ingest import grids, opening, workbook
from ingest.formats import number_formats
from ingest.measures import Measures
from tests.fixtures import make_submissions as made


def read(data, measures):
    return workbook.read(opening.opened(data), measures)


def only(reports):
    (report,) = reports
    return report


def line(report, code):
    (found,) = [line for line in report.lines if line.indicator == code]
    return found


def test_labels_above_the_table_name_the_report(measures):
    report = only(read(made.workbook(), measures))
    assert report.key == ("bacninh-2026-2030", "2026", "07228", "UBND")
    assert (report.sheet, report.submission_type, report.is_made_up) == ("Báo cáo", "full", False)
    assert report.part_columns == {"indicator": "A", "numerator": "D", "denominator": "E", "value": "F"}
    assert [(line.row_no, line.indicator, line.numerator.interval) for line in report.lines] == [
        (8, "5.1", "[291,291]"),
        (9, "5.2", "[480,480]"),
    ]


def test_agency_type_and_made_up_data_are_labels_too(measures):
    def more(book, sheet):
        sheet.write_row("A5", ("LOẠI BÁO CÁO:", "Đính chính"))
        sheet.write_row("A6", ("Cơ quan báo cáo", "CA"))
        sheet.write_row("B1", ("Dữ liệu giả định", "có"))

    report = only(read(made.workbook(more), measures))
    assert (report.submission_type, report.agency, report.is_made_up) == ("correction", "CA", True)


def test_numbers_that_a_spreadsheet_made_of_codes_are_taken_back(measures):
    changes = [made.cell("A8", 5.1), made.cell("B3", 2026), made.cell("B4", 7228)]
    report = only(read(made.workbook(*changes), measures))
    assert report.key == ("bacninh-2026-2030", "2026", "07228", "UBND")
    assert line(report, "5.1").problems == {}


def test_a_number_that_could_be_two_codes_is_a_question():
    measures = Measures({}, {"bacninh-2026-2030": frozenset({"5.1", "5.10", "5.2"})})
    report = only(read(made.workbook(made.cell("A8", 5.1)), measures))
    assert report.lines[0].problems == {"indicator": "indicator_became_number"}


def test_headings_totals_and_signatures_are_passed_over(measures):
    def more(book, sheet):
        sheet.write_row("A10", ("Mục tiêu 2: Về bảo vệ trẻ em",))
        sheet.merge_range("A11:G11", "Mục tiêu 3")
        sheet.write_row("A12", ("3", "Tỷ suất tử vong trẻ em"))
        sheet.merge_range("D14:G14", "Đa Mai, ngày 20 tháng 11 năm 2026")
        sheet.write("D15", "CHỦ TỊCH")
        sheet.write("A15", "Người lập")

    assert [line.indicator for line in only(read(made.workbook(more), measures)).lines] == ["5.1", "5.2"]


def test_a_known_code_without_figures_is_a_missing_line(measures):
    report = only(read(made.workbook(made.cell("A10", "7")), measures))
    assert line(report, "7").value.kind == "missing"


def test_figures_without_a_code_are_not_lost(measures):
    report = only(read(made.workbook(made.cell("D10", 12)), measures))
    assert report.lines[-1].problems == {"indicator": "indicator_missing"}


def test_a_percent_format_is_read_as_shown(measures):
    report = only(read(made.workbook(made.cell("F8", 0.953, "0.0%"), made.cell("F9", 97.5, '0.0"%"')), measures))
    assert line(report, "5.1").value.interval == "[95.3,95.3]"
    assert line(report, "5.2").value.interval == "[97.5,97.5]"


@pytest.mark.parametrize(
    ("code", "is_percent"),
    [
        ("0%", True),
        ("0.0%", True),
        ('0.0"%"', False),
        ("0.0\\%", False),
        ("#,##0", False),
        ("0.00%;[Red]-0.00%", True),
        ("General", False),
    ],
)
def test_percent_formats_are_told_from_percent_signs(code, is_percent):
    assert (number_formats.kind(code, 0.5) == "percent") == is_percent


def test_a_formula_beside_the_figures_does_no_harm(measures):
    report = only(read(made.workbook(made.formula("G8", "=D8/E8", 0.97)), measures))
    assert [line.problems for line in report.lines] == [{}, {}]


def test_a_merged_cell_across_lines_is_a_question_for_each(measures):
    report = only(read(made.workbook(made.merged), measures))
    assert [line.problems for line in report.lines] == [{"numerator": "merged_cell"}] * 2


def test_a_header_may_stand_anywhere(measures):
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("Hướng dẫn").write("A1", "Cách ghi")
        sheet = book.add_worksheet("Biểu 1")
        for row, label in enumerate(made.LABELS, start=20):
            sheet.write_row(row, 1, label)
        sheet.write_row(30, 3, ("Ghi chú", "GIA TRI", "Mẫu_số", "tử số", "Mã chỉ tiêu"))
        sheet.write_row(31, 3, ("", "97,5", 300, 291, "5.1"))
    report = only(read(buffer.getvalue(), measures))
    assert (report.sheet, report.unit_code) == ("Biểu 1", "07228")
    assert report.part_columns == {"indicator": "H", "numerator": "G", "denominator": "F", "value": "E"}
    assert (report.lines[0].row_no, report.lines[0].value.interval) == (32, "[97.5,97.5]")


def test_each_visible_table_is_a_report(measures):
    def other(book, sheet):
        second = book.add_worksheet("Phường khác")
        made.table(second)
        second.write("B4", "07210")

    assert [report.unit_code for report in read(made.workbook(other), measures)] == ["07228", "07210"]


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(column, name):
    assert grids.letters(column) == name


@pytest.mark.parametrize(
    ("label", "other"), [("Mã đơn vị", "07210"), ("Kỳ báo cáo", "2027"), ("Mã chương trình", "angiang-emulation-2022")]
)
def test_two_labels_that_contradict_each_other_are_a_question_and_the_same_twice_is_none(label, other, measures):
    (report,) = read(made.workbook(made.cell("A6", label), made.cell("B6", other)), measures)
    (issue,) = report.issues
    assert (issue.rule, issue.values["other"]) == ("key_contradicts_itself", other)
    again = {"Mã đơn vị": "07228", "Kỳ báo cáo": "năm 2026", "Mã chương trình": "Chương trình của tỉnh"}[label]
    (report,) = read(made.workbook(made.cell("A6", label), made.cell("B6", again)), measures)
    assert report.issues == []


def test_figures_in_hidden_columns_are_received_and_reported(measures):
    (report,) = read(made.workbook(lambda book, sheet: sheet.set_column("E:E", None, None, {"hidden": True})), measures)
    assert [(issue.rule, issue.cell, issue.values["count"]) for issue in report.issues] == [("figures_hidden", "E8", 2)]
    assert [line.problems for line in report.lines] == [{}, {}]
    assert (
        read(made.workbook(lambda book, sheet: sheet.set_row(2, None, None, {"hidden": True})), measures)[0].issues
        == []
    )
