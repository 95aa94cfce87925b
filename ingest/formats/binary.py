"""The values of a binary workbook (.xls, .xlsb) by calamine, with formulas, formats and merges from its records."""

import struct
from collections.abc import Iterator, Sequence
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingest.cells import Shown, Value
from ingest.characters import storable
from ingest.grids import MOST_CELLS, Grid, Place, Range, covered
from ingest.reports import Refused

Marks = tuple[dict[Place, Shown], list[Range], list[Range]]
"""Of a sheet: what cells are beside their values, the ranges that formulas fill, and the merged ranges."""


def with_values(data: bytes, marks: Sequence[Marks]) -> Iterator[Grid]:
    """The worksheets in their order. marks: of each, in the same order. Raises Refused."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = list(book.sheets_metadata)
        if len(sheets) != len(marks):
            raise Refused("file_damaged")
        for place, sheet in enumerate(sheets):
            if sheet.typ == SheetTypeEnum.WorkSheet:
                is_visible = sheet.visible == SheetVisibleEnum.Visible
                yield _grid(book, place, storable(sheet.name), is_visible, marks[place])
    except CalamineError as error:
        raise Refused("file_damaged") from error


def check_extent(places: Sequence[Place]) -> None:
    """A lone cell at the far end of a sheet: calamine would fill everything before it. Raises Refused."""
    height = max((row for row, _ in places), default=0) + 1
    width = max((column for _, column in places), default=0) + 1
    if height * width > MOST_CELLS:
        raise Refused("sheet_too_large", sheet="")


def rk(packed: int) -> float:
    """A number in thirty bits: whole or the head of a double, a hundredth of it where the first bit says so."""
    if packed & 2:
        number = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        number = struct.unpack("<d", bytes(4) + struct.pack("<I", packed & 0xFFFFFFFC))[0]
    return number / 100 if packed & 1 else number


def _grid(book: CalamineWorkbook, place: int, name: str, is_visible: bool, marks: Marks) -> Grid:
    source = book.get_sheet_by_index(place)
    rows: Sequence[Sequence[Value]] = source.to_python(skip_empty_area=False)
    shown, filled, merged = marks
    there = {(row, column): cell for row, cells in enumerate(rows) for column, cell in enumerate(cells) if cell != ""}
    shown = shown | dict.fromkeys(covered(filled, there), "formula")
    merged = merged or list(source.merged_cell_ranges or [])
    return Grid(rows, name, shown=shown, merged=merged, is_visible=is_visible)
