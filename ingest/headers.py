"""What a column or a label may be called: accents, case, blanks, underscores and marks ignored, đ as d.

A heading that is a name with its unit (`Tử số (trẻ)`, `Giá trị %`, `Kết quả – Mẫu số`) is that column. One that begins
like a figure's column and speaks of another period, of a plan or of a part of the cases is not, and is not passed over
in silence either (`unclear`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from ingest.cells import Value
from ingest.characters import visible
from ingest.reports import Refused
from warehouse.wording import folded

KEYS = ("programme", "period", "unit_code", "agency", "submission_type", "made_up", "unit_id", "unit_name")
"""What says which report a line belongs to; columns in the long form, label and value above a workbook's table."""

PARTS = ("numerator", "denominator", "value")

NAMES = {
    "programme": ("programme code", "mã chương trình"),
    "programme_or_name": ("programme", "chương trình"),
    "period": ("period", "kỳ báo cáo", "kỳ"),
    "unit_code": ("unit code", "mã đơn vị"),
    "unit_id": ("unit id", "mã định danh đơn vị"),
    "unit_name": ("unit name", "tên đơn vị", "đơn vị", "đơn vị báo cáo"),
    "agency": ("agency code", "mã cơ quan"),
    "agency_or_name": ("agency", "cơ quan", "cơ quan báo cáo"),
    "submission_type": ("submission type", "loại báo cáo"),
    "made_up": ("made up", "is made up", "dữ liệu giả định"),
    "indicator": ("indicator code", "mã chỉ tiêu"),
    "indicator_or_name": ("indicator", "chỉ tiêu"),
    "numerator": ("numerator", "tử số"),
    "denominator": ("denominator", "mẫu số"),
    "value": ("value", "giá trị"),
    "note": ("note", "ghi chú"),
    "reference": ("stt", "tt", "số tt", "số thứ tự", "no", "kỳ trước"),
}
"""`chỉ tiêu` holds the code where no column is called `mã chỉ tiêu`, and the name where one is; so do the other
`_or_name`. A reference column (numbers of lines, the figures of the last period in our template) is never read."""

DISPLAY_NAMES = {
    "programme": "Mã chương trình",
    "period": "Kỳ báo cáo",
    "unit_code": "Mã đơn vị",
    "agency": "Cơ quan báo cáo",
    "submission_type": "Loại báo cáo",
    "made_up": "Dữ liệu giả định",
    "indicator": "Mã chỉ tiêu",
    "parts": "Tử số, Mẫu số hoặc Giá trị",
}

MEANINGS = {folded(name): meaning for meaning, names in NAMES.items() for name in names}
OR_NAME = "_or_name"
PART_NAMES = tuple(name for part in PARTS for name in NAMES[part])

LONGEST = 200
"""Characters of a heading; a longer text is none."""
NUMBERED = re.compile(r"\s*(?:\(?[0-9]{1,2}\)|[0-9]{1,2}\.|\(?[a-z]\)|[A-Z]\.)\s*(?=\w)")
"""`(4) Tử số`, `4. Tử số`, `a) Tử số`."""
UNIT = re.compile(r"[(\[{:*/\n|%‰,;=¹²³†]|\s[-–—]\s")
"""Where a heading's name ends and its unit or explanation begins."""
STACKED = " – "
"""Between the names of a heading that stands in several rows."""
OWN_PERIOD = re.compile(
    r"\b(?:trong ky|ky nay|ky bao cao|nam nay|nam bao cao|thuc hien|neu co|neu khong co|neu chua co|(?:co|dat) khong|"
    r"(?:phan|tren mot|tren 1) (?:nghin|ngan)|ty (?:le|so|suat))\b"
)
OTHER_THING = re.compile(
    r"\b(?:nam|nu|ky|truoc|sau|ke hoach|kh|muc tieu|chi tieu|giao|cung ky|luy ke|uoc|du kien|thang|quy|so sanh|tang|"
    r"giam|trai|gai|dan toc|dtts|ngheo|khuyet tat|nong thon|thanh thi|trong do|chua|khong(?! ghi)|con lai|dau nam|"
    r"den (?:ngay|het|thang)|[0-9]{1,2} ?t|t[0-9]{1,2}|[qh][1-4]|nghin|ngan(?! sach)|trieu|ty|thousands?|millions?|"
    r"x ?10+|target|plan|planned|previous|prior|last|baseline|cumulative|male|female|boys|girls|[12][0-9]{3})\b"
)


Certainty = Literal["sure", "unit", "unclear"]


class Heading(NamedTuple):
    """meaning: a name of NAMES. certainty: `sure` is the name itself, `unit` the name with something about it."""

    meaning: str
    certainty: Certainty


@dataclass(frozen=True)
class Columns:
    """places: meaning → index. unread: the headings of columns that hold something else, by index.

    unclear: those of them that could be meant as a column of figures.
    """

    places: Mapping[str, int]
    unread: Mapping[int, str]
    unclear: Mapping[int, str]


@lru_cache(maxsize=10_000)
def heading(name: object) -> Heading | None:
    """The meaning of a header cell, or None for a column of the sender's own."""
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
        return None
    text = NUMBERED.sub("", visible(name), count=1).strip()
    if sum(line.strip().casefold().startswith(PART_NAMES) for line in text.splitlines()) > 1:
        return None  # how a figure is made of its parts, and no heading
    if meant := MEANINGS.get(folded(text)):
        return Heading(meant, "sure")
    first = UNIT.split(text)[0]
    if meant := MEANINGS.get(folded(first)):
        return _qualified(meant, text[len(first) :])
    above, _, below = text.rpartition(STACKED)
    if above and (head := heading(below)) and head.meaning in PARTS:
        return head if head.certainty == "unclear" else _qualified(head.meaning, above)
    last = UNIT.split(text.rstrip(" )]}:*"))[-1]
    if (meant := MEANINGS.get(folded(last))) in PARTS:
        return _qualified(meant, text[: len(text) - len(last)])
    return _beginning_with_a_part(text)


def meaning(name: object) -> str | None:
    """The meaning of a header cell where it is certain."""
    found = heading(name)
    return found.meaning if found and found.certainty != "unclear" else None


def count(cells: Sequence[object]) -> int:
    """How many cells of a row are headings."""
    return sum(meaning(cell) is not None for cell in cells)


def columns(header: Sequence[object], sheet: str | None = None) -> Columns:
    """The columns of a row of header cells. Raises Refused when a meaning occurs twice."""
    found: dict[str, int] = {}
    unread: dict[int, str] = {}
    unclear: dict[int, str] = {}
    headings = [(index, name, heading(name)) for index, name in enumerate(header)]
    for certainty in ("sure", "unit"):
        for index, name, head in headings:
            if head is None or head.certainty != certainty or head.meaning == "reference":
                continue
            if head.meaning not in found:
                found[head.meaning] = index
            elif certainty == "unit" and headings[found[head.meaning]][2] == Heading(head.meaning, "sure"):
                unread[index] = str(name)
            else:
                raise Refused("header_repeated", sheet=sheet, column=str(name).strip())
    for meant in [meant for meant in found if meant.endswith(OR_NAME)]:
        place = found.pop(meant)
        if found.setdefault(meant.removesuffix(OR_NAME), place) != place:
            unread[place] = str(header[place])
    for index, name, head in headings:
        if head is None:
            unread[index] = "" if name is None else str(name)
        elif head.certainty == "unclear":
            (unread if head.meaning in found else unclear)[index] = str(name)
    return Columns(found, unread, unclear)


def looks_like_a_table(header: Sequence[object]) -> bool:
    """A row that names the code and at least one part."""
    meant = set(map(meaning, header))
    return bool(meant & {"indicator", "indicator_or_name"}) and bool(meant & set(PARTS))


def over_rows(rows: Sequence[Sequence[Value]]) -> tuple[list[Value], int] | None:
    """A header in the first two or three of these rows: its cells, and how many rows it is.

    A heading above several columns is one merged cell, or a text with blanks behind it: it counts for each of them.
    """
    joined: Sequence[Value] = rows[0]
    for place, row in enumerate(rows):
        if looks_like_a_table(row) or any(map(_is_numeric, row)):
            return None
        if place:
            joined = _stacked(joined, row)
            has_names = set(map(meaning, row)) & {*PARTS, "indicator", "indicator_or_name"}
            if has_names and looks_like_a_table(joined):
                return list(joined), place + 1
    return None


def is_of_another_thing(name: str) -> bool:
    """Whether a heading speaks of another period, of a plan, or of a part of the cases."""
    plain = OWN_PERIOD.sub(" ", _spaced(name))
    return OTHER_THING.search(plain) is not None


def missing(found: Iterable[str], needed: Sequence[str]) -> list[str]:
    """The needed columns that are not there, as people call them; one part at least is always needed."""
    there = set(found)
    names = [DISPLAY_NAMES[meant] for meant in needed if meant not in there]
    return names if there & set(PARTS) else [*names, DISPLAY_NAMES["parts"]]


def _qualified(meant: str, rest: str) -> Heading | None:
    if meant in PARTS and is_of_another_thing(rest):
        return Heading(meant, "unclear")
    return Heading(meant, "unit")


def _beginning_with_a_part(text: str) -> Heading | None:
    """`Tử số trẻ em dưới 1 tuổi`: a figure's name, and more without any mark between."""
    spaced = _spaced(text)
    for part in PARTS:
        for name in NAMES[part]:
            if spaced.startswith(f"{_spaced(name)} "):
                return _qualified(part, spaced[len(_spaced(name)) :])
    return None


def _spaced(text: str) -> str:
    """Folded word by word."""
    letters = unicodedata.normalize("NFD", visible(text).casefold()).replace("đ", "d")
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", letters)))


def _stacked(upper: Sequence[Value], lower: Sequence[Value]) -> list[Value]:
    spread: list[Value] = []
    for index, name in enumerate(upper):
        below = lower[index] if index < len(lower) else None
        is_under_left = not _written(name) and _written(below) and bool(spread)
        spread.append(spread[-1] if is_under_left else name)
    return [_joined(above, lower[index] if index < len(lower) else None) for index, above in enumerate(spread)]


def _joined(above: Value, below: Value) -> Value:
    if not _written(below):
        return above
    return f"{str(above).strip()}{STACKED}{str(below).strip()}" if _written(above) else below


def _is_numeric(cell: Value) -> bool:
    return isinstance(cell, int | float) or (
        isinstance(cell, str) and re.fullmatch(r"\s*[0-9.,]+\s*", cell) is not None
    )


def _written(name: object) -> bool:
    return isinstance(name, str) and bool(name.strip())
