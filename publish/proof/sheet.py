"""The sheet of lines: drawn as the last one of a workbook, and read back from any."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from publish import pages
from publish.annex.types import Entry
from publish.annex.workbook import DrawnAnnex
from publish.drawing import INK, Drawing
from publish.proof import encoding
from publish.proof.encoding import Copied, Unreadable
from publish.proof.loading import Made
from publish.proof.types import Added, Line, Proven

SHEET = "Căn cứ tính"
LAYOUT = "1"
"""Of this sheet. A change of what it contains needs the next number, and the reader of the earlier ones stays."""
MARK = "Bố cục"
LINE, FIGURE, SUM, COPY = "dòng", "số liệu", "tổng", "bản sao"
WIDTHS = (9, 11, 9, 10, 10, *(9 for _ in range(6)), 8, 9, 9, 8, 10, 14, 20)
HEADINGS = (
    *("Loại", "Chỉ tiêu", "Cách đo", "Đơn vị", "Cơ quan", "Tử số từ", "đến", "Mẫu số từ", "đến", "Giá trị từ", "đến"),
    *("Khoảng", "Tỷ trọng", "Số dòng", "Có số", "Không áp dụng", "Ghi chú", "Mã kiểm"),
)
EXPLAINED = (
    "Mỗi dòng là một số liệu đã báo cáo và góp vào bảng; tử số cộng tử số, mẫu số cộng mẫu số, rồi mới chia. Chỉ tiêu "
    "nhạy cảm của đơn vị cấp trên chỉ có tổng (Σ), không có dòng của từng đơn vị. Dòng “số liệu”, “tổng” và “bản sao” "
    "để máy kiểm: lệnh “baocao verify tệp.xlsx” tính lại từng số, không cần mạng. Khi in chỉ in phần đầu này."
)
MARKS = 6
FIRST = 5
"""The row of the first line, from 0."""


@dataclass
class Carried:
    """What a workbook carries. copies: by sheet and address. broken: rows that were changed, from 1."""

    lines: dict[tuple[str, str], list[Line]] = field(default_factory=lambda: defaultdict(list))
    figures: list[Proven] = field(default_factory=list)
    sums: list[Added] = field(default_factory=list)
    copies: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    broken: list[int] = field(default_factory=list)


def draw(book: Any, annex: DrawnAnnex | None, made: Mapping[str, Made], drawn: Sequence[Drawing]) -> None:
    """Draw it last. annex: the drawn table whose figures are made as `made` says; drawn: all sheets before this one."""
    rows = [*_lines(made)]
    if annex is not None:
        rows += [
            [FIGURE, entry.code, encoding.proven_text(_proven(annex, entry, made[entry.code]))]
            for entry in annex.annex.entries
        ]
    for each in drawn:
        rows += _sums(each)
        rows += _copies(each)
    drawing = Drawing(book, SHEET, WIDTHS)
    digests = [encoding.digest(_padded(row)) for row in rows]
    _head(drawing, [MARK, LAYOUT, "Số dòng", str(len(rows)), "Mã chung", encoding.digest(digests)])
    plain = drawing.style(font_size=9, text_wrap=False)
    for row, digest in zip(rows, digests, strict=True):
        for column, text in enumerate(row):
            if text:
                drawing.sheet.write_string(drawing.row, column, text, plain)
        drawing.sheet.write_string(drawing.row, len(HEADINGS) - 1, digest, plain)
        drawing.row += 1
    drawing.sheet.freeze_panes(FIRST, 2)
    drawing.sheet.ignore_errors({"number_stored_as_text": f"A1:R{max(drawing.row, 1)}"})
    # who prints the workbook wants the table, and no fifty pages of lines
    drawing.sheet.print_area(0, 0, FIRST - 1, len(HEADINGS) - 1)
    pages.set_up(drawing.sheet, WIDTHS)


def read(cells: Mapping[tuple[int, int], object]) -> Carried:
    """cells: of the sheet, by row and column from 0. Raises Unreadable for another layout, or without its head."""
    texts: dict[int, dict[int, str]] = defaultdict(dict)
    for (at, column), content in cells.items():
        texts[at][column] = str(content)
    head = _padded(list(_row(texts[FIRST - 3])))
    if head[0] != MARK or head[1] != LAYOUT:
        raise Unreadable(f"layout {head[1]}")
    found, digests = Carried(), []
    for number in sorted(at for at in texts if at >= FIRST):
        *row, digest = _row(texts[number])
        digests.append(digest)
        try:
            if encoding.digest(row) != digest:
                found.broken.append(number + 1)
            _take(found, row)
        except Unreadable:
            if number + 1 not in found.broken:
                found.broken.append(number + 1)
    if not found.broken and (head[3], head[5]) != (str(len(digests)), encoding.digest(digests)):
        found.broken.append(FIRST - 2)
    return found


def is_cell(row: int, column: int) -> bool:
    """Whether the sheet has a cell there: its title, its marks, its headings or a line."""
    widths = {0: 1, 1: 1, FIRST - 3: MARKS, FIRST - 2: 0}
    return column < widths.get(row, len(HEADINGS))


def _take(found: Carried, row: Sequence[str]) -> None:
    if row[0] == LINE:
        line = encoding.line(row[1:])
        found.lines[line.indicator_code, line.measure].append(line)
    elif row[0] == FIGURE:
        found.figures.append(encoding.proven(row[1], row[2]))
    elif row[0] == SUM:
        found.sums.append(encoding.added(row[1], row[2]))
    elif row[0] == COPY:
        found.copies[row[1]] |= encoding.copies(row[2])
    else:
        raise Unreadable


def _row(texts: Mapping[int, str]) -> list[str]:
    return [texts.get(column, "") for column in range(len(HEADINGS))]


def _padded(row: Sequence[str]) -> list[str]:
    return [*row, *("" for _ in range(len(HEADINGS) - 1 - len(row)))]


def _head(drawing: Drawing, marks: Sequence[str]) -> None:
    drawing.line("CĂN CỨ TÍNH", bold=True, font_size=13, font_color=INK, height=24)
    drawing.line(EXPLAINED, font_size=10, italic=True, height=30)
    for column, text in enumerate(marks):
        drawing.sheet.write_string(drawing.row, column, text, drawing.style(font_size=9, text_wrap=False))
    drawing.row = FIRST - 1
    for column, text in enumerate(HEADINGS):
        style = drawing.grid(bold=True, align="center", bg_color=INK, font_color="#FFFFFF", font_size=9)
        drawing.sheet.write_string(drawing.row, column, text, style)
    drawing.row = FIRST


def _lines(made: Mapping[str, Made]) -> Iterator[list[str]]:
    for each in made.values():
        for line in each.lines:
            yield [LINE, *encoding.line_texts(line)]


def _proven(drawn: DrawnAnnex, entry: Entry, made: Made) -> Proven:
    cells = {
        content: (drawn.name, address(*place)) for (code, content), place in drawn.places.items() if code == entry.code
    }
    beside = entry.beside
    return Proven(
        entry.code,
        made.source,
        made.rule,
        made.stated,
        beside.targets,
        beside.milestones,
        entry.limits,
        entry.answers,
        entry.status == "not_applicable" and not entry.is_suppressed,
        entry.is_suppressed,
        cells,
    )


def _sums(drawn: Drawing) -> Iterator[list[str]]:
    for each in drawn.sums:
        added = Added(drawn.name, address(*each.target), tuple(address(*part) for part in each.parts), each.most)
        yield [SUM, drawn.name, encoding.added_text(added)]


def _copies(drawn: Drawing) -> Iterator[list[str]]:
    rows: dict[int, dict[str, Copied]] = defaultdict(dict)
    for (row, column), cell in sorted(drawn.sheet.cells.items()):
        rows[row][address(row, column)] = cell
    for cells in rows.values():
        yield [COPY, drawn.name, encoding.copy_text(cells)]


def address(row: int, column: int) -> str:
    """E14, of a row and column from 0."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))
