"""The values of a binary workbook (.xls, .xlsb) by calamine, with formulas, formats and merges from its records."""

import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingest.cells import Shown, Value
from ingest.characters import storable
from ingest.formats import number_formats
from ingest.grids import MOST_CELLS, Grid, Place, Range, covered
from ingest.reports import Refused


class Marks(NamedTuple):
    """Of a sheet: what cells are beside their values, what formulas fill, what is merged and what is hidden."""

    shown: Mapping[Place, Shown]
    filled: Sequence[Range]
    merged: Sequence[Range]
    hidden_rows: Collection[int]
    hidden_columns: Collection[int]


class Style(NamedTuple):
    """Of a cell: its number format, and whether its font marks what is in it."""

    code: str = "General"
    is_marked: bool = False

    def shown(self, number: float | None) -> Shown | None:
        """What a cell is beside its value; number: None for a text."""
        if self.is_marked:
            return "marked"
        return None if number is None else number_formats.shown(number_formats.kind(self.code, number))


STRUCK_OUT = 0x8
"""The bit of a font that both formats have at one place."""


def is_marking(font: bytes, raised_at: int) -> bool:
    """Whether the record of a font says that it strikes out, raises or lowers what is written in it.

    raised_at: where it has its distance from the line.
    """
    (flags,), (raised,) = struct.unpack("<H", font[2:4]), struct.unpack("<H", font[raised_at : raised_at + 2])
    return bool(flags & STRUCK_OUT or raised)


def has_marked_run(text: str, runs: Sequence[tuple[int, int]], fonts: Mapping[int, bool]) -> bool:
    """Whether anything of a text is written in a font that marks it. runs: where each begins, and its font."""
    ends = [*(start for start, _ in runs[1:]), len(text)]
    return any(fonts.get(font) and text[start:end].strip() for (start, font), end in zip(runs, ends, strict=False))


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
    there = {(row, column): cell for row, cells in enumerate(rows) for column, cell in enumerate(cells) if cell != ""}
    shown: dict[Place, Shown] = dict(marks.shown)
    for own in covered(marks.filled, there):
        shown[own] = "formula"
    return Grid(
        rows,
        name,
        shown=shown,
        merged=marks.merged or list(source.merged_cell_ranges or []),
        is_visible=is_visible,
        hidden_rows=marks.hidden_rows,
        hidden_columns=marks.hidden_columns,
    )
