"""A score sheet as a sheet of a workbook: a unit's lines, or all units of the programme side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from publish import formatting, pages, signatures
from publish.annex.workbook import TINTS
from publish.drawing import INK, PALE, ROW_HEIGHT, RULE, Drawing, Sum
from publish.notes import Block
from publish.scores import data as score_data
from publish.scores.data import Line, ScoreSheet, UnitResult
from warehouse import wording

LINES, UNITS = "Bảng điểm", "Tổng hợp điểm"
TABLE_FROM = 8
COUNTED = 6
"""The column of the points that count."""
SUMMED = frozenset({3, 4, COUNTED})
"""Columns of a unit's sheet that a section adds up: what it gave itself, what was computed, what counts."""
GREY, LIGHT = "#595959", "#F2F5FA"
VERDICT_TINTS = {"recognised": "met", "not_recognised": "not_met", "undetermined": "undetermined"}
OF_POINTS = (
    "“Tự chấm”: điểm đơn vị tự cho. “Tính được”: điểm tính từ số liệu đã báo cáo và từ thời hạn báo cáo. “Điểm được "
    "tính”: điểm {checked}; nơi chưa {checked} thì là điểm tính được, hoặc điểm tự chấm nếu bảng cho phép. Dấu –: chưa "
    "có điểm, không phải là 0 điểm."
)
OF_SUMS = (
    "Điểm của mỗi mục là tổng các điểm đã biết, không quá điểm tối đa của mục; điểm trừ tính sau cùng. “tạm tính”: nội "
    "dung chưa có điểm còn có thể làm thay đổi tổng điểm."
)
OF_RECOGNITION = (
    "Đủ điều kiện: mọi tiêu chí trên 0 điểm, đều đạt, và tổng điểm đạt ngưỡng của loại xã, phường. Tiêu chí chưa biết "
    "điểm tối đa thì chưa xét được tổng điểm. Việc công nhận do cơ quan có thẩm quyền quyết định."
)


@dataclass(frozen=True)
class Heading:
    """One column: its heading, its width in characters."""

    text: str
    width: float


def draw(book: Any, content: ScoreSheet) -> Drawing:
    """Draw the score sheet as a sheet of an xlsxwriter workbook: line by line for a unit, else all its units."""
    if content.lines:
        return _draw_lines(book, content)
    return (_draw_ranking if content.rule == "ranked" else _draw_verdicts)(book, content)


class _Pen(Drawing):
    """A score sheet being drawn."""

    def __init__(self, book: Any, name: str, content: ScoreSheet, columns: Sequence[Heading]) -> None:
        super().__init__(book, name, [column.width for column in columns])
        self.content, self.columns = content, columns

    def put(
        self,
        index: int,
        content: Decimal | int | str | None,
        beside: formatting.Beside = formatting.ALONE,
        **options: Any,
    ) -> None:
        """A cell of the table: a number stays a number, nothing known is a dash. beside: what it is read with."""
        options = {"border": 1, "border_color": RULE} | options
        if isinstance(content, Decimal | int):
            places = formatting.decimals(Decimal(content), beside)
            style = self.style(**{"align": "center"} | options, num_format=formatting.excel_format(places))
            self.sheet.write_number(self.row, index, float(content), style)
        else:
            aligned = {"align": "center"} if content is None else {}
            text = formatting.MISSING if content is None else content
            self.sheet.write_string(self.row, index, text, self.style(**aligned | options))

    def end_row(self, *texts: tuple[int, str], lines_at_least: int = 1) -> None:
        """The row becomes as high as its longest text, given with its column, requires."""
        lines = max((-(-len(text) // int(self.columns[index].width * 1.05)) for index, text in texts), default=1)
        self.set_height(self.row, 15 * max(lines, lines_at_least) + 5)
        self.row += 1

    def title(self, summary: str) -> None:
        content = self.content
        if content.is_made_up:
            self.line(
                formatting.MADE_UP, bold=True, align="center", font_color="#C00000", bg_color="#FDE9E7", height=20
            )
        title = content.title if content.lines else content.summary_title
        name, width = title.upper(), sum(column.width for column in self.columns)
        height = 24 * -(-len(name) // int(width * 0.62))
        self.line(name, bold=True, align="center", font_size=15, font_color=INK, height=height)
        self.line(content.programme_name, bold=True, align="center", font_size=12, height=18)
        self.line(f"{content.unit_name} · {wording.period(content.period)}", align="center", font_size=13, height=18)
        self.line(f"Theo: {content.document}", italic=True, align="center", font_color=GREY, height=32)
        self.line(summary, align="center", bold=True, font_color=INK, height=20)
        newest = content.accepted_until
        then = f"Như đã biết lúc {wording.timestamp(content.as_of)} · " if content.as_of else ""
        until = f"Báo cáo được nhận đến {wording.timestamp(newest)}" if newest else "Chưa nhận được báo cáo"
        self.line(then + until, align="center", italic=True, font_color=GREY)
        self.row = TABLE_FROM

    def head(self) -> None:
        for index, column in enumerate(self.columns):
            self.put(index, column.text, bold=True, align="center", bg_color=INK, font_color="#FFFFFF", font_size=10)
        self.set_height(self.row, 48)
        self.row += 1

    def foot(self) -> None:
        self.row += 1
        for text in _legend(self.content):
            height = self.height_of(text, (0, self.last), 14)
            self.line(text, font_size=10, font_color="#404040", italic=True, height=height)
        signatures.draw(self, self.content.signatures)

    def breaks(self, sections: list[list[int]], body_ends: int) -> list[int]:
        """Rows with which pages begin, so that no section breaks. sections: their rows, of all that is drawn."""
        heights = [[self.heights.get(row, ROW_HEIGHT) for row in rows] for rows in sections]
        title, head = self.height_between(0, TABLE_FROM), self.height_between(TABLE_FROM, TABLE_FROM + 1)
        closing = self.height_between(body_ends, self.row)
        return [sections[number][at] for number, at in pages.starts(heights, self.widths, title, head, closing)]

    def page(self, fixed_columns: int, breaks: Sequence[int] = ()) -> None:
        sheet, content = self.sheet, self.content
        sheet.freeze_panes(TABLE_FROM + 1, fixed_columns)
        pages.set_up(sheet, self.widths, breaks)
        sheet.repeat_rows(TABLE_FROM)
        sheet.print_area(0, 0, self.row - 1, self.last)
        mark = f"{formatting.MADE_UP} · " if content.is_made_up else ""
        place = f"{content.unit_code} · {content.programme_code} · {content.period}"
        sheet.set_footer(f"&L&8 {mark}{place}&R&8Trang &P/&N")


# --- one unit, line by line ------------------------------------------------------------------------------------------


def _draw_lines(book: Any, content: ScoreSheet) -> Drawing:
    is_ranked = content.rule == "ranked"
    columns = (
        Heading("STT", 6),
        Heading("Nội dung" if is_ranked else "Tiêu chí", 58),
        Heading("Điểm chuẩn" if is_ranked else "Điểm tối đa", 10),
        Heading("Tự chấm", 9),
        Heading("Tính được", 9) if is_ranked else Heading("Đạt", 10),
        Heading(_checked(content).capitalize(), 9),
        Heading("Điểm được tính", 10),
        Heading("Căn cứ, lý do", 40),
        Heading("Hồ sơ minh chứng, ghi chú", 40),
    )
    pen = _Pen(book, LINES, content, columns)
    pen.title(_summary(content, content.results[0]))
    pen.head()
    sections: list[list[int]] = []
    for line in content.lines:
        if line.parent is None or not sections:
            sections.append([])
        sections[-1].append(pen.row)
        _put_line(pen, line, is_ranked)
    body_ends = pen.row
    _note_sums(pen, content.lines, body_ends - len(content.lines), is_ranked)
    _put_totals(pen, content.results[0], is_ranked)
    pen.foot()
    pen.page(fixed_columns=2, breaks=pen.breaks(sections, body_ends))
    return pen


def _put_line(pen: _Pen, line: Line, is_ranked: bool) -> None:
    style: dict[str, Any] = {}
    if line.kind == "section":
        style = {"bold": True, "bg_color": PALE}
    elif line.kind == "group":
        style = {"bold": True, "italic": True, "bg_color": LIGHT}
    remarks = ". ".join(part.rstrip(".") for part in (line.evidence, line.note) if part)
    pen.put(0, _ordinal(line), align="center", **style)
    pen.put(1, line.name, **style)
    pen.put(2, _most(line), align="center", **style)
    pen.put(3, line.self_points, **style)
    if is_ranked:
        pen.put(4, line.computed_points, **style)
    else:
        pen.put(4, {True: "Đạt", False: "Không đạt", None: None}[line.is_met], align="center", **style)
    # who checks may have checked a few lines only: their sum would read as the section's own points
    is_sum = line.kind in ("section", "group")
    pen.put(5, "" if is_sum else line.verified_points, **style)
    pen.put(6, line.counted_points, **{"bold": True} | style | _tint(line))
    pen.put(7, line.because, font_size=10, **style)
    pen.put(8, remarks, font_size=9, font_color=GREY, **style)
    pen.end_row((1, line.name), (7, line.because), (8, remarks[: int(len(remarks) * 0.9)]))


def _ordinal(line: Line) -> str:
    """As the plan numbers it: I, 1, 4.1; nothing where the line's name holds its number."""
    if "." in line.code:
        return line.code.partition(".")[2]
    is_roman = set(line.code) <= set("IVX")
    return line.code if is_roman or line.code.isdigit() else ""


def _most(line: Line) -> Decimal | str | None:
    return f"{score_data.points(line.each)} mỗi lần" if line.each is not None else line.max_points


def _tint(line: Line) -> dict[str, Any]:
    """What counts nothing yet is yellow, what got nothing or lost points red."""
    if line.kind in ("section", "group"):
        return {}
    counted = line.counted_points
    if counted is None:
        fill, ink = TINTS["undetermined"]
    elif counted < 0 or (counted == 0 and line.kind == "line") or line.is_met is False:
        fill, ink = TINTS["not_met"]
    else:
        return {}
    return {"bg_color": fill, "font_color": ink}


def _note_sums(pen: _Pen, lines: Sequence[Line], first: int, is_ranked: bool) -> None:
    """Sections and groups are sums of what is below them, the totals below the table sums of the sections."""
    rows = {line.code: first + at for at, line in enumerate(lines)}
    for line in lines:
        below = [rows[child.code] for child in lines if child.parent == line.code]
        if below and line.kind in ("section", "group"):
            for column in SUMMED if is_ranked else SUMMED - {4}:
                parts = tuple((row, column) for row in below)
                pen.sums.append(Sum((rows[line.code], column), parts, line.max_points))
    tops = [line for line in lines if line.parent is None]
    total = [(line.max_points is None or line.max_points >= 0, (rows[line.code], COUNTED)) for line in tops]
    given, taken = ([place for is_given, place in total if is_given == wanted] for wanted in (True, False))
    if is_ranked:
        pen.sums.append(Sum((pen.row, COUNTED), tuple(given)))
        pen.sums.append(Sum((pen.row + 1, COUNTED), tuple(taken)))
    pen.sums.append(Sum((pen.row + 2 if is_ranked else pen.row, COUNTED), tuple(given + taken)))


def _put_totals(pen: _Pen, result: UnitResult, is_ranked: bool) -> None:
    rows: list[tuple[str, Decimal | None, str]] = []
    if is_ranked:
        rows.append(("Cộng điểm trước khi trừ", result.before_deductions, ""))
        rows.append(("Điểm trừ", result.deductions, ""))
    rows.append(("TỔNG ĐIỂM", result.total, "" if result.is_final else _open_points_text(result)))
    if not is_ranked:
        rows.append(("Ngưỡng công nhận", result.threshold, result.class_name or "Chưa phân loại xã, phường"))
    for name, points, remark in rows:
        last = {"bold": True, "bg_color": PALE}
        pen.sheet.merge_range(
            pen.row, 0, pen.row, 5, name, pen.style(border=1, border_color=RULE, align="right", indent=1, **last)
        )
        pen.put(6, points, score_data.threshold_of(result), **last, font_size=12)
        pen.sheet.merge_range(
            pen.row, 7, pen.row, 8, remark, pen.style(border=1, border_color=RULE, italic=True, bg_color=PALE)
        )
        pen.set_height(pen.row, 22)
        pen.row += 1


# --- all units of the programme --------------------------------------------------------------------------------------


def _draw_ranking(book: Any, content: ScoreSheet) -> Drawing:
    given = [section for section in content.sections if section[2] is None or section[2] >= 0]
    columns = (
        Heading("Hạng", 7),
        Heading("Đơn vị", 30),
        *(Heading(f"{code}. {name} (tối đa {score_data.points(most)})", 19) for code, name, most in given),
        Heading("Cộng", 10),
        Heading("Điểm trừ", 10),
        Heading("TỔNG ĐIỂM", 11),
        Heading("Còn có thể cộng", 10),
        Heading("Còn có thể trừ", 10),
        Heading("Ghi chú", 14),
    )
    pen = _Pen(book, UNITS, content, columns)
    final = sum(result.is_final for result in content.results)
    pen.title(f"{len(content.results)} đơn vị · {final} đơn vị có kết quả cuối cùng, các đơn vị khác tạm tính")
    pen.head()
    pen.set_height(pen.row - 1, 78)
    others = formatting.Beside(figures=tuple(each.total for each in content.results if each.total is not None))
    for result in content.results:
        cells = [result.sections.get(code) for code, _, _ in given]
        row = [*cells, result.before_deductions, result.deductions]
        pen.put(0, result.rank, bold=True)
        pen.put(1, result.unit_name, bold=True, indent=1)
        for index, points in enumerate(row, 2):
            pen.put(index, points)
        after = len(row) + 2
        before = (pen.row, after - 2)
        pen.sums.append(Sum(before, tuple((pen.row, column) for column in range(2, after - 2))))
        pen.sums.append(Sum((pen.row, after), (before, (pen.row, after - 1))))
        pen.put(after, result.total, others, bold=True, bg_color=PALE, font_size=12)
        pen.put(after + 1, result.open_points)
        pen.put(after + 2, result.open_deductions)
        pen.put(after + 3, score_data.remark(result), align="center", italic=True)
        pen.set_height(pen.row, 22)
        pen.row += 1
    pen.foot()
    pen.page(fixed_columns=2)
    return pen


def _draw_verdicts(book: Any, content: ScoreSheet) -> Drawing:
    columns = (
        Heading("STT", 6),
        Heading("Đơn vị", 28),
        Heading("Loại", 26),
        Heading("Ngưỡng", 10),
        Heading("Tổng điểm đã biết", 11),
        Heading("Kết luận", 20),
        Heading("Lý do", 90),
    )
    pen = _Pen(book, UNITS, content, columns)
    tally = [
        f"{score_data.VERDICTS[verdict]}: {sum(result.verdict == verdict for result in content.results)}"
        for verdict in score_data.VERDICTS
    ]
    pen.title(f"{len(content.results)} đơn vị · " + " · ".join(tally))
    pen.head()
    for number, result in enumerate(content.results, 1):
        verdict = result.verdict or "undetermined"
        fill, ink = TINTS[VERDICT_TINTS[verdict]]
        reasons = [reason[0].upper() + reason[1:] for reason in result.reasons]
        pen.put(0, number)
        pen.put(1, result.unit_name, bold=True, indent=1)
        pen.put(2, result.class_name or "Chưa phân loại")
        pen.put(3, result.threshold)
        pen.put(4, result.total, score_data.threshold_of(result), bold=True)
        pen.put(5, score_data.VERDICTS[verdict], align="center", bold=True, bg_color=fill, font_color=ink)
        pen.put(6, "\n".join(reasons), font_size=10)
        pen.end_row((2, result.class_name or ""), *((6, reason) for reason in reasons), lines_at_least=len(reasons))
    pen.foot()
    pen.page(fixed_columns=2)
    return pen


# --- words -----------------------------------------------------------------------------------------------------------


def _checked(content: ScoreSheet) -> str:
    """What checking is called: an emulation sheet is re-scored, a dossier is assessed."""
    return "phúc tra" if content.rule == "ranked" else "thẩm định"


def _summary(content: ScoreSheet, result: UnitResult) -> str:
    total = f"Tổng điểm: {score_data.points(result.total, score_data.threshold_of(result))}"
    if result.verdict:
        return f"{total} · {score_data.VERDICTS[result.verdict]}"
    rank = f" · hạng {result.rank}/{content.units_ranked}" if result.rank else ""
    return total + rank + ("" if result.is_final else f" · {_open_points_text(result)}")


def _open_points_text(result: UnitResult) -> str:
    more = "chưa rõ bao nhiêu điểm" if result.open_points is None else score_data.points(result.open_points)
    less = f", trừ {score_data.points(-result.open_deductions)}" if result.open_deductions else ""
    return f"tạm tính: còn có thể cộng {more}{less}"


def _legend(content: ScoreSheet) -> Iterator[str]:
    """What a signatory has to know; everything else is on the sheet of notes."""
    yield "Dấu –: chưa có điểm, không phải là 0 điểm. “tạm tính”: nội dung chưa có điểm còn có thể làm thay đổi tổng."
    if content.rule == "recognised":
        yield "Việc công nhận do cơ quan có thẩm quyền quyết định."
    yield from content.assumptions


def notes_of(content: ScoreSheet) -> Block:
    """What the sheet of notes has about a score sheet."""
    texts = [OF_POINTS.format(checked=_checked(content)), OF_SUMS]
    texts += [OF_RECOGNITION] if content.rule == "recognised" else []
    texts += [content.note] if content.note else []
    return Block("Cách chấm và cách tính điểm", [("", "", text) for text in texts])
