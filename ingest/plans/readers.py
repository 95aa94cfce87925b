"""Opens a plan as .txt, .docx, .xlsx or .pdf. Its name chooses the reader; what a file holds is never executed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize
from zipfile import BadZipFile, ZipFile

from ingest.plans.document import Document, Line, document, of_text
from warehouse.errors import WrongCall

LARGEST = 50_000_000
MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(path: Path) -> Document:
    """Raises WrongCall, in words, for a file that is not there, of another kind or that cannot be read."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise WrongCall(f"{path.name}: không đọc được tệp {path.suffix or 'không có đuôi'}. Đọc được: {known}.")
    if not path.is_file():
        raise WrongCall(f"Không có tệp {path}.")
    if path.stat().st_size > LARGEST:
        raise WrongCall(f"{path.name}: tệp lớn hơn {LARGEST // 1_000_000} MB.")
    found = reader(path)
    if not any(line.text.strip() or line.cells for line in found.lines):
        raise WrongCall(f"{path.name}: không có chữ nào. Bản quét (ảnh) phải nhận dạng chữ (OCR) trước.")
    return found


def _text(path: Path) -> Document:
    try:
        return of_text(path.name, normalize("NFC", path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError:
        raise WrongCall(f"{path.name}: không phải UTF-8. Hãy lưu lại dạng văn bản UTF-8.") from None


def _workbook(path: Path) -> Document:
    from python_calamine import CalamineWorkbook

    from ingest.cells import as_text

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except Exception:  # calamine raises whatever its zip and XML readers do
        raise WrongCall(f"{path.name} không phải sổ .xlsx: hãy lưu lại dưới dạng Excel (.xlsx).") from None
    rows = [
        (f"{name}!A{number}", [as_text(cell).strip() for cell in cells])
        for name, sheet in sheets
        for number, cells in enumerate(sheet, 1)
    ]
    return document(path.name, [_row(number, cells, place) for number, (place, cells) in enumerate(rows, 1)])


def _row(number: int, cells: list[str], place: str) -> Line:
    texts = tuple(normalize("NFC", " ".join(cell.split())) for cell in cells)
    return Line(number, " | ".join(texts), texts, place)


def _docx(path: Path) -> Document:
    """The text of paragraphs and cells in their order; deleted text of tracked changes is left out."""
    from xml.etree import ElementTree

    try:
        with ZipFile(path) as archive:
            if archive.getinfo("word/document.xml").file_size > 4 * LARGEST:
                raise WrongCall(f"{path.name}: nội dung giải nén quá lớn.")
            body = ElementTree.fromstring(archive.read("word/document.xml")).find(f"{MAIN}body")
    except (BadZipFile, KeyError, ElementTree.ParseError):
        raise WrongCall(f"{path.name} không phải văn bản .docx: hãy lưu lại dưới dạng Word (.docx).") from None
    lines: list[Line] = []
    for block in _blocks(body):
        if block.tag == f"{MAIN}p":
            for text in _paragraph_text(block).split("\n"):
                lines.append(_tabbed(len(lines) + 1, text))
        else:
            for row in block.iter(f"{MAIN}tr"):
                lines.append(_row(len(lines) + 1, _cells(row), f"đoạn {len(lines) + 1}"))
    return document(path.name, lines)


def _blocks(body: Any) -> Iterator[Any]:
    for block in body if body is not None else ():
        if block.tag in (f"{MAIN}p", f"{MAIN}tbl"):
            yield block
        elif block.tag == f"{MAIN}sdt":
            yield from _blocks(block.find(f"{MAIN}sdtContent"))


def _cells(row: Any) -> list[str]:
    """A cell over several columns is followed by empty ones, so that a column keeps its place."""
    found: list[str] = []
    for cell in row.iter(f"{MAIN}tc"):
        span = cell.find(f"{MAIN}tcPr/{MAIN}gridSpan")
        found.append(" ".join(_paragraph_text(each) for each in cell.iter(f"{MAIN}p")))
        found += [""] * (int(span.get(f"{MAIN}val", "1")) - 1 if span is not None else 0)
    return found


def _paragraph_text(paragraph: Any) -> str:
    breaks = {f"{MAIN}tab": "\t", f"{MAIN}br": "\n", f"{MAIN}cr": "\n", f"{MAIN}noBreakHyphen": "-"}
    parts = []
    for run in paragraph.iter(f"{MAIN}r"):
        parts += [(each.text or "") if each.tag == f"{MAIN}t" else breaks.get(each.tag, "") for each in run]
    return normalize("NFC", "".join(parts))


def _tabbed(number: int, text: str) -> Line:
    place = f"đoạn {number}"
    if "\t" not in text.strip():
        return Line(number, text.strip("\t"), place=place)
    return _row(number, text.split("\t"), place)


def _pdf(path: Path) -> Document:
    try:
        import pdfplumber
    except ImportError:
        raise WrongCall(
            f"{path.name}: chưa cài thư viện đọc PDF. Cài bằng `pip install pdfplumber`, "
            "hoặc lưu văn bản thành .docx hay .txt."
        ) from None
    lines: list[Line] = []
    try:
        with pdfplumber.open(path) as pages:
            for number, page in enumerate(pages.pages, 1):
                _add_page(lines, number, page)
    except Exception:  # pdfminer raises whatever a damaged file leads it to
        raise WrongCall(f"{path.name} không phải tệp PDF đọc được.") from None
    return document(path.name, lines)


def _add_page(lines: list[Line], number: int, page: Any) -> None:
    for row, (text, cells) in enumerate(_of_page(page)):
        at = len(lines) + 1
        place = f"trang {number}, dòng {at}"
        joined = [re.sub(r"(?<=\d)([.,/]?)\n(?=\d)", r"\1", cell) for cell in cells]
        if row == 0 and number > 1 and lines and _is_rest(joined, lines[-1].cells):
            before = lines.pop()
            whole = [f"{one} {other}" for one, other in zip(before.cells, joined, strict=True)]
            lines.append(_row(before.number, whole, before.place))
        elif cells:
            lines.append(_row(at, joined, place))
        else:
            lines.append(Line(at, normalize("NFC", text), place=place))


def _is_rest(cells: list[str], before: tuple[str, ...]) -> bool:
    """Whether the first row of a page is the rest of the row before it: it goes on in small letters."""
    filled = [at for at, cell in enumerate(cells) if cell.strip()]
    if len(cells) != len(before) or not filled:
        return False
    return all(cells[at].strip()[0].islower() and before[at] for at in filled)


def _of_page(page: Any) -> Iterator[tuple[str, list[str]]]:
    """Lines and rows of ruled tables from top to bottom."""
    tables = page.find_tables()
    boxes = [table.bbox for table in tables]
    found: list[tuple[float, str, list[str]]] = []
    for line in page.extract_text_lines():
        middle = (line["top"] + line["bottom"]) / 2
        if not any(top <= middle <= bottom for _, top, _, bottom in boxes):
            found.append((line["top"], line["text"], []))
    for table in tables:
        for row, cells in zip(table.rows, table.extract(), strict=True):
            found.append((row.bbox[1], "", [cell or "" for cell in cells]))
    for _, text, cells in sorted(found, key=lambda each: each[0]):
        yield text, cells


READERS: dict[str, Callable[[Path], Document]] = {".txt": _text, ".docx": _docx, ".xlsx": _workbook, ".pdf": _pdf}
