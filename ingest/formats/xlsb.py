"""An .xlsb: calamine reads the values, formulas, formats and merged cells are in the records beside them."""

import posixpath
import struct
from collections.abc import Iterator, Mapping

from ingest.cells import Shown
from ingest.formats import binary, number_formats, xlsx
from ingest.formats.binary import Marks
from ingest.grids import Grid, Place, Range
from ingest.reports import Refused

ROW, RK_CELL, ERROR_CELL, REAL_CELL = 0, 2, 3, 5
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
    styles = _styles(parts.get(posixpath.join(posixpath.dirname(main), "styles.bin"), b""))
    for kind, body in _records(parts[main]):
        if kind == SHEET:
            own_id, _ = _text(body, 8)
            relation = relations.get(own_id)
            content = parts.get(relation.target, b"") if relation and relation.kind == "worksheet" else b""
            yield _marks(content, styles)


def _styles(content: bytes) -> list[str]:
    """The number format of each cell style."""
    formats = dict(number_formats.BUILT_IN)
    codes: list[str] = []
    is_inside = False
    for kind, body in _records(content):
        if kind == FORMAT:
            formats[struct.unpack("<H", body[:2])[0]] = _text(body, 2)[0]
        elif kind in (STYLES_BEGIN, STYLES_END):
            is_inside = kind == STYLES_BEGIN
        elif kind == STYLE and is_inside:
            codes.append(formats.get(struct.unpack("<H", body[2:4])[0], "General"))
    return codes


def _marks(content: bytes, styles: list[str]) -> Marks:
    shown: dict[Place, Shown] = {}
    filled: list[Range] = []
    merged: list[Range] = []
    row = 0
    for kind, body in _records(content):
        if kind == ROW:
            row = struct.unpack("<I", body[:4])[0]
        elif 1 <= kind <= 11:
            place = row, struct.unpack("<I", body[:4])[0]
            if kind in FORMULA_CELLS:
                shown[place] = "formula"
            elif kind == ERROR_CELL:
                shown[place] = "error"
            elif kind in (RK_CELL, REAL_CELL) and _is_percent(body, kind, styles):
                shown[place] = "percent"
        elif kind in FILLED_BY_FORMULA or kind == MERGED:
            top, bottom, left, right = struct.unpack("<IIII", body[:16])
            (merged if kind == MERGED else filled).append(((top, left), (bottom, right)))
    return shown, filled, merged


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


def _is_percent(body: bytes, kind: int, styles: list[str]) -> bool:
    style = int.from_bytes(body[4:7], "little")
    number = struct.unpack("<d", body[8:16])[0] if kind == REAL_CELL else binary.rk(*struct.unpack("<I", body[8:12]))
    code = styles[style] if style < len(styles) else "General"
    return number_formats.kind(code, number) == "percent"


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
