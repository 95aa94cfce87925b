"""What a number format makes of its number: a percentage, a date, or neither."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from ingest.cells import Value

Kind = Literal["percent", "date", "number"]

BUILT_IN = {9: "0%", 10: "0.00%"} | dict.fromkeys(
    [*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)], "d/m/yyyy"
)
LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')
BRACKETS = re.compile(r"\[[^\]]*\]")
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
CONDITION = re.compile(r"\[(<=|>=|<>|=|<|>)(-?[0-9]+(?:\.[0-9]+)?)\]")
TESTS = {
    "<=": lambda number, bound: number <= bound,
    ">=": lambda number, bound: number >= bound,
    "<>": lambda number, bound: number != bound,
    "=": lambda number, bound: number == bound,
    "<": lambda number, bound: number < bound,
    ">": lambda number, bound: number > bound,
}
EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}


def kind(code: str, number: float) -> Kind:
    """`0.0%` shows a number a hundredfold, `0.0"%"` and `0.0\\%` only write the sign; sections may differ by sign."""
    return _kind_of_section(_section(code, number))


def as_date(number: float, *, since_1904: bool) -> Value:
    """A serial number as a spreadsheet shows it under a date format; text where there is no such day."""
    try:
        shown = EPOCHS[since_1904] + timedelta(days=number + (not since_1904 and number < 60))
    except (OverflowError, ValueError):
        return f"{number:.15g}"
    shown = (shown + timedelta(microseconds=500)).replace(microsecond=0)
    if number < 1 and number >= 0 and not since_1904:
        return shown.time()
    return shown.date() if shown.time() == time() else shown


def from_iso(text: str) -> Value:
    """A date as ISO 8601 writes it, else the text."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return text


@lru_cache(maxsize=10_000)
def _kind_of_section(section: str) -> Kind:
    plain = LITERAL.sub("", section)
    if "%" in BRACKETS.sub("", plain):
        return "percent"
    if ELAPSED.search(plain):
        return "date"
    plain = BRACKETS.sub("", plain).casefold()
    if plain.startswith("general"):
        return "number"
    return "date" if re.search(r"[dmyhs]", re.sub(r"e[+-]", "", plain)) else "number"


def _section(code: str, number: float) -> str:
    """The part of `positive;negative;zero` that a number is shown by, or the first whose condition it meets."""
    sections = _sections(code)
    if len(sections) > 1 and any(CONDITION.search(section) for section in sections):
        for section in sections:
            found = CONDITION.search(section)
            if found is None or TESTS[found[1]](number, float(found[2])):
                return section
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]


@lru_cache(maxsize=10_000)
def _sections(code: str) -> tuple[str, ...]:
    """Split at semicolons that are not written literally."""
    parts = [""]
    for piece in re.findall(r'"[^"]*"?|\\.|;|[^";\\]+|\\', code):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(parts)
