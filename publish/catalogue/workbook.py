"""Writes the catalogue, or one programme of it, as a workbook that a person changes and hands in again.

Every cell is text, so that codes keep their zeros, "<2,6" its comma and dates their order in any spreadsheet program
and language. A hidden sheet remembers what was written: only what a person changed afterwards is imported.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter

from warehouse.seeds import labels
from warehouse.seeds.checks import Project
from warehouse.seeds.files import Row, Table
from warehouse.seeds.schema import Seed
from warehouse.seeds.workbook import (
    ACCEPT,
    ACCEPTED,
    COLUMN_ROW,
    DRAFT_COLUMNS,
    EXPORTED,
    FIRST_ROW,
    GUIDE,
    LISTS,
    PLACE,
    QUOTATION,
    Draft,
    choices,
    is_of,
    remember,
)

CREATED = datetime(2026, 1, 1)
WIDE, USUAL = 46, 16
LINE, MOST_LINES = 15, 12
LETTER = 1.1
"""How much of a column's width a letter of Times New Roman takes, breaks between words included."""
SPARE_ROWS = 500
"""So many empty rows below a table have its lists and its text format too."""

HOW = (
    "Mỗi trang tính là một bảng của danh mục. Sửa ô, thêm dòng ở cuối, hoặc xoá cả dòng; không sửa hai dòng tiêu đề.",
    "Cột có tiêu đề xanh đậm là khoá của dòng. Sửa khoá nghĩa là bỏ dòng cũ và thêm dòng mới.",
    "Mọi ô là chữ: mã giữ số 0 ở đầu (07228), ngày ghi năm-tháng-ngày (2026-12-15), số dùng dấu chấm (97.5).",
    "Ô có danh sách: bấm mũi tên để chọn. Rê chuột vào tiêu đề để xem cột ghi gì.",
    "Kiểm tra trước khi nhập: baocao catalogue check TỆP.xlsx. Nhập: baocao catalogue import TỆP.xlsx.",
    "Chỉ những gì đã sửa được ghi vào danh mục riêng của cơ quan (BAOCAO_CATALOGUE); danh mục phát hành giữ nguyên.",
)

HOW_TO_ACCEPT = (
    "Dự thảo do máy đọc từ văn bản kế hoạch, chưa ai quyết định. Dòng không ghi «có» ở cột Chấp nhận thì không nhập.",
    "Đối chiếu từng dòng với văn bản (cột Chỗ trong văn bản và Nguyên văn), sửa ô sai, điền ô trống, rồi ghi «có».",
    *HOW[1:],
)


def render(project: Project, programme: str | None = None) -> bytes:
    """The workbook as bytes: equal rows give equal bytes. programme: only its rows, and only tables of programmes."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"title": "Danh mục", "author": "baocao", "created": CREATED})
        _Drawing(book, project, programme).draw()
    return buffer.getvalue()


def render_draft(project: Project, programme: str, drafts: Sequence[Draft]) -> bytes:
    """A workbook of rows to be accepted: none is imported unless its first cell says so."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"title": "Dự thảo danh mục", "author": "baocao", "created": CREATED})
        _Drawing(book, project, programme, drafts).draw()
    return buffer.getvalue()


class _Drawing:
    """One workbook being drawn. drafts: the rows of a draft, in place of those of the project."""

    def __init__(
        self, book: Any, project: Project, programme: str | None, drafts: Sequence[Draft] | None = None
    ) -> None:
        self.book, self.project, self.programme, self.drafts = book, project, programme, drafts
        self.extra = () if drafts is None else DRAFT_COLUMNS
        base = {"font_name": "Times New Roman", "font_size": 11, "valign": "top", "text_wrap": True}
        grid = base | {"border": 1, "border_color": "#BFBFBF"}
        head = grid | {"bold": True, "valign": "vcenter", "align": "center"}
        formats = {
            "title": base | {"bold": True, "font_size": 15, "font_color": "#1F3864", "text_wrap": False},
            "text": base,
            "link": base | {"font_color": "#1F4E9E", "underline": 1, "text_wrap": False},
            "key": head | {"bg_color": "#1F3864", "font_color": "#FFFFFF"},
            "head": head | {"bg_color": "#D9E2F3", "font_color": "#1F3864"},
            "name": grid | {"font_size": 8, "font_color": "#7F7F7F", "align": "center", "text_wrap": False},
            "cell": grid | {"num_format": "@"},
            "column": base | {"num_format": "@"},
        }
        self.formats = {name: book.add_format(given) for name, given in formats.items()}
        self.lists: list[Sequence[str]] = []
        self.exported: list[tuple[str, str]] = []

    def draw(self) -> None:
        tables = [table for table in self.project.tables.values() if is_of(table, self.programme)]
        tables.sort(key=lambda table: list(labels.seeds()).index(table.seed.name))
        guide = self.book.add_worksheet(GUIDE)
        counted = [(table, self._rows(table)) for table in tables]
        if self.drafts is not None:
            counted = [(table, rows) for table, rows in counted if rows]
        for table, rows in counted:
            self._table(table, rows)
        self._guide(guide, counted)
        self._hidden(LISTS, list(zip_longest_rows(self.lists)))
        self._hidden(EXPORTED, [("", self.programme or ""), *self.exported])

    def _rows(self, table: Table) -> list[Row]:
        if self.drafts is not None:
            own = [draft for draft in self.drafts if draft.seed == table.seed.name]
            more = [{ACCEPT: None, PLACE: draft.place, QUOTATION: draft.quotation} for draft in own]
            return [Row(0, {**each, **draft.cells}, "") for each, draft in zip(more, own, strict=True)]
        return [row for row in table.rows if self.programme in (None, row.programme)]

    def _guide(self, sheet: Any, tables: Sequence[tuple[Table, list[Row]]]) -> None:
        whose = f" – {self.programme}" if self.programme else ""
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 8)
        sheet.set_column(2, 2, 90)
        sheet.write_string(0, 0, f"DANH MỤC{whose}", self.formats["title"])
        how = HOW if self.drafts is None else HOW_TO_ACCEPT
        for number, text in enumerate(how, 2):
            sheet.merge_range(number, 0, number, 2, text, self.formats["text"])
        first = len(how) + 3
        for column, heading in enumerate(("Bảng", "Số dòng", "Nội dung")):
            sheet.write_string(first, column, heading, self.formats["key"])
        for number, (table, rows) in enumerate(tables, first + 1):
            label = labels.table(table.seed.name)
            assert label
            sheet.write_url(number, 0, f"internal:'{label.text}'!A1", self.formats["link"], label.text)
            sheet.write_string(number, 1, str(len(rows)), self.formats["text"])
            sheet.write_string(number, 2, label.help, self.formats["text"])
        _print(sheet)

    def _table(self, table: Table, rows: Sequence[Row]) -> None:
        seed = table.seed
        label = labels.table(seed.name)
        assert label
        sheet = self.book.add_worksheet(label.text)
        last = FIRST_ROW + len(rows) + SPARE_ROWS
        columns = [*self.extra, *seed.column_types]
        widths = {name: self._width(name, rows) for name in columns}
        for at, name in enumerate(columns):
            heading = labels.column(seed.name, name)
            sheet.set_column(at, at, widths[name], self.formats["column"])
            sheet.write_string(0, at, heading.text, self.formats["key" if name in seed.key else "head"])
            sheet.write_string(COLUMN_ROW, at, name, self.formats["name"])
            self._note(sheet, at, heading.help)
            if allowed := self._choices(seed, name):
                sheet.data_validation(FIRST_ROW, at, last, at, self._list(heading, allowed))
        for number, row in enumerate(rows, FIRST_ROW):
            lines = max(ceil(len(row.cells.get(name) or "") * LETTER / width) for name, width in widths.items())
            sheet.set_row(number, LINE * min(max(lines, 1), MOST_LINES))
            for at, name in enumerate(columns):
                value = row.cells.get(name)
                if value is None:
                    sheet.write_blank(number, at, None, self.formats["cell"])
                else:
                    sheet.write_string(number, at, value, self.formats["cell"])
            if self.drafts is None:
                self.exported.append((seed.name, remember(seed, row.cells)))
        sheet.set_row(0, 34)
        sheet.freeze_panes(FIRST_ROW, 0)
        sheet.autofilter(COLUMN_ROW, 0, max(FIRST_ROW + len(rows) - 1, COLUMN_ROW), len(columns) - 1)
        _print(sheet)

    def _choices(self, seed: Seed, name: str) -> tuple[str, ...]:
        if name in self.extra:
            return (ACCEPTED,) if name == ACCEPT else ()
        if self.drafts is not None and name == "programme_code":
            return ()
        return choices(self.project, seed, name)

    def _width(self, name: str, rows: Sequence[Row]) -> int:
        longest = max((len(row.cells.get(name) or "") for row in rows), default=0)
        return max(USUAL, min(longest + 2, WIDE))

    def _note(self, sheet: Any, at: int, text: str) -> None:
        if text:
            sheet.write_comment(0, at, text, {"x_scale": 2, "y_scale": 1.2, "font_size": 10, "author": "baocao"})

    def _list(self, heading: labels.Label, allowed: Sequence[str]) -> dict[str, Any]:
        if allowed not in self.lists:
            self.lists.append(allowed)
        column = self.lists.index(allowed)
        name = _letters(column)
        return {
            "validate": "list",
            "source": f"='{LISTS}'!${name}$1:${name}${len(allowed)}",
            "error_title": heading.text[:32],
            "error_message": "Giá trị không nằm trong danh sách."[:255],
            "input_title": heading.text[:32],
            "input_message": heading.help[:255],
            "error_type": "warning",
        }

    def _hidden(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        sheet = self.book.add_worksheet(name)
        for number, cells in enumerate(rows):
            for at, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, at, cell, self.formats["column"])
        sheet.very_hidden()


def zip_longest_rows(columns: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Columns of different lengths as rows."""
    longest = max(map(len, columns), default=0)
    return [tuple(column[at] if at < len(column) else "" for column in columns) for at in range(longest)]


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _print(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
