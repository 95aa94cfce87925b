"""A table of a page as CSV and as a workbook. Text stays text: a cell that begins like a formula is made harmless."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pages.language import Language, render
from pages.layout import Page
from pages.tables import Cell, Table
from publish import formatting

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet program takes for a formula when it opens a CSV file."""
NARROWEST, WIDEST = 8, 60


def make(page: Page, table: Table, kind: str, language: Language) -> bytes:
    """kind: csv or xlsx."""
    return as_csv(table, language) if kind == "csv" else as_workbook(page, table, language)


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


def as_workbook(page: Page, table: Table, language: Language) -> bytes:
    """One sheet: title, notices, headings, rows. Every text is written as text, never as a formula."""
    from xlsxwriter import Workbook

    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True})
    sheet, bold = book.add_worksheet("baocao"), book.add_format({"bold": True})
    title = f"{render(page.title, language)} · {render(table.caption, language)}"
    above = [title, *(render(notice, language) for notice in page.notices)]
    for at, text in enumerate(above):
        sheet.write_string(at, 0, text, bold)
    rows = [_headings(table, language), *_rows(table, language)]
    formats = {places: book.add_format({"num_format": formatting.excel_format(places)}) for places in range(11)}
    for at, row in enumerate(rows, len(above) + 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(at, column, value, bold if at == len(above) + 1 else None)
            elif isinstance(value, (int, Decimal)):
                sheet.write_number(at, column, value, formats[min(10, formatting.decimals(Decimal(value)))])
            elif value is not None:
                sheet.write_string(at, column, value.isoformat())
    for column in range(len(rows[0])):
        longest = max(len(str(row[column])) for row in rows)
        sheet.set_column(column, column, min(max(longest, NARROWEST), WIDEST))
    sheet.freeze_panes(len(above) + 2, 0)
    book.close()
    return target.getvalue()


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
