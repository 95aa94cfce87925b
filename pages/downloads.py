"""A table of a page as CSV and as a workbook. Text stays text: a cell that begins like a formula is made harmless."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any

from pages.language import Language, Shown, render
from pages.layout import Page
from pages.tables import Cell, Table
from publish import formatting

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet program takes for a formula when it opens a CSV file."""
NARROWEST, WIDEST = 8, 42
LINE = 15
"""The height of a line of text, in points."""
MOST_PLACES = 10
A4 = 9


def make(page: Page, table: Table, kind: str, language: Language, read_at: Shown = "") -> bytes:
    """kind: csv or xlsx. read_at: as of when the page was read; a workbook says it."""
    return as_csv(table, language) if kind == "csv" else as_workbook(page, table, language, read_at)


def harmless(text: str) -> str:
    """With an apostrophe before what a spreadsheet program would compute."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def as_csv(table: Table, language: Language) -> bytes:
    """With a byte order mark, by which spreadsheet programs know UTF-8; numbers are exact, with a decimal point."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(_headings(table, language))
    for row in _rows(table, language):
        writer.writerow([harmless(value) if isinstance(value, str) else _plain(value) for value in row])
    return target.getvalue().encode("utf-8-sig")


def as_workbook(page: Page, table: Table, language: Language, read_at: Shown = "") -> bytes:
    """One sheet: title, what the page says first, headings, rows. Every text is written as text, never as a formula.

    It prints on A4 as wide as the paper, with the headings on every sheet. read_at: as of when the page was read.
    """
    from xlsxwriter import Workbook

    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True})
    sheet, bold = book.add_worksheet("baocao"), book.add_format({"bold": True})
    title = f"{render(page.title, language)} · {render(table.caption, language)}"
    above = [title, *(render(text, language) for text in (*page.notices, page.lead, read_at) if text)]
    for at, text in enumerate(above):
        sheet.write_string(at, 0, text, bold if at <= len(page.notices) else None)
    headings, rows = _headings(table, language), list(_rows(table, language))
    first = len(above) + 1
    heading = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    for column, text in enumerate(headings):
        sheet.write_string(first, column, text, heading)
    _write_rows(book, sheet, rows, first + 1)
    _fit_to_paper(sheet, [headings, *rows], first)
    book.close()
    return target.getvalue()


def _write_rows(book: "Workbook", sheet: "Worksheet", rows: list[list[Any]], first: int) -> None:
    look = {"valign": "top", "bottom": 4}
    texts, days = book.add_format(look | {"text_wrap": True}), book.add_format(look | {"num_format": "dd/mm/yyyy"})
    numbers = {
        places: book.add_format(look | {"num_format": formatting.excel_format(places)})
        for places in range(MOST_PLACES + 1)
    }
    for at, row in enumerate(rows, first):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(at, column, value, texts)
            elif isinstance(value, date):
                sheet.write_datetime(at, column, datetime.combine(value, time()), days)
            elif value is not None:
                places = min(MOST_PLACES, formatting.decimals(Decimal(value)))
                sheet.write_number(at, column, value, numbers[places])


def _fit_to_paper(sheet: "Worksheet", rows: list[list[Any]], first: int) -> None:
    """first: the row of the headings."""
    longest = [max(len(_as_read(row[column])) for row in rows) for column in range(len(rows[0]))]
    widths = [min(max(most + 1, NARROWEST), WIDEST) for most in longest]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for at, row in enumerate(rows, first):  # not every program makes room for text that is wrapped
        lines = max(ceil(len(_as_read(value)) * 1.1 / width) for value, width in zip(row, widths, strict=True))
        if lines > 1:
            sheet.set_row(at, lines * LINE)
    sheet.freeze_panes(first + 1, 0)
    sheet.repeat_rows(first)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _as_read(value: Any) -> str:
    """About as long as it is on paper: numbers are rounded there."""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _headings(table: Table, language: Language) -> list[str]:
    group = [render(table.group_heading, language)] if table.group_heading else []
    return group + [render(column.heading, language) for column in table.columns]


def _rows(table: Table, language: Language) -> Iterator[list[Any]]:
    groups = table.groups or [""] * len(table.rows)
    for group, row in zip(groups, table.rows, strict=True):
        yield ([render(group, language)] if table.group_heading else []) + [_value(cell, language) for cell in row]


def _value(cell: Cell, language: Language) -> Decimal | int | date | str:
    if cell.value is not None:
        return cell.value
    texts = [render(text, language) for text in (cell.text, cell.note) if text]
    return " · ".join(texts)


def _plain(value: Decimal | int | date) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:f}" if isinstance(value, Decimal) else str(value)
