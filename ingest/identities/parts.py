"""Personal data in what a file holds beside its cells: comments, properties, margins, drawings, hidden copies of data.

Parts are looked through as text, without their markup: no part is parsed, whatever it claims to be. What is in pictures
and in files inside the file is not read.
"""

import html
import posixpath
import re
from collections.abc import Iterator, Mapping

from ingest.formats import xlsx
from ingest.identities.findings import COMMENT, DRAWING, HIDDEN, MARGIN, PROPERTIES, TEXT, Finding, Part
from ingest.identities.patterns import Patterns, Scope

Parts = Mapping[str, bytes]

LARGEST_PART = xlsx.LARGEST_SHEET
"""Bytes of a part that are looked at."""
READ_AS_CELLS = ("worksheets/", "sharedstrings", "styles", "theme/", "calcchain", "[content_types]", "persons/")
"""Parts that are read as a sheet's cells, or hold nothing that a person wrote."""
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
VALUES = re.compile(rb"<(?:\w+:)?[sdn]\b[^>]*?\bv=\"([^\"]*)\"")
"""What a pivot table remembers of the cells that it was made of."""
PARAGRAPH = re.compile(
    rb"</(?:\w+:)?(?:p|si|c|row|tr|lpstr|vt|property|text|cp:\w+|dc:\w+)>|<(?:\w+:)?(?:br|tab)\b[^>]*>"
)
MARKUP = re.compile(rb"<[^>]*>")
OLD_TEXT = re.compile(rb"[ -~\xa0-\xff]{12,400}|(?:[ -~]\x00){12,400}")
"""Runs of text in a file of records: one or two bytes a letter."""


def of_workbook(parts: Parts, data: bytes, known: Patterns) -> Iterator[Finding]:
    """The findings of a workbook outside its cells. data: the whole file, for formats of records."""
    if not parts:
        yield from _of_records(data, known)
    sheets = _sheets_of_comments(parts)
    for name, content in parts.items():
        if not name.endswith((".xml", ".vml", ".rels", ".bin")) or len(content) > LARGEST_PART:
            continue
        if "comments" in name and name.endswith(".xml"):
            yield from _of_comments(content, sheets.get(name), known)
        elif "worksheets/" in name:
            if b"headerFooter" not in content:
                continue
            yield from _of_texts(
                [MARGIN_CODES.sub(b"\n", each) for each in MARGINS.findall(content)], MARGIN, "cell", known
            )
        elif name.endswith(".bin"):
            yield from _of_records(content, known)
        elif name == "content.xml":
            yield from _of_texts(ANNOTATIONS.findall(content), COMMENT, "cell", known)
        elif not any(each in name for each in READ_AS_CELLS) and not name.endswith(".rels"):
            part, scope = _kind(name)
            yield from _of_texts([content, *VALUES.findall(content)], part, scope, known)


def of_other(parts: Parts, known: Patterns) -> Iterator[Finding]:
    """The findings of a zip that is no workbook: a document, slides, a text of OpenDocument."""
    for name, content in parts.items():
        if name.endswith(".xml") and len(content) <= LARGEST_PART:
            yield from _of_texts([content], TEXT, "cell", known)


def of_text(text: str, known: Patterns) -> Iterator[Finding]:
    """The findings of a text that is no table, line by line."""
    for number, line in enumerate(text.splitlines(), start=1):
        for rule in known.rules(line, "cell"):
            yield Finding(rule, row=number, line=number)


def _kind(name: str) -> tuple[Part, Scope]:
    return next(((part, scope) for begins, part, scope in KINDS if begins in name), (HIDDEN, "file"))


def _of_comments(content: bytes, sheet: str | None, known: Patterns) -> Iterator[Finding]:
    for column, row, text in COMMENTS.findall(content):
        for rule in {rule for line in _lines(text) for rule in known.rules(line, "cell")}:
            if sheet is None:
                yield Finding(rule, part=COMMENT)
            else:
                yield Finding(rule, sheet, int(row), f"{column.decode().upper()}{int(row)}")


def _of_texts(contents: list[bytes], part: Part, scope: Scope, known: Patterns) -> Iterator[Finding]:
    for rule in {rule for content in contents for line in _lines(content) for rule in known.rules(line, scope)}:
        yield Finding(rule, part=part)


def _lines(content: bytes) -> Iterator[str]:
    """The paragraphs of a part, without markup."""
    plain = MARKUP.sub(b"", PARAGRAPH.sub(b"\n", content))
    encoding = "utf-16" if plain.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    for line in html.unescape(plain.decode(encoding, "replace")).splitlines():
        yield " ".join(line.split())


def _of_records(data: bytes, known: Patterns) -> Iterator[Finding]:
    """Personal numbers that begin with 0 as they do, in formats of records: comments and properties of an .xls."""
    for run in OLD_TEXT.findall(data):
        if known.rules(run.replace(b"\x00", b"").decode("latin-1"), "file"):
            yield Finding("personal_number", part=HIDDEN)
            return


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
