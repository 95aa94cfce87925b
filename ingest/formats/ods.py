"""An OpenDocument spreadsheet in one pass: values, percentages, formulas, errors and merged cells of each sheet."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time

from ingest.cells import Shown, Value
from ingest.characters import storable
from ingest.formats import number_formats, xml_parts
from ingest.formats.xml_parts import attribute
from ingest.grids import MOST_CELLS, Grid, Place, Range, covered, filled
from ingest.reports import Refused

NO_CELLS = ("annotation", "tracked-changes", "shapes", "frame", "custom-shape", "control", "forms", "dde-links")
"""Elements whose texts and tables are none of a sheet's."""
LARGEST_CONTENT = 16_000_000
"""Bytes of content.xml, which has all sheets."""


def grids(parts: Mapping[str, bytes]) -> Iterator[Grid]:
    """The sheets in their order, hidden ones too. Raises Refused."""
    content = parts.get("content.xml")
    if content is None:
        raise Refused("file_damaged")
    if len(content) > LARGEST_CONTENT:
        raise Refused("sheet_too_large", sheet="content.xml")
    reader = _Reader()
    xml_parts.parse(content, reader.start, reader.end, reader.text)
    yield from reader.grids


@dataclass
class _Sheet:
    name: str
    is_visible: bool
    cells: dict[Place, Value] = field(default_factory=dict)
    shown: dict[Place, Shown] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    filled_by_formula: list[Range] = field(default_factory=list)
    written: list[tuple[int, Value, Shown | None]] = field(default_factory=list)
    """Column, value and more of the row that is being read."""
    row: int = 0
    column: int = 0

    def grid(self) -> Grid:
        for place in covered(self.filled_by_formula, self.cells):
            self.shown[place] = "formula"
        return Grid(
            filled(self.cells, self.name), self.name, shown=self.shown, merged=self.merged, is_visible=self.is_visible
        )


class _Reader:
    """What the elements of content.xml mean, in their order."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.sheet: _Sheet | None = None
        self.repeated_rows = 1
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.skipped = 0

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if self.skipped or element in NO_CELLS:
            self.skipped += 1
        elif element == "style":
            self.style = attribute(attributes, "name") or ""
        elif element == "table-properties" and attribute(attributes, "display") == "false":
            self.hidden_styles.add(self.style)
        elif element == "table" and self.sheet is None:
            name = storable(attribute(attributes, "name") or "")
            self.sheet = _Sheet(name, attribute(attributes, "style-name") not in self.hidden_styles)
        elif self.sheet is not None:
            self._start_inside(self.sheet, element, attributes)

    def _start_inside(self, sheet: _Sheet, element: str, attributes: Mapping[str, str]) -> None:
        if element == "table-row":
            self.repeated_rows = _count(attribute(attributes, "number-rows-repeated"))
            sheet.column = 0
        elif element in ("table-cell", "covered-table-cell"):
            if self.cell is not None:  # a table inside a cell: its cells have no place in the sheet
                raise Refused("file_damaged")
            self.cell = {key.rpartition(":")[2]: value for key, value in attributes.items()} | {"element": element}
            self.paragraphs = []
        elif self.cell is not None and element == "p":
            self.paragraphs.append("")
        elif self.cell is not None and self.paragraphs and element in ("s", "tab", "line-break"):
            self.paragraphs[-1] += " " * min(_count(attribute(attributes, "c")), 100)

    def text(self, data: str) -> None:
        if self.cell is not None and self.paragraphs and not self.skipped:
            self.paragraphs[-1] += data

    def end(self, element: str) -> None:
        if self.skipped:
            self.skipped -= 1
        elif self.sheet is None:
            return
        elif element == "table":
            self.grids.append(self.sheet.grid())
            if sum(grid.size for grid in self.grids) > MOST_CELLS:
                raise Refused("sheet_too_large", sheet=self.sheet.name)
            self.sheet = None
        elif element == "table-row":
            self._end_row(self.sheet)
        elif element in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._end_cell(self.sheet, self.cell)
            self.cell = None

    def _end_cell(self, sheet: _Sheet, cell: Mapping[str, str]) -> None:
        repeated = _count(cell.get("number-columns-repeated"))
        value, shown = _value(cell, "\n".join(self.paragraphs))
        place = sheet.row, sheet.column
        down, right = _count(cell.get("number-rows-spanned")), _count(cell.get("number-columns-spanned"))
        if down * right > 1:
            sheet.merged.append((place, (sheet.row + down - 1, sheet.column + right - 1)))
        down = _count(cell.get("number-matrix-rows-spanned"))
        right = _count(cell.get("number-matrix-columns-spanned"))
        if down * right > 1:
            sheet.filled_by_formula.append((place, (sheet.row + down - 1, sheet.column + right - 1)))
        if (value != "" or shown) and cell["element"] == "table-cell":
            self._check_amount(sheet, repeated)
            sheet.written += [(column, value, shown) for column in range(sheet.column, sheet.column + repeated)]
        sheet.column += repeated

    def _end_row(self, sheet: _Sheet) -> None:
        """The cells of a row, in each of the rows that it repeats."""
        self._check_amount(sheet, len(sheet.written) * self.repeated_rows)
        for row in range(sheet.row, sheet.row + self.repeated_rows) if sheet.written else ():
            for column, value, shown in sheet.written:
                sheet.cells[row, column] = value
                if shown:
                    sheet.shown[row, column] = shown
        sheet.row += self.repeated_rows
        sheet.written = []

    def _check_amount(self, sheet: _Sheet, more: int) -> None:
        if len(sheet.cells) + more > MOST_CELLS:
            raise Refused("sheet_too_large", sheet=sheet.name)


def _value(cell: Mapping[str, str], text: str) -> tuple[Value, Shown | None]:
    kind = cell.get("value-type", "")
    if "formula" in cell:
        return text or cell.get("value", ""), "formula"
    if re.fullmatch(r"#[A-Z0-9/]+[!?]?|Err:[0-9]+", text) and kind not in ("float", "percentage"):
        return text, "error" if text != "#" else None
    if kind in ("float", "currency", "percentage"):
        number = _number(cell.get("value"))
        if number is None:
            return storable(text), None
        return number, "percent" if kind == "percentage" else None
    if kind == "boolean":
        return cell.get("boolean-value") == "true", None
    if kind == "date":
        return number_formats.from_iso(cell.get("date-value", "").removesuffix("T00:00:00")), None
    if kind == "time":
        return _time(text), None
    return storable(text or cell.get("string-value", "")), None


def _time(text: str) -> Value:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return text


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text and "_" not in text else None
    except ValueError:
        return None


def _count(text: str | None) -> int:
    return max(int(text), 1) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1
