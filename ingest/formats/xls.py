"""An .xls (Excel 97–2003): calamine reads the values, formulas and formats are in the records beside them.

The stream of the workbook is taken out of its OLE container here: number formats, the format of each cell, formulas,
and the ranges that array formulas fill stand in records of four bytes and a body.
"""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.cells import Shown
from ingest.formats import binary, number_formats
from ingest.formats.binary import Marks, Style
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
TEXT_CELLS = (0x00FD, 0x0204, 0x00D6)
CELLS = (NUMBER, RK, MULRK, BOOLERR, FORMULA, *TEXT_CELLS)
"""Records of cells with a content."""
SHARED_TEXT_CELL, TEXTS, CONTINUED = 0x00FD, 0x00FC, 0x003C
FONT, ROW, COLUMNS = 0x0031, 0x0208, 0x007D
HIDDEN_ROW, HIDDEN_COLUMN, RAISED_AT = 0x20, 1, 8
MACRO_SHEETS = (1, 6)
NO_FONT = 4
"""Fonts are counted without this number."""


@dataclass
class _Records:
    """The formats, styles and sheets of a workbook."""

    formats: dict[int, str] = field(default_factory=lambda: dict(number_formats.BUILT_IN))
    fonts: dict[int, bool] = field(default_factory=dict)
    """Whether each marks what is written in it."""
    styles: list[tuple[int, int]] = field(default_factory=list)
    """Number format and font of each."""
    texts: list[bytes] = field(default_factory=list)
    """The record of the shared texts, and those that continue it."""
    marked: set[int] = field(default_factory=set)
    """Which of the texts have something in a font that marks it."""
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
    before = 0
    for kind, body in _records(stream, 0):
        if kind == TEXTS or (kind == CONTINUED and before in (TEXTS, CONTINUED) and found.texts):
            found.texts.append(body)
        before = kind
        if kind == FILEPASS:
            raise Refused("file_encrypted")
        if kind == BOUNDSHEET:
            if body[5] in MACRO_SHEETS:
                raise Refused("file_macros")
            found.sheets.append(struct.unpack("<I", body[:4])[0])
        elif kind == XF:
            font, code = struct.unpack("<HH", body[:4])
            found.styles.append((code, font))
        elif kind == FONT:
            number = len(found.fonts)
            found.fonts[number + (number >= NO_FONT)] = binary.is_marking(body, RAISED_AT)
        elif kind == FORMAT:
            own_id, length, flags = struct.unpack("<HHB", body[:5])
            code = body[5 : 5 + length * (2 if flags & 1 else 1)]
            found.formats[own_id] = code.decode("utf-16-le" if flags & 1 else "latin-1")
    if any(found.fonts.values()):
        found.marked = set(_marked_texts(found.texts, found.fonts))
    return found


def _marks(stream: bytes, position: int, found: _Records) -> Marks:
    """Of one sheet: formulas, errors and percentages, and the ranges that formulas fill."""
    shown: dict[Place, Shown] = {}
    filled: list[Range] = []
    places: list[Place] = []
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    for kind, body in _records(stream, position):
        if kind == ROW and struct.unpack("<H", body[12:14])[0] & HIDDEN_ROW:
            hidden_rows.add(struct.unpack("<H", body[:2])[0])
        elif kind == COLUMNS and struct.unpack("<H", body[8:10])[0] & HIDDEN_COLUMN:
            first, last = struct.unpack("<HH", body[:4])
            hidden_columns |= set(range(first, last + 1))
        elif kind in CELLS:
            places.append(struct.unpack("<HH", body[:4]))
            shown |= _shown(kind, body, places[-1], found)
        elif kind in (ARRAY, TABLE, SHARED):
            top, bottom, left, right = struct.unpack("<HHBB", body[:6])
            filled.append(((top, left), (bottom, right)))
    binary.check_extent(places)
    return Marks(shown, filled, [], hidden_rows, hidden_columns)


def _shown(kind: int, body: bytes, place: Place, found: _Records) -> dict[Place, Shown]:
    """What a cell, or each of a row of numbers in one record, is beside its value."""
    if kind == FORMULA:
        return {place: "formula"}
    if kind == BOOLERR:
        return {place: "error"} if body[7] else {}
    if kind == NUMBER:
        return _formatted(place, struct.unpack("<H", body[4:6])[0], struct.unpack("<d", body[6:14])[0], found)
    if kind == SHARED_TEXT_CELL and struct.unpack("<I", body[6:10])[0] in found.marked:
        return {place: "marked"}
    if kind in TEXT_CELLS:
        return _formatted(place, struct.unpack("<H", body[4:6])[0], None, found)
    if kind not in (RK, MULRK):
        return {}
    row, column = place
    shown: dict[Place, Shown] = {}
    for own in range(max((len(body) - 6) // 6, 1) if kind == MULRK else 1):
        style, packed = struct.unpack("<HI", body[4 + own * 6 : 10 + own * 6])
        shown |= _formatted((row, column + own), style, binary.rk(packed), found)
    return shown


def _formatted(place: Place, style: int, number: float | None, found: _Records) -> dict[Place, Shown]:
    """number: None for a text."""
    code, font = found.styles[style] if style < len(found.styles) else (0, 0)
    shown = Style(found.formats.get(code, "General"), found.fonts.get(font, False)).shown(number)
    return {place: shown} if shown else {}


def _marked_texts(records: Sequence[bytes], fonts: Mapping[int, bool]) -> Iterator[int]:
    """Of the shared texts, those of which something is written in a font that marks it."""
    texts = _Texts(records)
    texts.take(4)
    (count,) = struct.unpack("<I", texts.take(4))
    for number in range(count):
        text, runs = texts.next()
        if binary.has_marked_run(text, runs, fonts):
            yield number


class _Texts:
    """The shared texts as they stream: where letters go on in the next record, it says anew how wide they are."""

    def __init__(self, records: Sequence[bytes]) -> None:
        self.records = list(records)
        self.record = self.position = 0

    def take(self, size: int) -> bytes:
        """Raises IndexError behind the last record."""
        taken = b""
        while len(taken) < size:
            if self.position >= len(self.records[self.record]):
                self.record, self.position = self.record + 1, 0
            piece = self.records[self.record][self.position : self.position + size - len(taken)]
            self.position += len(piece)
            taken += piece
        return taken

    def next(self) -> tuple[str, list[tuple[int, int]]]:
        """A text, and where each of its fonts begins."""
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        text = self._letters(length, flags & 1)
        found = [struct.unpack("<HH", self.take(4)) for _ in range(runs)]
        self.take(more)
        return text, [(start, font) for start, font in found]

    def _letters(self, length: int, is_wide: int) -> str:
        text = ""
        while len(text) < length:
            if self.position >= len(self.records[self.record]):
                self.record, self.position = self.record + 1, 1
                is_wide = self.records[self.record][0] & 1
            left = len(self.records[self.record]) - self.position
            size = min((length - len(text)) << is_wide, left)
            letters = self.take(size).decode("utf-16-le" if is_wide else "latin-1", "replace")
            text += letters[: length - len(text)]
        return text


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
