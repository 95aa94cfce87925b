"""The workbook a unit fills in: what `ingest` reads back, and nothing it could misread.

No formulas, no macros, the same bytes for the same form. Three choices guard the figures:
- a value is a text cell, because a spreadsheet set to another language turns "96,5" into 965 and "2-3" into a date,
  while text arrives as it was typed and the gate can ask;
- a count is a number cell that refuses fractions and negative numbers but takes text, since "<2" and "KPS" are answers;
- points are such a text too, held between nothing and the most that the line can give by a rule that reads both
  decimal marks: a number cell would take "7,5" for 75 wherever the spreadsheet is set to English;
- what is not asked is locked, without a password: a person can unlock it, a slip of the hand cannot.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from publish.files import write_atomically
from publish.formatting import MADE_UP, MISSING, UNITS, number
from publish.forms.types import PARTS, TYPES, Filled, Form, Line, Part
from warehouse import wording

SHEET = "Báo cáo"
GUIDE = "Hướng dẫn"
HEADERS = ("Mã chỉ tiêu", "Chỉ tiêu", "ĐVT", "Tử số", "Mẫu số", "Giá trị", "Kỳ trước", "Ghi chú", "Cách tính")
WIDTHS = (16, 48, 10, 12, 12, 12, 13, 18, 50)
COLUMNS: dict[Part, int] = {"numerator": 3, "denominator": 4, "value": 5}
PREVIOUS, NOTE, HOW = 6, 7, 8
LETTERS = "ABCDEFGHI"
LABELS_FROM, TABLE_FROM = 4, 11
CREATED = datetime(2026, 1, 1)

COUNTED = "Có tử số và mẫu số thì không cần ghi giá trị. Không phát sinh: ghi 0 hoặc KPS."
SCORED = "Điểm ghi bằng số, không quá mức tối đa của dòng. Chọn Đạt hoặc Không đạt ở dòng hỏi như vậy."
REQUIRED = "Chỉ tiêu có dấu (*) là bắt buộc."
FILLING_IN = (
    "Chỉ ghi vào các ô màu vàng. Chưa có số liệu: để trống (trống không phải là 0).",
    "Số thập phân dùng dấu phẩy: 96,5. Giới hạn ghi <2 hoặc >96.",
    "Gửi tệp này nguyên dạng .xlsx; hệ thống trả lời bằng phiếu nhận cho từng báo cáo.",
)
GUIDE_ROWS = (
    ("Ô cần ghi", "Ô màu vàng. Ô màu xám không áp dụng cho dòng đó."),
    ("Tử số, Mẫu số", "Số nguyên, ví dụ 1234 hoặc 1.234. Không ghi công thức, không ghi đơn vị tính."),
    ("Giá trị", "Chỉ cần khi không có tử số và mẫu số. Tỷ lệ tổng hợp của huyện, tỉnh chỉ tính từ tử số và mẫu số."),
    (
        "Kỳ trước",
        "Để đối chiếu, không sửa: kết quả đã báo cáo của kỳ gần nhất; chưa có thì hiện trạng nêu trong kế hoạch.",
    ),
    ("Số thập phân", "Dùng dấu phẩy: 96,5. Tránh ghi 1.234 cho một tỷ lệ: không rõ là 1234 hay 1,234."),
    ("Giới hạn, khoảng", "<2 hoặc dưới 2; >96 hoặc trên 96; 2-3."),
    ("Không phát sinh", "Ghi 0 hoặc KPS (không phát sinh) khi chắc chắn không có trường hợp nào."),
    ("Chưa có số liệu", "Để trống hoặc ghi dấu -. Ô trống được hiểu là chưa có số liệu, không phải là 0."),
    ("Có / Không", "Chỉ dùng cho chỉ tiêu hỏi Có hoặc Không, Đạt hoặc Không đạt: chọn trong danh sách."),
    ("Điểm", "Từ 0 đến mức tối đa của dòng, được ghi lẻ: 8,5. Điểm trừ ghi số dương; không bị trừ thì ghi 0."),
    ("Không áp dụng", "Ghi: không áp dụng."),
    ("Loại báo cáo", "đầy đủ: thay toàn bộ báo cáo trước. đính chính: chỉ thay các dòng có ghi số. rút: rút báo cáo."),
    ("Dữ liệu cá nhân", "Chỉ ghi số liệu tổng hợp. Không ghi họ tên, số định danh, địa chỉ của trẻ em."),
    ("Phiếu nhận", "Mỗi báo cáo có phiếu nhận: được nhận, được nhận có cảnh báo, hoặc từ chối kèm ô sai và lý do."),
)


Field = Part | Literal["note"]
"""A cell that a unit fills in."""


def write(form: Form, out: Path, filled: Filled | None = None) -> Path:
    """Write the form's workbook to `out` and return it.

    filled: what stands in the input cells, by indicator code and part; the empty template without it.
    """
    return write_atomically(out, render(form, filled or {}))


def render(form: Form, filled: Filled, notes: Mapping[str, str] | None = None) -> bytes:
    """The workbook as bytes: equal input gives equal bytes. notes: by indicator code."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": _title(form), "author": "baocao", "created": CREATED})
        draw = _Drawing(book, has_optional_lines=any(not line.is_required for line in form.lines))
        draw.report(form, filled, notes or {})
        draw.guide()
    return buffer.getvalue()


def addresses(form: Form) -> dict[str, tuple[str, Field | None]]:
    """The line and the field of each cell of the form's table: `D15` is the numerator of 5.1. None: no field."""
    fields: dict[int, Field] = {column: part for part, column in COLUMNS.items()} | {NOTE: "note"}
    return {
        f"{LETTERS[column]}{row + 1}": (line.code, fields.get(column))
        for row, line in _rows(form)
        if isinstance(line, Line)
        for column in range(len(HEADERS))
    }


def _rows(form: Form) -> Iterator[tuple[int, Line | tuple[str, str]]]:
    """The rows of the table, from 0: lines, and bands with their style."""
    row, objective, heading = TABLE_FROM, "", ""
    for line in form.lines:
        if line.objective and line.objective != objective:
            row, objective, heading = row + 1, line.objective, ""
            yield row, (objective, "objective")
        if line.heading and line.heading != heading:
            row += 1
            yield row, (line.heading, "heading")
        heading = line.heading
        row += 1
        yield row, line


def _title(form: Form) -> str:
    return f"{form.reporter}, {wording.period(form.period)}"


class _Drawing:
    """One workbook being drawn; holds the styles that its sheets share."""

    def __init__(self, book: Any, has_optional_lines: bool) -> None:
        self.book, self.has_optional_lines = book, has_optional_lines
        base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        grid = base | {"border": 1, "border_color": "#A6A6A6"}
        entry = grid | {"bg_color": "#FFF9DB", "locked": False}
        band = base | {"text_wrap": False, "top": 1, "bottom": 1, "border_color": "#A6A6A6"}
        kinds = {
            "title": base | {"bold": True, "font_size": 15, "align": "center", "font_color": "#1F3864"},
            "subtitle": base | {"font_size": 12, "align": "center"},
            "made_up": base | {"bold": True, "align": "center", "font_color": "#C00000", "bg_color": "#FDE9E7"},
            "label": grid | {"bold": True, "bg_color": "#EEF2F8", "text_wrap": False},
            "fixed": grid | {"num_format": "@"},
            "choice": grid | {"bg_color": "#FFF9DB", "locked": False},
            "advice": base | {"font_color": "#404040", "valign": "top"},
            "header": grid | {"bold": True, "align": "center", "bg_color": "#1F3864", "font_color": "#FFFFFF"},
            "objective": band | {"bold": True, "bg_color": "#D9E2F3"},
            "heading": band | {"bold": True, "italic": True, "bg_color": "#F5F7FB"},
            "code": grid | {"num_format": "@", "align": "center"},
            "text": grid,
            "unit": grid | {"align": "center"},
            "count": entry | {"align": "right", "num_format": "#,##0"},
            "value": entry | {"align": "right", "num_format": "@"},
            "previous": grid | {"align": "right", "num_format": "@", "font_color": "#595959", "bg_color": "#F7F7F7"},
            "note": entry,
            "closed": grid | {"bg_color": "#E7E6E6", "pattern": 1},
            "how": grid | {"font_size": 9, "font_color": "#595959"},
        }
        self.style = {name: book.add_format(options) for name, options in kinds.items()}

    def report(self, form: Form, filled: Filled, notes: Mapping[str, str]) -> None:
        sheet = self.book.add_worksheet(SHEET)
        sheet.hide_gridlines(2)
        columns_in_use = {COLUMNS[part] for line in form.lines for part in line.parts}
        for column, width in enumerate(WIDTHS):
            sheet.set_column(
                column, column, width, None, {"hidden": column in COLUMNS.values() and column not in columns_in_use}
            )
        self._top(sheet, form)
        period = form.previous_period
        for column, header in enumerate(HEADERS):
            since = f"\n({wording.period(period)})" if column == PREVIOUS and period else ""
            sheet.write_string(TABLE_FROM, column, header + since, self.style["header"])
        sheet.set_row(TABLE_FROM, 32 if period else 24)
        last = self._table(sheet, filled, notes, form)
        sheet.ignore_errors({"number_stored_as_text": f"A1:G{last + 1}"})
        sheet.freeze_panes(TABLE_FROM + 1, 2)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        self._page(sheet, form, last)

    def _top(self, sheet: Any, form: Form) -> None:
        sheet.merge_range(0, 0, 0, HOW, form.title, self.style["title"])
        sheet.merge_range(1, 0, 1, HOW, form.programme_name, self.style["subtitle"])
        parts = [form.reporter, f"kỳ báo cáo: {wording.period(form.period)}", form.window, form.deadline]
        sheet.merge_range(2, 0, 2, HOW, " · ".join(part for part in parts if part), self.style["subtitle"])
        if form.is_made_up:
            sheet.merge_range(3, 0, 3, HOW, MADE_UP, self.style["made_up"])
        labels = [
            ("Mã chương trình", form.programme_code, "fixed"),
            ("Kỳ báo cáo", form.period, "fixed"),
            ("Mã đơn vị", form.unit_code, "fixed"),
            ("Cơ quan báo cáo", form.agency_code, "fixed"),
            ("Loại báo cáo", TYPES[form.submission_type], "choice"),
            ("Dữ liệu giả định", "có" if form.is_made_up else "không", "fixed"),
            ("Mã định danh đơn vị", form.unit_id, "fixed"),
        ]
        for row, (label, value, style) in enumerate(labels, start=LABELS_FROM):
            sheet.write_string(row, 0, label, self.style["label"])
            sheet.write_string(row, 1, value, self.style[style])
        kind = {"validate": "list", "source": list(TYPES.values()), "error_message": "Chọn một trong danh sách."}
        sheet.data_validation(LABELS_FROM + 4, 1, LABELS_FROM + 4, 1, kind)
        advice = "CÁCH GHI\n" + "\n".join(f"• {line}" for line in self._advice(form))
        sheet.merge_range(LABELS_FROM, 3, LABELS_FROM + 6, HOW, advice, self.style["advice"])

    def _advice(self, form: Form) -> list[str]:
        """The first things to know, about what this form required for."""
        first, *others = FILLING_IN
        counted = [COUNTED] if any("numerator" in line.parts for line in form.lines) else []
        scored = [SCORED] if any(line.is_points for line in form.lines) else []
        return [first, *counted, *scored, *([REQUIRED] if self.has_optional_lines else []), *others]

    def _table(self, sheet: Any, filled: Filled, notes: Mapping[str, str], form: Form) -> int:
        row = TABLE_FROM
        for row, content in _rows(form):
            if isinstance(content, Line):
                self._line(sheet, row, content, filled.get(content.code, {}), notes.get(content.code))
                sheet.write_string(row, PREVIOUS, _previous(content, form.previous_period), self.style["previous"])
            else:
                self._band(sheet, row, *content)
        return row

    def _band(self, sheet: Any, row: int, text: str, style: str) -> None:
        """An objective or a heading: its text runs on from beside the code column, which stays empty.

        No cell is merged: a merged cell in a column of figures could not be told from one figure for several lines.
        """
        for column in range(len(HEADERS)):
            sheet.write_blank(row, column, None, self.style[style])
        sheet.write_string(row, 1, text, self.style[style])
        sheet.set_row(row, 20)

    def _line(self, sheet: Any, row: int, line: Line, cells: Any, note: str | None) -> None:
        sheet.write_string(row, 0, line.code, self.style["code"])
        sheet.write_string(row, 1, line.name + self._star(line), self.style["text"])
        sheet.write_string(row, 2, _unit(line), self.style["unit"])
        for part in PARTS:
            self._input(sheet, row, line, part, cells.get(part))
        self._guard(sheet, row, line)
        if note:
            sheet.write_string(row, NOTE, note, self.style["note"])
        else:
            sheet.write_blank(row, NOTE, None, self.style["note"])
        sheet.write_string(row, HOW, line.how, self.style["how"])
        how_lines = sum(-(-len(sentence) // 60) for sentence in line.how.split("\n"))
        sheet.set_row(row, max(28, 15 * -(-len(line.name) // 46), 12 * how_lines + 4))

    def _star(self, line: Line) -> str:
        return " (*)" if line.is_required and self.has_optional_lines else ""

    def _input(self, sheet: Any, row: int, line: Line, part: Part, content: Any) -> None:
        column = COLUMNS[part]
        is_input = part in line.parts
        style = self.style["closed" if not is_input else "value" if part == "value" else "count"]
        if line.is_points and isinstance(content, int | float | Decimal):
            content = f"{content:g}".replace(".", ",")
        if content is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(content, str):
            sheet.write_string(row, column, content, style)
        else:
            sheet.write_number(row, column, content, style)

    def _guard(self, sheet: Any, row: int, line: Line) -> None:
        """What the cells let in, and what they say when chosen: the counts together, the value by itself."""
        counts = [COLUMNS[part] for part in line.parts if part != "value"]
        if counts:
            sheet.data_validation(row, counts[0], row, counts[-1], _count_rule(line, row, counts[0]))
        if "value" in line.parts:
            sheet.data_validation(row, COLUMNS["value"], row, COLUMNS["value"], _value_rule(line, row))

    def _page(self, sheet: Any, form: Form, last: int) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(TABLE_FROM)
        sheet.print_area(0, 0, last, HOW)
        # a blank, for a code's digits behind the size would be read as part of it
        mark = f"{MADE_UP} · " if form.is_made_up else ""
        sheet.set_footer(f"&L&8 {mark}{form.unit_code} · {form.agency_code} · {form.period}&R&8Trang &P/&N")

    def guide(self) -> None:
        sheet = self.book.add_worksheet(GUIDE)
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 96)
        sheet.merge_range(0, 0, 0, 1, "HƯỚNG DẪN GHI BÁO CÁO", self.style["title"])
        for row, (what, how) in enumerate(GUIDE_ROWS, start=2):
            sheet.write_string(row, 0, what, self.style["label"])
            sheet.write_string(row, 1, how, self.style["text"])
            sheet.set_row(row, 32)
        which = "(*) Chỉ tiêu bắt buộc" if self.has_optional_lines else "Mọi chỉ tiêu đều bắt buộc"
        note = f"{which}: thiếu thì báo cáo vẫn được nhận nhưng bị ghi là chưa đầy đủ."
        sheet.merge_range(len(GUIDE_ROWS) + 3, 0, len(GUIDE_ROWS) + 3, 1, note, self.style["advice"])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.protect("")


def _unit(line: Line) -> str:
    """What the value is measured in; where the plan leaves it blank, what follows from how the figure is made."""
    if line.is_yes_no:
        return "/".join(line.answers)
    per = f"trên {number(line.factor)}" if line.factor else MISSING
    return line.unit or UNITS.get(line.measure, per)


def _previous(line: Line, usual_period: str | None) -> str:
    """The previous figure, with its period where that is not the column's."""
    if line.previous is None:
        return MISSING
    period = "" if line.previous.period == usual_period else f" ({line.previous.period})"
    return line.previous.shown + period + (" (giả định)" if line.previous.is_made_up else "")


def _count_rule(line: Line, row: int, column: int) -> dict[str, Any]:
    """Numbers have to be whole and not negative; text is let in, for "<2" and "KPS" are answers too.

    A spreadsheet allows 32 letters of a title and 255 of a message.
    """
    cell = f"{LETTERS[column]}{row + 1}"
    required = [f"Tử số: số {line.numerator}."] if "numerator" in line.parts else []
    required += [f"Mẫu số: số {line.denominator}."] if "denominator" in line.parts else []
    return {
        "validate": "custom",
        "value": f"=OR(ISTEXT({cell}),AND({cell}>=0,{cell}=INT({cell})))",
        "input_title": f"Chỉ tiêu {line.code}"[:32],
        "input_message": "\n".join(required)[:255],
        "error_title": "Không ghi được",
        "error_message": "Ghi số nguyên không âm, KPS (không phát sinh), hoặc để trống nếu chưa có số liệu.",
    }


def _value_rule(line: Line, row: int) -> dict[str, Any]:
    title = f"Chỉ tiêu {line.code}"[:32]
    if line.is_yes_no:
        required = f"Chọn {line.answers[0]} hoặc {line.answers[1]}."
        return {"validate": "list", "source": list(line.answers), "error_message": required, "input_title": title}
    if line.is_points:
        return _points_rule(line, row) | {"input_title": title, "error_title": "Không ghi được"}
    required = "Ghi kết quả." if line.parts == ("value",) else "Chỉ ghi khi không có tử số và mẫu số."
    return {"validate": "any", "input_title": title, "input_message": f"{required} Ví dụ: 96,5 hoặc <2."}


def _points_rule(line: Line, row: int) -> dict[str, Any]:
    """Digits with at most a decimal mark, whose whole part is no more than the most of the line, where that is known.

    What lies above it by less than a point is left to the gate.
    """
    cell = f"F{row + 1}"
    digits = f'ISNUMBER(--SUBSTITUTE(SUBSTITUTE({cell},",",""),".",""))'
    rules = [digits, f'LEFT({cell})<>"-"']
    message = "Ghi số điểm từ 0 trở lên, ví dụ 8,5."
    if line.hard_max is not None:
        rules.append(f'--LEFT({cell},FIND(",",SUBSTITUTE({cell},".",",")&",")-1)<={line.hard_max:f}')
        message = f"Ghi số điểm từ 0 đến {number(line.hard_max)}, ví dụ {number(line.hard_max / 2)}."
    messages = {"input_message": line.how[:255], "error_message": message}
    return {"validate": "custom", "value": f"=AND({','.join(rules)})"} | messages
