"""An .xlsb: calamine reads the values, formulas, formats and merged cells are in the records beside them."""

import posixpath
import struct
from collections.abc import Iterator, Mapping

from ingest.cells import Shown
from ingest.formats import binary, number_formats, xlsx
from ingest.formats.binary import Marks, Style
from ingest.grids import Grid, Place, Range
from ingest.reports import Refused

ROW, RK_CELL, ERROR_CELL, REAL_CELL, TEXT_CELL, SHARED_TEXT_CELL, RICH_TEXT_CELL = 0, 2, 3, 5, 6, 7, 62
COLUMN, FONT, SHARED_TEXT = 60, 43, 19
HIDDEN_ROW, HIDDEN_COLUMN, RAISED_AT, MOST_COLUMNS = 0x10, 1, 6, 16_384
FORMULA_CELLS = (8, 9, 10, 11)
FILLED_BY_FORMULA = (426, 427, 428)
MERGED = 176
CELLS_BEGIN, CELLS_BEGIN_BYTES = 145, b"\x91\x01"
SHEET, FORMAT, STYLE, STYLES_BEGIN, STYLES_END = 156, 44, 47, 617, 618


def grids(data: bytes, parts: Mapping[str, bytes]) -> Iterator[Grid]:
    """The worksheets in their order, hidden ones too. Raises Refused."""
    for content in parts.values():
        _check_extent(content)
    try:
        marks = list(_marks_of_sheets(parts))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Refused("file_damaged") from error
    yield from binary.with_values(data, marks)


def _marks_of_sheets(parts: Mapping[str, bytes]) -> Iterator[Marks]:
    main = xlsx.main_part(parts) or "xl/workbook.bin"
    relations = xlsx.relations(parts, main)
    styles, fonts = _styles(parts.get(posixpath.join(posixpath.dirname(main), "styles.bin"), b""))
    texts = [found.target for found in relations.values() if found.kind == "sharedstrings"]
    marked = _marked_texts(parts.get(texts[0], b"") if texts else b"", fonts)
    for kind, body in _records(parts[main]):
        if kind == SHEET:
            own_id, _ = _text(body, 8)
            relation = relations.get(own_id)
            content = parts.get(relation.target, b"") if relation and relation.kind == "worksheet" else b""
            yield _marks(content, styles, fonts, marked)


def _styles(content: bytes) -> tuple[list[Style], dict[int, bool]]:
    """The style of each cell format, and whether each font marks what is written in it."""
    formats = dict(number_formats.BUILT_IN)
    fonts: dict[int, bool] = {}
    styles: list[Style] = []
    is_inside = False
    for kind, body in _records(content):
        if kind == FORMAT:
            formats[struct.unpack("<H", body[:2])[0]] = _text(body, 2)[0]
        elif kind == FONT:
            fonts[len(fonts)] = binary.is_marking(body, RAISED_AT)
        elif kind in (STYLES_BEGIN, STYLES_END):
            is_inside = kind == STYLES_BEGIN
        elif kind == STYLE and is_inside:
            code, font = struct.unpack("<HH", body[2:6])
            styles.append(Style(formats.get(code, "General"), fonts.get(font, False)))
    return styles, fonts


def _marked_texts(content: bytes, fonts: Mapping[int, bool]) -> set[int]:
    """Which of the shared texts have something in a font that marks it."""
    bodies = (body for kind, body in _records(content) if kind == SHARED_TEXT)
    return {number for number, body in enumerate(bodies) if _has_marked_run(body, fonts)}


def _has_marked_run(body: bytes, fonts: Mapping[int, bool]) -> bool:
    if not body[0] & 1:
        return False
    text, end = _text(body, 1)
    (count,) = struct.unpack("<I", body[end : end + 4])
    runs = list(struct.iter_unpack("<HH", body[end + 4 : end + 4 + 4 * count]))
    return binary.has_marked_run(text, [(start, font) for start, font in runs], fonts)


def _marks(content: bytes, styles: list[Style], fonts: Mapping[int, bool], marked: set[int]) -> Marks:
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    shown: dict[Place, Shown] = {}
    filled: list[Range] = []
    merged: list[Range] = []
    row = 0
    for kind, body in _records(content):
        if kind == ROW:
            row = struct.unpack("<I", body[:4])[0]
            if body[11:12] and body[11] & HIDDEN_ROW:
                hidden_rows.add(row)
        elif kind == COLUMN:
            first, last = struct.unpack("<II", body[:8])
            if struct.unpack("<H", body[16:18])[0] & HIDDEN_COLUMN:
                hidden_columns |= set(range(first, min(last + 1, MOST_COLUMNS)))
        elif 1 <= kind <= 11 or kind == RICH_TEXT_CELL:
            place = row, struct.unpack("<I", body[:4])[0]
            if kind in FORMULA_CELLS:
                shown[place] = "formula"
            elif kind == ERROR_CELL:
                shown[place] = "error"
            elif found := _shown(body, kind, styles, fonts, marked):
                shown[place] = found
        elif kind in FILLED_BY_FORMULA or kind == MERGED:
            top, bottom, left, right = struct.unpack("<IIII", body[:16])
            (merged if kind == MERGED else filled).append(((top, left), (bottom, right)))
    return Marks(shown, filled, merged, hidden_rows, hidden_columns)


def _check_extent(content: bytes) -> None:
    """Of any part that may be taken for a sheet: calamine follows relations in ways of its own. Raises Refused."""
    places: list[Place] = []
    row, is_inside = 0, False
    try:
        for kind, body in _records(content) if CELLS_BEGIN_BYTES in content else ():
            if kind == CELLS_BEGIN:
                is_inside = True
            elif is_inside and kind == ROW:
                row = struct.unpack("<I", body[:4])[0]
            elif is_inside and 1 <= kind <= 11:
                places.append((row, struct.unpack("<I", body[:4])[0]))
    except (struct.error, IndexError):
        pass  # no sheet, or one that ends too early: what of it was read is looked at
    binary.check_extent(places)


def _shown(body: bytes, kind: int, styles: list[Style], fonts: Mapping[int, bool], marked: set[int]) -> Shown | None:
    """What a number or a text is beside its value."""
    number = int.from_bytes(body[4:7], "little")
    style = styles[number] if number < len(styles) else Style()
    if kind == REAL_CELL:
        return style.shown(struct.unpack("<d", body[8:16])[0])
    if kind == RK_CELL:
        return style.shown(binary.rk(*struct.unpack("<I", body[8:12])))
    if kind == SHARED_TEXT_CELL and struct.unpack("<I", body[8:12])[0] in marked:
        return "marked"
    if kind == RICH_TEXT_CELL and _has_marked_run(body[8:], fonts):
        return "marked"
    return style.shown(None) if kind in (TEXT_CELL, SHARED_TEXT_CELL, RICH_TEXT_CELL) else None


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body; kind and length are written in groups of seven bits."""
    position = 0
    while position < len(content):
        kind, position = _packed(content, position, 2)
        length, position = _packed(content, position, 4)
        yield kind, content[position : position + length]
        position += length


def _packed(content: bytes, position: int, at_most: int) -> tuple[int, int]:
    number = 0
    for place in range(at_most):
        byte = content[position]
        position += 1
        number |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            break
    return number, position


def _text(body: bytes, start: int) -> tuple[str, int]:
    length = struct.unpack("<I", body[start : start + 4])[0]
    end = start + 4 + 2 * length
    return body[start + 4 : end].decode("utf-16-le"), end
