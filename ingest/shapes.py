"""The shape of a CSV record: a decimal comma without quotes splits its number in two, and later cells move right.

Such a number is never taken: its record comes back, whatever column the second half fell into.
"""

import re
from collections.abc import Mapping, Sequence

from ingest.characters import visible
from ingest.headers import PARTS

WHOLE = re.compile(r"['’]?(?:[<>≤≥=~+−-]+|dưới|trên|từ)? ?[0-9]+")
FRACTION = re.compile(r"[0-9]+['’]?(?: ?(?:%|‰|phần|[-–] ?[0-9]|trở|điểm).*)?")
LONGEST = 60
"""Characters of a half of a number, with what may stand behind it."""
HEAD_OF_THOUSANDS, THOUSANDS = re.compile(r"\s*[0-9]{1,2}\s*"), re.compile(r"\s*[0-9]{3}\s*")


def problem(
    cells: Sequence[str], width: int, columns: Mapping[str, int], delimiter: str, usual_extra: int
) -> str | None:
    """The rule that a record's shape breaks.

    usual_extra: blank cells behind the last column in every record of the table, which mean nothing.
    """
    extra = cells[width:]
    if any(cell.strip() for cell in extra):
        return "decimal_comma_unquoted" if delimiter == "," else "row_too_long"
    if delimiter != ",":
        return None
    if _is_split(cells, columns.get("value"), columns):
        return "decimal_comma_unquoted"
    if len(extra) > usual_extra and _has_split_thousands(cells, columns):
        return "decimal_comma_unquoted"
    return None


def rejoined(cells: Sequence[str], width: int, columns: Mapping[str, int]) -> Sequence[str]:
    """A record with its split value in one cell again, so that the cells behind it are in their columns."""
    place = columns.get("value")
    if place is None or not _halves(cells, place) or (len(cells) <= width and not _is_split(cells, place, columns)):
        return cells
    return [*cells[:place], f"{cells[place]},{cells[place + 1]}", *cells[place + 2 :]]


def usual_extra(records: Sequence[Sequence[str]], width: int) -> int:
    """How many blank cells are behind the last column of every whole record; 0 where there is one record alone."""
    whole = [len(cells) - width for cells in records if len(cells) >= width]
    return min(whole) if len(whole) > 1 else 0


def _is_split(cells: Sequence[str], place: int | None, columns: Mapping[str, int]) -> bool:
    """A whole value, and digits in the next cell, where no count belongs."""
    if place is None or not _halves(cells, place):
        return False
    behind = next((name for name, column in columns.items() if column == place + 1), None)
    if behind == "numerator":
        return not _at(cells, columns.get("denominator")).strip()
    return behind not in ("denominator", "indicator", "programme", "period", "unit_code")


def _halves(cells: Sequence[str], place: int) -> bool:
    head, tail = (visible(_at(cells, own)).strip().casefold() for own in (place, place + 1))
    return max(len(head), len(tail)) <= LONGEST and bool(WHOLE.fullmatch(head) and FRACTION.fullmatch(tail))


def _has_split_thousands(cells: Sequence[str], columns: Mapping[str, int]) -> bool:
    """`1,234` in one column of counts looks like 1 in it and 234 in the next."""
    places = sorted(columns[part] for part in PARTS if part in columns)
    return any(
        HEAD_OF_THOUSANDS.fullmatch(_at(cells, place)) and THOUSANDS.fullmatch(_at(cells, place + 1))
        for place in places
    )


def _at(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
