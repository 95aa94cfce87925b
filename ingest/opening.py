"""What a file really is, and whether it may be opened. Nothing in a file is ever executed or looked up.

The name of a file counts for nothing: its first bytes decide. Sizes are checked as declared and as they stream,
before anything else reads the file.
"""

import codecs
import html
import re
import struct
import zipfile
import zlib
from io import BytesIO
from typing import NamedTuple

from ingest.reports import Refused

MB = 1_000_000
LARGEST_FILE = 20 * MB
LARGEST_UNPACKED = 100 * MB
LARGEST_SHEET = 16 * MB
"""A report of 33 lines is 0.01 MB; a million formatted blank rows are 30 MB and more."""
MOST_MEMBERS = 1000
FURTHEST_CELLS = 2_000_000
"""Rows × columns up to the last cell with content: what a reader has to hold."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAGIC = (
    (b"%PDF", "file_pdf"),
    (b"\x89PNG", "file_image"),
    (b"\xff\xd8\xff", "file_image"),
    (b"GIF8", "file_image"),
    (b"II*\x00", "file_image"),
    (b"MM\x00*", "file_image"),
    (b"Rar!", "file_archive"),
    (b"7z\xbc\xaf", "file_archive"),
    (b"\x1f\x8b", "file_archive"),
    (b"BZh", "file_archive"),
    (b"\xfd7zXZ", "file_archive"),
    (b"{\\rtf", "file_word"),
)
MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|html|head|body|table|meta|div|style)\b", re.IGNORECASE)

CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]+)([0-9]+)["'][^>/]*>""")
PLACELESS = re.compile(rb"""<(?:\w+:)?c\b(?![^>]*\br=)[^>/]*>""")
FAR_CELL = re.compile(rb"""r=["'](?:[A-Z]{2,}[0-9]+|[A-Z]?[0-9]{5,})["']""")
FORMULA = re.compile(rb"[<:]f[\s>/]")
ERRORS = (b't="e"', b"t='e'")
PERCENT = re.compile(rb"""numFmtId=["'](?:9|10)["']|formatCode=["'][^"']*%""")


class Unpacked(NamedTuple):
    """A workbook that may be opened. is_special: some cell may be a formula, an error or under a percent format."""

    data: bytes
    is_special: bool


def check_size(size: int) -> None:
    """Raises Refused for a file too small or too large to be a report."""
    if size == 0:
        raise Refused("file_empty")
    if size > LARGEST_FILE:
        raise Refused("file_too_large", size_mb=round(size / MB), limit_mb=LARGEST_FILE // MB)


def opened(data: bytes) -> str | Unpacked:
    """The text of a CSV, or a workbook fit to be opened. Raises Refused with the reason for anything else."""
    check_size(len(data))
    if data.startswith(ZIP):
        return _workbook(data)
    if data.startswith(OLE):
        raise Refused(_kind_of_ole(data))
    if b"%PDF" in data[:1024]:
        raise Refused("file_pdf")
    for magic, rule in MAGIC:
        if data.startswith(magic):
            raise Refused(rule)
    return _text(data)


def _kind_of_ole(data: bytes) -> str:
    """The container of old Office files and of encrypted new ones, told apart by the names of its streams."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        return "file_encrypted"
    if holds("Workbook") or holds("Book"):
        return "file_old_excel"
    return "file_word" if holds("WordDocument") else "file_unknown"


# --- text -----------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    """UTF-8, or UTF-16 that says so; other encodings cannot be told apart and are never guessed."""
    text = _decoded(data)
    if not text.strip("\ufeff\x00 \t\r\n,;"):
        raise Refused("file_empty")
    if MARKUP.match(text):
        raise Refused("file_html")
    if "\x00" in text:
        raise Refused("file_unknown" if _is_binary(data) else "encoding_unknown")
    return text


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if re.match(rb"\s*<(?:!doctype|\?xml|html|table)", data, re.IGNORECASE):
            raise Refused("file_html") from None
        raise Refused("file_unknown" if _is_binary(data) else "encoding_unknown") from None


def _is_binary(data: bytes) -> bool:
    """Control characters that no text in any old encoding holds so often."""
    sample = data[:4096]
    return sum(byte < 32 and byte not in b"\t\r\n" for byte in sample) * 20 > len(sample) and not _is_utf16(sample)


def _is_utf16(sample: bytes) -> bool:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    return max(sample[::2].count(0), sample[1::2].count(0)) * 4 > len(sample)


# --- workbooks ------------------------------------------------------------------------------------


def _workbook(data: bytes) -> Unpacked:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
        return Unpacked(data, _look_inside(_unpacked(members, data)))
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError) as error:
        raise Refused("file_damaged") from error


def _unpacked(members: list[zipfile.ZipInfo], data: bytes) -> dict[str, bytes]:
    """Every member, checked: none streams more than it declares, none is encrypted, every checksum is right."""
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise Refused("zip_bomb", limit_mb=LARGEST_UNPACKED // MB)
    if any(member.flag_bits & 1 for member in members):
        raise Refused("file_encrypted")
    return {member.filename: _inflated(member, data) for member in members}


def _inflated(member: zipfile.ZipInfo, data: bytes) -> bytes:
    start = member.header_offset
    name_length, extra_length = struct.unpack("<HH", data[start + 26 : start + 30])
    start += 30 + name_length + extra_length
    content = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_DEFLATED:
        content = zlib.decompressobj(-15).decompress(content, member.file_size + 1)
    if len(content) > member.file_size:
        raise Refused("zip_bomb", limit_mb=LARGEST_UNPACKED // MB)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or zlib.crc32(content) != member.CRC:
        raise Refused("file_damaged")
    return content


def _check_kind(parts: dict[str, bytes]) -> None:
    """Raises Refused unless the zip holds an Excel workbook without macros."""
    if "xl/workbook.bin" in parts:
        raise Refused("file_binary_workbook")
    if "xl/workbook.xml" not in parts:
        raise Refused(_kind_of_zip(parts))
    if b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        raise Refused("file_macros")
    if any(name.endswith("vbaProject.bin") or "/macrosheets/" in name for name in parts):
        raise Refused("file_macros")


def _kind_of_zip(parts: dict[str, bytes]) -> str:
    if b"spreadsheet" in parts.get("mimetype", b""):
        return "file_open_document"
    if any(name.startswith(("word/", "ppt/")) for name in parts) or "mimetype" in parts:
        return "file_word"
    return "file_archive"


def _look_inside(parts: dict[str, bytes]) -> bool:
    """Whether a sheet needs a second look for what the fast reader does not tell."""
    _check_kind(parts)
    is_special = False
    for name, content in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"<!DOCTYPE" in content:
            raise Refused("file_damaged")  # no spreadsheet program writes these, and the searches below would be blind
        if b"sheetData" in content:
            _check_extent(content, name, parts)
            is_special = is_special or _has_special_cells(content)
        elif name == "xl/styles.xml":
            is_special = is_special or bool(PERCENT.search(content))
    return is_special


def _has_special_cells(sheet: bytes) -> bool:
    if any(error in sheet for error in ERRORS):
        return True
    return (b"<f" in sheet or b":f" in sheet) and bool(FORMULA.search(sheet))


def _check_extent(sheet: bytes, name: str, parts: dict[str, bytes]) -> None:
    """Formatted blank rows by the million, or a lone cell at XFD1048576: a reader would hold all cells before it."""
    is_large = len(sheet) > LARGEST_SHEET
    if not is_large and FAR_CELL.search(sheet):
        width = height = 1
        for column, row in CELL.findall(sheet):
            width, height = max(width, _column_number(column)), max(height, int(row))
        is_large = width * height > FURTHEST_CELLS or bool(PLACELESS.search(sheet))
    if is_large:
        raise Refused("sheet_too_large", sheet=_sheet_name(name, parts))


def _sheet_name(name: str, parts: dict[str, bytes]) -> str:
    """The name on the tab of sheet3.xml, the third of the workbook, as spreadsheet programs write them."""
    names: list[bytes] = re.findall(rb"""<(?:\w+:)?sheet\b[^>]*?\bname=["']([^"']*)""", parts["xl/workbook.xml"])
    number = re.search(r"([0-9]+)\.xml$", name)
    if number and 0 < int(number[1]) <= len(names):
        return html.unescape(names[int(number[1]) - 1].decode("utf-8", "replace"))
    return name


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
