import codecs

import pytest

from ingest import delimited, opening, reading
from ingest.reports import Refused

HEADER = "programme,period,unit_code,indicator,numerator,denominator,value,note"
KEYS = "bacninh-2026-2030,2026,07228"


def read(text, measures, encoding="utf-8"):
    return delimited.read(opening.opened(text if isinstance(text, bytes) else text.encode(encoding)), measures)


def only(reports):
    (report,) = reports
    return report


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_separator_unicode_encoding_and_line_end(measures, delimiter, encoding, ending):
    text = ending.join([HEADER, f"{KEYS},5.1,291,300,,ghi chú", ""]).replace(",", delimiter)
    report = only(read(text, measures, encoding))
    assert report.key == ("bacninh-2026-2030", "2026", "07228", "UBND")
    (line,) = report.lines
    assert (line.row_no, line.indicator, line.numerator.interval, line.note) == (2, "5.1", "[291,291]", "ghi chú")


@pytest.mark.parametrize(
    "header",
    [
        "chuong_trinh;ky_bao_cao;ma_don_vi;chi_tieu;tu_so;mau_so;gia_tri;ghi_chu",
        "Chương trình;Kỳ báo cáo;MÃ ĐƠN VỊ;Chỉ tiêu;Tử số;Mẫu số;Giá trị;Ghi chú",
        "Mã chương trình;Kỳ_báo_cáo;Mã đơn vị;Mã chỉ tiêu;Tử  số;Mẫu số:;giá trị;ghi chú",
        "ma don vi;programme;period;indicator;numerator;denominator;value;note".replace(
            "ma don vi;programme;period", "programme;period;ma don vi"
        ),
    ],
)
def test_vietnamese_headers_with_and_without_accents(measures, header):
    report = only(read(f"{header}\n{KEYS.replace(',', ';')};5.1;291;300;97,0;\n", measures))
    assert report.lines[0].value.interval == "[97.0,97.0]"
    assert report.part_columns["numerator"] == header.split(";")[4].strip()


def test_where_a_column_is_called_ma_chi_tieu_the_other_is_the_name(measures):
    header = "programme;period;unit_code;Chỉ tiêu;Mã chỉ tiêu;numerator;denominator"
    report = only(read(f"{header}\n{KEYS.replace(',', ';')};Tiêm chủng;5.1;291;300\n", measures))
    assert report.lines[0].indicator == "5.1"


def test_each_unit_of_a_file_is_a_report_of_its_own(measures):
    text = "\n".join([HEADER, f"{KEYS},5.1,291,300,,", "bacninh-2026-2030,2026,07210,5.1,1,2,,", f"{KEYS},5.2,4,5,,"])
    reports = read(text, measures)
    assert [(report.unit_code, [line.row_no for line in report.lines]) for report in reports] == [
        ("07228", [2, 4]),
        ("07210", [3]),
    ]


def test_reports_of_two_agencies_about_a_unit_are_two(measures):
    text = f"{HEADER},agency\n{KEYS},5.1,291,300,,,\n{KEYS},5.1,290,300,,,CA\n{KEYS},5.2,1,2,,,ubnd\n"
    assert [report.agency for report in read(text, measures)] == ["UBND", "CA"]


def test_lines_are_counted_as_in_the_file(measures):
    text = f'\n"Báo cáo\ncủa phường"\n{HEADER}\n{KEYS},5.1,291,300,,"một\nhai"\n\n{KEYS},5.2,4,5,,\n'
    report = only(read(text, measures))
    assert [line.row_no for line in report.lines] == [5, 8]
    assert report.lines[0].note == "một\nhai"


def test_a_report_without_its_unit_is_rejected_alone(measures):
    good, bad = read(f"{HEADER}\n{KEYS},5.1,291,300,,\nbacninh-2026-2030,2026,,5.1,1,2,,\n", measures)
    assert (good.issues, bad.unit_code) == ([], None)
    assert [(issue.rule, issue.line) for issue in bad.issues] == [("key_missing", 3)]


@pytest.mark.parametrize("type_text", ["retraction", "rút", "Rút báo cáo"])
def test_a_retraction_needs_no_line(measures, type_text):
    report = only(read(f"{HEADER},submission_type\n{KEYS},,,,,,{type_text}\n", measures))
    assert (report.submission_type, report.lines, report.issues) == ("retraction", [], [])


def test_a_correction_carries_only_the_lines_in_which_something_is_written(measures):
    text = (
        f"{HEADER},Loại báo cáo\n{KEYS},5.1,291,300,,,đính chính\n{KEYS},5.2,,,,,đính chính\n{KEYS},7,-,,,,đính chính\n"
    )
    assert [line.indicator for line in only(read(text, measures)).lines] == ["5.1", "7"]


def test_the_same_complaint_is_made_once(measures):
    rows = "".join(f"{KEYS},{code},1,2,,,thay thế\n" for code in ("5.1", "5.2", "7"))
    issues = only(read(f"{HEADER},submission_type\n{rows}", measures)).issues
    assert [(issue.rule, issue.raw) for issue in issues] == [("submission_type_unknown", "thay thế")]


def test_a_quoted_decimal_comma_is_fine_in_a_comma_file(measures):
    assert only(read(f'{HEADER}\n{KEYS},5.1,,,"97,5",\n', measures)).lines[0].value.interval == "[97.5,97.5]"


def test_the_separator_line_that_excel_understands_is_understood(measures):
    text = f"sep=;\n{HEADER}\n{KEYS},5.1,,,1,\n".replace(",", ";")
    assert only(read(text, measures)).lines[0].row_no == 3


def test_a_code_that_passed_through_a_spreadsheet_is_taken_back(measures):
    text = f"{HEADER}\n{KEYS},5.1,1,2,,\nbacninh-2026-2030,2026,7228,7.,1,2,,\n".replace(",", ";").replace(
        ";5.1;", ";5,1;"
    )
    report = only(read(text, measures))
    assert [line.indicator for line in report.lines] == ["5.1", "7"]


def test_a_bare_value_of_a_count_indicator_is_a_count(measures):
    report = only(read(f'{HEADER}\n{KEYS},11.1,,,"1.234",\n{KEYS},5.1,,,"1.234",\n', measures))
    assert report.lines[0].value.interval == "[1234,1234]"
    assert report.lines[1].problems == {"value": "decimal_mark_ambiguous"}


def test_made_up_data_says_so(measures):
    assert only(read(f"{HEADER},Dữ liệu giả định\n{KEYS},5.1,1,2,,,có\n", measures)).is_made_up


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2026", "2026"),
        ("Năm 2026", "2026"),
        ("2026-H1", "2026-H1"),
        ("6 tháng đầu năm 2026", "2026-H1"),
        ("2026-q3", "2026-Q3"),
        ("Quý III/2026", "2026-Q3"),
        ("2026-06", "2026-06"),
        ("tháng 6/2026", "2026-06"),
    ],
)
def test_periods_as_people_write_them(measures, written, period):
    assert only(read(f"{HEADER}\nbacninh-2026-2030,{written},07228,5.1,1,2,,\n", measures)).period == period


def test_a_header_alone_is_an_empty_report(measures):
    with pytest.raises(Refused) as reason:
        read(HEADER, measures)
    assert reason.value.issue.rule == "lines_missing"


def test_a_missing_column_is_named(measures):
    with pytest.raises(Refused) as reason:
        read("programme;period;indicator;value\np;2026;5.1;1\n", measures)
    assert reason.value.issue.values == {"columns": "Mã đơn vị"}


@pytest.mark.parametrize("data", [codecs.BOM_UTF16_LE + b"a", b"\xff\xfe\x00\xd8\x00\x00", b"M\xe3 \x63\x68"])
def test_text_that_is_no_unicode_is_not_guessed(measures, data):
    with pytest.raises(Refused) as reason:
        read(data, measures)
    assert reason.value.issue.rule == "encoding_unknown"


def test_a_thousand_units_are_a_thousand_reports(measures):
    rows = "".join(f"bacninh-2026-2030,2026,{unit:05d},5.1,{unit},{unit},97.5,\n" * 10 for unit in range(1000))
    reports = read(f"{HEADER}\n{rows}", measures)
    assert (len(reports), sum(len(report.lines) for report in reports)) == (1000, 10_000)


@pytest.mark.parametrize("cell", ["2\x0091", "29\x00", "\x0091"])
def test_a_figure_whose_digits_were_lost_in_a_file_comes_back(cell, measures):
    long = "x" * 500
    header = "programme;period;unit_code;indicator;numerator;denominator;note"
    text = f"{header}\nbacninh-2026-2030;2026;07228;5.1;{cell};300;{long}\n"
    (report,) = reading.read(text.encode(), measures)
    assert report.lines[0].problems == {"numerator": "not_a_number"}
    (report,) = reading.read(f"{text.replace(chr(0), '')}\x00\x00".encode(), measures)
    assert report.lines[0].problems == {}
