"""Where in a file personal data was found, of which kind, and never what it is."""

from typing import NamedTuple

from ingest.reports import Issue

IN_FILE = "personal_data_in_file"
ELSEWHERE = "personal_data_elsewhere"

KINDS = {
    "personal_number": ("số giống số định danh cá nhân", "a number like a personal number"),
    "personal_birth": ("thông tin giống họ tên kèm ngày sinh của một người", "what looks like a name and day of birth"),
    "personal_name": ("thông tin giống họ tên của một trẻ em hoặc người thân", "what looks like a child's name"),
    "personal_phone": ("số giống số điện thoại của một người", "what looks like a telephone number"),
    "personal_address": ("thông tin giống địa chỉ nhà của một người", "what looks like the address of a house"),
}
"""What a finding outside all cells is called, by the rule of one in a cell."""

RULES = frozenset({*KINDS, IN_FILE, ELSEWHERE})
"""Files with an issue of one of these are restricted: see restricted.py."""

LISTED = 50
"""Findings that the sender gets at once."""


class Part(NamedTuple):
    """Something of a file that is no cell, in Vietnamese and English."""

    vi: str
    en: str


FILE_NAME = Part("Tên tệp", "The name of the file")
SHEET_NAME = Part("Tên một trang", "The name of a sheet")
PROPERTIES = Part("Thuộc tính của tệp (File, Info)", "A property of the file")
COMMENT = Part("Ghi chú (comment)", "A comment")
MARGIN = Part("Đầu trang hoặc chân trang", "A header or footer")
DRAWING = Part("Hình vẽ hoặc ô chữ", "A drawing or text box")
HIDDEN = Part("Dữ liệu ẩn trong tệp", "Hidden data of the file")
TEXT = Part("Nội dung tệp", "The text of the file")


class Finding(NamedTuple):
    """row: as the sender counts. line: of a CSV. part: where it is in no cell."""

    rule: str
    sheet: str | None = None
    row: int | None = None
    cell: str | None = None
    line: int | None = None
    part: Part | None = None

    def issue(self) -> Issue:
        if self.part is None:
            return Issue(self.rule, sheet=self.sheet, cell=self.cell, line=self.line)
        kind_vi, kind_en = KINDS[self.rule]
        values = {"place_vi": self.part.vi, "place_en": self.part.en, "kind_vi": kind_vi, "kind_en": kind_en}
        return Issue(IN_FILE, values, sheet=self.sheet, line=self.line)
