"""A sheet of an xlsxwriter workbook being drawn: its styles, its columns, the current row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

INK, PALE, RULE = "#1F3864", "#D9E2F3", "#8EA0BF"
FONT: Mapping[str, Any] = MappingProxyType({"font_name": "Times New Roman", "font_size": 11})
"""Of the workbook too: columns are as wide as so many digits of its font, so the width of a page depends on it."""
ROW_HEIGHT = 15.75
"""Points, of a row of which the height is not set."""


class Noting:
    """A sheet of an xlsxwriter workbook that remembers what was written. cells: content and number format, by place."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.cells: dict[tuple[int, int], tuple[str | float, str]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sheet, name)

    def write_string(self, row: int, column: int, text: str, style: Any = None) -> None:
        self.sheet.write_string(row, column, text, style)
        if text:
            self.cells[row, column] = (text, "General")

    def write_number(self, row: int, column: int, number: float, style: Any = None) -> None:
        self.sheet.write_number(row, column, number, style)
        self.cells[row, column] = (number, str(style.num_format) if style else "General")

    def merge_range(self, top: int, left: int, bottom: int, right: int, text: str, style: Any) -> None:
        self.sheet.merge_range(top, left, bottom, right, text, style)
        if text:
            self.cells[top, left] = (text, "General")


Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True)
class Sum:
    """A cell that is the sum of others of its sheet, as far as they hold a number; no more than `most`.

    A negative `most` is the least instead: of what is taken off.
    """

    target: Place
    parts: tuple[Place, ...]
    most: Decimal | None = None


class Drawing:
    """One sheet. widths: of its columns, in characters. row: where the next line goes. sums: cells that are sums."""

    def __init__(self, book: Any, name: str, widths: Sequence[float]) -> None:
        self.book, self.widths = book, widths
        self.name = name
        self.sheet = Noting(book.add_worksheet(name))
        self.last = len(widths) - 1
        self.row = 0
        self.sums: list[Sum] = []
        self.heights: dict[int, float] = {}
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.sheet.hide_gridlines(2)
        self.sheet.set_default_row(ROW_HEIGHT)
        for index, width in enumerate(widths):
            self.sheet.set_column(index, index, width)

    def style(self, **options: Any) -> Any:
        """A cell style; the same options give the same one, so the workbook stays small."""
        base = {**FONT, "valign": "vcenter", "text_wrap": True}
        key = tuple(sorted((base | options).items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(base | options)
        return self.formats[key]

    def grid(self, **options: Any) -> Any:
        return self.style(border=1, border_color=RULE, **options)

    def line(self, text: str, height: float | None = None, **options: Any) -> None:
        """One line over the whole width of the table."""
        self.area(self.row, (0, self.last), text, **options)
        if height:
            self.set_height(self.row, height)
        self.row += 1

    def set_height(self, row: int, height: float) -> None:
        self.sheet.set_row(row, height)
        self.heights[row] = height

    def height_between(self, first: int, end: int) -> float:
        """The points of the rows from `first` on, `end` not included."""
        return sum(self.heights.get(row, ROW_HEIGHT) for row in range(first, end))

    def area(self, row: int, columns: tuple[int, int], text: str, **options: Any) -> None:
        """A text over some columns of a row."""
        self.merge(row, columns[0], row, columns[1], text, self.style(**options))

    def height_of(self, text: str, columns: tuple[int, int], per_line: float = ROW_HEIGHT, size: float = 1.0) -> float:
        """The points that a text needs where it is wrapped over some columns. size: of its letters, 1 the usual."""
        across = sum(self.widths[columns[0] : columns[1] + 1]) * 1.05 / size
        return per_line * -(-len(text) // max(1, int(across)))

    def merge(self, top: int, left: int, bottom: int, right: int, text: str, style: Any) -> None:
        if (top, left) == (bottom, right):
            self.sheet.write_string(top, left, text, style)
        else:
            self.sheet.merge_range(top, left, bottom, right, text, style)
