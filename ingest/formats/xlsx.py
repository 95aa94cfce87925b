"""An .xlsx in one pass over its own XML: values, number formats, formulas, errors and merged cells of each sheet.

Transitional and Strict, any prefix, parts wherever the relationships say. Formulas are never computed: a cell that is
one, or lies in the range that one fills, is marked so.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from ingest.cells import Shown, Value
from ingest.characters import storable
from ingest.formats import number_formats, xml_parts
from ingest.formats.xml_parts import attribute
from ingest.grids import Grid, Place, Range, covered, filled, width
from ingest.reports import Refused

Parts = Mapping[str, bytes]
"""Members of the package by their names, lower case, with slashes."""

LARGEST_SHEET = 16_000_000
"""Bytes. A report of 33 lines is 0.01 MB; a million formatted blank rows are 30 MB and more."""
LARGEST_SHEETS = 2 * LARGEST_SHEET
"""Of all sheets together: elements without content take as long to read as those with."""

REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
TRUE = ("1", "true")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


MARKED = {"strike": ("1", "true", "on", ""), "vertAlign": ("superscript", "subscript")}
"""Properties of a font, and their values: what is written in it is struck out, raised or lowered."""


class Relation(NamedTuple):
    kind: str
    target: str


class Style(NamedTuple):
    """Of a cell: its number format, and whether its font marks what is in it."""

    code: str = "General"
    is_marked: bool = False


class Text(NamedTuple):
    content: str
    is_marked: bool = False


def grids(parts: Parts) -> Iterator[Grid]:
    """The worksheets in their order, hidden ones too. Raises Refused."""
    return _Package(parts).grids()


def main_part(parts: Parts) -> str | None:
    """The workbook's own part, wherever the package keeps it."""
    for kind, target in relations(parts, "").values():
        if kind == "officedocument":
            return target
    return "xl/workbook.xml" if "xl/workbook.xml" in parts else None


def sheets(parts: Parts) -> dict[str, str]:
    """The names of the worksheets by their parts."""
    return _Package(parts).names()


def relations(parts: Parts, part: str) -> dict[str, Relation]:
    """What a part refers to inside the package, by id."""
    folder, name = posixpath.split(part)
    found: dict[str, Relation] = {}

    def start(element: str, attributes: Mapping[str, str]) -> None:
        target, own_id = attributes.get("Target"), attributes.get("Id")
        if element == "Relationship" and target and own_id and attributes.get("TargetMode") != "External":
            path = posixpath.join("/", folder, unquote(target.replace("\\", "/")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[own_id] = Relation(kind.lower(), posixpath.normpath(path).lstrip("/").lower())

    if content := parts.get(posixpath.join(folder, "_rels", f"{name}.rels")):
        xml_parts.parse(content, start)
    return found


class _Package:
    def __init__(self, parts: Parts):
        self.parts = parts
        self.workbook = main_part(parts) or ""
        self.relations = relations(parts, self.workbook)
        self.since_1904 = False
        self.sheets: list[Mapping[str, str]] = []

    def grids(self) -> Iterator[Grid]:
        xml_parts.parse(self._part(self.workbook), self._start)
        styles, texts = self._styles(), self._texts()
        size = 0
        for sheet in self.sheets:
            relation = self.relations.get(attribute(sheet, "id") or "")
            if relation is None or relation.kind != "worksheet":
                continue
            name = storable(sheet.get("name", ""))
            content = self._part(relation.target)
            size += len(content)
            if len(content) > LARGEST_SHEET or size > LARGEST_SHEETS:
                raise Refused("sheet_too_large", sheet=name)
            is_visible = sheet.get("state", "visible") == "visible"
            yield _Sheet(name, styles, texts, self.since_1904).read(content).grid(is_visible)

    def names(self) -> dict[str, str]:
        xml_parts.parse(self._part(self.workbook), self._start)
        related = ((self.relations.get(attribute(sheet, "id") or ""), sheet) for sheet in self.sheets)
        return {relation.target: storable(sheet.get("name", "")) for relation, sheet in related if relation}

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif element == "sheet":
            self.sheets.append(attributes)

    def _part(self, name: str) -> bytes:
        if name not in self.parts:
            raise Refused("file_damaged")
        return self.parts[name]

    def _of_kind(self, kind: str) -> bytes | None:
        targets = [relation.target for relation in self.relations.values() if relation.kind == kind]
        content = self.parts.get(targets[0]) if targets else None
        if content and len(content) > LARGEST_SHEET:
            raise Refused("sheet_too_large", sheet=kind)
        return content

    def _styles(self) -> list[Style]:
        """The style of each cell format."""
        formats = dict(number_formats.BUILT_IN)
        fonts: list[bool] = []
        styles: list[tuple[int, int]] = []
        inside: list[str] = []

        def start(element: str, attributes: Mapping[str, str]) -> None:
            if element == "numFmt" and "dxf" not in inside:
                formats[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif element == "font" and inside[-1:] == ["fonts"]:
                fonts.append(False)
            elif inside[-2:] == ["fonts", "font"] and _marks(element, attributes):
                fonts[-1] = True
            elif element == "xf" and inside[-1:] == ["cellXfs"]:
                styles.append((_whole(attributes.get("numFmtId")), _whole(attributes.get("fontId"))))
            inside.append(element)

        if content := self._of_kind("styles"):
            xml_parts.parse(content, start, lambda element: inside.pop())
        return [Style(formats.get(code, "General"), font < len(fonts) and fonts[font]) for code, font in styles]

    def _texts(self) -> list[Text]:
        """The shared strings, without the reading aids of East Asian scripts."""
        texts: list[_Runs] = []
        inside: list[str] = []

        def start(element: str, attributes: Mapping[str, str]) -> None:
            inside.append(element)
            if element == "si":
                texts.append(_Runs())
            elif texts:
                texts[-1].start(element, attributes)

        def text(data: str) -> None:
            if inside[-1:] == ["t"] and "rPh" not in inside and texts:
                texts[-1].add(data)

        if content := self._of_kind("sharedstrings"):
            xml_parts.parse(content, start, lambda element: inside.pop(), text)
        return [Text(unescaped("".join(each.pieces)), each.has_marked) for each in texts]


@dataclass
class _Runs:
    """The runs of a text, each in a font of its own. has_marked: something is written in one that marks it."""

    pieces: list[str] = field(default_factory=list)
    has_marked: bool = False
    is_marked: bool = False

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "r":
            self.is_marked = False
        elif _marks(element, attributes):
            self.is_marked = True

    def add(self, data: str) -> None:
        self.pieces.append(data)
        self.has_marked = self.has_marked or (self.is_marked and not data.isspace())


@dataclass
class _Sheet:
    """One worksheet while it is read."""

    name: str
    styles: list[Style]
    texts: list[Text]
    since_1904: bool
    cells: dict[Place, Value] = field(default_factory=dict)
    shown: dict[Place, Shown] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    filled_by_formula: list[Range] = field(default_factory=list)
    row: int = -1
    column: int = -1
    cell: Mapping[str, str] | None = None
    pieces: list[str] | None = None
    content: str = ""
    values: int = 0
    is_formula: bool = False
    is_phonetic: bool = False
    runs: _Runs = field(default_factory=_Runs)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def read(self, content: bytes) -> "_Sheet":
        xml_parts.parse(content, self._start, self._end, self._text)
        return self

    def grid(self, is_visible: bool) -> Grid:
        for place in covered(self.filled_by_formula, self.cells):
            self.shown[place] = "formula"
        rows = filled(self.cells, self.name)
        end = width(rows)
        hidden = {column for first, last in self.hidden_columns for column in range(first, min(last + 1, end))}
        return Grid(
            rows,
            self.name,
            shown=self.shown,
            merged=self.merged,
            is_visible=is_visible,
            hidden_rows=self.hidden_rows,
            hidden_columns=hidden,
        )

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "c":
            self._begin_cell(attributes)
        elif self.cell is not None:
            if element in ("v", "t"):
                self.pieces = []
                self._note_content(element)
            elif element == "f":
                self.is_formula = True
                if area := _range(attributes.get("ref")):
                    self.filled_by_formula.append(area)
            elif element == "rPh":
                self.is_phonetic = True
            else:
                self.runs.start(element, attributes)
        elif element == "row":
            self.row = _whole(attributes.get("r"), self.row + 2) - 1
            self.column = -1
            if attributes.get("hidden") in TRUE:
                self.hidden_rows.add(self.row)
        elif element == "col" and attributes.get("hidden") in TRUE:
            self.hidden_columns.append((_whole(attributes.get("min")) - 1, _whole(attributes.get("max")) - 1))
        elif element == "mergeCell" and (area := _range(attributes.get("ref"))):
            self.merged.append(area)

    def _note_content(self, element: str) -> None:
        """One value a cell, and a text of its own where it says so: other programs would each take another one."""
        is_own_text = self.cell is not None and self.cell.get("t") == "inlineStr"
        if element == "v":
            self.values += 1
        if self.values > (0 if is_own_text else 1) or (element == "t" and not is_own_text):
            raise Refused("file_damaged")

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        if self.cell is not None:  # a cell inside a cell: what lies behind it would be whose?
            raise Refused("file_damaged")
        self.cell, self.content, self.is_formula, self.values = attributes, "", False, 0
        self.runs = _Runs()
        found = REFERENCE.fullmatch(attributes.get("r", ""))
        if found:
            self.row, self.column = int(found[2]) - 1, column_number(found[1])
        elif attributes.get("r"):
            raise Refused("file_damaged")
        else:
            self.column += 1

    def _text(self, data: str) -> None:
        if self.pieces is not None:
            self.pieces.append(data)

    def _end(self, element: str) -> None:
        if self.pieces is not None and element in ("v", "t"):
            if not self.is_phonetic:
                self.runs.add("".join(self.pieces))
                self.content += self.runs.pieces[-1]
            self.pieces = None
        elif element == "rPh":
            self.is_phonetic = False
        elif element == "c" and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None

    def _end_cell(self, attributes: Mapping[str, str]) -> None:
        value, shown = self._value(attributes)
        place = self.row, self.column
        if self.is_formula:
            shown = "formula"
        elif value != "" and shown in (None, "percent") and (self.runs.has_marked or self._style(attributes).is_marked):
            shown = "marked"
        if shown:
            self.shown[place] = shown
        is_filled = value != "" or self.is_formula
        if is_filled and self.cells.setdefault(place, value) != value:  # which of two others would show, nobody knows
            raise Refused("file_damaged")

    def _value(self, attributes: Mapping[str, str]) -> tuple[Value, Shown | None]:
        kind, content = attributes.get("t", "n"), self.content
        if kind == "s":
            index = _whole(content.strip(), -1)
            if not 0 <= index < len(self.texts):
                if not content.strip():
                    return "", None
                raise Refused("file_damaged")
            text = self.texts[index]
            return text.content, "marked" if text.is_marked else None
        if kind in ("str", "inlineStr"):
            return unescaped(content), None
        if kind == "b":
            return (content.strip() in ("1", "true"), None) if content.strip() else ("", None)
        if kind == "e":
            return content.strip(), "error"
        if kind == "d":
            return number_formats.from_iso(content.strip()), None
        if kind != "n":
            raise Refused("file_damaged")
        return self._number(content.strip(), self._style(attributes).code)

    def _style(self, attributes: Mapping[str, str]) -> Style:
        style = _whole(attributes.get("s"))
        return self.styles[style] if style < len(self.styles) else Style()

    def _number(self, content: str, code: str) -> tuple[Value, Shown | None]:
        if not NUMBER.fullmatch(content):
            return unescaped(content), None
        number = float(content)
        kind = number_formats.kind(code, number)
        if kind == "date":
            return number_formats.as_date(number, since_1904=self.since_1904), None
        return number, number_formats.shown(kind)


def _marks(element: str, attributes: Mapping[str, str]) -> bool:
    return element in MARKED and (attribute(attributes, "val") or "") in MARKED[element]


def unescaped(text: str) -> str:
    """`_x000D_` as the character that it encodes; surrogate pairs become one."""
    if "_x" not in text:
        return text
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def column_number(name: str) -> int:
    """A → 0, AA → 26."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _range(reference: str | None) -> Range | None:
    """`C8:D8`, or one cell; None for anything else."""
    first, _, last = (reference or "").partition(":")
    ends = [REFERENCE.fullmatch(end) for end in (first, last or first)]
    if not ends[0] or not ends[1]:
        return None
    (top, left), (bottom, right) = ((int(end[2]) - 1, column_number(end[1])) for end in ends if end)
    return (min(top, bottom), min(left, right)), (max(top, bottom), max(left, right))


def _whole(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
