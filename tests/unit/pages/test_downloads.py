"""Tables as files: nothing in a cell is ever computed, numbers are exact, nothing is lost."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from pages import downloads
from pages.language import Text
from pages.layout import Page, Section
from pages.tables import PAGE_ROWS, Cell, Column, Table

FORMULAS = ["=1+1", "+84", "-5", "@SUM(A1)", "\t=1", "\r=1"]
COLUMNS = (Column("unit", Text("Đơn vị", "Unit")), Column("value", Text("Giá trị", "Value")))


def page_of(rows: list[tuple[Cell, ...]], groups: list[str] | None = None) -> Page:
    heading = Text("Nhóm", "Group") if groups else None
    table = Table("t", Text("Bảng", "Table"), COLUMNS, rows, Text("", ""), heading, groups or [])
    section = Section("s", Text("Mục", "Section"), table=table)
    return Page(Text("Trang", "Page"), notices=["SỐ LIỆU GIẢ ĐỊNH"], sections=[section])


def csv_rows(page: Page, language: str = "vi") -> list[list[str]]:
    content = downloads.make(page, page.tables["t"], "csv", language)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_of(page: Page):
    return openpyxl.load_workbook(io.BytesIO(downloads.make(page, page.tables["t"], "xlsx", "vi")))["baocao"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_begins_like_a_formula_is_text_in_both_files(text):
    page = page_of([(Cell(text), Cell(Text(text, text)))])

    assert csv_rows(page)[1:] == [[f"'{text}", f"'{text}"]]
    cells = [cell for row in sheet_of(page).iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sum(text.strip() in str(cell.value) for cell in cells) == 2


def test_a_number_is_exact_in_both_files_and_a_negative_one_stays_a_number():
    exact = Decimal("-97.7959979963618149")
    page = page_of([(Cell("a"), Cell(Text("-97,8", "-97.8"), value=exact)), (Cell("b"), Cell("3", value=3))])

    assert [row[1] for row in csv_rows(page)[1:]] == ["-97.7959979963618149", "3"]
    values = [row[1].value for row in sheet_of(page).iter_rows() if row[0].value in ("a", "b")]
    assert values == [pytest.approx(float(exact)), 3]


def test_a_day_and_a_longer_text_replace_what_is_shown():
    page = page_of([(Cell("30/11/2026", value=date(2026, 11, 30)), Cell("ab…", value="abcdef"))])

    assert csv_rows(page)[1] == ["2026-11-30", "abcdef"]
    last = list(sheet_of(page).iter_rows(values_only=True))[-1]
    assert last == (datetime(2026, 11, 30), "abcdef")


def test_a_workbook_prints_as_wide_as_the_paper_with_its_headings_on_every_sheet():
    sheet = sheet_of(page_of([(Cell("a"), Cell("b"))] * 200))

    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    (heading,) = [row[0].row for row in sheet.iter_rows() if row[0].value == "Đơn vị"]
    assert sheet.print_title_rows == f"${heading}:${heading}"


def test_a_file_has_the_rows_of_all_pages_their_groups_and_the_readers_language():
    count = PAGE_ROWS + 1
    page = page_of([(Cell(str(at)), Cell("x", note=Text("ghi chú", "note"))) for at in range(count)], ["nhóm"] * count)

    assert page.tables["t"].pages == 2
    assert [len(page.tables["t"].page_rows(number)) for number in (1, 2, 9, 0)] == [PAGE_ROWS, 1, 1, count]
    rows = csv_rows(page, "en")
    assert rows[0] == ["Group", "Unit", "Value"]
    assert len(rows) == 1 + count
    assert rows[1] == ["nhóm", "0", "x · note"]


def test_a_workbook_has_the_notice_that_its_data_are_made_up():
    texts = [cell.value for row in sheet_of(page_of([(Cell("a"), Cell("b"))])).iter_rows() for cell in row]

    assert "SỐ LIỆU GIẢ ĐỊNH" in texts
