"""Which periods add up to which: months to quarters, quarters to halves and years."""

import re

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


def partitions(period: str, others: set[str]) -> list[list[str]]:
    """The ways in which shorter periods of one length, all of them among `others`, make the period."""
    whole, found = months(period), []
    for length in (6, 3, 1):
        year = [other for other in others if other[:4] == period[:4] and len(months(other)) == length]
        parts = sorted(other for other in year if set(months(other)) <= set(whole))
        if length < len(whole) and sum(len(months(part)) for part in parts) == len(whole):
            found.append(parts)
    return found


def before(period: str) -> str:
    """The period of the same kind a year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"
