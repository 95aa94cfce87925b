"""What every format of a plan becomes: lines of text and rows of tables in their order, then paragraphs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

BULLET = re.compile(r"[-+*–•]\s")
NUMBERED = re.compile(
    r"(?:[IVXLC]+\.|[IVXLC]+\s*-\s|\d+(?:\.\d+)*[.)]\s|\d+(?:\.\d+)+\s|[a-zđ]\)\s|"
    r"(?:Chỉ tiêu|Mục tiêu|Điều|Phụ lục|PHỤ LỤC|Biểu số)\s+\d|Nơi nhận|KT\.|TM\.)"
)
HEADING = re.compile(r"(?:[IVXLC]+|\d+(?:\.\d+)*)\.\s[^.;:]*$")
ENDS = re.compile(r"[.;:!?/]\W*$")
ALONE = re.compile(r"\d{1,4}(?:\.\d+)*")
WRAPPED = 0.82
"""A line of this share of the usual width goes on in the next one."""


class Line(NamedTuple):
    """A line of text (cells is empty) or a row of a table. number: counted from 1, blank lines with it."""

    number: int
    text: str
    cells: tuple[str, ...] = ()
    place: str = ""
    """Where a person finds it: dòng 12, trang 3, a sheet and its row."""


@dataclass
class Paragraph:
    """Text that was wrapped over lines, or one row of a table."""

    text: str
    cells: tuple[str, ...] = ()
    starts: list[tuple[int, int]] = field(default_factory=list)
    """Where each of its lines begins in the text, and the line's number."""

    @property
    def line(self) -> int:
        return self.starts[0][1]

    def line_at(self, offset: int) -> int:
        """The number of the line that has this character of the text."""
        return max((start for start in self.starts if start[0] <= offset), default=self.starts[0])[1]


@dataclass(frozen=True)
class Document:
    """A plan as read. name: of its file. page_numbers: lines that only counted pages and are no part of the text."""

    name: str
    lines: tuple[Line, ...]
    page_numbers: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    def place(self, number: int) -> str:
        """Where a person finds the line."""
        found = next((line.place for line in self.lines if line.number == number), "")
        return found or f"dòng {number}"


def document(name: str, lines: Iterable[Line]) -> Document:
    """Without tags of emphasis and without the lines that only count pages."""
    cleaned: list[Line] = []
    for line in lines:
        cells = tuple(map(_clean, line.cells))
        cleaned.append(_of_cells(line, cells, cleaned[-1] if cleaned else None))
    pages = tuple(_page_numbers(cleaned))
    numbers = {line.number for line in pages}
    return Document(name, tuple(line for line in cleaned if line.number not in numbers), pages)


def _of_cells(line: Line, cells: tuple[str, ...], before: Line | None) -> Line:
    """A row with one filled cell is a line of text, unless it is in a table."""
    filled = [cell for cell in cells if re.search(r"\w", cell)]
    if not cells:
        return line._replace(text=_clean(line.text))
    if not filled or (len(filled) == 1 and not (before and before.cells)):
        return line._replace(text="".join(filled), cells=())
    return line._replace(text=" | ".join(cells), cells=cells)


def of_text(name: str, text: str) -> Document:
    """A plain text; a line with tabs is a row of a table."""
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        cells = tuple(cell.strip() for cell in line.rstrip("\r\n").split("\t")) if "\t" in line else ()
        lines.append(Line(number, line, cells))
    return document(name, lines)


def paragraphs(found: Document) -> list[Paragraph]:
    """Wrapped lines are joined; a bullet, a number, a heading or a row of a table begins a paragraph."""
    width = _usual_width(found.lines)
    made: list[Paragraph] = []
    previous = ""
    for line in found.lines:
        text = line.text.strip()
        if not text and not line.cells:
            continue
        if line.cells:
            made.append(Paragraph(" | ".join(line.cells), line.cells, [(0, line.number)]))
        elif made and not made[-1].cells and _goes_on(previous, text, width, HEADING.match(made[-1].text) is not None):
            _append(made[-1], text, line.number)
        else:
            made.append(Paragraph(text, (), [(0, line.number)]))
        previous = line.text
    return made


def sentences(paragraph: Paragraph, mark: str = ";") -> Iterator[tuple[int, str]]:
    """The parts of a paragraph with the place at which each begins."""
    offset = 0
    for part in paragraph.text.split(mark):
        stripped = part.lstrip()
        yield offset + len(part) - len(stripped), stripped.rstrip(" .;")
        offset += len(part) + len(mark)


def _clean(text: str) -> str:
    return re.sub(r"</?[biu]>|\*{2,3}", "", text)


def _usual_width(lines: Sequence[Line]) -> float:
    lengths = sorted(len(line.text.strip()) for line in lines if not line.cells and line.text.strip())
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _goes_on(previous: str, text: str, width: float, is_below_heading: bool) -> bool:
    """Whether a line goes on with the one before it. is_below_heading: of a paragraph such as 3. Sở Tài chính."""
    before = previous.strip()
    if not before or ALONE.fullmatch(text) or ALONE.fullmatch(before):
        return False
    is_full = len(before) >= width * WRAPPED and not ENDS.search(before)
    if BULLET.match(text):
        return is_full and not NUMBERED.match(text[1:].strip())
    if NUMBERED.match(text) or (ENDS.search(before) and not text[0].islower()):
        return False
    if is_below_heading and text[0].isupper() and not is_full and not before.isupper():
        return False
    return not (text.isupper() and not before.isupper())


def _append(paragraph: Paragraph, text: str, number: int) -> None:
    joint = "" if re.search(r"\w-$", paragraph.text) else " "
    paragraph.starts.append((len(paragraph.text) + len(joint), number))
    paragraph.text += joint + text


def _page_numbers(lines: Sequence[Line]) -> Iterator[Line]:
    """A number alone behind two empty lines. One in a table that lost its rules has blanks or text there."""
    for at, line in enumerate(lines):
        is_number = line.text.strip().isdigit() and not line.cells and at >= 2
        if is_number and not any(before.text for before in lines[at - 2 : at]):
            yield line
