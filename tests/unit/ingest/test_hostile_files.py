"""What is too large or too far out is found on the parts as they are read, whatever they are named and written."""

import logging
import resource

import pytest

from ingest import reading
from ingest.grids import MOST_CELLS
from tests.fixtures import hostile_files as hostile
from tests.fixtures import made_workbooks

HEADER = "programme;period;unit_code;indicator;numerator;denominator"
LINE = "bacninh-2026-2030;2026;07228;5.1;291;548"


def reasons(data, measures) -> list[str]:
    return [issue.rule for report in reading.read(data, measures) for issue in report.issues]


@pytest.fixture(autouse=True)
def little_memory():
    """Who would fill a sheet to its end, or ask for 549 GB, fails at once."""
    import psutil

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + (1 << 30), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize(
    "reference",
    ['r="XFD1048576"', 'r = "XFD1048576"', "r\n=\n'XFD1048576'", 'r="xfd1048576"', 'r="$XFD$1048576"'],
)
def test_a_cell_at_the_far_end_is_found_however_it_is_written(reference, measures):
    assert reasons(hostile.far_cell(reference), measures) == ["sheet_too_large"]


@pytest.mark.parametrize("suffix", ["xml", "dat", "jpg"])
def test_a_cell_at_the_far_end_is_found_whatever_its_part_is_named(suffix, measures):
    cell = '<row r="1"><c r="XFD1048576"><v>1</v></c></row>'
    assert reasons(hostile.sheets([cell], suffix), measures) == ["sheet_too_large"]


def test_a_part_that_calamine_reads_and_the_relations_hide_is_looked_at(measures):
    assert reasons(hostile.xlsb_with_a_far_cell_elsewhere(), measures) == ["sheet_too_large"]


@pytest.mark.parametrize("sheets", [2, 990])
def test_sheets_count_together(sheets, measures):
    assert reasons(hostile.wide_sheets(sheets), measures) == ["sheet_too_large"]


def test_sheets_of_an_open_document_count_together(measures):
    far = '<table:table-row table:number-rows-repeated="1999"/><table:table-row>'
    cell = f'<table:table-cell table:number-columns-repeated="999"/>{made_workbooks.number(1)}</table:table-row>'
    sheet = '<table:table table:name="S{}">' + far + cell + "</table:table>"
    one, two = (made_workbooks.ods(sheet="".join(sheet.format(n) for n in range(number))) for number in (0, 2))
    assert "sheet_too_large" not in reasons(one, measures)
    assert reasons(two, measures) == ["sheet_too_large"]


def test_elements_without_content_count_as_bytes(measures):
    empty = "<c/>" * 2_100_000
    assert reasons(hostile.sheets([empty] * 4), measures) == ["sheet_too_large"]


def test_a_cell_before_the_first_row_does_not_become_the_last(measures):
    """Its row would be -1, and that of a list is its last one."""
    assert reasons(hostile.report(more_cells='<c r="C0"><v>999</v></c>'), measures) == ["file_damaged"]
    assert reasons(hostile.sheets(["<c><v>1</v></c>"]), measures) == ["file_damaged"]
    assert reasons(hostile.report(more_cells='<c r="J9"><c/><v>999</v></c>'), measures) == ["file_damaged"]
    for kind in ("str", "n", "s"):
        cell = f'<c r="J9" t="{kind}"><is><t>6,5</t></is></c>'
        assert reasons(hostile.report(more_cells=cell), measures) == ["file_damaged"], kind


def test_two_parts_of_one_name_are_no_workbook(measures):
    import zipfile
    from io import BytesIO

    content = BytesIO(hostile.report())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("XL/worksheets/Sheet1.xml", "<worksheet/>")
    assert reasons(content.getvalue(), measures) == ["file_damaged"]


def test_a_formula_is_one_in_a_part_of_any_name(measures):
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>programme</t></is></c></row>'
        + "".join(
            f'<row r="{row}">'
            + "".join(
                f'<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
                for column, text in zip("ABCDEF", cells, strict=True)
            )
            + "</row>"
            for row, cells in ((2, HEADER.split(";")),)
        )
        + '<row r="3"><c r="A3" t="str"><v>bacninh-2026-2030</v></c><c r="B3"><v>2026</v></c>'
        '<c r="C3" t="str"><v>07228</v></c><c r="D3" t="str"><v>5.1</v></c>'
        '<c r="E3"><f>200+91</f><v>291</v></c><c r="F3"><v>300</v></c></row>'
    )
    (report,) = reading.read(hostile.sheets([rows], "dat"), measures)
    (line,) = report.lines
    assert line.problems == {"numerator": "formula_in_cell"}


def test_whoever_needs_more_memory_than_there_is_does_not_call_the_file_unreadable(measures, monkeypatch):
    monkeypatch.setattr("ingest.delimited.read", lambda *_: bytearray(549_000_000_000))
    with pytest.raises(MemoryError):
        reading.read(f"{HEADER}\n{LINE}\n".encode(), measures)


def test_more_reports_than_a_nation_has_are_sent_in_several_files(measures, monkeypatch):
    monkeypatch.setattr("ingest.report_keys.MOST_REPORTS", 100)
    assert len(reading.read(hostile.csv_of_many_reports(100), measures)) == 100
    assert reasons(hostile.csv_of_many_reports(101), measures) == ["too_many_reports"]


# --- a CSV that did not arrive as a whole ---------------------------------------------------------

WHOLE = f"{HEADER}\n{LINE}\n{LINE.replace('07228', '07210')}\n"


@pytest.mark.parametrize("kept", range(len(WHOLE) - len(LINE), len(WHOLE)))
def test_wherever_a_line_is_cut_off_nothing_is_accepted_in_silence(kept, measures):
    """In its last cell, or before it, it may be whole."""
    is_last_cell = kept > WHOLE.rindex(";")
    assert reasons(WHOLE[:kept].encode(), measures) == ["csv_end_unclear" if is_last_cell else "csv_cut_off"]


def test_a_last_line_that_no_program_ended_is_a_question_only_where_it_ends_in_digits(measures):
    table = f"{HEADER};note\n{LINE};\n{LINE.replace('07228', '07210')};"
    assert reasons(table.encode(), measures) == []
    assert reasons(WHOLE.rstrip().encode(), measures) == ["csv_end_unclear"]
    assert reasons(WHOLE.encode(), measures) == []


def test_the_question_belongs_to_the_report_of_the_last_line(measures):
    first, last = reading.read(WHOLE.rstrip().encode(), measures)
    assert (first.issues, [(issue.raw, issue.line) for issue in last.issues]) == ([], [("548", 3)])


def test_limits_are_larger_than_a_report_of_the_nation():
    logging.getLogger(__name__).debug("3 321 communes, 33 lines, 8 columns")
    assert MOST_CELLS > 3321 * 33 * 8
