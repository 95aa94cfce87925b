"""What a spreadsheet program would show otherwise than the cells that are proven: parts, elements and styles of a file.

`reading` sees cells as openpyxl does. Here the package itself is looked at: a name twice, a part that is reached by
another way, an element that hides, covers or replaces what a cell says. What programs add when they save a workbook
and what shows nothing is let through.
"""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from publish.proof import reading
from warehouse import confined
from warehouse.confined import Failed
from warehouse.errors import WrongCall

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
WORKBOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedstrings.xml"
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
INVISIBLE = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|docprops/.*|docmetadata/.*|customxml/.*|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/_rels/[^/]+\.rels|xl/printersettings/.*|xl/theme/[^/]+\.xml|xl/persons/.*|xl/calcchain\.xml"
)
"""Parts that show nothing on a sheet."""

OF_WORKBOOK = ("worksheet", "styles", "sharedstrings", "theme", "calcchain", "customxml", "person")
OF_SHEET = ("printersettings",)
"""Kinds of relations to what is read, or shows nothing."""

OF_A_SHEET = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "autoFilter", "sortState", "mergeCells", "phoneticPr", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "cellWatches", "ignoredErrors"),
)
HEADERS = ("oddHeader", "evenHeader", "firstHeader")
OF_A_CELL = ("v", "f", "is")
TRUE = ("1", "true", "on")
LEAST_HEIGHT, LEAST_WIDTH, LEAST_SIZE = 3.0, 0.5, 4.0
"""Points of a row, characters of a column, points of a letter: what is less cannot be seen."""
WHITE = "FFFFFF"
PACKAGE = "the file"


class Oddity(NamedTuple):
    """Where a file shows something otherwise than its cells say. sheet, cell: or the package and a part of it."""

    sheet: str
    cell: str
    what: str


def oddities(content: bytes) -> list[Oddity]:
    """All of a workbook, in a process of its own. Raises WrongCall for what is none."""
    found = next(confined.each(_oddities, [content], limits=reading.LIMITS, processes=1))
    if isinstance(found, Failed):
        raise WrongCall(f"The workbook cannot be read: {found.detail}.")
    return found


def _oddities(content: bytes) -> list[Oddity]:
    reading.check_size(content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [member.filename.replace("\\", "/").lstrip("/") for member in archive.infolist()]
        twice = [name for name, count in Counter(name.lower() for name in names).items() if count > 1]
        if twice:
            return [Oddity(PACKAGE, name, "a part that is there twice") for name in twice]
        parts = {
            name.lower(): archive.read(member)
            for name, member in zip(names, archive.infolist(), strict=True)
            if not member.is_dir()
        }
    try:
        return [*_of_package(parts), *_of_sheets(parts, content)]
    except Exception as error:  # a file that is no workbook fails in any way
        raise WrongCall("The file is no .xlsx workbook, or is damaged.") from error


# --- the package ------------------------------------------------------------------------------------------------------


def _of_package(parts: Mapping[str, bytes]) -> Iterator[Oddity]:
    for name in parts:
        if name not in (WORKBOOK, STYLES, STRINGS) and not INVISIBLE.fullmatch(name) and not SHEET.fullmatch(name):
            yield Oddity(PACKAGE, name, "a part that no published workbook has")
    main = [target for kind, target in _relations(parts, "") if kind == "officedocument"]
    if main != [WORKBOOK]:
        yield Oddity(PACKAGE, "_rels/.rels", f"another workbook: {', '.join(main) or 'none'}")
    related = _relations(parts, WORKBOOK)
    for kind, target in related:
        if kind not in OF_WORKBOOK:
            yield Oddity(PACKAGE, target, f"a relation of a kind that no published workbook has: {kind}")
    for kind, expected in (("styles", STYLES), ("sharedstrings", STRINGS)):
        if others := [target for found, target in related if found == kind and target != expected]:
            yield Oddity(PACKAGE, others[0], f"other {kind} than those at {expected}")
    sheets = [target for kind, target in related if kind == "worksheet"]
    for name in parts:
        if SHEET.fullmatch(name) and sheets.count(name) != 1:
            yield Oddity(PACKAGE, name, "a sheet to which not exactly one relation leads")
        if SHEET.fullmatch(name):
            for kind, target in _relations(parts, name):
                if kind not in OF_SHEET:
                    yield Oddity(PACKAGE, target, f"a relation of a kind that no published sheet has: {kind}")
    named = [element for element in _xml(parts[WORKBOOK]).iter() if _name(element) == "sheet"]
    if len(named) != len(sheets):
        yield Oddity(PACKAGE, WORKBOOK, f"{len(named)} sheets, and {len(sheets)} that have cells")
    for name, count in Counter(element.get("name", "").casefold() for element in named).items():
        if count > 1:
            yield Oddity(PACKAGE, WORKBOOK, f"two sheets of one name: {name}")
    types = [
        (element.get("ContentType", ""), element.get("PartName", "").lower().lstrip("/"))
        for element in _xml(parts["[content_types].xml"])
        if element.get("PartName")
    ]
    for mark, expected in (("sheet.main+xml", WORKBOOK), ("sharedStrings+xml", STRINGS)):
        if any(kind.endswith(mark) and part != expected for kind, part in types):
            yield Oddity(PACKAGE, "[Content_Types].xml", f"another part is said to be {expected}")
    yield from _of_styles(parts)
    yield from _of_strings(parts)


def _relations(parts: Mapping[str, bytes], part: str) -> list[tuple[str, str]]:
    """Kind and target of what a part refers to."""
    folder, name = posixpath.split(part)
    content = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if content is None:
        return []
    found = []
    for element in _xml(content):
        target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "").replace("\\", "/")))
        is_outside = element.get("TargetMode") == "External"
        kind = "external" if is_outside else element.get("Type", "").rpartition("/")[2].lower()
        found.append((kind, target.lstrip("/").lower()))
    return found


def _of_styles(parts: Mapping[str, bytes]) -> Iterator[Oddity]:
    if STYLES not in parts:
        return
    lists = [element for element in _xml(parts[STYLES]) if _name(element) == "numFmts"]
    numbers = Counter(each.get("numFmtId") for formats in lists for each in formats)
    if len(lists) > 1 or any(count > 1 for count in numbers.values()):
        yield Oddity(PACKAGE, STYLES, "a number format that is there twice")


def _of_strings(parts: Mapping[str, bytes]) -> Iterator[Oddity]:
    """A text is either plain or in runs: of both, programs show one or the other."""
    for number, element in enumerate(_xml(parts[STRINGS]) if STRINGS in parts else ()):
        names = Counter(_name(child) for child in element)
        if names["t"] > 1 or (names["t"] and names["r"]) or names.keys() - {"t", "r", "rPh", "phoneticPr"}:
            yield Oddity(PACKAGE, STRINGS, f"text {number} in two ways")


# --- sheets -----------------------------------------------------------------------------------------------------------


def _of_sheets(parts: Mapping[str, bytes], content: bytes) -> Iterator[Oddity]:
    """By the names of the sheets, as far as openpyxl knows them."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(content))
    titles = [sheet.title for sheet in book.worksheets]
    kinds = dict(_targets(parts))
    drawn = [kinds[element] for element in _sheet_ids(parts) if element in kinds]
    for title, part in zip(titles, drawn, strict=False):
        if part in parts:
            yield from (Oddity(title, cell, what) for cell, what in _of_sheet(_xml(parts[part])))
    for sheet in book.worksheets:
        yield from _misleading_cells(sheet)


def _sheet_ids(parts: Mapping[str, bytes]) -> list[str]:
    found = [element for element in _xml(parts[WORKBOOK]).iter() if _name(element) == "sheet"]
    return [value for element in found for name, value in element.attrib.items() if name.endswith("}id")]


def _targets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    for element in _xml(parts["xl/_rels/workbook.xml.rels"]):
        target = posixpath.normpath(posixpath.join("/xl", element.get("Target", "").replace("\\", "/")))
        yield element.get("Id", ""), target.lstrip("/").lower()


def _of_sheet(root: Any) -> Iterator[tuple[str, str]]:
    counted = Counter(_name(child) for child in root)
    for name, count in counted.items():
        if name not in OF_A_SHEET or count > 1:
            yield "A1", f"an element that no published sheet has: {name}" if count == 1 else f"{name} twice"
    for element in root.iter():
        name = _name(element)
        if name == "sheetView" and _is_false(element, "showZeros"):
            yield "A1", "zeros that are not shown"
        elif name == "sheetView" and _is_true(element, "showFormulas"):
            yield "A1", "formulas in place of values"
        elif name == "sheetFormatPr" and _is_true(element, "zeroHeight"):
            yield "A1", "hidden rows"
        elif name in HEADERS and (element.text or "").strip():
            yield "A1", f"a header on each page: {element.text}"
        elif name == "col" and (_is_true(element, "hidden") or _number(element, "width") < LEAST_WIDTH):
            yield f"column {element.get('min')}", "a hidden column"
        elif name == "row" and (_is_true(element, "hidden") or _number(element, "ht") < LEAST_HEIGHT):
            yield f"row {element.get('r')}", "a hidden row"
    yield from _of_cells(root)


def _of_cells(root: Any) -> Iterator[tuple[str, str]]:
    rows, places = Counter[str](), Counter[str]()
    for data in root:
        if _name(data) != "sheetData":
            continue
        for row in data:
            rows[row.get("r", "")] += 1
            for cell in row:
                at = cell.get("r", "")
                places[at] += 1
                names = Counter(_name(child) for child in cell)
                is_plain = _name(row) == "row" and _name(cell) == "c" and not names.keys() - {*OF_A_CELL}
                is_text = cell.get("t") == "inlineStr"
                if not is_plain or any(count > 1 for count in names.values()) or (names["is"] and not is_text):
                    yield at, "a cell that says two things"
                elif cell.get("vm") or cell.get("cm"):
                    yield at, "a cell that is shown as something else"
    for at, count in places.items():
        if count > 1 or not at:
            yield at, "a cell that is there twice"
    for number, count in rows.items():
        if count > 1 or not number:
            yield f"row {number}", "a row that is there twice"


def _misleading_cells(sheet: Any) -> Iterator[Oddity]:
    """Letters that cannot be seen, and texts whose number format shows another text."""
    known: dict[Any, str] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value in (None, ""):
                continue
            key = cell.style_id, isinstance(cell.value, str)
            if key not in known:
                known[key] = _misleading(cell)
            if known[key]:
                yield Oddity(sheet.title, cell.coordinate, known[key])


def _misleading(cell: Any) -> str:
    font, fill = cell.font, cell.fill
    behind = _colour(fill.fgColor) if fill.fill_type == "solid" else WHITE
    if font.sz is not None and font.sz < LEAST_SIZE:
        return "letters that are too small to be seen"
    if font.color is not None and _colour(font.color) == behind:
        return "letters in the colour of what is behind them"
    shown = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", cell.number_format)
    if isinstance(cell.value, str) and cell.number_format != "@" and ("@" in shown or shown.count(";") > 2):
        return f"a text that is shown by the number format {cell.number_format}"
    return ""


def _colour(colour: Any) -> str:
    """Six digits; of a colour of the theme or of the palette its number, of which 0 and 1 or 9 are white."""
    if colour.type == "rgb":
        return str(colour.rgb)[-6:].upper()
    if (colour.type, colour.value) in (("theme", 0), ("indexed", 1), ("indexed", 9)):
        return WHITE
    return f"{colour.type} {colour.value} {colour.tint}"


# --- XML --------------------------------------------------------------------------------------------------------------


def _xml(content: bytes) -> Any:
    from openpyxl.xml.functions import fromstring

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("a part declares entities")
    return fromstring(content)


def _name(element: Any) -> str:
    """Without the namespace of workbooks; any other one stays, so that its elements are taken for none of ours."""
    tag = element.tag if isinstance(element.tag, str) else "comment"
    return str(tag).removeprefix(MAIN).removeprefix(STRICT)


def _is_true(element: Any, attribute: str) -> bool:
    return element.get(attribute, "0").lower() in TRUE


def _is_false(element: Any, attribute: str) -> bool:
    return element.get(attribute, "1").lower() not in TRUE


def _number(element: Any, attribute: str) -> float:
    return float(element.get(attribute, "100"))
