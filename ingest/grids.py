"""A sheet or a CSV as rows of cells, with what each cell is beside its value."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.cells import Shown, Value
from ingest.reports import Refused

Place = tuple[int, int]
"""Row and column, from 0."""
Range = tuple[Place, Place]
"""The first and the last place of a rectangle."""

MOST_CELLS = 2_000_000
"""Rows × columns up to the last cell with content: what has to be kept of a sheet, and of all sheets together."""


@dataclass(frozen=True)
class Grid:
    """Rows from A1, or the records of a CSV.

    lines: of a CSV, the line of the file on which each record begins. sheet: of a workbook.
    shown: what cells are beside their values. merged: ranges of cells that are one. hidden_rows, hidden_columns: those
    that whoever looks at the sheet does not see.
    """

    rows: Sequence[Sequence[Value]]
    sheet: str | None = None
    lines: Sequence[int] = ()
    delimiter: str | None = None
    shown: Mapping[Place, Shown] = field(default_factory=dict)
    merged: Sequence[Range] = ()
    is_visible: bool = True
    hidden_rows: Collection[int] = frozenset()
    hidden_columns: Collection[int] = frozenset()

    @property
    def size(self) -> int:
        """Rows × columns."""
        return len(self.rows) * width(self.rows)

    def at(self, row: int, column: int | None) -> Value:
        cells = self.rows[row]
        return cells[column] if column is not None and column < len(cells) else None

    def number(self, row: int) -> int:
        """The row as its sender counts it."""
        return self.lines[row] if self.lines else row + 1

    def column_name(self, column: int, header: Sequence[Value]) -> str:
        """Its letter in a workbook, its heading in a CSV."""
        if self.sheet is not None:
            return letters(column)
        return str(header[column]).strip() if column < len(header) else str(column + 1)

    def place(self, row: int, column: int | None = None) -> dict[str, Any]:
        """A location as an issue has it."""
        if self.sheet is None:
            return {"line": self.number(row)}
        return {"sheet": self.sheet, "cell": address(row, column or 0)}


def filled(cells: Mapping[Place, Value], sheet: str) -> list[list[Value]]:
    """Cells by their places as rows of one width. Raises Refused when one lies too far out, or before the first."""
    if any(row < 0 or column < 0 for row, column in cells):
        raise Refused("file_damaged")
    height = max((row for row, _ in cells), default=-1) + 1
    width = max((column for _, column in cells), default=-1) + 1
    if height * width > MOST_CELLS:
        raise Refused("sheet_too_large", sheet=sheet)
    rows: list[list[Value]] = [[""] * width for _ in range(height)]
    for (row, column), value in cells.items():
        rows[row][column] = value
    return rows


def width(rows: Sequence[Sequence[Value]]) -> int:
    """Cells of the longest row."""
    return max(map(len, rows), default=0)


def size(area: Range) -> int:
    """How many cells a rectangle has."""
    (top, left), (bottom, right) = area
    return (bottom - top + 1) * (right - left + 1)


def covered(ranges: Iterable[Range], cells: Mapping[Place, Value]) -> set[Place]:
    """The cells that lie in any of the ranges. Raises Refused where there are more than any program writes."""
    found: set[Place] = set()
    steps = 0
    for (top, left), (bottom, right) in ranges:
        area = size(((top, left), (bottom, right)))
        steps += min(area, len(cells))
        if steps > 5 * MOST_CELLS:
            raise Refused("file_damaged")
        if area <= len(cells):
            places = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
            found |= {place for place in places if place in cells}
        else:
            found |= {(row, column) for row, column in cells if top <= row <= bottom and left <= column <= right}
    return found


def letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """(13, 4) → E14."""
    return f"{letters(column)}{row + 1}"


def is_blank(cells: Sequence[Value]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)
