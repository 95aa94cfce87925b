"""An OpenDocument spreadsheet in one pass: values, percentages, formulas, errors and merged cells of each sheet.

Beside its value a cell has the text that its program showed; where that is another number, the cell is marked so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal

from ingest import cells
from ingest.cells import Shown, Value
from ingest.characters import storable
from ingest.formats import number_formats, xml_parts
from ingest.formats.xml_parts import attribute
from ingest.grids import MOST_CELLS, Grid, Place, Range, covered, filled
from ingest.reports import Refused

NO_CELLS = ("annotation", "tracked-changes", "shapes", "frame", "custom-shape", "control", "forms", "dde-links")
"""Elements whose texts and tables are none of a sheet's."""
HIDDEN = ("collapse", "filter")
MOST_COLUMNS = 16_384
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
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    styles_of_columns: list[str] = field(default_factory=list)

    def grid(self) -> Grid:
        for place in covered(self.filled_by_formula, self.cells):
            self.shown[place] = "formula"
        return Grid(
            filled(self.cells, self.name),
            self.name,
            shown=self.shown,
            merged=self.merged,
            is_visible=self.is_visible,
            hidden_rows=self.hidden_rows,
            hidden_columns=self.hidden_columns,
        )


class _Reader:
    """What the elements of content.xml mean, in their order."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.hidden_styles: set[str] = set()
        self.marked_styles: set[str] = set()
        self.style = ""
        self.sheet: _Sheet | None = None
        self.repeated_rows = 1
        self.is_hidden_row = False
        self.spans: list[bool] = []
        """Of the texts within one another, whether each is marked."""
        self.is_marked = False
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
        elif element == "text-properties" and _marks(attributes):
            self.marked_styles.add(self.style)
        elif element == "table" and self.sheet is None:
            name = storable(attribute(attributes, "name") or "")
            self.sheet = _Sheet(name, attribute(attributes, "style-name") not in self.hidden_styles)
        elif self.sheet is not None:
            self._start_inside(self.sheet, element, attributes)

    def _start_inside(self, sheet: _Sheet, element: str, attributes: Mapping[str, str]) -> None:
        if element == "table-row":
            self.repeated_rows = _count(attribute(attributes, "number-rows-repeated"))
            self.is_hidden_row = attribute(attributes, "visibility") in HIDDEN
            sheet.column = 0
        elif element == "table-column":
            self._add_columns(sheet, attributes)
        elif element in ("table-cell", "covered-table-cell"):
            if self.cell is not None:  # a table inside a cell: its cells have no place in the sheet
                raise Refused("file_damaged")
            self.cell = {key.rpartition(":")[2]: value for key, value in attributes.items()} | {"element": element}
            self.paragraphs, self.is_marked = [], False
        elif self.cell is not None and element == "p":
            self.paragraphs.append("")
        elif self.cell is not None and element == "span":
            self.spans.append(attribute(attributes, "style-name") in self.marked_styles)
        elif self.cell is not None and self.paragraphs and element in ("s", "tab", "line-break"):
            self.paragraphs[-1] += " " * min(_count(attribute(attributes, "c")), 100)

    def text(self, data: str) -> None:
        if self.cell is not None and self.paragraphs and not self.skipped:
            self.paragraphs[-1] += data
            self.is_marked = self.is_marked or (any(self.spans) and not data.isspace())

    def _add_columns(self, sheet: _Sheet, attributes: Mapping[str, str]) -> None:
        """Those that hold cells; the rest of the sheet is one element too."""
        first = len(sheet.styles_of_columns)
        last = min(first + _count(attribute(attributes, "number-columns-repeated")), MOST_COLUMNS)
        sheet.styles_of_columns += [attribute(attributes, "default-cell-style-name") or ""] * (last - first)
        if attribute(attributes, "visibility") in HIDDEN:
            sheet.hidden_columns |= set(range(first, last))

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
        elif element == "span" and self.spans:
            self.spans.pop()
        elif element in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._end_cell(self.sheet, self.cell)
            self.cell = None

    def _end_cell(self, sheet: _Sheet, cell: Mapping[str, str]) -> None:
        repeated = _count(cell.get("number-columns-repeated"))
        value, shown = _value(cell, "\n".join(self.paragraphs) if self.paragraphs else None)
        if (
            value != ""
            and shown in (None, "percent")
            and (self.is_marked or self._style(sheet, cell) in self.marked_styles)
        ):
            shown = "marked"
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

    @staticmethod
    def _style(sheet: _Sheet, cell: Mapping[str, str]) -> str:
        """A cell's own, or its column's."""
        styles = sheet.styles_of_columns
        return cell.get("style-name") or (styles[sheet.column] if sheet.column < len(styles) else "")

    def _end_row(self, sheet: _Sheet) -> None:
        """The cells of a row, in each of the rows that it repeats."""
        self._check_amount(sheet, len(sheet.written) * self.repeated_rows)
        for row in range(sheet.row, sheet.row + self.repeated_rows) if sheet.written else ():
            for column, value, shown in sheet.written:
                sheet.cells[row, column] = value
                if shown:
                    sheet.shown[row, column] = shown
            if self.is_hidden_row:
                sheet.hidden_rows.add(row)
        sheet.row += self.repeated_rows
        sheet.written = []

    def _check_amount(self, sheet: _Sheet, more: int) -> None:
        if len(sheet.cells) + more > MOST_CELLS:
            raise Refused("sheet_too_large", sheet=sheet.name)


def _value(cell: Mapping[str, str], written: str | None) -> tuple[Value, Shown | None]:
    """written: what its program showed; None where a program wrote the value alone."""
    text = written or ""
    kind = cell.get("value-type", "")
    if "formula" in cell:
        return text or cell.get("value", ""), "formula"
    if re.fullmatch(r"#[A-Z0-9/]+[!?]?|Err:[0-9]+", text) and kind not in ("float", "percentage"):
        return text, "error" if text != "#" else None
    if kind in ("float", "currency", "percentage"):
        number = _number(cell.get("value"))
        if number is None:
            return storable(text), None
        is_percent = kind == "percentage"
        if written is not None and not (_shows(written, number) or (is_percent and _shows(written, number * 100))):
            return number, "reformatted"
        return number, "percent" if is_percent else None
    if kind == "boolean":
        return cell.get("boolean-value") == "true", None
    if kind == "date":
        return number_formats.from_iso(cell.get("date-value", "").removesuffix("T00:00:00")), None
    if kind == "time":
        return _time(text), None
    return storable(text or cell.get("string-value", "")), None


def _shows(text: str, number: float) -> bool:
    """Whether a text is this number, as far as its digits go: either mark may be the decimal one."""
    if len(text) > cells.LONGEST:
        return False
    plain = cells.normalise(text)
    if plain in number_formats.NOUGHTS:
        return number == 0
    if re.fullmatch(r"[-−]?[0-9][0-9.,]*e[+-]?[0-9]+", plain):
        return True
    found = re.fullmatch(
        r"(?P<sign>[-−+(]?)[^\d<>≤≥≈~±=-]*(?P<digits>[0-9][0-9 .,]*)(?P<behind>[^0-9<>≤≥≈~±=+]*)", plain
    )
    if found is None or number_formats.is_scaled(found["behind"]):
        return False
    size = abs(Decimal(repr(number))) if abs(number) < 1e30 else Decimal(0)
    is_signed = found["sign"] in ("-", "−", "(")
    return is_signed == (number < 0 and not _is_nought(found["digits"])) and any(
        abs(read - size) <= Decimal(5).scaleb(-decimals - 1) for read, decimals in _readings(found["digits"])
    )


def _is_nought(digits: str) -> bool:
    return not re.search("[1-9]", digits)


def _readings(digits: str) -> list[tuple[Decimal, int]]:
    """The numbers that digits with marks may be, each with how many decimals it has."""
    plain = digits.replace(" ", "").rstrip(".,")
    readings = [(Decimal(re.sub("[.,]", "", plain)), 0)]
    found = re.fullmatch(r"(.*?)([.,]?)([0-9]*)", plain)
    assert found is not None
    whole, mark, rest = found.groups()
    if mark:
        readings.append((Decimal(f"{re.sub('[.,]', '', whole) or '0'}.{rest}"), len(rest)))
    return readings


def _marks(attributes: Mapping[str, str]) -> bool:
    """Whether what is written in such a font is struck out, raised or lowered."""
    struck = attribute(attributes, "text-line-through-style"), attribute(attributes, "text-line-through-type")
    raised = (attribute(attributes, "text-position") or "").split()[:1]
    return any(each not in (None, "none") for each in struck) or raised not in ([], ["0%"])


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
