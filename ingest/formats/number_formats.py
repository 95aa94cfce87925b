"""What a number format makes of its number: a percentage, a date, another number than the cell's, or none of these."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from ingest import cells
from ingest.cells import Shown, Value

Kind = Literal["percent", "date", "number", "other"]
"""`other`: what is shown is another number than the cell's, or none: `0.0,` shows 1234 as 1.2, `"<"0` shows 5 as <5."""

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
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<wide>.)|\*(?P<filling>.)|\[(?P<brackets>[^\]]*)\]'
    r"|(?P<digit>general|[0#?@])|(?P<mark>[.,])|(?P<power>e[+-])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
SCALES = re.compile(r"\b(?:nghìn|ngàn|triệu|tỷ|tỉ|trăm|chục|tr|k|mn|bn|thousands?|millions?|hundreds?)\b")
OWN_UNITS = re.compile(r"phần (?:trăm|nghìn)|tỷ (?:lệ|số|suất)")
SIGNS = re.compile(r"[0-9<>=≤≥≈~±+¹²³⁰-₉]")
"""What makes another number of digits that it stands beside."""
NOUGHTS = frozenset({*cells.NIL, "", "-", "–", "—"})
"""What formats show in place of a zero: nothing, or the dash of an account."""
EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}


def kind(code: str, number: float) -> Kind:
    """`0.0%` shows a number a hundredfold, `0.0"%"` and `0.0\\%` only write the sign; sections may differ by sign.

    Rounding makes no other number, nor does a unit of letters.
    """
    section, is_of_negatives = _section(code, number)
    found = _kind_of_section(section)
    if found == "date" or not code or section.casefold() == "general":
        return found
    sign = "" if number >= 0 or is_of_negatives else "-"
    is_whole = number == number // 1
    return found if _shows_its_number(section, sign, (number > 0) - (number < 0), is_whole) else "other"


def shown(kind: Kind) -> Shown | None:
    """What a number cell is beside its value under such a format."""
    return "percent" if kind == "percent" else "reformatted" if kind == "other" else None


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


@lru_cache(maxsize=10_000)
def _shows_its_number(section: str, sign: str, direction: int, is_whole: bool) -> bool:
    """Whether the digits of a section are its number's, and nothing beside them makes another one of them.

    sign: the minus that is shown by itself. direction: of the number, −1, 0 or 1.
    """
    tokens = [(found.lastgroup or "", found[found.lastindex or 0]) for found in TOKEN.finditer(section)]
    digits = [place for place, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not digits:
        return direction == 0 and cells.normalise(_literal(tokens)) in NOUGHTS
    inside, behind = tokens[digits[0] : digits[-1] + 1], tokens[digits[-1] + 1 :]
    if any(kind == "power" for kind, _ in inside):
        return True
    if any(text == "/" for kind, text in inside if kind == "plain"):
        return is_whole
    is_manifold = tokens.count(("plain", "%")) > 1  # each is a hundredfold
    if is_manifold or _literal(inside).strip() or _has_scaling_comma(inside, behind):
        return False
    return _reads_as_itself(sign + _literal(tokens[: digits[0]]), _literal(behind), direction)


def _has_scaling_comma(inside: list[tuple[str, str]], behind: list[tuple[str, str]]) -> bool:
    """A comma behind the last digit of the whole part divides by a thousand; one between digits groups them."""
    following = [*inside[1:], *behind[:1]]
    return any(
        text == "," and after[0] != "digit" and before[0] in ("digit", "mark")
        for before, (_, text), after in zip(inside, following, [*following[1:], ("", "")], strict=False)
    )


def _literal(tokens: list[tuple[str, str]]) -> str:
    """What is written beside the digits: of brackets a currency alone."""
    pieces = []
    for kind, text in tokens:
        if kind == "wide":
            pieces.append(" ")
        elif kind == "brackets":
            pieces.append(text[1:].partition("-")[0] if text.startswith("$") else "")
        elif kind in ("quoted", "escaped", "filling", "plain"):
            pieces.append(text)
    return "".join(pieces)


def _reads_as_itself(before: str, after: str, direction: int) -> bool:
    """Whether a number between these texts is read as that number, or has only a unit of letters beside it."""
    cell = cells.parse_text(f"{before}7{after}", "any")
    if cell.kind == "exact":
        return not direction or cell.low == 7 * direction
    if cell.problem != "not_a_number":
        return False
    beside = cells.normalise(f"{before} {after}")
    has_minus = re.search(r"[-–−(]\s*$", before) is not None or before.lstrip().startswith(("-", "−"))
    return not SIGNS.search(beside) and not is_scaled(beside) and (not direction or has_minus == (direction < 0))


def is_scaled(beside: str) -> bool:
    """Whether words beside a number, normalised, say that it counts thousands or more."""
    return SCALES.search(OWN_UNITS.sub(" ", beside)) is not None


def _section(code: str, number: float) -> tuple[str, bool]:
    """The part of `positive;negative;zero` that a number is shown by, or the first whose condition it meets.

    Also whether that part is the one of negative numbers, which show no minus but what is written there.
    """
    sections = _sections(code)
    if len(sections) > 1 and any(CONDITION.search(section) for section in sections):
        for section in sections:
            found = CONDITION.search(section)
            if found is None or TESTS[found[1]](number, float(found[2])):
                return section, number < 0 and section is sections[1]
    if number < 0 and len(sections) > 1:
        return sections[1], True
    return sections[2] if number == 0 and len(sections) > 2 else sections[0], False


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
