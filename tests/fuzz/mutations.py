"""Files that nearly are reports: real and made-up ones, changed in their bytes, their zip, their XML or their lines."""

import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from tests.fixtures import made_workbooks
from tests.fixtures.made_workbooks import zipped

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests/fixtures/cases", "tests/fixtures/submissions", "tests/fixtures/workbooks", "docs/examples")
SUFFIXES = (".csv", ".xlsx", ".xls", ".xlsb", ".ods", ".eml")
LARGEST = 300_000

NUMBERS = (
    *("0", "-0", "1", "291", "1e3", "1E400", "-1E400", "NaN", "INF", "0.1", "1.234", "1,234", "1.234,5", "97,5"),
    *(
        "9" * 40,
        "1e-320",
        "123456789012",
        "２９１",
        "٣",
        "½",
        "²",
        "1_000",
        " 5 ",
        "+5",
        "--5",
        "5-",
        "2-3",
        "<2",
        "0x1F",
    ),
    *("", "true", "#N/A", "=1+1", "5%", "5‰", "KPS", "Đạt", "12/05/2026", "1\u202f234", "1\u00a0234", "\u202e192"),
)
TYPES = ("s", "n", "str", "b", "e", "d", "inlineStr", "S", "")
CELLS = (
    "A1",
    "a1",
    "$A$1",
    "A0",
    "XFD1048576",
    "XFE1",
    "A1048577",
    "AAAA1",
    "1A",
    "",
    " A1",
    "A1 ",
    "A01",
    "Ａ1",
    "A-1",
)
SNIPPETS = (
    *(
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        '<mergeCell ref="C5:D9"/>',
        "<row/>",
        "<c/>",
        "<v/>",
    ),
    *(
        "<v>1</v>",
        "<is><t>7</t></is>",
        "<f>1+1</f>",
        '<row r="2"><c r="C2"><v>7</v></c></row>',
        "<!-- -->",
        "<![CDATA[1]]>",
    ),
    *(
        "&amp;",
        "&#0;",
        "&#x110000;",
        "&bomb;",
        '<!DOCTYPE a [<!ENTITY bomb "1">]>',
        "<?xml version='1.1'?>",
        "</sheetData>",
    ),
    *('<dimension ref="A1:A1"/>', '<col min="1" max="16384" hidden="1"/>', "<rPh><t>1</t></rPh>", "<x:v>1</x:v>"),
)
ODD = (
    "\x00",
    "\ufeff",
    "\u200b",
    "\u202e",
    "\x1a",
    "\r",
    "\n",
    "\t",
    '"',
    "'",
    ";",
    ",",
    "|",
    "=",
    "\ud7ff",
    "é",
    "e\u0301",
    "\x85",
)

Mutation = Callable[[bytes, random.Random], bytes]


def originals() -> list[bytes]:
    """All files of the fixtures that may be a report, and some of other formats."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*"))]
    found = [path.read_bytes() for path in files if path.suffix in SUFFIXES and path.stat().st_size < LARGEST]
    return [*found, made_workbooks.ods(*made_workbooks.REPORT), made_workbooks.xlsx(made_workbooks_cells())]


def made_workbooks_cells() -> dict[str, str]:
    from tests.fixtures.hostile_files import CELLS as cells

    return cells


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four changes, each fit for what the file is."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        data = _kinds(data, chance)(data, chance)
    return data[: 4 * LARGEST]


def _kinds(data: bytes, chance: random.Random) -> Mutation:
    if data.startswith(b"PK"):
        return chance.choice((bytes_changed, in_zip, in_xml, in_xml, in_xml, in_xml))
    if data.startswith(b"\xd0\xcf"):
        return bytes_changed
    return chance.choice((bytes_changed, in_text, in_text, in_text))


def bytes_changed(data: bytes, chance: random.Random) -> bytes:
    """Bits flipped, pieces cut, doubled, moved, or of random bytes."""
    changed = bytearray(data)
    size = len(changed)
    if not size:
        return b"1"
    start, length = chance.randrange(size), chance.choice((1, 2, 4, 16, 256))
    piece = changed[start : start + length]
    match chance.randrange(6):
        case 0:
            for _ in range(chance.choice((1, 1, 2, 8))):
                place = chance.randrange(size)
                changed[place] ^= 1 << chance.randrange(8)
        case 1:
            del changed[start : start + length]
        case 2:
            changed[start:start] = piece * chance.choice((1, 2, 50))
        case 3:
            changed[start : start + len(piece)] = chance.randbytes(len(piece))
        case 4:
            changed[start : start + len(piece)] = chance.choice((b"\x00", b"\xff", b"\x7f")) * len(piece)
        case _:
            del changed[start:]
    return bytes(changed)


def in_zip(data: bytes, chance: random.Random) -> bytes:
    """Parts dropped, renamed, swapped, doubled, or changed below a right checksum."""
    parts = _parts(data)
    if not parts:
        return bytes_changed(data, chance)
    name, other = chance.choice(list(parts)), chance.choice(list(parts))
    match chance.randrange(5):
        case 0:
            del parts[name]
        case 1:
            parts[chance.choice((name.upper(), f"/{name}", name.replace("/", "\\"), f"../{name}", f"{name}.bak"))] = (
                parts.pop(name)
            )
        case 2:
            parts[name], parts[other] = parts[other], parts[name]
        case 3:
            parts[name] = bytes_changed(parts[name], chance)
        case _:
            with BytesIO() as buffer, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # two parts of one name are meant
                with zipfile.ZipFile(buffer, "w", chance.choice((0, 8))) as package:
                    for each, content in [*parts.items(), (name, parts[other])][:: chance.choice((1, -1))]:
                        package.writestr(zipfile.ZipInfo(each), content)
                return buffer.getvalue()
    return zipped(parts)


def in_xml(data: bytes, chance: random.Random) -> bytes:
    """One part of a workbook: a value, a reference, a type, a style, an element."""
    parts = _parts(data)
    sheets = [name for name in parts if re.search(r"sheet|content|shared|styles|workbook", name.lower())]
    if not sheets:
        return in_zip(data, chance)
    name = chance.choice(sheets)
    text = parts[name].decode("utf-8", "replace")
    parts[name] = _xml_changed(text, chance).encode("utf-8", "replace")
    return zipped(parts)


def _xml_changed(text: str, chance: random.Random) -> str:
    match chance.randrange(9):
        case 0:
            return _one(r"(?<=<v>)[^<]*(?=</v>)|(?<=>)[^<>]+(?=</)", text, chance.choice(NUMBERS), chance)
        case 1:
            return _one(r'(?<= r=")[^"]*(?=")', text, chance.choice(CELLS), chance)
        case 2:
            return _one(r'(?<= t=")[^"]*(?=")', text, chance.choice(TYPES), chance)
        case 3:
            return _one(r'(?<= s=")[^"]*(?=")', text, str(chance.randrange(40)), chance)
        case 4:
            return _one(r'(?<==")[^"]*(?=")', text, chance.choice((*NUMBERS, "1", "hidden", "percent", "0%")), chance)
        case 5:
            return _one(r"<[^<>]*>", text, "", chance)
        case 6:
            return _one(r"(?<=>)(?=<)", text, chance.choice(SNIPPETS), chance)
        case 7:
            found = list(re.finditer(r"<(row|c|si|xf|table:table-row)\b.*?</\1>", text, re.DOTALL))
            if not found:
                return text
            one, other = chance.choice(found)[0], chance.choice(found)
            return text[: other.start()] + one + text[other.start() :]
        case _:
            return _one(r"[A-Z]{1,2}[0-9]{1,3}", text, chance.choice(CELLS), chance)


def in_text(data: bytes, chance: random.Random) -> bytes:
    """A CSV: cells, lines, separators, quotes, marks and odd characters."""
    text = data.decode("utf-8", "surrogateescape")
    lines = text.splitlines(keepends=True) or [""]
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(8):
        case 0:
            lines[place], lines[other] = lines[other], lines[place]
        case 1:
            lines.insert(other, lines[place])
        case 2:
            del lines[place]
        case 3 | 4:
            lines[place] = _one(r"(?<=[,;\t])[^,;\t\r\n]*(?=[,;\t\r\n])", lines[place], chance.choice(NUMBERS), chance)
        case 5:
            column = chance.randrange(len(lines[place]) + 1)
            lines[place] = lines[place][:column] + chance.choice(ODD) + lines[place][column:]
        case 6:
            lines[place] = lines[place].replace(chance.choice(",;\t."), chance.choice(",;\t.|"))
        case _:
            lines[place] = lines[place].rstrip("\r\n") + chance.choice(("", "\r", "\n\n", "\r\n", ",,,,\n", '"\n'))
    changed = "".join(lines).encode("utf-8", "surrogateescape")
    return changed.decode("utf-8", "replace").encode(chance.choice(("utf-8",) * 8 + ("utf-16", "utf-8-sig")), "replace")


def _one(pattern: str, text: str, instead: str, chance: random.Random) -> str:
    found: Sequence[re.Match[str]] = list(re.finditer(pattern, text[:LARGEST]))
    if not found:
        return text
    one = chance.choice(found)
    return text[: one.start()] + instead + text[one.end() :]


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist()[:60]}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError):
        return {}
