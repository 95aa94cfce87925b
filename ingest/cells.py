"""A reported cell becomes one typed value; its text is kept beside it.

A cell is text or a typed spreadsheet value. What its part expects decides how it is read:
`count` (numerators, denominators, head counts), `percent` and `per_mille` (rates whose sign is known), `rate`
(other rates), `points` (of a score sheet), `yes_no`, or `any` when the catalogue does not say. Nothing is guessed: what
can be read in two ways comes back to the sender, as a rule of gate_rules.csv. In words: docs/submission-format.md.
"""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from ingest import numerals
from ingest.characters import visible
from ingest.numerals import Unreadable

Expects = Literal["count", "rate", "percent", "per_mille", "points", "yes_no", "any"]
Kind = Literal["exact", "censored", "range", "nil", "missing", "not_applicable", "yes", "no", "unreadable"]
Shown = Literal["percent", "formula", "error", "merged", "reformatted", "marked"]
"""What a spreadsheet cell is beside its value: `reformatted`, its number format shows another number; `marked`, digits
in it are struck out, raised or lowered."""

Value = str | int | float | bool | date | time | timedelta | None


class TypedCell(NamedTuple):
    """kind says how to take the interval; low and high are in the indicator's unit, None for unbounded or no number.

    problem: a rule of gate_rules.csv, if and only if the kind is `unreadable`.
    """

    kind: Kind
    low: Decimal | None = None
    high: Decimal | None = None
    low_closed: bool = False
    high_closed: bool = False
    raw: str = ""
    problem: str | None = None

    @property
    def interval(self) -> str | None:
        """The text of a PostgreSQL numrange: `[291,291]`, `(,2.6)`; None where there is no number."""
        if self.low is None and self.high is None:
            return None
        if self.kind == "exact":
            number = format(self.low, "f")
            return f"[{number},{number}]"
        low = "" if self.low is None else format(self.low, "f")
        high = "" if self.high is None else format(self.high, "f")
        return f"{'[' if self.low_closed else '('}{low},{high}{']' if self.high_closed else ')'}"


MISSING = TypedCell("missing")

NOTHING = frozenset(
    {"", "-", "--", "---", "–", "—", "−", ".", "..", "...", "…"}
    | {"chưa có số liệu", "không có số liệu", "chưa thống kê", "chưa có dữ liệu", "không có dữ liệu", "chưa tổng hợp"}
)
NIL = frozenset({"kps", "k.p.s", "k.p.s.", "không phát sinh", "khong phat sinh"})
NOT_APPLICABLE = frozenset({"không áp dụng", "khong ap dung"})
YES = frozenset({"có", "co", "đạt", "dat", "yes"})
NO = frozenset({"không", "khong", "không đạt", "khong dat", "no"})
TEXTS: dict[Kind, frozenset[str]] = {
    "missing": NOTHING,
    "nil": NIL,
    "not_applicable": NOT_APPLICABLE,
    "yes": YES,
    "no": NO,
}
KINDS: dict[str, Kind] = {text: kind for kind, texts in TEXTS.items() for text in texts}

UNITS = (
    "bà mẹ|bé|ca|cặp|cháu|cơ sở|cuộc|cuộc tảo hôn|điểm|đơn vị|em|giáo viên|học sinh|hộ|hộ gia đình|lượt|lượt trẻ|người|"
    "phụ nữ|phường|sản phụ|thôn|trẻ|trẻ em|trẻ đẻ sống|trẻ sơ sinh|trường|trường học|trường hợp|vụ|xã|xã, phường"
)
UNIT = re.compile(rf"(?P<rest>.*[0-9])(?: ?(?P<sign>%|‰|phần trăm|phần nghìn)| (?:{UNITS}))", re.DOTALL)
SIGNS = {"%": "%", "‰": "‰", "phần trăm": "%", "phần nghìn": "‰"}
SIGNS_OF = {"count": "", "points": "", "percent": "%", "per_mille": "‰"}

BELOW = "<|dưới|nhỏ hơn|thấp hơn|ít hơn"
AT_MOST = "≤|<=|=<|không quá|tối đa|nhiều nhất"
ABOVE = ">|trên|lớn hơn|cao hơn|nhiều hơn|hơn"
AT_LEAST = "≥|>=|=>|ít nhất|tối thiểu"
BOUND = re.compile(
    rf"(?:(?P<at_most>{AT_MOST})|(?P<at_least>{AT_LEAST})|(?P<below>{BELOW})|(?P<above>{ABOVE})) ?(?P<number>.+)"
)
ONWARDS = re.compile(r"(?:từ )?(?P<number>.+?) trở (?P<way>lên|xuống)")
RANGE = re.compile(r"(?:từ )?(?P<low>[0-9][^-–—−~÷]*?) ?(?:[-–—−~÷]|đến) ?(?P<high>[0-9].*)")
ABOUT = re.compile(r"(?:~|≈|±|khoảng|gần|ước|chừng|xấp xỉ).*[0-9].*")

SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
APART = re.compile(r"[0-9](?![ \u00a0\u2005-\u200a\u202f\u205f][0-9])[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+[0-9]")
"""Digits with more between them than the one blank that groups thousands: the end of a line, a tab, two blanks."""
TURNS = re.compile(r"[\u202b\u202e\u2067]")
"""Characters by which what follows is shown from right to left: `192` as 291."""

LONGEST = 300
"""Characters of the longest cell that can hold a figure or a mark."""


def parse(value: Value, expects: Expects = "any", shown: Shown | None = None) -> TypedCell:
    """A cell of any type as a typed value.

    value: text, or what a spreadsheet holds; None and "" are missing.
    shown: `percent` for a number under a percent format (0.953 is 95.3); the others are unreadable as they stand.
    """
    if shown and shown != "percent":
        return _unreadable(as_text(value), SHOWN_RULES[shown])
    if isinstance(value, str):
        return parse_text(value, expects)
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return _answer("yes" if value else "no", as_text(value), expects)
    if isinstance(value, (int, float)):
        return _typed_number(value, expects, shown == "percent")
    return _unreadable(as_text(value), "date_in_number_column")


SHOWN_RULES = {
    "formula": "formula_in_cell",
    "error": "formula_error",
    "merged": "merged_cell",
    "reformatted": "format_shows_another_number",
    "marked": "digits_marked",
}


def is_figure(value: Value, shown: Shown | None = None) -> bool:
    """Whether a cell is a number, a mark such as KPS or a yes or no: no text and no blank."""
    if shown in ("formula", "error"):
        return True
    cell = parse(value)
    return cell.kind not in ("missing", "unreadable") or cell.problem not in (None, "not_a_number")


def parse_text(raw: str, expects: Expects = "any") -> TypedCell:
    """A text cell as a typed value; `raw` keeps it as received."""
    return _parsed(raw, expects) if len(raw) <= LONGEST else _unreadable(raw, "not_a_number")


@lru_cache(maxsize=20_000)
def _parsed(raw: str, expects: Expects) -> TypedCell:
    if raw.isdigit() and raw.isascii() and len(raw) < 10 and expects != "yes_no":
        number = Decimal(raw)  # nearly every cell of nearly every report
        return TypedCell("exact", number, number, True, True, raw)
    if TURNS.search(raw):
        return _unreadable(raw, "not_a_number")
    if APART.search(visible(raw)):
        return _unreadable(raw, "thousands_malformed")
    text = normalise(raw)
    kind = KINDS.get(text)
    if kind in ("yes", "no"):
        return _answer(kind, raw, expects)
    if kind == "nil" and expects == "yes_no":
        return _unreadable(raw, "yes_no_expected")
    if kind is not None:
        zero = Decimal(0) if kind == "nil" else None
        return TypedCell(kind, zero, zero, kind == "nil", kind == "nil", raw)
    try:
        return _quantity(text, raw, expects)
    except Unreadable as problem:
        return _unreadable(raw, problem.rule)


def normalise(raw: str) -> str:
    """NFC, one blank for every kind of blank, no invisible characters, half-width digits, lower case, trimmed."""
    return SPACES.sub(" ", visible(raw)).strip().removeprefix("'").strip().casefold()


def as_text(value: Value) -> str:
    """A spreadsheet value as a person would type it: 291 and not 291.0."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _digits(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _digits(value: int | float) -> str:
    """The fifteen digits that a spreadsheet keeps, so 0.1 + 0.2 is 0.3."""
    text = format(value, ".15g")
    return format(Decimal(text), "f") if "e" in text and abs(value) < 1e30 else text


@lru_cache(maxsize=20_000)
def _typed_number(value: int | float, expects: Expects, is_percent: bool) -> TypedCell:
    if not is_percent and expects != "yes_no" and 0 <= value < 10**9 and value == int(value):
        number = Decimal(int(value))  # a count, nearly always
        return TypedCell("exact", number, number, True, True, str(number))
    raw = _digits(value)
    number = Decimal(raw)
    if not number.is_finite():
        return _unreadable(raw, "not_a_number")
    if is_percent:
        number = number.scaleb(2)
        raw = f"{number:f}%"
    if expects == "yes_no":
        return _unreadable(raw, "yes_no_expected")
    try:
        _check_sign("%" if is_percent else "", expects)
        if 10**11 <= number < 10**12 and number == int(number):
            raise Unreadable("personal_number")
        number = numerals.within(number, expects)
    except Unreadable as problem:
        return _unreadable(raw, problem.rule)
    return TypedCell("exact", number, number, True, True, raw)


def _quantity(text: str, raw: str, expects: Expects) -> TypedCell:
    if text.startswith("#"):
        raise Unreadable("formula_error")
    if text[0] in "=@" and not text.startswith(("=<", "=>")):
        raise Unreadable("formula_in_cell")
    if expects == "yes_no":
        raise Unreadable("yes_no_expected")
    if ABOUT.fullmatch(text):
        raise Unreadable("approximate_number")
    rest = _without_unit(text, expects)
    return _bound(rest, raw, expects) or _range(rest, raw, expects) or _exact(rest, raw, expects)


def _exact(text: str, raw: str, expects: Expects) -> TypedCell:
    number = numerals.read(text, expects)
    return TypedCell("exact", number, number, True, True, raw)


def _bound(text: str, raw: str, expects: Expects) -> TypedCell | None:
    """`<2`, `≤2`, "dưới 13", "từ 80 trở lên": a number with one bound."""
    if (found := ONWARDS.fullmatch(text)) is not None:
        is_upper, is_closed = found["way"] == "xuống", True
    elif (found := BOUND.fullmatch(text)) is not None:
        is_upper = bool(found["at_most"] or found["below"])
        is_closed = bool(found["at_most"] or found["at_least"])
    else:
        return None
    number = numerals.read(_without_unit(found["number"], expects), expects)
    if not is_upper:
        return TypedCell("censored", number, None, is_closed, False, raw)
    if expects == "count" and number == 0 and not is_closed:
        raise Unreadable("count_negative")
    return TypedCell("censored", None, number, False, is_closed, raw)


def _range(text: str, raw: str, expects: Expects) -> TypedCell | None:
    """`2-3`, `2 – 3`, "từ 2 đến 3": both ends belong to it."""
    found = RANGE.fullmatch(text)
    if found is None or numerals.DATE.fullmatch(text):
        return None
    low, high = (numerals.read(_without_unit(found[end], expects), expects) for end in ("low", "high"))
    if low > high:
        raise Unreadable("range_reversed")
    return TypedCell("range", low, high, True, True, raw)


def _without_unit(text: str, expects: Expects) -> str:
    """The text before a trailing %, ‰ or unit; a sign of another unit than the indicator's is a question."""
    found = UNIT.fullmatch(text)
    if found is None:
        return text
    _check_sign(SIGNS.get(found["sign"] or "", ""), expects)
    return found["rest"]


def _check_sign(sign: str, expects: Expects) -> None:
    if sign and sign != SIGNS_OF.get(expects, sign):
        raise Unreadable("percent_in_count" if expects == "count" else "unit_sign_mismatch")


def _answer(kind: Kind, raw: str, expects: Expects) -> TypedCell:
    """Yes and no count only where the indicator takes them."""
    if expects not in ("yes_no", "any"):
        return _unreadable(raw, "yes_no_unexpected")
    return TypedCell(kind, raw=raw)


def _unreadable(raw: str, rule: str) -> TypedCell:
    return TypedCell("unreadable", raw=raw, problem=rule)
