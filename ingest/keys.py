"""Codes as people and spreadsheets write them: the programme, period, unit, agency, type and indicator of a line."""

import re
from collections.abc import Collection
from datetime import date, time, timedelta
from functools import lru_cache

from ingest.cells import SPACES, Value, as_text
from ingest.characters import DASHES, visible
from ingest.numerals import Unreadable
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.wording import folded

TYPES = {
    "": "full",
    "full": "full",
    "daydu": "full",
    "correction": "correction",
    "dinhchinh": "correction",
    "retraction": "retraction",
    "rut": "retraction",
    "rutbaocao": "retraction",
}
YES_VALUES = frozenset({"co", "yes", "true", "x", "1"})

QUARTERS = {"1": "1", "2": "2", "3": "3", "4": "4", "i": "1", "ii": "2", "iii": "3", "iv": "4"}
PERIODS = (
    (re.compile(r"(?:năm |nam )?([0-9]{4})"), lambda m: m[1]),
    (re.compile(r"([0-9]{4})[-/ ]?h([12])"), lambda m: f"{m[1]}-H{m[2]}"),
    (re.compile(r"([0-9]{4})[-/ ]?q([1-4])"), lambda m: f"{m[1]}-Q{m[2]}"),
    (re.compile(r"([0-9]{4})-(0?[1-9]|1[0-2])"), lambda m: f"{m[1]}-{int(m[2]):02d}"),
    (re.compile(r"6 tháng (đầu|cuối) năm ([0-9]{4})"), lambda m: f"{m[2]}-H{1 if m[1] == 'đầu' else 2}"),
    (re.compile(r"quý ([1-4]|i{1,3}|iv)(?:/| năm | )([0-9]{4})"), lambda m: f"{m[2]}-Q{QUARTERS[m[1]]}"),
    (re.compile(r"tháng (0?[1-9]|1[0-2])(?:/| năm | )([0-9]{4})"), lambda m: f"{m[2]}-{int(m[1]):02d}"),
)

OWN_COMMITTEE = re.compile(r"(?:ubnd|ủy ban nhân dân|uỷ ban nhân dân)(?:$| (?:xã|phường|thị trấn|đặc khu)\b)")
CODE_AND_NAME = re.compile(r"\(?(?P<code>[0-9]{2}|[0-9]{3}|[0-9]{5})\)?[ \-:,.|]*[^\W\d][^0-9]*")
NAME_AND_CODE = re.compile(r"[^\W\d][^0-9]*[ \-:,.|(]+(?P<code>[0-9]{5})\)?")
CODE = re.compile(r"(?=.*[0-9])[0-9A-Za-zĐđ.,]{1,12}")

KEY = re.compile(r"(?=.*[0-9])[0-9a-z]+(?:[-_.][0-9a-z]+)*")

LONGEST = 120
"""Characters; a longer text is no code, and the keys of an index have an end."""


def text(value: Value) -> str | None:
    """A key cell as text: only what can be seen, one blank between words, plain dashes; None when empty."""
    return _cleaned(value if isinstance(value, str) else as_text(value)) or None


@lru_cache(maxsize=10_000)
def _cleaned(written: str) -> str:
    plain = SPACES.sub(" ", DASHES.sub("-", visible(written))).strip()
    return plain.removeprefix("'").strip()


def period(value: Value) -> str | None:
    """`2026`, `2026-H1`, `2026-Q3`, `2026-06`, also from «năm 2026», «quý III/2026», «tháng 6/2026».

    Raises Unreadable (`key_unreadable`) for a date, which is what a spreadsheet makes of 2026-06, and for other texts.
    """
    written = text(value)
    if written is None:
        return None
    if not isinstance(value, date | time | timedelta):
        for pattern, code in PERIODS:
            if found := pattern.fullmatch(written.casefold()):
                return code(found)
    raise Unreadable("key_unreadable")


def programme(value: Value, codes: Collection[str]) -> str | None:
    """A programme code, also with its name beside it in the cell; else what is written."""
    written = text(value)
    if written is None or written in codes:
        return written
    folded_codes = {code.casefold(): code for code in codes}
    tokens = re.split(r"[\s:;,()\[\]|]+", written.casefold())
    found = {folded_codes[token] for token in tokens if token in folded_codes}
    return found.pop() if len(found) == 1 else written


def unit(value: Value) -> str | None:
    """A unit code; a number of four digits is a commune whose leading zero a spreadsheet dropped (7228 → 07228).

    A name may stand beside it: `07228 - Phường Đa Mai`, `Phường Đa Mai (07228)`.
    """
    written = text(value)
    if written and (named := CODE_AND_NAME.fullmatch(written) or NAME_AND_CODE.fullmatch(written)):
        return named["code"]
    if written and len(written) == 4 and written.isdigit() and written.isascii():
        return f"0{written}"
    return written


def agency(value: Value) -> str:
    """An agency code; the unit's own report, the default, is `UBND`, also as `UBND phường Đa Mai`."""
    written = text(value)
    return DEFAULT_AGENCY if written is None or OWN_COMMITTEE.match(written.casefold()) else written


def submission_type(value: Value) -> str:
    """`full`, `correction` or `retraction`, in English or Vietnamese. Raises Unreadable (`submission_type_unknown`)."""
    try:
        return TYPES[folded(text(value) or "")]
    except KeyError:
        raise Unreadable("submission_type_unknown") from None


def made_up(value: Value) -> bool:
    return folded(text(value) or "") in YES_VALUES


def indicator(value: Value, codes: frozenset[str]) -> str | None:
    """An indicator code as the catalogue spells it where it has it, else as written.

    A number that a spreadsheet made of a code (5.1) is taken back if only one of them has that value.
    Raises Unreadable (`indicator_became_date`, `indicator_became_number`).
    """
    if isinstance(value, str) and value in codes:
        return value
    if isinstance(value, date | time | timedelta):
        raise Unreadable("indicator_became_date")
    written = text(value)
    if written is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(written, codes)
    return _spelled(written, codes)


@lru_cache(maxsize=10_000)
def _spelled(written: str, codes: frozenset[str]) -> str:
    plain = written.rstrip(".")
    if re.fullmatch(r"[0-9]+,[0-9]+", plain):  # 5.1 passed through a spreadsheet that writes decimal commas
        return _from_number(plain.replace(",", "."), codes)
    return {code.casefold(): code for code in codes}.get(plain.casefold(), plain)


def looks_like_a_key(written: str) -> bool:
    """A code of a programme or a unit: no blank in it, and a digit."""
    return KEY.fullmatch(written) is not None


def looks_like_a_code(written: str) -> bool:
    """Codes are short, hold a digit and no blank; other texts of the code column are headings or signatures."""
    return CODE.fullmatch(written) is not None


def _from_number(written: str, codes: frozenset[str]) -> str:
    same = [code for code in codes if _is_number(code) and float(code) == float(written)]
    if len(same) > 1:
        raise Unreadable("indicator_became_number")
    return same[0] if same else written


def _is_number(code: str) -> bool:
    return re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", code) is not None
