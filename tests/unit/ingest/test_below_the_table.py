"""Rows under a table, or between its lines: ignored where it is sure to be no figure, else reported."""

import pytest

from ingest import delimited, opening, workbook
from tests.fixtures import make_submissions as made

HEADER = "programme;period;unit_code;indicator;numerator;denominator;value;note"
LINE = "bacninh-2026-2030;2026;07228;5.1;291;300;;"


def read(measures, *rows, above=(), changes=()):
    def more(book, sheet):
        for address, row in enumerate(rows):
            sheet.write_row(made.FIRST_LINE + 2 + address, 0, row)

    return workbook.read(opening.opened(made.workbook(more, *changes)), measures)


def lines(reports):
    return [(line.indicator, line.numerator.raw) for report in reports for line in report.lines]


def issues(reports):
    return [(issue.rule, issue.cell or issue.line) for report in reports for issue in report.issues]


OWN = [("5.1", "291"), ("5.2", "480")]


@pytest.mark.parametrize(
    "rows",
    [
        [(), ("", "Điện thoại liên hệ:", "", 912345678)],
        [(), ("", "Người lập: cán bộ trẻ em", "", "0912 345 678")],
        [(), ("", "", "", "02043.855.123")],
        [(), ("", "", "", "Ngày 20/11/2026")],
        [(), ("", "", "", "20/11/2026")],
        [("Đa Mai, ngày", "", "", 20, "tháng", 11), ("", "", "", "CHỦ TỊCH")],
        [(), ("Ngày", "", "", 20, 11, 2026)],
        [(), ("Date:", "", "", 46000)],
        [(), ("", "Số:", "", 125, "/BC-UBND")],
        [(), ("", "Số văn bản", "", 125)],
        [(), ("", "Trang", "", 1)],
        [(), ("", "Kèm theo (bản)", "", 2)],
        [(), ("(1)", "Số liệu của trạm y tế"), ("(2)", "Tính đến 20/11/2026")],
        [("Ghi chú:",), (1, "Số liệu của trạm y tế"), (7, "Chưa có số liệu của trường tư")],
        [(), ("Lưu ý",), (5.1, "", "", "lấy theo sổ tiêm chủng")],
        [(), ("*", "Kết luận: đạt 25/33 chỉ tiêu")],
        [(), ("TM. UỶ BAN NHÂN DÂN",), ("", "", "", "KT. CHỦ TỊCH")],
        [("A", "B", "C", "(1)", "(2)", "(3)=(1)/(2)", "(4)")],
        [("1", "2", "3", "4", "5", "6", "7")],
        [("I", "II", "III", "IV", "V", "VI", "VII")],
        [("[1]", "[2]", "[3]", "[4]", "[5]", "[6]=[4]/[5]x100", "[7]")],
        [("", "Trang 2"), made.HEADER],
        [(), *made.LABELS, made.HEADER],
        [(), ("Kỳ báo cáo", "năm 2026"), ("Mã đơn vị", 7228), ("Cơ quan báo cáo", "UBND phường")],
        [(), ("Chương trình:", "Chương trình hành động vì trẻ em")],
    ],
)
def test_a_signature_a_date_a_letter_s_number_a_note_and_a_repeated_header_are_no_line(rows, measures):
    reports = read(measures, *rows)
    assert lines(reports) == OWN
    assert issues(reports) == []


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ([(), ("", "Số lớp học", "", 14)], "D11"),
        ([(), ("Kết luận",), ("", "Số chỉ tiêu đạt", "", 25, 33)], "D12"),
        ([("", "Tổng cộng", "", 771, 800)], "D10"),
        ([(), ("Ghi chú",), (5.1, "số cũ", "", 200)], "D12"),
    ],
)
def test_a_figure_outside_the_lines_is_reported_and_refuses_nothing(rows, cell, measures):
    reports = read(measures, *rows)
    assert lines(reports) == OWN
    assert issues(reports) == [("figure_outside_table", cell)]


@pytest.mark.parametrize(
    "rows",
    [
        [("", "Tiêm chủng", "%", 12, 15)],
        [(), ("", "Tiêm chủng", "%", 12, 15)],
        [("", "Trẻ từ 6 tháng đến dưới 2 năm", "%", 12)],
        [("", "Ngày công của trẻ em", "ngày", 12)],
        [("", "Số trẻ được liên hệ", "trẻ", 12)],
    ],
)
def test_a_line_whose_code_was_lost_comes_back(rows, measures):
    (report,) = read(measures, *rows)
    assert report.lines[-1].problems == {"indicator": "indicator_missing"}


def test_a_line_after_a_blank_row_or_a_heading_is_a_line(measures):
    reports = read(measures, (), ("Mục tiêu 3: Về giáo dục",), ("7", "Công trình vệ sinh", "%", 9, 10))
    assert (lines(reports), issues(reports)) == ([*OWN, ("7", "9")], [])


def test_a_table_goes_on_under_its_header_again(measures):
    reports = read(measures, ("", "Trang 2"), made.HEADER, ("7", "Công trình vệ sinh", "%", 9, 10))
    assert (lines(reports), issues(reports)) == ([*OWN, ("7", "9")], [])


def test_a_second_unit_with_other_columns_is_a_report_of_its_own(measures):
    rows = [(), ("Mã đơn vị", "07210"), ("Mã chỉ tiêu", "Mẫu số", "Tử số"), ("7", 10, 9)]
    first, second = read(measures, *rows)
    assert (first.unit_code, second.unit_code) == ("07228", "07210")
    assert (second.programme, second.period) == (first.programme, first.period)
    assert [(line.indicator, line.numerator.raw, line.denominator.raw) for line in second.lines] == [("7", "9", "10")]


@pytest.mark.parametrize(
    "rows",
    [
        [(), ("BÁO CÁO CỦA PHƯỜNG BÊN CẠNH",), made.HEADER, ("7", "x", "%", 9, 10)],
        [(), ("Mã đơn vị", "07210"), (), ("Mã CT", "Tên", "", "Tử", "Mẫu"), ("7", "x", "%", 9, 10)],
        [(), ("Mã chỉ tiêu", "Mẫu số", "Tử số"), ("7", 10, 9)],
    ],
)
def test_a_second_table_is_never_booked_on_the_first_unit(rows, measures):
    (report,) = read(measures, *rows)
    assert "second_table" in {issue.rule for issue in report.issues}


def test_a_second_table_needs_its_own_unit(measures):
    rows = [(), ("Mã chương trình", "bacninh-2026-2030"), ("Kỳ báo cáo", "2027"), made.HEADER, ("7", "x", "%", 9, 10)]
    first, second = read(measures, *rows)
    assert (lines([first]), second.unit_code) == (OWN, None)
    assert [issue.rule for issue in second.issues] == ["key_missing"]


# --- under a CSV ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "footer",
    [
        "Nguồn: Trạm y tế; ngày 20/11/2026; ĐT 0912 345 678;;;;;",
        "Người lập biểu: (ký, ghi rõ họ tên)",
        '"Ghi chú: một đoạn dài; có dấu chấm phẩy,\nvà có xuống dòng"',
        "Ghi chú: " + "rất dài " * 700,
        ";;;;;;;;;",
        "\x1a",
    ],
)
def test_words_under_a_csv_are_passed_over(footer, measures):
    reports = delimited.read(opening.opened(f"{HEADER}\n{LINE}\n{footer}\n".encode()), measures)
    assert (lines(reports), issues(reports)) == ([("5.1", "291")], [])


@pytest.mark.parametrize("footer", ["Tổng cộng;;;;771;800;;", ";;;Tổng cộng;771;800;;", "Nguồn: trạm;;;;12;;;"])
def test_a_figure_under_a_csv_is_reported(footer, measures):
    reports = delimited.read(f"{HEADER}\n{LINE}\n{footer}\n", measures)
    assert (lines(reports), issues(reports)) == ([("5.1", "291")], [("figure_outside_table", 3)])


def test_a_withdrawal_without_its_unit_comes_back(measures):
    (report,) = delimited.read(f"{HEADER};submission_type\nbacninh-2026-2030;2026;;;;;;;rút\n", measures)
    assert (report.submission_type, issues([report])) == ("retraction", [("key_missing", 2)])
