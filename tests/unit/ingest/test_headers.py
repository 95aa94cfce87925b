"""Which column a heading is, and which it only seems to be."""

import pytest

from ingest import headers, opening, workbook
from ingest.reports import Refused
from tests.fixtures import make_submissions as made

BEFORE, AFTER = made.HEADER[:3], made.HEADER[6:]


def read(header, measures, *changes):
    (report,) = workbook.read(opening.opened(made.workbook(*changes, header=(*BEFORE, *header, *AFTER))), measures)
    return report


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Tử số (trẻ)", "numerator"),
        ("Tử số [người]", "numerator"),
        ("TỬ SỐ\n(số trẻ được tiêm)", "numerator"),
        ("Tử số: số trẻ", "numerator"),
        ("Tử số/trẻ", "numerator"),
        ("Tử số *", "numerator"),
        ("(4) Tử số", "numerator"),
        ("4. Tử số", "numerator"),
        ("Tử số trẻ em dưới 1 tuổi", "numerator"),
        ("Kết quả – Tử số", "numerator"),
        ("Tử số (trong kỳ)", "numerator"),
        ("Mẫu số - tổng số trẻ", "denominator"),
        ("denominator (children)", "denominator"),
        ("Giá trị (%)", "value"),
        ("Giá trị %", "value"),
        ("Giá trị, ‰", "value"),
        ("Giá trị (nếu không có tử số, mẫu số)", "value"),
        ("Ｇiá trị", "value"),
        ("Giá\u200b trị", "value"),
        ("Mã chỉ tiêu (*)", "indicator"),
        ("Mã đơn vị (5 chữ số)", "unit_code"),
        ("Ghi chú (nếu có)", "note"),
    ],
)
def test_a_name_with_a_unit_or_an_explanation_is_its_column(heading, meaning):
    assert headers.meaning(heading) == meaning


@pytest.mark.parametrize(
    "heading",
    [
        "Tử số kỳ trước",
        "Tử số (năm 2025)",
        "Năm 2025 – Tử số",
        "Tử số (nữ)",
        "Mẫu số kế hoạch",
        "Giá trị mục tiêu",
        "Giá trị cùng kỳ",
        "value (target)",
        "Tử số (trẻ gái)",
        "Tử số (Q1)",
        "Tử số 9T",
        "Mẫu số (dân tộc thiểu số)",
        "Tử số (chưa đạt)",
        "Tử số (nghìn người)",
        "Mẫu số (triệu đồng)",
    ],
)
def test_another_period_a_plan_or_a_part_of_the_cases_is_not_taken_for_the_figures(heading, measures):
    part = headers.heading(heading)
    assert part.certainty == "unclear"
    header = {"numerator": (heading, "Mẫu số", "Giá trị"), "denominator": ("Tử số", heading, "Giá trị")}
    changes = [made.cell("F8", 97), made.cell("F9", 96)]
    report = read(header.get(part.meaning, ("Tử số", "Mẫu số", heading)), measures, *changes)
    assert [(issue.rule, issue.values["column"]) for issue in report.issues] == [("column_unclear", heading)]


def test_beside_the_column_itself_it_is_only_reported(measures):
    report = read(("Tử số", "Mẫu số", "Giá trị"), measures, made.cell("H7", "Giá trị kỳ trước"), made.cell("H8", 95))
    assert [(issue.rule, issue.cell) for issue in report.issues] == [("column_not_read", "H7")]
    assert report.lines[0].numerator.raw == "291"


@pytest.mark.parametrize("header", [("Tử", "Mẫu", "Giá trị"), ("Thực hiện", "Tổng", "Giá trị"), ("", "", "Giá trị")])
def test_a_report_whose_figures_stand_in_unknown_columns_comes_back_naming_them(header, measures):
    report = read(header, measures)
    names = [name or address for name, address in zip(header[:2], "DE", strict=True)]
    assert [(issue.rule, issue.values["column"]) for issue in report.issues] == [
        ("column_unclear", name) for name in names
    ]


def test_our_own_template_has_no_column_that_must_be_reported(measures):
    changes = [made.cell("H7", "Kỳ trước\n(năm 2025)"), made.cell("H8", 95), made.cell("I7", "STT"), made.cell("I8", 1)]
    assert read(made.HEADER[3:6], measures, *changes).issues == []


def test_a_plan_beside_a_report_that_is_not_filled_in_refuses_nothing(measures):
    changes = [made.cell(address, "") for address in ("D8", "E8", "D9", "E9")]
    report = read(made.HEADER[3:6], measures, *changes, made.cell("H7", "Kế hoạch 2026"), made.cell("H8", 96))
    assert [issue.rule for issue in report.issues] == ["column_not_read"]


@pytest.mark.parametrize("header", [("Tử số (nam)", "Tử số (nữ)", "Giá trị"), ("Tử số", "Tử số", "Giá trị")])
def test_two_columns_of_one_name_are_a_question(header, measures):
    try:
        rules = {issue.rule for issue in read(header, measures).issues}
    except Refused as reason:
        rules = {reason.issue.rule}
    assert rules <= {"header_repeated", "column_unclear"} and rules


def test_two_rows_of_headings_are_one_header(measures):
    def two_rows(book, sheet):
        sheet.write_row("A7", ("Mã chỉ tiêu", "Chỉ tiêu", "Kỳ trước", " ", "Kỳ này", " ", "Ghi chú"))
        sheet.write_row("A8", (" ", " ", "Tử số", "Mẫu số", "Tử số", "Mẫu số", " "))
        sheet.write_row("A9", ("5.1", "Tiêm chủng", 200, 210, 291, 300, ""))

    (report,) = workbook.read(opening.opened(made.workbook(two_rows)), measures)
    assert report.part_columns == {"indicator": "A", "numerator": "E", "denominator": "F"}
    assert [(line.numerator.raw, line.denominator.raw) for line in report.lines] == [("291", "300")]
    assert report.issues == []


def test_three_rows_of_headings_are_one_header(measures):
    def three_rows(book, sheet):
        sheet.write_row("A6", ("Mã chỉ tiêu", "Chỉ tiêu", "Kết quả thực hiện"))
        sheet.write_row("A7", (" ", " ", "Số tuyệt đối", " ", "Tỷ lệ", " ", "Ghi chú"))
        sheet.write_row("A8", (" ", " ", "Tử số", "Mẫu số", "Giá trị (%)", " ", " "))
        sheet.write_row("A9", ("5.1", "Tiêm chủng", 291, 300, "97,0", " ", " "))

    (report,) = workbook.read(opening.opened(made.workbook(three_rows)), measures)
    assert report.part_columns == {"indicator": "A", "numerator": "C", "denominator": "D", "value": "E"}
    assert [(line.indicator, line.numerator.raw, line.value.raw) for line in report.lines] == [("5.1", "291", "97,0")]


def test_codes_may_stand_in_the_lower_row(measures):
    def two_rows(book, sheet):
        sheet.write_row("A7", ("Chỉ tiêu", " ", " ", "Số liệu", " ", " ", "Ghi chú"))
        sheet.write_row("A8", ("Mã chỉ tiêu", "Tên", "ĐVT", "Tử số (trẻ)", "Mẫu số (trẻ)", "Giá trị", " "))

    (report,) = workbook.read(opening.opened(made.workbook(two_rows)), measures)
    assert [(line.indicator, line.numerator.raw) for line in report.lines] == [("5.2", "480")]


def test_how_a_figure_is_made_is_no_heading(measures):
    made_of = "Tử số: số trẻ được tiêm.\nMẫu số: số trẻ.\nGiá trị = tử ÷ mẫu × 100."
    assert headers.heading(made_of) is None
    changes = [made.cell("A10", "Chỉ tiêu: Vệ sinh"), made.cell("A11", "7"), made.cell("H11", "Tử số: số trường")]
    report = read(made.HEADER[3:6], measures, *changes)
    assert [line.indicator for line in report.lines] == ["5.1", "5.2", "7"]


def test_the_numbers_of_the_lines_are_no_figures_whatever_their_column_is_called(measures):
    assert read(made.HEADER[3:6], measures, made.cell("C8", 1), made.cell("C9", 2)).issues == []
    assert read(made.HEADER[3:6], measures, made.cell("H8", 1), made.cell("H9", 2)).issues != []


def test_a_column_of_agencies_in_the_form_names_no_report(measures):
    report = read(made.HEADER[3:6], measures, made.cell("H7", "Cơ quan báo cáo"), made.cell("H8", "Sở Y tế"))
    assert (report.agency, report.issues) == ("UBND", [])


@pytest.mark.parametrize(
    "heading",
    [
        "Giá trị (Có/Không)",
        "Giá trị (Đạt/Không đạt)",
        "Giá trị (phần nghìn)",
        "Giá trị (tỷ lệ %)",
        "Mẫu số (trạm y tế)",
    ],
)
def test_a_unit_in_a_heading_is_no_part_of_the_cases(heading):
    assert headers.heading(heading).certainty == "unit"
