"""A comparison as a workbook: which figures changed, and which files changed them."""

from io import BytesIO
from typing import Any

import xlsxwriter

from publish import formatting
from publish.comparison import data as comparison_data
from publish.comparison.data import Comparison, Row
from publish.drawing import INK, RULE
from publish.reports import CREATED
from warehouse import wording

FIGURES, STEPS = "Thay đổi", "Tệp đã thay đổi"
WIDTHS = {
    "": 7,
    "chỉ tiêu": 50,
    "tử số / mẫu số": 26,
    "so với kế hoạch": 26,
    "báo cáo": 20,
    "nhận lúc": 22,
    "ô": 22,
    "tệp": 52,
    "sha256": 68,
}
USUAL_WIDTH = 11
ROW_HEIGHT = 34
TABLE_FROM = 4


def render(compared: Comparison) -> bytes:
    """The workbook as bytes; the same comparison gives the same ones."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        title = f"{compared.programme_name} – {compared.unit_name}, {wording.period(compared.period)}: thay đổi"
        book.set_properties({"title": title, "author": "baocao", "created": CREATED})
        _draw(book, FIGURES, compared, comparison_data.figure_rows(compared))
        _draw(book, STEPS, compared, comparison_data.step_rows(compared))
    return buffer.getvalue()


def _draw(book: Any, name: str, compared: Comparison, rows: list[Row]) -> None:
    sheet = book.add_worksheet(name)
    base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
    cell = book.add_format(base | {"border": 1, "border_color": RULE, "text_wrap": True})
    head = book.add_format(
        base | {"bold": True, "align": "center", "bg_color": INK, "font_color": "#FFFFFF", "border": 1}
    )
    title = book.add_format(base | {"bold": True, "font_size": 14, "font_color": INK})
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, f"{compared.unit_name} · {wording.period(compared.period)} · {name}", title)
    sheet.write_string(1, 0, compared.programme_name, book.add_format(base))
    texts = f"Như đã biết lúc {wording.timestamp(compared.before)} và lúc {wording.timestamp(compared.after)}"
    sheet.write_string(2, 0, texts, book.add_format(base | {"italic": True, "font_color": "#595959"}))
    if compared.is_made_up:
        sheet.write_string(TABLE_FROM - 1, 0, formatting.MADE_UP, book.add_format(base | {"bold": True}))
    if not rows:
        sheet.write_string(TABLE_FROM, 0, "Không có số liệu nào thay đổi.", book.add_format(base))
        return
    for column, heading in enumerate(rows[0]):
        sheet.set_column(column, column, WIDTHS.get(heading, USUAL_WIDTH))
        sheet.write_string(TABLE_FROM, column, heading[:1].upper() + heading[1:] or "Mã", head)
        for line, row in enumerate(rows, TABLE_FROM + 1):
            sheet.write_string(line, column, row[heading], cell)
    for line in range(TABLE_FROM + 1, TABLE_FROM + 1 + len(rows)):
        sheet.set_row(line, ROW_HEIGHT)
    sheet.freeze_panes(TABLE_FROM + 1, 1)
    sheet.autofilter(TABLE_FROM, 0, TABLE_FROM + len(rows), len(rows[0]) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
