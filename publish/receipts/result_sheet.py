"""The sheet in front of a returned workbook: the verdict, what to do, and every issue with a link to its cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "Kết quả kiểm tra"
TITLE = "KẾT QUẢ KIỂM TRA BÁO CÁO"

FILLS = {"critical": "FF9E9E", "warning": "FFD24D"}
"""The template's own cells are pale yellow; these are told from it at a glance."""
LABELS = {"critical": "LỖI", "warning": "CẢNH BÁO"}
LEGEND = {"critical": "phải sửa thì báo cáo mới được nhận", "warning": "xin kiểm tra; đúng thì giữ nguyên"}

REJECTED = (
    "Báo cáo bị từ chối chưa được ghi nhận. Xin sửa các ô tô đỏ ngay trong tệp này, lưu dạng .xlsx rồi gửi lại.",
    "Ô tô vàng là cảnh báo: xin kiểm tra lại; số liệu đúng thì giữ nguyên.",
    "Không cần xoá trang này, màu tô hay ghi chú: khi nhận lại, hệ thống bỏ qua.",
)
ACCEPTED = (
    "Báo cáo đã được ghi nhận. Ô tô vàng là cảnh báo: số liệu đúng thì giữ nguyên và xác nhận, kèm lý do.",
    "Nếu sai, xin sửa ngay trong tệp này, lưu dạng .xlsx rồi gửi lại: bản mới thay bản đã gửi.",
    "Không cần xoá trang này, màu tô hay ghi chú: khi nhận lại, hệ thống bỏ qua.",
)

WIDTHS = {"A": 5, "B": 12, "C": 18, "D": 20, "E": 86, "F": 30}
HEADERS = ("STT", "Mức độ", "Vị trí", "Ô đang ghi", "Điều cần xem lại", "Mã quy tắc")
LAST = "F"
FRAMED = {"is_framed": True}
MIDDLE = FRAMED | {"align": "center"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"size": 15, "bold": True, "color": "FFFFFF", "fill": "1F3864", "align": "center"},
    "note": {"color": "595959"},
    "strong": {"bold": True, "color": "1F3864"},
    "rejected": {"bold": True, "color": "9C0006"},
    "plain": {},
    "header": MIDDLE | {"bold": True, "fill": "D9E2F3"},
    "number": MIDDLE,
    "cell": FRAMED,
    "link": FRAMED | {"color": "0563C1", "underline": "single"},
    "code": FRAMED | {"color": "808080", "size": 9},
    **{severity: MIDDLE | {"bold": True, "fill": fill} for severity, fill in FILLS.items()},
}
"""Each is made once a workbook: of the time that a workbook takes, cells dressed one by one were a third."""
LISTED = 1000
"""Issues told one by one; every wrong cell is marked all the same."""
HEADINGS = 40
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class CheckResult:
    """The result of checking a file. headings: a line for each report; issues: as a receipt has them, in its order."""

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

    def __init__(self, sheet: "Worksheet", result: CheckResult, links: Sequence[str | None]) -> None:
        self.sheet, self.result, self.links = sheet, result, links
        self.styles: dict[str, Any] = {}
        self.row = 0

    def draw(self) -> None:
        for column, width in WIDTHS.items():
            self.sheet.column_dimensions[column].width = width
        self.sheet.sheet_view.showGridLines = False
        self._band(TITLE, "title", height=30)
        self._band(f"Tệp {self.result.file} · nhận lúc {self.result.received}", "note")
        for heading in self._headings():
            self._band(heading, "rejected" if "TỪ CHỐI" in heading else "strong", height=22)
        self._band("Việc cần làm", "strong", height=22)
        for step in REJECTED if self.result.is_rejected else ACCEPTED:
            self._band(f"•  {step}", "plain")
        self._next(8)
        for severity in dict.fromkeys(issue["severity"] for issue in self.result.issues):
            self._band(LEGEND[severity], "note", first="C")
            self._set("B", LABELS[severity], severity)
        self._table()
        self._page()

    def _headings(self) -> Iterator[str]:
        yield from self.result.headings[:HEADINGS]
        if len(self.result.headings) > HEADINGS:
            yield f"… và {len(self.result.headings) - HEADINGS} báo cáo khác trong tệp."

    def _table(self) -> None:
        self._next(8)
        self._next(22)
        for column, header in zip(WIDTHS, HEADERS, strict=True):
            self._set(column, header, "header")
        for number, (issue, link) in enumerate(zip(self.result.issues, self.links, strict=True), start=1):
            if number <= LISTED:
                self._issue(number, issue, link)
        if len(self.result.issues) > LISTED:
            self._band(f"… và {len(self.result.issues) - LISTED} điểm khác, đều đã tô màu trong bảng.", "plain")

    def _issue(self, number: int, issue: Mapping[str, Any], link: str | None) -> None:
        from openpyxl.worksheet.hyperlink import Hyperlink

        raw, message = issue["raw"] or "", issue["message_vi"]
        self._next(16 * max(-(-len(message) // 104), -(-len(raw) // 22), 1) + 4)
        self._set("A", str(number), "number")
        self._set("B", LABELS[issue["severity"]], issue["severity"])
        place = self._set("C", _where(issue, link), "link" if link else "cell")
        if link:
            place.hyperlink = Hyperlink(ref=place.coordinate, location=link, tooltip="Đến ô này")
            place._style = copy(self.styles["link"])  # a hyperlink brings a style of its own
        self._set("D", raw, "cell")
        self._set("E", message, "cell")
        self._set("F", issue["rule"], "code")

    def _band(self, text: str, style: str, *, height: int = 18, first: str = "A") -> None:
        """A row whose text goes across the page."""
        self._next(height)
        self.sheet.merge_cells(f"{first}{self.row}:{LAST}{self.row}")
        self._set(first, text, style)

    def _next(self, height: int) -> None:
        self.row += 1
        self.sheet.row_dimensions[self.row].height = min(height, 400)

    def _set(self, column: str, text: str, style: str) -> Any:
        cell: Any = self.sheet[f"{column}{self.row}"]  # openpyxl's types do not know `_style`
        write(cell, text)
        if style in self.styles:
            cell._style = copy(self.styles[style])
        else:
            _dress(cell, STYLES[style])
            self.styles[style] = cell._style
        return cell

    def _page(self) -> None:
        from openpyxl.worksheet.properties import PageSetupProperties

        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = self.sheet.PAPERSIZE_A4
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.sheet.print_area = f"A1:{LAST}{self.row}"


def _dress(cell: "Cell", style: Mapping[str, Any]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    chosen = {"size": 11, "align": "left", **style}
    fill, align, is_framed = chosen.pop("fill", ""), chosen.pop("align"), chosen.pop("is_framed", False)
    cell.font = Font(name="Times New Roman", **chosen)
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True, indent=int(align == "left"))
    if fill:
        cell.fill = PatternFill("solid", start_color=fill, end_color=fill)
    if is_framed:
        side = Side("thin", color="BFBFBF")
        cell.border = Border(left=side, right=side, top=side, bottom=side)


def _where(issue: Mapping[str, Any], link: str | None) -> str:
    """The place as a person says it: `Báo cáo!E14`; an issue without a cell of its own is shown where it is marked."""
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
