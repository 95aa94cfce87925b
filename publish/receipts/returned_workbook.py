"""The sender's own workbook, returned: wrong cells filled and commented, and a first sheet with what to do.

No cell that the sender wrote is changed; sheets, widths, validations and protection stay. What openpyxl does not know
is lost: pictures, shapes, charts of newer kinds, what lies hidden under merged cells, the last results of formulas
(they are computed again when it is opened). Sent in again, the corrected workbook is read like any other: the added
sheet holds no table; and what was marked here is unmarked before anything new is.
"""

import warnings
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from io import BytesIO
from typing import TYPE_CHECKING, Any

from publish.receipts.result_sheet import FILLS, LABELS, SHEET, TITLE, CheckResult, Page, printable, write
from warehouse.logging import get_logger

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

log = get_logger(__name__)

AUTHOR = "Kiểm tra báo cáo"
LARGEST_SHEETS = 4_000_000
"""Bytes of sheet XML, some hundred reports in one file; a larger workbook takes seconds and gets its receipt alone."""

ABOUT = {
    "programme_unknown": "mã chương trình",
    "period_unknown": "kỳ báo cáo",
    "unit_unknown": "mã đơn vị",
    "unit_not_alive": "mã đơn vị",
    "report_not_due": "mã đơn vị",
    "agency_not_assigned": "cơ quan báo cáo",
    "correction_without_report": "loại báo cáo",
}
"""Rules about a report as a whole, and the label whose value they speak of."""
LABELS_WITHIN = 40
"""Rows from the top in which labels are looked for."""

IN_ONE_COMMENT = 8
MEMORY = ("J", "K")
"""Hidden columns of the first sheet: a marked cell, and beside it its own fill and comment of before."""
KEPT = "Ghi chú có sẵn: "

Marks = dict[tuple[str, str], list[Mapping[str, Any]]]
"""Issues by sheet and cell."""


def marked(content: bytes, result: CheckResult) -> bytes | None:
    """The workbook `content` with its issues marked, or None where openpyxl cannot write it back.

    content: an .xlsx that ingest has opened (opening.py): no macros, no bomb, no DOCTYPE.
    Never raises: a sheet that its writer's program made oddly costs the sender this help and not the receipt.
    """
    if _size_of_sheets(content) > LARGEST_SHEETS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it drops; the docstring above says it
            return _marked(content, result)
    except Exception:
        log.exception("No marked workbook for the receipt of %s", result.file)
        return None


def _size_of_sheets(content: bytes) -> int:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return sum(member.file_size for member in archive.infolist() if "worksheets/" in member.filename)


def _marked(content: bytes, result: CheckResult) -> bytes:
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content), rich_text=True)
    _unmark(book)
    front = book.create_sheet(SHEET, 0)
    places = [_place(book, issue) for issue in result.issues]
    marks: Marks = {}
    for issue, place in zip(result.issues, places, strict=True):
        if place:
            marks.setdefault(place, []).append(issue)
    _remember(front, book, marks)
    for (sheet, cell), issues in marks.items():
        _mark(book[sheet][cell], issues)
    Page(front, result, [_link(book, place) for place in places]).draw()
    _show_first(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _show_first(book: "Workbook") -> None:
    """The added sheet is the one that opens, alone: sheets that stay selected together would all take what is typed."""
    book.active = 0
    for view in book.views:
        view.firstSheet = 0
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet.title == book.worksheets[0].title


# --- where an issue points ------------------------------------------------------------------------


def _place(book: "Workbook", issue: Mapping[str, Any]) -> tuple[str, str] | None:
    """The sheet and the cell of an issue; of one that names no cell its label's, or the first of the sheet."""
    sheets = {sheet.title: sheet for sheet in book.worksheets if sheet.title != book.worksheets[0].title}
    sheet = sheets.get(issue["sheet"]) if issue["sheet"] else next(iter(sheets.values()), None)
    if sheet is None:
        return None
    cell = issue["cell"] or _labelled(sheet, ABOUT.get(issue["rule"])) or "A1"
    return sheet.title, _anchor(sheet, cell)


def _labelled(sheet: "Worksheet", label: str | None) -> str | None:
    """The cell beside a label, if the sheet has it as the template writes it."""
    from openpyxl.utils import get_column_letter

    if label is None:
        return None
    for row, values in enumerate(sheet.iter_rows(max_row=LABELS_WITHIN, max_col=2, values_only=True), start=1):
        for column, value in enumerate(values, start=1):
            if str(value or "").strip().rstrip(":").casefold() == label:
                return f"{get_column_letter(column + 1)}{row}"
    return None


def _anchor(sheet: "Worksheet", cell: str) -> str:
    """Of merged cells the first one, which alone can hold a comment."""
    for merged in sheet.merged_cells.ranges:
        if cell in merged:
            anchor: str = merged.start_cell.coordinate
            return anchor
    return cell


def _link(book: "Workbook", place: tuple[str, str] | None) -> str | None:
    """The address of a place for a hyperlink; None where there is none, or its sheet is hidden."""
    if place is None or book[place[0]].sheet_state != "visible":
        return None
    return _address(*place)


def _address(sheet: str, cell: str) -> str:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


# --- marking --------------------------------------------------------------------------------------


def _mark(cell: "Cell", issues: Sequence[Mapping[str, Any]]) -> None:
    from openpyxl.styles import PatternFill

    worst = "critical" if any(issue["severity"] == "critical" for issue in issues) else "warning"
    cell.fill = PatternFill("solid", start_color=FILLS[worst], end_color=FILLS[worst])
    comment = [f"{LABELS[issue['severity']]}: {issue['message_vi']}" for issue in issues[:IN_ONE_COMMENT]]
    if len(issues) > IN_ONE_COMMENT:
        comment.append(f"… và {len(issues) - IN_ONE_COMMENT} điểm khác: xem trang «{SHEET}».")
    before = [f"{KEPT}{cell.comment.text}"] if cell.comment else []
    cell.comment = _comment("\n\n".join([*comment, *before]))


def _comment(text: str) -> Any:
    from openpyxl.comments import Comment

    lines = sum(-(-len(line) // 46) or 1 for line in text.split("\n"))
    return Comment(printable(text), AUTHOR, width=320, height=min(26 + 18 * lines, 560))


def _remember(front: "Worksheet", book: "Workbook", marks: Marks) -> None:
    """Write down the fill and the comment that each marked cell had, for the day on which it comes in again."""
    place_column, own_column = MEMORY
    for row, (sheet, address) in enumerate(marks, start=1):
        cell = book[sheet][address]
        write(front[f"{place_column}{row}"], _address(sheet, address))
        own = front[f"{own_column}{row}"]
        own.fill = copy(cell.fill)
        if cell.comment:
            write(own, KEPT + cell.comment.text)
    for column in MEMORY:
        front.column_dimensions[column].hidden = True


def _unmark(book: "Workbook") -> None:
    """Undo the marks of an earlier result in a workbook that was sent again, and drop its sheet."""
    from openpyxl.comments import Comment

    place_column, own_column = MEMORY
    for front in [sheet for sheet in book.worksheets if sheet.title == SHEET and sheet["A1"].value == TITLE]:
        for place, own in zip(front[place_column], front[own_column], strict=True):
            title, _, address = str(place.value or "").rpartition("!")
            title = title[1:-1].replace("''", "'")
            if title in book.sheetnames:
                cell = book[title][_anchor(book[title], address)]
                cell.fill = copy(own.fill)
                cell.comment = Comment(str(own.value).removeprefix(KEPT), "") if own.value else None
        book.remove(front)
