"""An .xls (Excel 97–2003): calamine reads the values, formulas and formats are in the records beside them.

The stream of the workbook is taken out of its OLE container here: number formats, the format of each cell, formulas,
and the ranges that array formulas fill stand in records of four bytes and a body.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingest.cells import Shown
from ingest.formats import binary, number_formats
from ingest.formats.binary import Marks
from ingest.grids import Grid, Place, Range
from ingest.reports import Refused

Sectors = Callable[[int], bytes]
"""A sector by its number."""

SECTOR_END = 0xFFFFFFFC
"""Sector numbers from here on mean: none."""
BOF, EOF, FILEPASS = 0x0809, 0x000A, 0x002F
BOUNDSHEET, FORMAT, XF = 0x0085, 0x041E, 0x00E0
NUMBER, RK, MULRK, BOOLERR = 0x0203, 0x027E, 0x00BD, 0x0205
FORMULA, ARRAY, TABLE, SHARED = 0x0006, 0x0221, 0x0236, 0x04BC
CELLS = (NUMBER, RK, MULRK, BOOLERR, FORMULA, 0x00FD, 0x0204, 0x00D6)
"""Records of cells with a content; the last three are texts."""
MACRO_SHEETS = (1, 6)


@dataclass
class _Records:
    """The formats, styles and sheets of a workbook."""

    formats: dict[int, str] = field(default_factory=lambda: dict(number_formats.BUILT_IN))
    styles: list[int] = field(default_factory=list)
    sheets: list[int] = field(default_factory=list)
    """Where the records of each sheet begin."""


def grids(data: bytes) -> Iterator[Grid]:
    """The worksheets in their order, hidden ones too. Raises Refused."""
    try:
        stream = _workbook_stream(data)
        found = _globals(stream)
        marks = [_marks(stream, position, found) for position in found.sheets]
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Refused("file_damaged") from error
    yield from binary.with_values(data, marks)


def _globals(stream: bytes) -> _Records:
    found = _Records()
    for kind, body in _records(stream, 0):
        if kind == FILEPASS:
            raise Refused("file_encrypted")
        if kind == BOUNDSHEET:
            if body[5] in MACRO_SHEETS:
                raise Refused("file_macros")
            found.sheets.append(struct.unpack("<I", body[:4])[0])
        elif kind == XF:
            found.styles.append(struct.unpack("<H", body[2:4])[0])
        elif kind == FORMAT:
            own_id, length, flags = struct.unpack("<HHB", body[:5])
            code = body[5 : 5 + length * (2 if flags & 1 else 1)]
            found.formats[own_id] = code.decode("utf-16-le" if flags & 1 else "latin-1")
    return found


def _marks(stream: bytes, position: int, found: _Records) -> Marks:
    """Of one sheet: formulas, errors and percentages, and the ranges that formulas fill."""
    shown: dict[Place, Shown] = {}
    filled: list[Range] = []
    places: list[Place] = []
    for kind, body in _records(stream, position):
        if kind in CELLS:
            places.append(struct.unpack("<HH", body[:4]))
            shown |= _shown(kind, body, places[-1], found)
        elif kind in (ARRAY, TABLE, SHARED):
            top, bottom, left, right = struct.unpack("<HHBB", body[:6])
            filled.append(((top, left), (bottom, right)))
    binary.check_extent(places)
    return shown, filled, []


def _shown(kind: int, body: bytes, place: Place, found: _Records) -> dict[Place, Shown]:
    """What a cell, or each of a row of numbers in one record, is beside its value."""
    if kind == FORMULA:
        return {place: "formula"}
    if kind == BOOLERR:
        return {place: "error"} if body[7] else {}
    if kind == NUMBER:
        return _percent(place, struct.unpack("<H", body[4:6])[0], struct.unpack("<d", body[6:14])[0], found)
    if kind not in (RK, MULRK):
        return {}
    row, column = place
    shown: dict[Place, Shown] = {}
    for own in range(max((len(body) - 6) // 6, 1) if kind == MULRK else 1):
        style, packed = struct.unpack("<HI", body[4 + own * 6 : 10 + own * 6])
        shown |= _percent((row, column + own), style, binary.rk(packed), found)
    return shown


def _percent(place: Place, style: int, number: float, found: _Records) -> dict[Place, Shown]:
    code = found.formats.get(found.styles[style], "General") if style < len(found.styles) else "General"
    return {place: "percent"} if number_formats.kind(code, number) == "percent" else {}


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, from its beginning; those of charts inside it are passed over."""
    depth = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack("<HH", stream[position : position + 4])
        body = stream[position + 4 : position + 4 + length]
        position += 4 + length
        depth += (kind == BOF) - (kind == EOF)
        if depth == 1:
            yield kind, body
        if depth <= 0:
            return


# --- the container --------------------------------------------------------------------------------


def _workbook_stream(data: bytes) -> bytes:
    """The stream `Workbook` of an OLE container. Raises Refused where it is damaged."""
    shift, mini_shift = struct.unpack("<HH", data[30:34])
    if shift not in (9, 12) or mini_shift != 6:
        raise Refused("file_damaged")
    size = 1 << shift

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    table = _table(data, sector, size)
    first_of_directory, cutoff = struct.unpack("<I", data[48:52])[0], struct.unpack("<I", data[56:60])[0]
    directory = _chain(table, first_of_directory, sector)
    entries = [directory[start : start + 128] for start in range(0, len(directory), 128)]
    for entry in entries:
        name = entry[: max(struct.unpack("<H", entry[64:66])[0] - 2, 0)].decode("utf-16-le")
        start, length = struct.unpack("<II", entry[116:124])
        if name.casefold() == "workbook" and entry[66] == 2:
            if length >= cutoff:
                return _chain(table, start, sector)[:length]
            return _small(data, table, entries[0], start, sector)[:length]
    raise Refused("file_damaged")


def _small(data: bytes, table: list[int], root: bytes, start: int, sector: Sectors) -> bytes:
    """A stream of less than 4 kB lies in pieces of 64 bytes inside the root's stream."""
    pieces = _chain(table, struct.unpack("<I", root[116:120])[0], sector)
    small_table = _numbers(_chain(table, struct.unpack("<I", data[60:64])[0], sector))
    return _chain(small_table, start, lambda number: pieces[number * 64 : number * 64 + 64])


def _table(data: bytes, sector: Sectors, size: int) -> list[int]:
    """Which sector follows each."""
    numbers = list(_numbers(data[76:512]))
    following = struct.unpack("<I", data[68:72])[0]
    seen: set[int] = set()
    while following < SECTOR_END and following not in seen:
        seen.add(following)
        more = _numbers(sector(following))
        numbers += more[:-1]
        following = more[-1]
    table: list[int] = []
    for number in numbers:
        if number < SECTOR_END and (number + 1) * size < len(data):
            table += _numbers(sector(number).ljust(size, b"\xff"))
    return table


def _chain(table: list[int], start: int, sector: Sectors) -> bytes:
    pieces: list[bytes] = []
    seen = 0
    while start < SECTOR_END:
        if start >= len(table) or seen > len(table):
            raise Refused("file_damaged")
        pieces.append(sector(start))
        start = table[start]
        seen += 1
    return b"".join(pieces)


def _numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))
