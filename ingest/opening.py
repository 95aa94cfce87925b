"""What a file really is, and whether it may be opened. Nothing in a file is ever executed or looked up.

The name of a file counts for nothing: its first bytes decide. Sizes are checked as declared and as they stream,
before anything else reads the file.
"""

import codecs
import re
import struct
import zipfile
import zlib
from io import BytesIO
from typing import Literal, NamedTuple

from ingest import headers, signatures
from ingest.delimited import JOIN
from ingest.formats import xlsx
from ingest.reports import Refused

MB = 1_000_000
LARGEST_FILE = 20 * MB
LARGEST_UNPACKED = 100 * MB
MOST_MEMBERS = 1000

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STRICT = b"purl.oclc.org/ooxml"
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError, RuntimeError)
"""What a zip that is none is to Python; the last for a version of the format that there never was."""

Kind = Literal["xlsx", "xlsb", "xls", "ods"]


class Unpacked(NamedTuple):
    """A workbook that may be opened. parts: the members of a zip by name, lower case, with slashes."""

    data: bytes
    kind: Kind
    parts: dict[str, bytes]

    @property
    def is_transitional(self) -> bool:
        """An .xlsx that openpyxl can write back: it knows no Strict namespaces and no other format."""
        return self.kind == "xlsx" and STRICT not in self.parts[xlsx.main_part(self.parts) or ""]


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
        _check_ole(data)
        return Unpacked(data, "xls", {})
    if rule := signatures.of_bytes(data):
        raise Refused(rule)
    return _text(data)


def _check_ole(data: bytes) -> None:
    """The container of old Office files and of encrypted new ones, distinguished by the names of its streams."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has("EncryptedPackage") or has("EncryptionInfo"):
        raise Refused("file_encrypted")
    if has("__properties_version1.0"):
        raise Refused("file_mail")
    if has("_VBA_PROJECT_CUR"):
        raise Refused("file_macros")
    if has("Workbook"):
        return
    if has("Book"):
        raise Refused("file_old_excel")
    raise Refused("file_word" if has("WordDocument") or has("PowerPoint Document") else "file_unknown")


# --- text -----------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    """UTF-8, or UTF-16 that says so; other encodings cannot be distinguished and are never guessed.

    NULs at the ends of the file, or within the end of a line, are nothing. Elsewhere something was lost there.
    """
    text = _joined(_decoded(data))
    if not text.strip("\x00 \t\r\n,;"):
        raise Refused("file_empty")
    if rule := signatures.of_text(text):
        raise Refused(rule)
    if text.count("\x00") * 100 > len(text):
        raise Refused("file_unknown" if _is_binary(data) else "encoding_unknown")
    return re.sub(r"(?<=\r)\x00+(?=\n)", "", text).strip("\x00")


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if rule := signatures.of_text(data[:50_000].decode("latin-1")):
            raise Refused(rule) from None
        raise Refused("file_unknown" if _is_binary(data) else "encoding_unknown") from None


def _joined(text: str) -> str:
    """Files that were joined have their marks in the middle: where a line of headings follows one, a line begins."""
    first, *others = re.split("[\ufeff\x1a]+", text)
    for other in others:
        first += f"\n{JOIN}\n{other}" if _begins_a_file(first, other) else other
    return first


def _begins_a_file(before: str, after: str) -> bool:
    """A line of headings behind a line of something else: a mark in the middle of headings ends no line."""
    if not before or before.endswith(("\n", "\r")):
        return False
    (last, first) = (re.split(r"[\r\n]", text) for text in (before[-2000:], after[:2000]))
    cells, cells_before = (re.split(r"[,;\t]", line) for line in (first[0], last[-1]))
    return headers.meaning(cells[0]) is not None and headers.count(cells) > 2 and not headers.count(cells_before)


def _is_binary(data: bytes) -> bool:
    """Control characters that no text in any old encoding has so often."""
    sample = data[:4096]
    return sum(byte < 32 and byte not in b"\t\r\n" for byte in sample) * 20 > len(sample) and not _is_utf16(sample)


def _is_utf16(sample: bytes) -> bool:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    return max(sample[::2].count(0), sample[1::2].count(0)) * 4 > len(sample)


# --- workbooks ------------------------------------------------------------------------------------


def members(data: bytes) -> dict[str, bytes]:
    """The members of a zip by name, lower case, with slashes. Raises Refused for what must not be unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            found = archive.infolist()
        return _unpacked(found, data)
    except DAMAGED as error:
        raise Refused("file_damaged") from error


def _workbook(data: bytes) -> Unpacked:
    parts = members(data)
    kind = _kind_of_zip(parts)
    _check_macros(parts)
    return Unpacked(data, kind, parts)


def _unpacked(members: list[zipfile.ZipInfo], data: bytes) -> dict[str, bytes]:
    """Every member, checked: none streams more than it declares, none is encrypted, every checksum is right."""
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise Refused("zip_bomb", limit_mb=LARGEST_UNPACKED // MB)
    if any(member.flag_bits & 1 for member in members):
        raise Refused("file_encrypted")
    parts = {_part_name(member.filename): _inflated(member, data) for member in members}
    if len(parts) < len(members):  # two of one name: another program would read the other one
        raise Refused("file_damaged")
    return parts


def _part_name(name: str) -> str:
    """Some writers separate folders by backslashes, and names count in any case."""
    return name.replace("\\", "/").removeprefix("./").lstrip("/").lower()


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


def _kind_of_zip(parts: dict[str, bytes]) -> Kind:
    """Raises Refused with what else a zip is."""
    main = xlsx.main_part(parts) or ("xl/workbook.bin" if "xl/workbook.bin" in parts else "")
    if main.endswith(".bin") and main in parts:
        return "xlsb"
    if main in parts and re.search(rb"w\0?o\0?r\0?k\0?b\0?o\0?o\0?k", parts[main][:5000]):
        return "xlsx"
    mimetype = parts.get("mimetype", b"")
    if b"opendocument.spreadsheet" in mimetype:
        if b"encryption-data" in parts.get("meta-inf/manifest.xml", b""):
            raise Refused("file_encrypted")
        return "ods"
    raise Refused(signatures.of_zip(set(parts), mimetype))


def _check_macros(parts: dict[str, bytes]) -> None:
    is_declared = b"macroenabled" in parts.get("[content_types].xml", b"").lower()
    names = [name for name in parts if name.endswith("vbaproject.bin") or "/macrosheets/" in name]
    scripts = [
        name for name in parts if name.startswith(("basic/", "scripts/")) and not name.endswith((".xlb", ".xlc", "/"))
    ]
    if is_declared or names or scripts:
        raise Refused("file_macros")
