"""The formats and dialects of workbooks: the same rules for values, percentages, formulas, errors and merged cells."""

import struct
import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import pytest

from ingest import opening, reading, workbook
from ingest.cells import SHOWN_RULES
from ingest.formats import number_formats, xls
from ingest.reports import Refused
from tests.fixtures import made_workbooks as made


def read(data, measures):
    (report,) = workbook.read(opening.opened(data), measures)
    return report


def line(report, code):
    (found,) = [line for line in report.lines if line.indicator == code]
    return found


def values(report):
    return {found.indicator: [cell.raw for cell in found[2:5]] for found in report.lines}


@pytest.mark.parametrize("data", [made.EXCEL_97.read_bytes(), made.ods(), made.xlsb()], ids=["xls", "ods", "xlsb"])
def test_every_format_is_read_by_the_same_rules(data, measures):
    report = read(data, measures)
    assert report.key == ("bacninh-2026-2030", "2026", "07228", "UBND")
    assert report.issues == []
    assert values(report) == {
        "5.1": ["291", "300", ""],
        "5.2": ["", "", "96.5%"],
        "7": ["291" if data[:2] == b"PK" else "", "300", ""],
        "3.1": ["", "", "2026-11-20"],
    }
    assert [found.problems for found in report.lines] == [
        {},
        {},
        {"numerator": "formula_in_cell"},
        {"value": "date_in_number_column"},
    ]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("data", [made.EXCEL_97.read_bytes(), made.ods(), made.xlsb()], ids=["xls", "ods", "xlsb"])
def test_a_workbook_that_was_cut_off_is_damaged(data, cut, measures):
    (report,) = reading.read(data[: int(len(data) * cut)], measures)
    assert {issue.rule for issue in report.issues} <= {"file_damaged", "file_unknown", "file_unreadable"}


@pytest.mark.parametrize("data", [made.EXCEL_97.read_bytes(), made.ods(), made.xlsb()], ids=["xls", "ods", "xlsb"])
def test_a_changed_byte_never_escapes_its_reader(data, measures):
    for address in range(0, len(data), 53):
        changed = data[:address] + bytes([data[address] ^ 0x55]) + data[address + 1 :]
        assert reading.read(changed, measures)


# --- .ods -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (made.ods_row(made.number(291, more=' table:number-rows-spanned="2"'), made.number(300)), "merged"),
        (
            made.ods_row(
                made.number(291, more=f'{made.FORMULA} table:number-matrix-columns-spanned="2"'), made.number(300)
            ),
            "formula",
        ),
        (made.ods_row(made.text("#REF!"), made.number(300)), "error"),
        (made.ods_row(made.text("Err:502"), made.number(300)), "error"),
    ],
)
def test_what_a_cell_of_an_ods_is_beside_its_value_counts(row, problem, measures):
    report = read(made.ods(row, made.ods_row(made.BLANK, made.number(500))), measures)
    assert line(report, "5.1").problems["numerator"] == SHOWN_RULES[problem]


def test_rows_and_cells_of_an_ods_may_be_repeated(measures):
    cells = '<table:table-cell table:number-columns-repeated="16384"/>'
    endless = made.ods_row(cells, more=' table:number-rows-repeated="1048000"')
    spaced = made.ods_row('<table:table-cell table:number-columns-repeated="1"/>', made.number(300))
    report = read(made.ods(made.ods_row(made.number(291), made.number(300)), spaced, after=endless), measures)
    assert values(report) == {"5.1": ["291", "300", ""], "5.2": ["", "300", ""]}


def test_a_table_inside_a_cell_of_an_ods_is_refused(measures):
    inner = f"<table:table>{made.ods_row(made.number(9))}</table:table>"
    row = made.ods_row(made.number(291).replace("<text:p>", f"{inner}<text:p>"), made.number(300))
    with pytest.raises(Refused, match="file_damaged"):
        read(made.ods(row), measures)


def test_an_ods_that_repeats_a_figure_a_million_times_comes_back(measures):
    row = made.ods_row(*[made.text("x")] * 8, more=' table:number-rows-repeated="1048000"')
    with pytest.raises(Refused) as reason:
        read(made.ods(after=row), measures)
    assert reason.value.issue.rule == "sheet_too_large"


def test_a_hidden_sheet_of_an_ods_is_reported(measures):
    rows = "".join(made.ods_row(made.text(label), made.text(value)) for label, value in made.LABELS)
    rows += made.ods_row(*map(made.text, made.HEADER))
    sheet = f'<table:table table:name="Cũ" table:style-name="ta2">{rows}</table:table>'
    report = read(made.ods(sheet=sheet), measures)
    assert [(issue.rule, issue.sheet) for issue in report.issues] == [("hidden_sheet_ignored", "Cũ")]


def test_a_comment_of_an_ods_is_no_part_of_its_cell(measures):
    comment = "<office:annotation><text:p>đã kiểm tra</text:p></office:annotation>"
    cell = made.text("291").replace("<text:p>", f"{comment}<text:p>", 1)
    report = read(made.ods(made.ods_row(cell, made.number(300))), measures)
    assert line(report, "5.1").numerator.raw == "291"


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"Basic/Standard/Module1.xml": b"made up"}, "file_macros"),
        ({"META-INF/manifest.xml": b"<manifest:encryption-data/>"}, "file_encrypted"),
    ],
)
def test_an_ods_with_macros_or_a_password_comes_back(members, rule):
    with pytest.raises(Refused) as reason:
        opening.opened(made.ods(more=members))
    assert reason.value.issue.rule == rule


# --- .xlsb ----------------------------------------------------------------------------------------


def test_a_range_that_a_formula_fills_in_an_xlsb_comes_back(measures):
    report = read(made.xlsb(made.record(426, struct.pack("<IIII", 4, 4, 1, 3) + bytes(12))), measures)
    assert line(report, "5.1").problems == {"numerator": "formula_in_cell", "denominator": "formula_in_cell"}


def test_merged_cells_of_an_xlsb_come_back(measures):
    report = read(made.xlsb(made.record(176, struct.pack("<IIII", 4, 5, 2, 2))), measures)
    assert line(report, "5.1").problems == {"numerator": "merged_cell"}


# --- dialects of .xlsx ----------------------------------------------------------------------------

CODE = '<c r="A5" t="inlineStr"><is><t>5.1</t></is></c>'
GOOD = {"A5": CODE, "C5": '<c r="C5"><v>291</v></c>', "D5": '<c r="D5"><v>300</v></c>'}
PERCENT = (
    '<numFmts><numFmt numFmtId="170" formatCode="{}"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
)


@pytest.mark.parametrize(
    "dialect",
    [
        {},
        {"prefix": "x"},
        {"folder": "somewhere/else"},
        {"more": {"docProps/custom.xml": "<Properties><property/></Properties>"}},
        {"styles": "<fills><fill/></fills><cellStyles><cellStyle/></cellStyles>"},
        {"behind": '<extLst><ext><f>A1</f><c r="C5"/></ext></extLst>'},
    ],
)
def test_a_workbook_of_any_writer_is_read(dialect, measures):
    report = read(made.xlsx(GOOD, **dialect), measures)
    assert (values(report), report.issues) == ({"5.1": ["291", "300", ""]}, [])
    assert [found.problems for found in report.lines] == [{}]


def test_cells_without_addresses_follow_one_another(measures):
    cells = {"A5": '<c t="inlineStr"><is><t>5.1</t></is></c><c/><c><v>291</v></c><c><v>300</v></c>'}
    assert values(read(made.xlsx(cells), measures)) == {"5.1": ["291", "300", ""]}


@pytest.mark.parametrize(
    ("cells", "parts"),
    [
        ({"C5": '<c r="C5"><f>200+91</f></c>'}, {"numerator"}),
        ({"C5": '<c r="C5"><f/><v>291</v></c>'}, {"numerator"}),
        ({"C5": '<c r="C5"><f t="shared" ref="C5:D5" si="0">1+1</f><v>291</v></c>'}, {"numerator", "denominator"}),
        ({"B5": '<c r="B5"><f t="array" ref="B5:D9">A1:C5</f><v>1</v></c>'}, {"numerator", "denominator"}),
        ({"D5": '<c r="D5" cm="1"><f t="array" ref="C5:D5">X()</f><v>1</v></c>'}, {"numerator", "denominator"}),
        ({"B5": '<c r="B5"><f t="dataTable" ref="B5:C5"/><v>1</v></c>'}, {"numerator"}),
        ({"C5": '<c r="C5" t="str"><f>"291"</f><v>291</v></c>'}, {"numerator"}),
    ],
)
def test_a_formula_of_any_form_comes_back_with_every_cell_that_it_fills(cells, parts, measures):
    found = read(made.xlsx(GOOD | cells), measures).lines[0].problems
    assert {part for part, rule in found.items() if rule == "formula_in_cell"} == parts


@pytest.mark.parametrize("error", ["#SPILL!", "#BUSY!", "#ERROR!", "#CALC!", "#N/A", "#GETTING_DATA", "Err:504"])
def test_an_error_of_any_name_comes_back_in_a_figure_and_not_in_a_note(error, measures):
    figure = read(made.xlsx(GOOD | {"C5": f'<c r="C5" t="e"><v>{error}</v></c>'}), measures).lines[0]
    assert (figure.problems, figure.numerator.raw) == ({"numerator": "formula_error"}, error)
    note = read(made.xlsx(GOOD | {"F5": f'<c r="F5" t="e"><v>{error}</v></c>'}), measures).lines[0]
    assert (note.problems, note.note) == ({}, error)


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("0%", "0.965", "96.5%"),
        ("0.0%;[Red]-0.0%", "0.965", "96.5%"),
        ("[&lt;1]0%;0", "0.965", "96.5%"),
        ("[&lt;1]0%;0", "96.5", "96.5"),
        ("0;-0%", "0.965", "0.965"),
        ("0.0&quot;%&quot;", "96.5", "96.5"),
        ("0.0\\%", "96.5", "96.5"),
        ("[$-42A]0%", "0.965", "96.5%"),
        ("#,##0 &quot;đồng/năm&quot;", "96.5", "96.5"),
    ],
)
def test_a_number_is_what_the_person_sees_under_its_format(code, number, shown, measures):
    cells = GOOD | {"E5": f'<c r="E5" s="1"><v>{number}</v></c>'}
    assert read(made.xlsx(cells, styles=PERCENT.format(code)), measures).lines[0].value.raw == shown


@pytest.mark.parametrize("code", ["dd/mm/yyyy", "mmm-yy", "[h]:mm", "h:mm AM/PM", "[$-42A]dd mmmm", "yyyy"])
def test_a_date_or_a_time_is_no_number(code, measures):
    cells = GOOD | {"E5": '<c r="E5" s="1"><v>46346.25</v></c>'}
    found = read(made.xlsx(cells, styles=PERCENT.format(code)), measures).lines[0]
    assert found.problems == {"value": "date_in_number_column"}


@pytest.mark.parametrize("code", ["General", "0.00E+00", '0 "ngày"', "#,##0.00_);(#,##0.00)", "@", "[Red]0", "0\\d"])
def test_other_formats_are_numbers(code):
    assert number_formats.kind(code, 5.0) == "number"


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("0.0,", 1234),
        ("#,##0,,", 12_000_000),
        ('0"000"', 5),
        ("0\\0", 5),
        ('"<"0', 5),
        ('[<10]"<10";0', 5),
        ('"dưới "0', 5),
        ('0" trở lên"', 5),
        ('0" nghìn"', 5),
        ('0"/300"', 5),
        ("00-00", 1212),
        ('0"."0', 25),
        ("-0", 5),
        ("0;0", -5),
        ("# ?/?", 0.5),
        (";;;", 5),
        ('"KPS"', 5),
        ('0;-0;"chưa có"', 0),
        ("0%%", 0.5),
    ],
)
def test_a_format_that_shows_another_number_is_a_question(code, number, measures):
    assert number_formats.kind(code, number) == "other"
    styles = PERCENT.format(escape(code, {'"': "&quot;"}))
    cells = GOOD | {"C5": f'<c r="C5" s="1"><v>{number}</v></c>'}
    assert read(made.xlsx(cells, styles=styles), measures).lines[0].problems == {
        "numerator": "format_shows_another_number"
    }


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ('_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', 0),
        ('_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', 1234),
        ('_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)', -5),
        ("0;-0;;@", 0),
        ("00000", 5),
        ("# ##0", 1234),
        ("#,##0 [$₫-42A]", 5),
        ('0" phần nghìn"', 5),
        ("# ?/?", 5),
        ("+0;-0", 5),
        ("", 5),
    ],
)
def test_a_format_that_only_dresses_its_number_is_none(code, number):
    assert number_formats.kind(code, number) == "number"


RAISED = '<rPr><vertAlign val="superscript"/></rPr>'
MARKED_TEXTS = {
    "a footnote": f"<si><r><t>95</t></r><r>{RAISED}<t>2</t></r></si>",
    "a digit struck out": "<si><r><rPr><strike/></rPr><t>9</t></r><r><t>52</t></r></si>",
}


@pytest.mark.parametrize("strings", MARKED_TEXTS.values(), ids=MARKED_TEXTS)
def test_digits_that_are_struck_out_or_raised_are_a_question(strings, measures):
    cells = GOOD | {"C5": '<c r="C5" t="s"><v>0</v></c>', "F5": '<c r="F5" t="s"><v>0</v></c>'}
    found = read(made.xlsx(cells, strings=strings), measures).lines[0]
    assert (found.problems, found.note) == ({"numerator": "digits_marked"}, "952")
    own = cells | {"C5": f'<c r="C5" t="inlineStr">{strings.replace("si>", "is>")}</c>'}
    assert read(made.xlsx(own, strings=strings), measures).lines[0].problems == {"numerator": "digits_marked"}
    as_code = GOOD | {"A5": '<c r="A5" t="s"><v>0</v></c>'}
    code = strings.replace("95<", "5.<").replace(">9<", ">5.<").replace(">52<", ">1<").replace(">2<", ">1<")
    assert read(made.xlsx(as_code, strings=code), measures).lines[0].problems == {"indicator": "digits_marked"}


def test_what_is_not_struck_out_is_read(measures):
    strings = '<si><r><rPr><strike val="0"/><vertAlign val="baseline"/></rPr><t>9</t></r><r><t>52</t></r></si>'
    cells = GOOD | {"C5": '<c r="C5" t="s"><v>0</v></c>', "D5": '<c r="D5"><v>999</v></c>'}
    assert read(made.xlsx(cells, strings=strings), measures).lines[0].numerator.raw == "952"


@pytest.mark.parametrize("font", ["<strike/>", '<vertAlign val="superscript"/>'])
def test_a_cell_that_is_struck_out_is_a_question(font, measures):
    styles = f'<fonts><font/><font>{font}</font></fonts><cellXfs><xf/><xf numFmtId="0" fontId="1"/></cellXfs>'
    cells = GOOD | {"C5": '<c r="C5" s="1"><v>291</v></c>'}
    assert read(made.xlsx(cells, styles=styles), measures).lines[0].problems == {"numerator": "digits_marked"}


def test_a_code_under_a_percent_format_is_a_question_and_no_reason_to_refuse_the_file(measures):
    cells = GOOD | {"A5": '<c r="A5" s="1"><v>5.1</v></c>'}
    (found,) = read(made.xlsx(cells, styles=PERCENT.format("0%")), measures).lines
    assert found.problems == {"indicator": "indicator_became_number"}


def shown_as(text: str, value: str, kind: str = "float") -> str:
    attributes = f'office:value-type="{kind}" office:value="{value}"'
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,2", "1234"), ("&lt;5", "5"), ("5000", "5"), ("5 nghìn", "5000"), ("", "5"), ("KPS", "5"), ("5", "-5")],
)
def test_an_ods_cell_that_shows_another_number_is_a_question(text, value, measures):
    row = made.ods_row(shown_as(text, value), made.number(3000))
    assert line(read(made.ods(row), measures), "5.1").problems == {"numerator": "format_shows_another_number"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("1 234", "1234"),
        ("5 trẻ", "5"),
        ("-", "0"),
        ("", "0"),
        ("2,91E+02", "291"),
    ],
)
def test_an_ods_cell_that_only_dresses_its_number_is_read(text, value, measures):
    row = made.ods_row(shown_as(text, value), made.number(3000))
    found = line(read(made.ods(row), measures), "5.1")
    assert (found.problems, found.numerator.raw) == ({}, value)


@pytest.mark.parametrize("text", ["97", "97,5", "97.46"])
def test_an_ods_rate_may_be_shown_rounded(text, measures):
    row = made.ods_row(made.BLANK, made.BLANK, shown_as(text, "97.46"))
    assert line(read(made.ods(row), measures), "5.1").value.raw == "97.46"


STRUCK = (
    '<office:automatic-styles><style:style style:name="T1" style:family="text"><style:text-properties {}/>'
    '</style:style><style:style style:name="ce1" style:family="table-cell"><style:text-properties {}/></style:style>'
)


@pytest.mark.parametrize("look", ['style:text-position="super 58%"', 'style:text-line-through-style="solid"'])
@pytest.mark.parametrize(
    "cell",
    [
        '<table:table-cell office:value-type="string"><text:p>95<text:span text:style-name="T1">2</text:span></text:p>'
        "</table:table-cell>",
        '<table:table-cell table:style-name="ce1" office:value-type="float" office:value="952"><text:p>952</text:p>'
        "</table:table-cell>",
    ],
    ids=["a run", "the cell"],
)
def test_digits_of_an_ods_that_are_struck_out_or_raised_are_a_question(cell, look, measures):
    data = made.ods(made.ods_row(cell, made.number(999)))
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    styles = STRUCK.format(look, look)
    parts["content.xml"] = parts["content.xml"].replace(b"<office:automatic-styles>", styles.encode(), 1)
    assert line(read(made.zipped(parts), measures), "5.1").problems == {"numerator": "digits_marked"}
    assert line(read(data, measures), "5.1").problems == {}


def test_figures_in_hidden_rows_of_an_ods_are_reported(measures):
    data = made.ods(made.ods_row(made.number(291), made.number(300)))
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    before, row, behind = parts["content.xml"].rpartition(b"<table:table-row>")
    parts["content.xml"] = before + row.replace(b">", b' table:visibility="filter">') + behind
    report = read(made.zipped(parts), measures)
    assert [(issue.rule, issue.cell, issue.values) for issue in report.issues] == [
        ("figures_hidden", "C5", {"count": 2})
    ]


@pytest.mark.parametrize(
    ("code", "font", "problem"),
    [
        ("0.0,", 0, "format_shows_another_number"),
        ("General", made.STRUCK_OUT, "digits_marked"),
        ("General", made.RAISED, "digits_marked"),
    ],
)
def test_an_xlsb_is_asked_about_in_the_same_way(code, font, problem, measures):
    found = line(read(made.xlsb(code=code, font=font), measures), "5.1")
    assert found.problems == {"numerator": problem}


def test_digits_and_rows_of_an_xls_are_asked_about_in_the_same_way(measures):
    """excel_97.xls with the font of every cell struck out, and the row of 5.1 hidden."""
    data = made.EXCEL_97.read_bytes()
    struck = line(read(_changed_records(data, 0x0031, lambda body: body[:2] + b"\x08\x00" + body[4:]), measures), "5.1")
    assert struck.problems == dict.fromkeys(("indicator", "numerator", "denominator"), "digits_marked")
    hidden = _changed_records(data, 0x0208, lambda body: body[:12] + bytes([body[12] | 0x20]) + body[13:])
    assert [issue.rule for issue in read(hidden, measures).issues] == ["figures_hidden"]


def test_the_shared_texts_of_an_xls_are_known_by_their_fonts_also_over_two_records():
    """95 and a raised 2; the second record goes on in letters of two bytes."""
    first = struct.pack("<IIHBH", 2, 2, 3, 8, 1) + b"952" + struct.pack("<HH", 2, 5) + struct.pack("<HB", 4, 0) + b"ab"
    second = b"\x01" + "cd".encode("utf-16-le")
    assert list(xls._marked_texts([first, second], {5: True})) == [0]
    assert list(xls._marked_texts([first, second], {5: False})) == []
    texts = xls._Texts([first[8:], second])
    assert [texts.next(), texts.next()] == [("952", [(2, 5)]), ("abcd", [])]


def _changed_records(data: bytes, kind: int, change) -> bytes:
    """A workbook of records with each record of a kind changed where it lies."""
    stream = xls._workbook_stream(data)
    start = data.index(stream[:64])
    assert data[start : start + len(stream)] == stream
    changed, position = bytearray(data), start
    while position + 4 <= start + len(stream):
        found, length = struct.unpack("<HH", data[position : position + 4])
        if found == kind:
            changed[position + 4 : position + 4 + length] = change(data[position + 4 : position + 4 + length])
        position += 4 + length
    return bytes(changed)


@pytest.mark.parametrize(
    ("book", "expected"), [("", "2026-11-20"), ('<workbookPr date1904="1"/>', "2030-11-21")], ids=["1900", "1904"]
)
def test_a_date_is_counted_from_its_workbook_s_own_beginning(book, expected, measures):
    cells = GOOD | {"E5": '<c r="E5" s="1"><v>46346</v></c>'}
    report = read(made.xlsx(cells, styles=PERCENT.format("d/m/yyyy"), book=book), measures)
    assert report.lines[0].value.raw == expected


def test_shared_texts_are_read_without_reading_aids_and_with_their_escapes(measures):
    strings = "<si><r><t>5</t></r><r><t>.1</t></r><rPh><t>năm</t></rPh></si><si><t>a_x000A_b _x005F_x</t></si>"
    cells = GOOD | {"A5": '<c r="A5" t="s"><v>0</v></c>', "F5": '<c r="F5" t="s"><v>1</v></c>'}
    found = read(made.xlsx(cells, strings=strings), measures).lines[0]
    assert (found.indicator, found.note) == ("5.1", "a\nb _x")


@pytest.mark.parametrize("text", ["291_x0000_", "_xD800_291"])
def test_damaged_text_in_a_figure_or_a_code_comes_back(text, measures):
    figure = made.xlsx(GOOD | {"C5": f'<c r="C5" t="str"><v>{text}</v></c>'})
    assert read(figure, measures).lines[0].problems == {"numerator": "not_a_number"}
    unit = made.xlsx(GOOD | {"B3": f'<c r="B3" t="str"><v>{text}</v></c>'})
    assert read(unit, measures).unit_code not in (None, "07228")


@pytest.mark.parametrize("ref", ["C5", "C5:C5", "E5:F5", "A5:B5", "A9:F9"])
def test_a_merge_that_leaves_no_question_is_none(ref, measures):
    cells = GOOD | {"E5": '<c r="E5"><v>97</v></c>'}
    report = read(made.xlsx(cells, behind=f'<mergeCells><mergeCell ref="{ref}"/></mergeCells>'), measures)
    assert report.lines[0].problems == {}


@pytest.mark.parametrize("ref", ["C5:C6", "C5:D5", "B5:C5"])
def test_a_merge_over_lines_or_parts_is_a_question(ref, measures):
    cells = GOOD | {"B5": '<c r="B5"><v>1</v></c>'}
    report = read(made.xlsx(cells, behind=f'<mergeCells><mergeCell ref="{ref}"/></mergeCells>'), measures)
    assert report.lines[0].problems["numerator"] == "merged_cell"


def test_a_document_type_is_refused_and_nothing_is_expanded(measures):
    entity = '<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = made.xlsx(GOOD, more={"xl/sharedStrings.xml": f"{entity}<sst><si><t>&b;</t></si></sst>"})
    (report,) = reading.read(data, measures)
    assert [issue.rule for issue in report.issues] == ["file_damaged"]


def test_the_long_form_in_a_workbook_is_read_and_its_merged_keys_count_for_each_line(measures):
    header = ("programme", "period", "unit_code", "indicator", "numerator", "denominator")
    letters = "ABCDEF"
    cells = {
        f"{letters[address]}{row}": f'<c r="{letters[address]}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
        for row, texts in {
            4: header,
            5: ("bacninh-2026-2030", "2026", "07228", "5.1", "291", "300"),
            6: ("bacninh-2026-2030", "2026", "", "5.2", "480", "500"),
        }.items()
        for address, text in enumerate(texts)
        if text
    }
    report = read(made.xlsx(cells, behind='<mergeCells><mergeCell ref="C5:C6"/></mergeCells>'), measures)
    assert (report.unit_code, report.issues) == ("07228", [])
    assert values(report) == {"5.1": ["291", "300", ""], "5.2": ["480", "500", ""]}


TWO_VALUES = {
    "a second value": '<c r="C5"><v>29</v><v>1</v></c>',
    "an own text beside a value": '<c r="C5" t="inlineStr"><v>27</v><is><t>291</t></is></c>',
    "the place of a shared text as an own text": '<c r="C5" t="inlineStr"><v>27</v></c>',
    "the same cell again": '<c r="C5"><v>291</v></c><c r="C5"><v>292</v></c>',
    "a place that is none": '<c r="A1 "><v>291</v></c>',
    "a type that nobody knows": '<c r="C5" t="S"><v>291</v></c>',
}


@pytest.mark.parametrize("cell", TWO_VALUES.values(), ids=TWO_VALUES)
def test_a_cell_that_programs_would_read_differently_makes_a_workbook_damaged(cell, measures):
    """Found by `make fuzz`: 29 and 1 were read as 291, and of two cells the later one counted."""
    whole = {"A5": '<c r="A5" t="inlineStr"><is><t>5.1</t></is></c>', "D5": '<c r="D5"><v>300</v></c>'}
    good = read(made.xlsx(whole | {"C5": '<c r="C5"><v>291</v></c>'}), measures)
    assert good.lines[0].numerator.raw == "291"
    with pytest.raises(Refused, match="file_damaged"):
        read(made.xlsx(whole | {"C5": cell}), measures)


def test_a_zip_of_a_version_that_there_never_was_is_damaged():
    """Found by `make fuzz`: Python raises what is no error of a zip."""
    data = made.xlsx({})
    entry = data.index(b"PK\x01\x02")
    with pytest.raises(Refused, match="file_damaged"):
        opening.opened(data[: entry + 6] + b"\xff" + data[entry + 7 :])
