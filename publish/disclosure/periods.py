"""Which periods add up to which: months to quarters, quarters to halves, halves to years, and mixtures of these."""

import itertools
import re
from collections.abc import Iterator, Set

PARTS = re.compile(r"(?P<year>\d{4})(?:-(?P<kind>[HQ]?)(?P<number>\d{1,2}))?")
MONTHS = {"H": 6, "Q": 3, "": 1}
"""How long a half-year, a quarter and a month are."""


def months(period: str) -> range:
    """The months of a period, counted from the beginning of its year. Raises ValueError for what is no period."""
    found = PARTS.fullmatch(period)
    if found is None:
        raise ValueError(f"{period} is no period")
    if found["number"] is None:
        return range(12)
    length = MONTHS[found["kind"]]
    first = (int(found["number"]) - 1) * length
    return range(first, first + length)


def packings(period: str, others: Set[str]) -> list[list[str]]:
    """The ways in which shorter periods among `others` fill the period without overlapping, as far as they go."""
    ways = [[*([[part]] if part in others else []), *packings(part, others)] or [[]] for part in _divided(period)]
    return [parts for chosen in itertools.product(*ways) if (parts := list(itertools.chain(*chosen)))]


def is_filled(period: str, parts: list[str]) -> bool:
    """Whether periods that do not overlap are all of it."""
    return sum(len(months(part)) for part in parts) == len(months(period))


def _divided(period: str) -> Iterator[str]:
    """What the calendar divides it into: a year in halves, a half in quarters, a quarter in months."""
    covered, year = months(period), period[:4]
    if len(covered) == 12:
        yield from (f"{year}-H{number}" for number in (1, 2))
    elif len(covered) == MONTHS["H"]:
        yield from (f"{year}-Q{covered.start // 3 + number}" for number in (1, 2))
    elif len(covered) == MONTHS["Q"]:
        yield from (f"{year}-{covered.start + number:02}" for number in (1, 2, 3))


def before(period: str) -> str:
    """The period of the same kind a year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"
