"""Rows below a table that are no lines of it: signatures, dates, the letter's number, notes, sources, totals."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time

from ingest import cells as reading
from ingest.cells import Value
from ingest.characters import visible

BEGINS = re.compile(
    r"(?:ghi chu|chu thich|luu y|nguon|nguoi lap|nguoi ghi|nguoi tong hop|nguoi bao cao|nguoi duyet|noi nhan|noi gui|"
    r"chu tich|pho chu tich|thu truong|giam doc|hieu truong|tram truong|truong phong|ke toan|can bo|xac nhan|ky ten|"
    r"ky thay|thua lenh|ket luan|nhan xet|danh gia|kien nghi|de xuat|tm|kt|tl|tuq|dinh kem|kem theo|phu luc|can cu|"
    r"so dien thoai|dien thoai|dt|sdt|email|fax|note|notes|source|sources|prepared by|signed|signature|approved by|"
    r"total|tong(?=$| so| cong)|cong(?=$| cong)|so cong van|so van ban|so(?=$| [0-9]))\b"
)
DATE_IN_TEXT = re.compile(r"\b(?:ngay[0-9 ]{0,8} thang|thang[0-9 ]{0,8} nam|ngay (?:lap|ky|bao cao|gui|nhan)|date)\b")
CONTACT = re.compile(
    r"\b(?:dien thoai|so dien thoai|sdt|dt|tel|phone|hotline|di dong|mobile|fax|zalo|email|e mail|lien he)\b"
)
LETTER = re.compile(
    r"^(?:so(?=$| [0-9])|so hieu|so cong van|so van ban|so bao cao|ky hieu|cong van so|bao cao so|kem theo|dinh kem|"
    r"van ban so|trang|page|to so|so trang|so ban|so luong ban|ban sao|luu)\b"
)
TOTAL = re.compile(r"^(?:tong(?=$| so| cong)|cong(?=$| cong)|total|sum|subtotal|trung binh|binh quan|average)\b")
PHONE = re.compile(r"\(?(?:\+84|0)[0-9]{1,3}\)?[ .-]?[0-9]{3,4}[ .-]?[0-9]{2,4}(?:[ .-]?[0-9]{1,4})?")
NUMBERED_COLUMN = re.compile(r"[\[(]?(?:[0-9]{1,2}|[IVX]{1,4}|[A-Z])[\])]?(?:\s*=\s*[0-9A-Z()+\-×x*:/÷., %]+)?")
TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(?:\s*\+[A-Za-z0-9_]+)*")
"""A hashtag of the Humanitarian Exchange Language."""
CONTINUED = re.compile(r"(?:trang|page|tiep theo|tiep|continued|muc tieu|chi tieu|phan|bieu)\b")

LONGEST, WIDEST = 300, 60
"""Characters of a cell and cells of a row that say what it is."""


def begins(row: Sequence[Value]) -> bool:
    """Whether a row opens what follows the table."""
    texts = _texts(row)
    return bool(texts) and (BEGINS.match(texts[0]) is not None or DATE_IN_TEXT.search(" ".join(texts)) is not None)


def explains_numbers(row: Sequence[Value], *, is_below: bool) -> bool:
    """Whether the numbers of a row are a day, a telephone or a letter's number, or count its pages or copies.

    is_below: it lies apart from the lines, so that a date in it is the day of the report.
    """
    texts = _texts(row)
    line = " ".join(texts)
    if DATE_IN_TEXT.search(line):
        return True
    if not is_below:
        return False
    if any(isinstance(cell, date | time) for cell in row) or CONTACT.search(line) or "ngay" in texts:
        return True
    if any(LETTER.match(text) for text in texts if not text[0].isdigit()):
        return True
    numbers = [visible(reading.as_text(cell)).strip() for cell in row if reading.is_figure(cell)]
    return all(
        PHONE.fullmatch(number) or reading.parse(number).problem == "date_in_number_column" for number in numbers
    )


def is_total(row: Sequence[Value]) -> bool:
    texts = [text for text in _texts(row) if not text[0].isdigit()]
    return bool(texts) and TOTAL.match(texts[0]) is not None


def is_numbering(row: Sequence[Value], *, is_first: bool, has_names: bool) -> bool:
    """A form's own numbers of its columns: `1 2 3 …`, `A B 1 2 3`, `(1) (2) (3)=(1)/(2)`, from left to right.

    is_first: it stands right under the headings. has_names: a column of words lies among its numbers.
    """
    texts: list[str] = []
    for cell in row:
        text = visible(reading.as_text(cell)).strip()
        if text and not NUMBERED_COLUMN.fullmatch(text):
            return False
        texts += [text] if text else []
    if len(texts) < 3:
        return False
    numbers = [int(found[0]) for text in texts if (found := re.search(r"[0-9]+", text.partition("=")[0]))]
    is_row = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else len(texts) > 3
    return is_row and (not numbers or numbers[0] <= 2) and (has_names or (is_first and len(texts) > 3))


def is_tagged(row: Sequence[Value]) -> bool:
    """A row of HXL tags: `#adm3+code`, `#value+num`."""
    texts = [cell.strip() for cell in row if isinstance(cell, str) and cell.strip()]
    return len(texts) > 1 and all(TAG.fullmatch(text) for text in texts)


def is_between_pages(row: Sequence[Value]) -> bool:
    """What a repeated header may have above it without being another report: a page, or a heading of the plan."""
    texts = _texts(row)
    return not texts or CONTINUED.match(texts[0]) is not None


def _texts(row: Sequence[Value]) -> list[str]:
    """The texts of a row, folded; numbers as they are."""
    found = [_plain(reading.as_text(cell)[:LONGEST]) for cell in row[:WIDEST]]
    return [text for text in found if text]


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", visible(text).casefold()).replace("đ", "d")
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", letters)))
