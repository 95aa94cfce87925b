"""Records of a CSV whose cells are not where they seem to be, and keys that are written once."""

import pytest

from ingest import delimited, opening

HEADER = "programme,period,unit_code,indicator,numerator,denominator,value,note"
KEYS = "bacninh-2026-2030,2026,07228"


def read(text, measures):
    return delimited.read(opening.opened(text.encode()), measures)


def problems(text, measures):
    return [line.problems for report in read(text, measures) for line in report.lines]


SPLIT = [{"row": "decimal_comma_unquoted"}]


@pytest.mark.parametrize(
    "value",
    [
        "97,5",
        "97,5,",
        "97,5,,",
        "97,5%",
        "97,5 %",
        "<97,5",
        "-2,5",
        "97,50",
        "2,5‰",
        "97,5-98,2",
        "97,5,made up",
        "≥ 97,5",
    ],
)
def test_a_decimal_comma_without_quotes_is_never_half_a_number(value, measures):
    assert problems(f"{HEADER}\n{KEYS},5.1,,,{value}\n", measures) == SPLIT


@pytest.mark.parametrize(
    ("header", "record"),
    [
        ("programme,period,unit_code,indicator,value", f"{KEYS},5.1,97,5"),
        ("programme,period,unit_code,indicator,value,made_up", f"{KEYS},5.1,97,5"),
        ("programme,period,unit_code,indicator,value,made_up", f"{KEYS},5.1,97,1"),
        ("programme,period,unit_code,indicator,value,agency", f"{KEYS},5.1,97,5"),
        ("programme,period,unit_code,indicator,value,submission_type", f"{KEYS},5.1,97,5,full"),
        ("programme,period,unit_code,indicator,value,own,note", f"{KEYS},5.1,97,5"),
        ("programme,period,unit_code,indicator,value,numerator,denominator", f"{KEYS},5.1,97,5,"),
        ("programme,period,unit_code,indicator,value,numerator,denominator", f"{KEYS},5.1,97,5,,"),
        ("indicator,value,programme,period,unit_code", f"5.1,97,5,{KEYS}"),
        (HEADER, f"{KEYS},5.1,1,234,1,500,,"),
        (HEADER, f"{KEYS},11.1,1,234,,,"),
    ],
)
def test_wherever_the_second_half_falls(header, record, measures):
    (report,) = read(f"{header}\n{record}\n", measures)
    assert report.key == ("bacninh-2026-2030", "2026", "07228", "UBND")
    assert ([line.problems for line in report.lines], report.issues) == (SPLIT, [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_blank_cells_behind_every_record_are_nothing(delimiter, measures):
    text = f"{HEADER}\n{KEYS},5.1,291,300,,,\n{KEYS},5.2,48,500,,,\n".replace(",", delimiter)
    assert problems(text, measures) == [{}, {}]


def test_a_number_as_a_note_s_beginning_is_a_note(measures):
    assert problems(f"{HEADER}\n{KEYS},5.1,,,97,5 trẻ chưa tiêm\n", measures) == [{}]


def units(text, measures):
    return [(report.unit_code, [line.indicator for line in report.lines]) for report in read(text, measures)]


def test_keys_that_are_written_in_a_group_s_first_row_count_for_the_rows_below(measures):
    text = f"{HEADER}\n{KEYS},5.1,1,2,,\n,,,5.2,3,4,,\n,,07210,5.1,5,6,,\n,,,7,7,8,,\n"
    assert units(text, measures) == [("07228", ["5.1", "5.2"]), ("07210", ["5.1", "7"])]


def test_a_line_without_its_unit_leaves_the_report_above_it_in_question(measures):
    first, second = read(f"{HEADER}\n{KEYS},5.1,1,2,,\nbacninh-2026-2030,2026,,5.2,3,4,,\n", measures)
    assert [[(issue.rule, issue.line) for issue in report.issues] for report in (first, second)] == [
        [("key_missing", 3)],
        [("key_missing", 3)],
    ]


def test_keys_may_stand_partly_above_the_table(measures):
    text = (
        "Mã chương trình;bacninh-2026-2030\nKỳ báo cáo;2026\n\nMã đơn vị;Mã chỉ tiêu;Tử số\n07228;5.1;2\n07210;5.1;3\n"
    )
    assert units(text, measures) == [("07228", ["5.1"]), ("07210", ["5.1"])]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_template_saved_as_text_is_read(delimiter, encoding, measures):
    rows = ["Báo cáo (giả định)", "Mã chương trình|bacninh-2026-2030", "Kỳ báo cáo|2026", "Mã đơn vị|7228", ""]
    rows += ["Mã chỉ tiêu|Tử số|Mẫu số", "5.1|291|300", "", "Người lập||"]
    text = "\r\n".join(rows).replace("|", delimiter)
    (report,) = delimited.read(opening.opened(text.encode(encoding)), measures)
    assert (report.unit_code, [line.row_no for line in report.lines], report.issues) == ("07228", [7], [])


def test_labels_may_hold_their_values(measures):
    text = "Mã chương trình: bacninh-2026-2030\nKỳ báo cáo: 2026\nMã đơn vị: 07228\nMã chỉ tiêu;Tử số\n5.1;291\n"
    assert units(text, measures) == [("07228", ["5.1"])]


@pytest.mark.parametrize("mark", ["\ufeff", "\x1a", "\n\ufeff", "\x1a\n\ufeff", "\n"])
def test_files_that_were_joined_are_read_through(mark, measures):
    text = f"\ufeff{HEADER}\n{KEYS},5.1,1,2,,{mark}{HEADER}\n{KEYS},5.2,3,4,,\n\x1a"
    assert units(text, measures) == [("07228", ["5.1", "5.2"])]


@pytest.mark.parametrize(("mark", "line"), [("\ufeff", 3), ("\x1a", 3), ("\n\ufeff", 4), ("\x1a\n\ufeff", 4)])
def test_lines_of_joined_files_have_the_numbers_of_the_file(mark, line, measures):
    for first in (f"{HEADER}\n{KEYS},5.1,1,2,,", "x\n碌"):
        *_, report = read(f"{first}{mark}{HEADER}\n{KEYS},5.2,3,4,,\n", measures)
        assert [(each.indicator, each.row_no) for each in report.lines][-1] == ("5.2", line)


@pytest.mark.parametrize("mark", ["\ufeff", "\x1a"])
def test_a_mark_in_the_middle_of_a_line_ends_no_line(mark, measures):
    text = f"{HEADER}\n#meta,#date+yea{mark}r,#adm3+code,#indicator+code,#value+num,#value +den,,\n{KEYS},5.1,1,2,,\n"
    (report,) = read(text, measures)
    assert [(line.indicator, line.row_no) for line in report.lines] == [("5.1", 3)]
    for heading in HEADER.split(",")[1:]:
        (report,) = read(f"{HEADER.replace(heading, mark + heading)}\n{KEYS},5.1,1,2,,\n", measures)
        assert [(line.indicator, line.row_no) for line in report.lines] == [("5.1", 2)]


def test_a_joined_file_may_have_other_columns(measures):
    other = "indicator,programme,period,unit_code,denominator,numerator"
    (report,) = read(f"{HEADER}\n{KEYS},5.1,1,2,,\n{other}\n5.2,{KEYS},4,3\n", measures)
    assert [(line.indicator, line.numerator.raw) for line in report.lines] == [("5.1", "1"), ("5.2", "3")]


@pytest.mark.parametrize("tags", ["#meta,#date,#adm3+code,#indicator+code,#value+num,#value +den,,", "#a,#b,#c,#d,,,,"])
def test_a_row_of_tags_is_no_line(tags, measures):
    assert units(f"{HEADER}\n{tags}\n{KEYS},5.1,1,2,,\n", measures) == [("07228", ["5.1"])]
