"""The digits of a cell become a Decimal, or a reason why they do not.

Vietnamese and English habits meet in one table (99.9 beside 9,5), so every cell is read by itself:
both marks present, the last is the decimal mark; one mark repeated groups thousands; one mark followed by
exactly three digits groups thousands in a count and is a question in a rate. Three digits behind a zero, an empty
or a four-digit head (0,125 or ,125 or 1234,567) cannot be a group: there the mark is decimal. Blanks only group.
"""

import re
from decimal import Decimal

HIGHEST = Decimal(10**9)
"""No indicator counts as much as this; longer digits are a slip, a telephone or a personal number."""

LONGEST = 40
"""Characters of the longest numeral that is read."""

MINUS = "-−–"
NUMERAL = re.compile(rf"(?P<sign>[{MINUS}+]?) ?(?P<body>[.,]?[0-9](?:[0-9 .,]*[0-9])?)")
GROUPED = {mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+") for mark in ".,"}
SPACED = re.compile(r"([1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,]([0-9]+))?")
SCIENTIFIC = re.compile(rf"[{MINUS}+]?[0-9]+(?:[.,][0-9]*)?(?:e[+-]?[0-9]+| ?[x×*] ?10\^?[0-9]*)")
FRACTION = re.compile(r"[0-9][0-9 .,]*/ ?[0-9][0-9 .,]*.*")
DATE = re.compile(
    r"(?:[0-9]{1,2}([-/.])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})|[0-9]{4}([-/.])[0-9]{1,2}\2[0-9]{1,2})(?:[t ].*)?"
    r"|(?:0?[1-9]|1[0-2])-(?:19|20)[0-9]{2}|0[1-9]-[0-9]{1,2}|[0-9]{1,2}-0[1-9]"
)
"""Also a month of a year (`3-2026`), or a day of a month (`01-02`)."""
PERSONAL = re.compile(r"(?:[0-9] ?){11}[0-9]")


class Unreadable(ValueError):
    """A cell that comes back to its sender; `rule` is a row of gate_rules.csv."""

    def __init__(self, rule: str):
        super().__init__(rule)
        self.rule = rule


def read(text: str, expects: str) -> Decimal:
    """A normalised, lower-case numeral without its unit; the digits after the mark keep their number (97,50 → 97.50).

    expects: `count` takes three digits after one mark for thousands and must be whole and not negative.
    Raises Unreadable.
    """
    found = NUMERAL.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or DATE.fullmatch(text) or PERSONAL.fullmatch(text):
        raise Unreadable(_reason(text))
    value = Decimal(_plain(found["body"], expects))
    return within(-value if found["sign"] and found["sign"] in MINUS else value, expects)


def within(value: Decimal, expects: str) -> Decimal:
    """The value as its part can hold it: counts whole and not negative. Raises Unreadable."""
    if abs(value) >= HIGHEST:
        raise Unreadable("number_too_large")
    if expects != "count":
        return value
    if value != value.to_integral_value():
        raise Unreadable("count_not_whole")
    if value < 0:
        raise Unreadable("count_negative")
    return Decimal(int(value))


def _plain(body: str, expects: str) -> str:
    """`1.234,5` → `1234.5`."""
    if " " in body:
        spaced = SPACED.fullmatch(body)
        if spaced is None:
            raise Unreadable("thousands_malformed")
        return spaced[1].replace(" ", "") + (f".{spaced[2]}" if spaced[2] else "")
    dots, commas = body.count("."), body.count(",")
    if not dots and not commas:
        return body
    if dots and commas:
        return _both_marks(body)
    mark = "." if dots else ","
    if dots + commas > 1:
        return _whole(body, mark)
    return _one_mark(body, mark, expects)


def _both_marks(body: str) -> str:
    decimal = max(".,", key=body.rfind)
    whole, _, fraction = body.rpartition(decimal)
    return f"{_whole(whole, '.' if decimal == ',' else ',')}.{fraction}"


def _whole(body: str, mark: str) -> str:
    if not GROUPED[mark].fullmatch(body):
        raise Unreadable("thousands_malformed")
    return body.replace(mark, "")


def _one_mark(body: str, mark: str, expects: str) -> str:
    head, _, tail = body.partition(mark)
    if GROUPED[mark].fullmatch(body):
        if expects != "count":
            raise Unreadable("decimal_mark_ambiguous")
        return head + tail
    return f"{head or '0'}.{tail}"


def _reason(text: str) -> str:
    """Why a text is no numeral, as precisely as its look allows."""
    if DATE.fullmatch(text):
        return "date_in_number_column"
    if PERSONAL.fullmatch(text):
        return "personal_number"
    if SCIENTIFIC.fullmatch(text):
        return "scientific_notation"
    if FRACTION.fullmatch(text):
        return "fraction_in_cell"
    return "not_a_number"
