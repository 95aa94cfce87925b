"""Tables of indicators: rows with columns for unit, baseline and the years of the plan.

A table keeps its cells in .docx, .xlsx and ruled .pdf. In a text that was taken out of a page its rows are lines: then
the years of the heading say how many values end a row.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.plans.document import Document, Line, Paragraph
from ingest.plans.promises import NUMBERED, OBJECTIVE
from ingest.plans.vocabulary import either, meaning, plain, terms

YEAR = re.compile(r"20\d\d")
ROMAN = re.compile(r"[IVXL]+")
NAMELESS = re.compile(r"(?:[IVXL]+|\d+(?:\.\d+)*)\.?")
VALUE = r"(?:[<>≤≥]\s?)?\d+(?:[.,]\d+)*(?:\s?-\s?\d+(?:[.,]\d+)*)?[%‰]?|-|Có|Không"
LIST = re.compile(r"(?:\d{1,3}|[IVX]+)(?:\s|$)")


class Column(NamedTuple):
    """role: number, objective, indicator, unit, baseline, assessment, target, points, … year: of its values."""

    role: str
    heading: str
    year: int | None = None


@dataclass
class AnnexRow:
    """An indicator, or a heading above some (values is empty). values: the cell of each column of values.

    shifted: its cells stand one column too far left. unit_of_row: as written, which of a heading promises nothing.
    """

    number: str
    part: int
    name: str
    unit: str
    line: int
    objective: str
    objective_no: str
    values: dict[Column, str] = field(default_factory=dict)
    heading: str = ""
    shifted: bool = False

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.objective_no, self.number, self.part, ""


@dataclass
class Annex:
    """A table. title: the line above it. columns: those of values, in order."""

    title: str
    columns: list[Column]
    rows: list[AnnexRow] = field(default_factory=list)
    headings: list[AnnexRow] = field(default_factory=list)
    line: int = 0

    @property
    def latest(self) -> AnnexRow:
        """The row or heading that was read last."""
        return max((*self.rows, *self.headings), key=lambda row: row.line, default=AnnexRow("", 0, "", "", 0, "", ""))


def read(found: Document, paragraphs: Sequence[Paragraph]) -> list[Annex]:
    """The tables that have a column of indicators and one of targets."""
    return [annex for annex in _tables(paragraphs) if annex.rows] or [
        annex for annex in _flattened(found) if annex.rows
    ]


# --- tables with cells ----------------------------------------------------------------------------


def _tables(paragraphs: Sequence[Paragraph]) -> list[Annex]:
    made: list[Annex] = []
    title = ""
    columns: list[Column] = []
    above: list[tuple[str, ...]] = []
    for paragraph in paragraphs:
        if not paragraph.cells:
            title, above = paragraph.text, []
        elif header := _columns([*above, paragraph.cells]):
            if not above:
                made.append(Annex(title, [], line=paragraph.line))
            columns, above = header, [*above, paragraph.cells]
            made[-1].columns = _of_values(header)
        elif columns:
            above = []
            _add(made[-1], columns, paragraph)
    return made


def _of_values(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.role in ("baseline", "target")]


def _columns(rows: Sequence[Sequence[str]]) -> list[Column]:
    """What the columns hold, by all rows of the heading so far; none for a row that is no heading."""
    if _is_data(rows[-1]):
        return []
    made = []
    for at in range(max(map(len, rows))):
        texts = _over(rows, at)
        role = next((found for text in texts if (found := meaning("column", text))), "")
        if not role and any(YEAR.fullmatch(text) for text in texts):
            role = "target"
        years = next((years for text in texts if (years := YEAR.findall(text))), [])
        heading = " ".join(dict.fromkeys(" ".join(reversed(texts)).split("\n")))
        made.append(Column(role, " ".join(heading.split()), int(years[-1]) if years else None))
    roles = [column.role for column in made]
    return made if "indicator" in roles and "target" in roles else []


def _is_data(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell.strip()), "")
    is_value = any(cell.strip().isdigit() and not YEAR.fullmatch(cell.strip()) for cell in cells)
    return is_value or bool(NAMELESS.fullmatch(first)) or any(NUMBERED.match(c) or OBJECTIVE.match(c) for c in cells)


def _over(rows: Sequence[Sequence[str]], at: int) -> list[str]:
    """The texts of a column from the lowest upward; a cell that spans columns is over each that has a text below it."""
    texts: list[str] = []
    for row in reversed(rows):
        cell = row[at].strip() if at < len(row) else ""
        if not cell and texts:
            cell = next((left.strip() for left in reversed(row[:at]) if left.strip()), "")
        if cell:
            texts.append(cell)
    return texts


def _add(annex: Annex, columns: Sequence[Column], paragraph: Paragraph) -> None:
    cells, shifted = _aligned(columns, paragraph.cells)
    by_role: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        by_role.setdefault(column.role, cell.strip())
    number, name = by_role.get("number", "").rstrip("."), by_role.get("indicator", "")
    latest = annex.latest
    row = AnnexRow(number, 0, name, by_role.get("unit", ""), paragraph.line, latest.objective, latest.objective_no)
    row.shifted = shifted
    label = by_role.get("objective") or name or _only_text(cells)
    if found := OBJECTIVE.match(label):
        row.objective, row.objective_no = found[1].strip(), found[2]
    if ROMAN.fullmatch(number):
        row.objective, row.objective_no = name, row.objective_no if found else str(_arabic(number))
    if not name or ROMAN.fullmatch(number) or OBJECTIVE.match(name):
        row.number = row.name = ""
        annex.headings.append(row)
        return
    if numbered := NUMBERED.match(name):
        row.number, row.name = numbered[1], name[numbered.end() :].strip()
    row.values = {
        column: cell.strip()
        for column, cell in zip(columns, cells, strict=False)
        if column.role in ("baseline", "target", "assessment") and cell.strip()
    }
    _number(annex, row, latest)


def _aligned(columns: Sequence[Column], cells: Sequence[str]) -> tuple[list[str], bool]:
    """The cells, moved one column to the right where an indicator is in the column of objectives."""
    at = next((at for at, column in enumerate(columns) if column.role == "objective"), None)
    if at is None or at >= len(cells) or not NUMBERED.match(cells[at]):
        return list(cells), False
    return [*cells[:at], "", *cells[at:]], True


def _only_text(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell.strip()]
    return filled[0] if len(filled) == 1 else ""


def _number(annex: Annex, row: AnnexRow, latest: AnnexRow) -> None:
    """A row without number is a part of the heading above it."""
    if row.number and "." in row.number:
        whole, _, part = row.number.rpartition(".")
        row.number, row.part = whole, int(part) if part.isdigit() else 0
    if not row.values:
        annex.headings.append(row)
        return
    heading = annex.headings[-1] if annex.headings else None
    if not row.number and heading is not None and heading.number and heading.number == latest.number:
        row.number, row.heading = heading.number, heading.name
        row.part = sum(each.number == row.number and each.objective_no == row.objective_no for each in annex.rows) + 1
    if row.number:
        annex.rows.append(row)


def _arabic(roman: str) -> int:
    figures = [{"I": 1, "V": 5, "X": 10, "L": 50}[letter] for letter in roman]
    return sum(-figure if figure < max(figures[at:]) else figure for at, figure in enumerate(figures))


# --- tables that lost their cells -----------------------------------------------------------------


def _flattened(found: Document) -> Iterator[Annex]:
    starts = [at for at, line in enumerate(found.lines) if _is_title(line.text)]
    for start, end in zip(starts, [*starts[1:], len(found.lines)], strict=False):
        lines = [line for line in found.lines[start:end] if line.text.strip()]
        columns, first = _flat_columns(lines)
        if len(columns) < 2:
            continue
        annex = Annex(lines[0].text.strip(), columns, line=lines[0].number)
        objective, objective_no = "", ""
        for number, text, line in _flat_rows(lines[first:]):
            if ROMAN.fullmatch(number):
                named = OBJECTIVE.match(text)
                objective, objective_no = text, named[2] if named else str(_arabic(number))
                annex.headings.append(AnnexRow("", 0, "", "", line, objective, objective_no))
            elif row := _flat_row(columns, number, text, line):
                row.objective, row.objective_no = objective, objective_no
                annex.rows.append(row)
        yield annex


def _is_title(text: str) -> bool:
    """A heading such as Phụ lục 1: CÁC CHỈ TIÊU …, which a sentence that mentions an annex is not."""
    return re.match(rf"(?:{either('annex')})\b", plain(text)) is not None and "đính kèm" not in plain(text)


def _flat_columns(lines: Sequence[Line]) -> tuple[list[Column], int]:
    """The years of the heading with what they hold, and the line at which the rows begin."""
    head = next((at for at, line in enumerate(lines) if meaning("column", line.text.split(" ")[0]) == "number"), None)
    if head is None:
        return [], 0
    first = next(
        (at for at in range(head + 1, len(lines)) if re.match(r"(?:I|1)\s*(?:$|\s\S)", lines[at].text.strip())), 0
    )
    heading = " ".join(" ".join(line.text.split()) for line in lines[head:first])
    made, role, before = [], "", 0
    for year in re.finditer(r"năm (20\d\d)", heading, re.IGNORECASE):
        meant = [meaning("column", term) for term in _phrases(heading[before : year.start()])]
        role = next((each for each in reversed(meant) if each in ("baseline", "target")), role)
        made.append(Column(role, f"{role} {year[1]}", int(year[1])))
        before = year.end()
    return made, first


def _phrases(text: str) -> list[str]:
    return [text[found.start() :] for found in re.finditer(r"\S+", text)] and re.findall(either("column"), plain(text))


def _flat_rows(lines: Sequence[Line]) -> Iterator[tuple[str, str, int]]:
    """Number, text and line of each row: it begins with the next number."""
    number, text, at = "", "", 0
    for line in lines:
        stripped = " ".join(line.text.split())
        starts = LIST.match(stripped)
        if starts and _follows(number, starts[0].strip(), text):
            if number:
                yield number, text.strip(), at
            number, text, at = starts[0].strip(), stripped[starts.end() :], line.number
        else:
            text += f" {stripped}"
    if number:
        yield number, text.strip(), at


def _follows(number: str, candidate: str, text: str) -> bool:
    """Whether a number is the next of its list; a value of a cell at the beginning of a line is not."""
    if ROMAN.fullmatch(candidate):
        return True
    if not number or ROMAN.fullmatch(number):
        return candidate == "1"
    return number.isdigit() and int(candidate) == int(number) + 1


def _flat_row(columns: Sequence[Column], number: str, text: str, line: int) -> AnnexRow | None:
    signs = "|".join(re.escape(sign) for sign in terms("unit"))
    unit = rf"(?P<unit>{signs}|\S*/\s?\d[\d.]*(?:\s+[^\W\d]+)*|{either('counted')})"
    values = r"\s+".join(rf"({VALUE})" for _ in columns)
    found = re.fullmatch(rf"(?P<name>.+?)\s+(?:{unit}\s+)?{values}", text)
    if found is None:
        return None
    cells = found.groups()[-len(columns) :]
    made = dict(zip(columns, cells, strict=True))
    return AnnexRow(number, 0, found["name"].strip(), found["unit"] or "", line, "", "", made)
