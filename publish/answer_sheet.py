"""The sheet in front of a returned workbook: the verdict, what to do, and every issue with a link to its cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "Kết quả kiểm tra"
TITLE = "KẾT QUẢ KIỂM TRA BÁO CÁO"

FILLS = {"critical": "FF9E9E", "warning": "FFD24D"}
"""The template's own cells are pale yellow; these are told from it at a glance."""
WORDS = {"critical": "LỖI", "warning": "CẢNH BÁO"}
LEGEND = {"critical": "phải sửa thì báo cáo mới được nhận", "warning": "xin kiểm tra; đúng thì giữ nguyên"}

REJECTED = (
    "Báo cáo bị từ chối chưa được ghi nhận. Xin sửa các ô tô đỏ ngay trong tệp này, lưu dạng .xlsx rồi gửi lại.",
    "Ô tô vàng là cảnh báo: xin kiểm tra lại; số liệu đúng thì giữ nguyên.",
    "Không cần xoá trang này, màu tô hay ghi chú: khi nhận lại, hệ thống bỏ qua.",
)
ACCEPTED = (
    "Báo cáo đã được ghi nhận. Ô tô vàng là cảnh báo: số liệu đúng thì không cần làm gì thêm.",
    "Nếu sai, xin sửa ngay trong tệp này, lưu dạng .xlsx rồi gửi lại: bản mới thay bản đã gửi.",
    "Không cần xoá trang này, màu tô hay ghi chú: khi nhận lại, hệ thống bỏ qua.",
)

WIDTHS = {"A": 5, "B": 12, "C": 18, "D": 20, "E": 86, "F": 30}
HEADERS = ("STT", "Mức độ", "Vị trí", "Ô đang ghi", "Điều cần xem lại", "Mã quy tắc")
LAST = "F"
LISTED = 1000
"""Issues told one by one; every wrong cell is marked all the same."""
HEADINGS = 40
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Answer:
    """What is told of a file. headings: a line for each report; issues: as a receipt has them, in its order."""

    file: str
    received: str
    headings: Sequence[str]
    is_rejected: bool
    issues: Sequence[Mapping[str, Any]]


class Page:
    """The sheet being drawn. links: for each issue the address of its cell (`'Báo cáo'!E14`), None for no link.

    No row of it can be taken for the head of a table of figures when the workbook comes in again: a cell of the
    sender's stands beside words of ours only.
    """

    def __init__(self, sheet: "Worksheet", answer: Answer, links: Sequence[str | None]) -> None:
        from openpyxl.styles import Border, Side

        self.sheet, self.answer, self.links = sheet, answer, links
        side = Side("thin", color="BFBFBF")
        self.frame = Border(left=side, right=side, top=side, bottom=side)
        self.row = 0

    def draw(self) -> None:
        for column, width in WIDTHS.items():
            self.sheet.column_dimensions[column].width = width
        self.sheet.sheet_view.showGridLines = False
        self._band(TITLE, height=30, size=15, bold=True, color="FFFFFF", fill="1F3864", align="center")
        self._band(f"Tệp {self.answer.file} · nhận lúc {self.answer.received}", color="595959", align="center")
        for heading in self._headings():
            self._band(heading, height=22, bold=True, color="9C0006" if "TỪ CHỐI" in heading else "1F3864")
        self._band("Việc cần làm", height=22, bold=True)
        for step in REJECTED if self.answer.is_rejected else ACCEPTED:
            self._band(f"•  {step}")
        self._next(8)
        for severity in dict.fromkeys(issue["severity"] for issue in self.answer.issues):
            self._legend(severity)
        self._table()
        self._page()

    def _headings(self) -> Iterator[str]:
        yield from self.answer.headings[:HEADINGS]
        if len(self.answer.headings) > HEADINGS:
            yield f"… và {len(self.answer.headings) - HEADINGS} báo cáo khác trong tệp."

    def _band(self, text: str, *, height: int = 18, fill: str = "", align: str = "left", **font: Any) -> None:
        """A row whose text goes across the page."""
        cell = self._next(height)
        self.sheet.merge_cells(f"A{self.row}:{LAST}{self.row}")
        self._set(cell, text, fill=fill, align=align, **font)

    def _legend(self, severity: str) -> None:
        self._next(18)
        self._set(self.sheet[f"B{self.row}"], WORDS[severity], fill=FILLS[severity], align="center", bold=True)
        self.sheet.merge_cells(f"C{self.row}:{LAST}{self.row}")
        self._set(self.sheet[f"C{self.row}"], LEGEND[severity], color="595959")

    def _table(self) -> None:
        self._next(8)
        self._next(22)
        for column, header in zip(WIDTHS, HEADERS, strict=True):
            cell = self.sheet[f"{column}{self.row}"]
            self._set(cell, header, fill="D9E2F3", align="center", bold=True)
            cell.border = self.frame
        for number, (issue, link) in enumerate(zip(self.answer.issues, self.links, strict=True), start=1):
            if number <= LISTED:
                self._issue(number, issue, link)
        if len(self.answer.issues) > LISTED:
            self._band(f"… và {len(self.answer.issues) - LISTED} điểm khác, đều đã tô màu trong bảng.")

    def _issue(self, number: int, issue: Mapping[str, Any], link: str | None) -> None:
        from openpyxl.worksheet.hyperlink import Hyperlink

        raw, message = issue["raw"] or "", issue["message_vi"]
        self._next(16 * max(-(-len(message) // 104), -(-len(raw) // 22), 1) + 4)
        row = [str(number), WORDS[issue["severity"]], _where(issue, link), raw, message, issue["rule"]]
        cells = [self.sheet[f"{column}{self.row}"] for column in WIDTHS]
        for cell, text in zip(cells, row, strict=True):
            self._set(cell, text, align="left")
            cell.border = self.frame
        self._set(cells[0], str(number), align="center")
        self._set(cells[1], row[1], fill=FILLS[issue["severity"]], align="center", bold=True)
        self._set(cells[5], row[5], align="left", color="808080", size=9)
        if link:
            cells[2].hyperlink = Hyperlink(ref=cells[2].coordinate, location=link, tooltip="Đến ô này")
            self._set(cells[2], row[2], align="left", color="0563C1", underline="single")

    def _next(self, height: int) -> "Cell":
        self.row += 1
        self.sheet.row_dimensions[self.row].height = min(height, 400)
        cell: Cell = self.sheet[f"A{self.row}"]
        return cell

    def _set(
        self, cell: "Cell", text: str, *, fill: str = "", align: str = "left", size: int = 11, **font: Any
    ) -> None:
        from openpyxl.styles import Alignment, Font, PatternFill

        write(cell, text)
        cell.font = Font(name="Times New Roman", size=size, **font)
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True, indent=int(align == "left"))
        if fill:
            cell.fill = PatternFill("solid", start_color=fill, end_color=fill)

    def _page(self) -> None:
        from openpyxl.worksheet.properties import PageSetupProperties

        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = self.sheet.PAPERSIZE_A4
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.sheet.print_area = f"A1:{LAST}{self.row}"


def _where(issue: Mapping[str, Any], link: str | None) -> str:
    """The place as a person says it: `Báo cáo!E14`; an issue without a cell of its own stands where it is marked."""
    if issue["sheet"] and issue["cell"]:
        return f"{issue['sheet']}!{issue['cell']}"
    if link:
        return link.replace("''", "'").replace("'!", "!").lstrip("'")
    return f"trang «{issue['sheet']}»" if issue["sheet"] else "cả tệp"


def write(cell: "Cell", text: str) -> None:
    """Text is text, also where it begins with "=": what a sender wrote is shown and never computed."""
    cell.value = printable(text)
    cell.data_type = "s"


def printable(text: str) -> str:
    """Without the control characters that no workbook can hold."""
    return UNPRINTABLE.sub("\ufffd", text)
