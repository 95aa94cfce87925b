"""Which counts are suppressed, and how much an attacker must be left in doubt: the declared rule.

Of sensitive indicators a numerator from 1 to 4 is suppressed. Of cases that are part of a base of at most 4 every
numerator is, because 0 of 1 says as much of that one as 1 of 1. An attacker is taken to know every public figure of
all publications, all denominators, both maps, which reports were corrected, which figures are suppressed, and that a
suppressed count is not 0. From all that as many values as there are small counts must remain possible.
"""

from decimal import Decimal

SMALLEST, LARGEST = 1, 4
"""The small counts, both ends included."""
DOUBT = LARGEST - SMALLEST
"""The least distance between the ends of what an attacker can bound a suppressed count by."""


def is_primary(low: Decimal | None, high: Decimal | None, base: Decimal | None = None) -> bool:
    """Whether a count, or one that is only known to lie between two ends, needs protection itself.

    base: those of whom the cases are a part, None where they are not or it is not known. A count of which nothing is
    known but that it is there can be a small one.
    """
    if base is not None and 0 < base <= LARGEST:
        return True
    if low is None and high is None:
        return True
    return (low is None or low <= LARGEST) and (high is None or high > 0)


def needed_high(needed_low: float, possible: float) -> float:
    """The least upper bound that an attacker may reach, given the lower one. possible: the count is at most that."""
    return min(max(LARGEST, needed_low + DOUBT), possible)
