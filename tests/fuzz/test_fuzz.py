"""Some hundred files of `make fuzz`, the same each time: no crash, no hang, no stack trace, no wrong acceptance."""

import random
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from ingest import reading
from ingest.cells import TypedCell
from tests.fuzz import grammar, independent, mutations
from tests.fuzz.__main__ import drawn
from tests.fuzz.examine import MEASURES, examine, examine_all

FILES = 400


def test_changed_and_made_up_files_end_in_reports_or_reasons_and_never_in_a_wrong_figure():
    files = drawn(mutations.originals(), random.Random(20261129), FILES)
    found = list(examine_all(files))
    assert [each.problems for each in found if each.problems] == []
    assert sum(each.is_accepted for each in found) > FILES / 5
    assert sum(each.figures for each in found) > FILES


@pytest.mark.parametrize("make", [grammar.as_csv, grammar.as_workbook])
def test_a_figure_that_is_read_as_another_is_seen(make):
    """The examination itself: of a report with a changed figure each other reader says so."""
    rows = [list(grammar.HEADINGS[0]), [*grammar.KEYS, "5.1", "291", "300", "", ""]]
    data = make(rows, random.Random(3))
    (report,) = reading.read(data, MEASURES)
    assert independent.misread(data, [report]) == []
    assert independent.compared(data, [report]) == 2
    (line,) = report.lines
    report.lines = [line._replace(numerator=TypedCell("exact", Decimal(292), Decimal(292), True, True, "292"))]
    assert len(independent.misread(data, [report])) == 1
    report.lines = [line._replace(numerator=TypedCell("missing"))]
    assert len(independent.misread(data, [report])) == 1


def test_under_a_second_heading_in_another_language_nobody_says_which_column_is_meant():
    """A heading whose denominator is no name: the line has none, and the column is reported as not read."""
    first = "chuong_trinh;ky;ma_don_vi;chi_tieu;tu_so;mau_so\nbacninh-2026-2030;2026;07228;5.1;291;300\n"
    second = "programme;period;unit_code;indicator;numerator;12/05\nbacninh-2026-2030;2026;07228;5.2;480;500\n"
    data = (first + second).encode()
    reports = reading.read(data, MEASURES)
    denominators = {line.row_no: line.denominator.raw for report in reports for line in report.lines}
    assert denominators == {2: "300", 4: ""}
    assert independent.misread(data, reports) == []


def test_of_a_file_with_headings_by_two_delimiters_nobody_says_which_is_the_table():
    heading = "programme,period,unit_code,indicator,numerator,denominator,value,note\n"
    lines = [f"bacninh-2026-2030,2026,07228,{code},,,96,\n" for code in ("3.1", "5.1", "5.2")]
    both = "bacninh-2026-2030,2026,07228,7,,,181740030\t2026\t07228\t7\t≤ 150 %\t423\t93%\t\n"
    data = "".join([heading.replace(",", "\t"), heading, *lines, both]).encode()
    reports = reading.read(data, MEASURES)
    assert sum(len(report.lines) for report in reports) == 4
    assert independent.misread(data, reports) == []


def test_what_a_reader_did_not_foresee_is_a_problem(monkeypatch):
    monkeypatch.setattr(reading.delimited, "read", lambda *more: 1 / 0)
    (problem,) = examine(b"programme;period\n1;2\n").problems
    assert "ZeroDivisionError" in problem


def test_a_merge_over_a_whole_sheet_is_left_to_us_for_openpyxl_makes_every_cell_of_it(monkeypatch):
    rows = [list(grammar.HEADINGS[0]), [*grammar.KEYS, "5.1", "291", "300", "", ""]]
    merged = BytesIO()
    with ZipFile(BytesIO(grammar.as_workbook(rows, random.Random(3)))) as given, ZipFile(merged, "w") as made:
        for name in given.namelist():
            part = given.read(name)
            merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>'
            made.writestr(name, part.replace(b"</sheetData>", merge))
    reports = reading.read(merged.getvalue(), MEASURES)
    assert [line.numerator.raw for report in reports for line in report.lines] == ["291"]
    monkeypatch.setattr(independent, "load_workbook", lambda *_, **__: pytest.fail("it makes 17 billion cells"))
    assert independent.misread(merged.getvalue(), reports) == []
