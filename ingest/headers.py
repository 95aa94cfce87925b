"""What a column or a label may be called: accents, case, blanks, underscores and marks ignored, đ as d."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ingest.reports import Refused
from warehouse.wording import folded

KEYS = ("programme", "period", "unit_code", "agency", "submission_type", "made_up")
"""What says which report a line belongs to; columns in the long form, label and value above a workbook's table."""

PARTS = ("numerator", "denominator", "value")

NAMES = {
    "programme": ("programme", "programme code", "chương trình", "mã chương trình"),
    "period": ("period", "kỳ báo cáo", "kỳ"),
    "unit_code": ("unit code", "mã đơn vị"),
    "agency": ("agency", "agency code", "cơ quan", "cơ quan báo cáo"),
    "submission_type": ("submission type", "loại báo cáo"),
    "made_up": ("made up", "is made up", "dữ liệu giả định"),
    "indicator": ("indicator code", "mã chỉ tiêu"),
    "indicator_or_name": ("indicator", "chỉ tiêu"),
    "numerator": ("numerator", "tử số"),
    "denominator": ("denominator", "mẫu số"),
    "value": ("value", "giá trị"),
    "note": ("note", "ghi chú"),
}
"""`chỉ tiêu` holds the code where no column is called `mã chỉ tiêu`, and the name where one is."""

PEOPLE_SAY = {
    "programme": "Mã chương trình",
    "period": "Kỳ báo cáo",
    "unit_code": "Mã đơn vị",
    "agency": "Cơ quan báo cáo",
    "submission_type": "Loại báo cáo",
    "indicator": "Mã chỉ tiêu",
    "parts": "Tử số, Mẫu số hoặc Giá trị",
}


MEANINGS = {folded(name): meaning for meaning, names in NAMES.items() for name in names}


@lru_cache(maxsize=10_000)
def meaning(name: object) -> str | None:
    """What a header cell stands for, or None for a column of the sender's own."""
    return MEANINGS.get(folded(name)) if isinstance(name, str) else None


def columns(header: Sequence[object], sheet: str | None = None) -> dict[str, int]:
    """Meaning → index for one row of header cells. Raises Refused when a meaning stands there twice."""
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        meant = meaning(name)
        if meant is None:
            continue
        if meant in found:
            raise Refused("header_repeated", sheet=sheet, column=str(name).strip())
        found[meant] = index
    name_column = found.pop("indicator_or_name", None)
    if name_column is not None:
        found.setdefault("indicator", name_column)
    return found


def looks_like_a_table(header: Sequence[object]) -> bool:
    """A row that names the code and at least one part."""
    meant = set(map(meaning, header))
    return bool(meant & {"indicator", "indicator_or_name"}) and bool(meant & set(PARTS))


def missing(found: Iterable[str], needed: Sequence[str]) -> list[str]:
    """The needed columns that are not there, as people call them; one part at least is always needed."""
    there = set(found)
    names = [PEOPLE_SAY[meant] for meant in needed if meant not in there]
    return names if there & set(PARTS) else [*names, PEOPLE_SAY["parts"]]
