"""The sheet of notes of a workbook: how the plan is read where it contradicts itself, what figures come from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from publish import pages
from publish.drawing import INK, PALE, Drawing

SHEET = "Ghi chú"
WIDTHS = (6, 14, 120)


@dataclass(frozen=True)
class Block:
    """Notes under one heading: number and subject of each, empty where it has none, and the text."""

    heading: str
    notes: Sequence[tuple[str, str, str]]


def version(catalogue_version: str | None) -> Block:
    """With what the figures were made: the same version and the same reports give the same table."""
    text = f"Danh mục chỉ tiêu và cách tính: phiên bản {catalogue_version or '–'}."
    return Block("Nguồn gốc số liệu", (("", "", text),))


def draw(book: Any, title: str, blocks: Iterable[Block]) -> Drawing:
    """Draw the blocks below one another."""
    drawing = Drawing(book, SHEET, WIDTHS)
    drawing.line(title, bold=True, font_size=13, font_color=INK, height=36)
    for block in blocks:
        drawing.line(block.heading, bold=True, bg_color=PALE, height=20)
        for number, subject, text in block.notes:
            for column, cell in enumerate((number, subject, text)):
                style = drawing.grid(align="left" if column == 2 else "center", valign="top")
                drawing.sheet.write_string(drawing.row, column, cell, style)
            drawing.set_height(drawing.row, drawing.height_of(text, (2, 2)) + 4)
            drawing.row += 1
    pages.set_up(drawing.sheet, WIDTHS)
    drawing.sheet.print_area(0, 0, drawing.row - 1, drawing.last)
    drawing.sheet.set_footer("&R&8Trang &P/&N")
    return drawing
