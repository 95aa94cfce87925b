"""Personal data in what a file holds beside its cells: comments, properties, margins, drawings, hidden copies of data.

Parts are looked through as text, without their markup, and the texts in their attributes: no part is parsed, whatever
it claims to be. What is in pictures and in files inside the file is not read.
"""

import codecs
import html
import posixpath
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping

from ingest.formats import xlsx
from ingest.grids import Grid
from ingest.identities import sheets
from ingest.identities.findings import COMMENT, DRAWING, HIDDEN, MARGIN, PROPERTIES, TEXT, Finding, Part
from ingest.identities.patterns import Patterns, Scope

Parts = Mapping[str, bytes]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_PART = xlsx.LARGEST_SHEET
"""Bytes of a part that are looked at."""
NOT_WRITTEN = ("styles", "theme/", "calcchain", "[content_types]", "persons/")
"""Parts that hold nothing that a person wrote, but for who comments."""
KINDS: tuple[tuple[str, Part, Scope], ...] = (
    ("docprops/", PROPERTIES, "file"),
    ("meta.xml", PROPERTIES, "file"),
    ("customxml/", PROPERTIES, "file"),
    ("drawings/", DRAWING, "cell"),
    ("diagrams/", DRAWING, "cell"),
    ("word/", TEXT, "cell"),
    ("ppt/", TEXT, "cell"),
)
"""What a part is by its name, and how much counts in it; of all others: hidden data, as a file's properties."""

MARGINS = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]*)<", re.IGNORECASE)
MARGIN_CODES = re.compile(rb"&amp;(?:&quot;.*?&quot;|\"[^\"]*\"|K[0-9A-F]{6}|[0-9]{1,3}|[A-Z])")
"""Where the left, middle or right of a margin begins, and what it looks like."""
COMMENTS = re.compile(
    rb"<(?:\w+:)?(?:comment|threadedComment)\b[^>]*?\bref=\"([A-Za-z]{1,3})([0-9]{1,7})\"[^>]*>(.*?)"
    rb"</(?:\w+:)?(?:comment|threadedComment)>",
    re.DOTALL,
)
ANNOTATIONS = re.compile(rb"<office:annotation\b.*?</office:annotation>", re.DOTALL)
STRING_ENDS, EMPTY_STRING = re.compile(rb"</(?:\w+:)?si>"), re.compile(rb"<(?:\w+:)?si\s*/>")
USED = re.compile(rb"<(?:\w+:)?c\b[^<>]*\bt=[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v>([0-9]{1,9})<")
"""Where a shared string ends, and a cell that shows the one with that number."""
NAMED = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*>")
"""A sheet with its name, which is looked at with its cells."""
SHEET_DATA = b"sheetData"
ATTRIBUTES = re.compile(rb"""=\s*(?:"([^"<>]{8,})"|'([^'<>]{8,})')""")
"""Alternative texts, hints of lists and links, names of columns, what a pivot table remembers of its cells."""
PARAGRAPH = re.compile(
    rb"</(?:\w+:)?(?:p|si|c|v|row|tr|td|th|div|li|h\d|title|lpstr|vt|property|text|formula\d?|cp:\w+|dc:\w+)>"
    rb"|<(?:\w+:)?(?:br|tab|rPh)\b[^<>]*>"
)
MARKUP = re.compile(rb"<[^<>]*>")
OLD_NUMBERS = re.compile(rb"[ -~]{0,60}(?:[0-9][ .-]?){9,15}[ -~]{0,20}")
OLD_TEXT = re.compile("[ -~\u00a0-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u2026]{8,2000}")
"""Runs of text in a file of records: of one byte a letter, in which no Vietnamese is, those with a number."""
ROWS, CELLS_OF_A_ROW = (
    re.compile(rb"<(?:\w+:)?(?:" + names + rb")\b[^<>]*>", re.IGNORECASE)
    for names in (rb"tr|row|table-row", rb"tc|td|th|cell|table-cell")
)
"""Tables of a document, a page of the web, or a workbook as XML."""


def of_workbook(parts: Parts, data: bytes, known: Patterns) -> Iterator[Finding]:
    """The findings of a workbook outside its cells. data: the whole file, for formats of records."""
    if not parts:
        yield from _of_records(data, known)
    sheets_of = _sheets_of_comments(parts)
    for name, content in parts.items():
        if not name.endswith((".xml", ".vml", ".rels", ".bin")) or len(content) > LARGEST_PART:
            continue
        if "comments" in name and name.endswith(".xml"):
            yield from _of_comments(content, sheets_of.get(name), known)
        elif "worksheets/" in name and name.endswith(".xml"):
            margins = [MARGIN_CODES.sub(b"\n", each) for each in MARGINS.findall(content)]
            yield from _of_texts(margins, MARGIN, "cell", known)
            yield from _of_texts(_around_cells(content), HIDDEN, "file", known)
        elif name.endswith(".bin"):
            yield from _of_records(content, known)
        elif name == "content.xml":
            yield from _of_texts(ANNOTATIONS.findall(content), COMMENT, "cell", known)
        elif name.endswith("sharedstrings.xml"):
            yield from _of_texts(_unused(content, parts), HIDDEN, "file", known)
        elif not any(each in name for each in NOT_WRITTEN):
            part, scope = _kind(name)
            yield from _of_texts([content], part, scope, known)
            yield from _of_texts(_attributes(NAMED.sub(b"", content)), part, "file", known)


def of_other(parts: Parts, known: Patterns) -> Iterator[Finding]:
    """The findings of a zip that is no workbook: a document, slides, a text of OpenDocument."""
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) and len(content) <= LARGEST_PART:
            yield from _of_texts([content], TEXT, "cell", known)
            yield from _of_texts(_attributes(content), TEXT, "file", known)
            yield from _of_tables(content, known)


def of_text(text: str, known: Patterns, scope: Scope = "cell") -> Iterator[Finding]:
    """The findings of a text that is no table, line by line."""
    for number, line in enumerate(text.splitlines(), start=1):
        for rule in known.rules(line, scope):
            yield Finding(rule, row=number, line=number)


def of_bytes(data: bytes, known: Patterns) -> Iterator[Finding]:
    """The findings of what is neither a workbook nor a zip: an old document, a page of the web, a mail, a text."""
    if data.startswith(OLE):
        yield from _of_records(data, known, TEXT, "cell")
        return
    text = data.decode(_encoding(data), "replace")
    yield from of_text(text, known)
    if "=\n" in text or "=\r\n" in text or "quoted-printable" in text.lower():
        yield from of_text(quopri.decodestring(data).decode("utf-8", "replace"), known)
    if ROWS.search(data[:LARGEST_PART]) or b"</" in data:
        marked = text[:LARGEST_PART].encode("utf-8", "replace")
        yield from _of_texts([marked], TEXT, "cell", known)
        yield from _of_tables(marked, known)


def _encoding(data: bytes) -> str:
    """UTF-16 with or without its mark; else UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = (data[start:4096:2].count(0) * 8 for start in (0, 1))
    least = len(data[:4096])
    return "utf-16-be" if even > least else "utf-16-le" if odd > least else "utf-8"


def _of_tables(content: bytes, known: Patterns) -> Iterator[Finding]:
    """Lists of persons in the tables of a text, by their headings."""
    rows = [[" ".join(_lines(cell)) for cell in CELLS_OF_A_ROW.split(row)[1:]] for row in ROWS.split(content)[1:]]
    if rows:
        for finding in sheets.of_grid(Grid(rows, None), [], (), known):
            yield Finding(finding.rule, part=TEXT)


def _kind(name: str) -> tuple[Part, Scope]:
    return next(((part, scope) for begins, part, scope in KINDS if begins in name), (HIDDEN, "file"))


def _of_comments(content: bytes, sheet: str | None, known: Patterns) -> Iterator[Finding]:
    for column, row, text in COMMENTS.findall(content):
        for rule in {rule for line in _lines(text) for rule in known.rules(line, "cell")}:
            if sheet is None:
                yield Finding(rule, part=COMMENT)
            else:
                yield Finding(rule, sheet, int(row), f"{column.decode().upper()}{int(row)}")


def _of_texts(contents: Iterable[bytes], part: Part, scope: Scope, known: Patterns) -> Iterator[Finding]:
    for rule in {rule for content in contents for line in _lines(content) for rule in known.rules(line, scope)}:
        yield Finding(rule, part=part)


def _unused(strings: bytes, parts: Parts) -> Iterator[bytes]:
    """The shared strings that no cell shows: a cell that was emptied may leave its own."""
    used = {int(number) for name, content in parts.items() if "worksheets/" in name for number in USED.findall(content)}
    number = 0
    for text in STRING_ENDS.split(strings):
        number += len(EMPTY_STRING.findall(text))
        if number not in used:
            yield text
        number += 1


def _attributes(content: bytes) -> list[bytes]:
    return [one or other for one, other in ATTRIBUTES.findall(content)]


def _around_cells(sheet: bytes) -> list[bytes]:
    """What is before and behind the cells of a sheet, and the texts in its attributes."""
    begin, end = sheet.find(SHEET_DATA), sheet.rfind(SHEET_DATA)
    around = [sheet] if begin < 0 else [sheet[:begin], sheet[end:]]
    return [text for part in around for text in (part, *_attributes(part))]


def _lines(content: bytes) -> Iterator[str]:
    """The paragraphs of a part, without markup."""
    plain = MARKUP.sub(b"", PARAGRAPH.sub(b"\n", content))
    encoding = "utf-16" if plain.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    for line in html.unescape(plain.decode(encoding, "replace")).splitlines():
        yield " ".join(line.split())


def _of_records(data: bytes, known: Patterns, part: Part = HIDDEN, scope: Scope = "file") -> Iterator[Finding]:
    """Signs in formats of records: comments and properties of an .xls, the text of an old document.

    Letters have one byte, or two from an even or an odd place on; no record is looked up.
    """
    runs = [run.decode("ascii") for run in OLD_NUMBERS.findall(data)]
    runs += (run for start in (0, 1) for run in OLD_TEXT.findall(data[start:].decode("utf-16-le", "replace")))
    rules = {rule for run in runs for rule in known.rules(run, scope)}
    for rule in sorted(rules):
        yield Finding(rule, part=part)


def _sheets_of_comments(parts: Parts) -> dict[str, str]:
    """The name of the sheet of each part of comments."""
    if not any("comments" in name for name in parts):
        return {}
    names = xlsx.sheets(parts)
    found = {}
    for part, sheet in names.items():
        for _, target in xlsx.relations(parts, part).values():
            if "comments" in posixpath.basename(target) or "comments/" in target:
                found[target] = sheet
    return found
