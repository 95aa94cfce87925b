"""The proof of a release: what an attacker finds out of it and of all releases before it."""

import statistics
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from publish.disclosure import rule
from publish.disclosure.attacker import UNBOUNDED, Bound, Equation, Row, attack
from publish.disclosure.solving import messages_on_stderr
from publish.disclosure.types import Count, Suppression, Terms, ends

RULE = {"smallest": rule.SMALLEST, "largest": rule.LARGEST, "least_width": rule.DOUBT}
"""The rule in force, as it is kept and printed."""
Place = tuple[tuple[int | str, ...], int]
"""A figure with the number of its release before it, and which of its sums."""


@dataclass(frozen=True)
class Certificate:
    """figures: of sensitive indicators. bounds: of every small count that is suppressed in any release."""

    figures: int
    suppression: Suppression
    bounds: Mapping[Place, Bound]

    @property
    def recovered(self) -> list[tuple[str, ...]]:
        """Indicator, period, unit, map and measure of each figure whose count is."""
        keys = [key for key, bound in self.bounds.items() if bound.is_recovered]
        return [tuple(str(part) for part in figure[1:]) for figure, _ in keys]

    def for_everybody(self) -> dict[str, Any]:
        """What goes out with a release.

        Not how many figures are small and how many go beside them, nor how wide the intervals are: of a + b = 8 with
        nothing given up beside small counts, both are 4.
        """
        return {
            "figures": self.figures,
            "suppressed": len(self.suppression.keys),
            "recovered": len(self.recovered),
            "rule": RULE,
        }

    def columns(self) -> dict[str, Any]:
        """The columns of ops.public_release, which is not for everybody."""
        widths = [bound.width for bound in self.bounds.values()]
        return {
            "figures": self.figures,
            "primary": len(self.suppression.primary),
            "complementary": len(self.suppression.complementary),
            "attacked": len(self.bounds),
            "recovered": len(self.recovered),
            "least_width": round(min(widths), 4) if widths else None,
            "median_width": round(statistics.median(widths), 4) if widths else None,
            "rule": Jsonb(RULE),
        }


def bounds(
    figures: Iterable[tuple[int, tuple[int | str, ...], bool, tuple[tuple[Terms, bool], ...]]],
    counts: Mapping[str, Count],
    relations: Iterable[Terms],
    orders: Iterable[Terms] = (),
) -> dict[Place, Bound]:
    """What an attacker finds of each suppressed small sum.

    A sum that several figures have is looked at once, in its first release. figures: of all releases, with the number
    of its release, whether it was suppressed, and its sums with whether they are small. relations: sums of counts that
    are 0. orders: sums of counts that are at most 0.
    """
    rows: dict[Hashable, Row] = {
        ("count", name): Row(None, count.floor, max(_most(count), float(count.high))) for name, count in counts.items()
    }
    equations: list[Equation] = [_of_counts(terms) for terms in relations]
    for number, terms in enumerate(orders):
        rows["slack", number] = Row(None)
        equations.append({**_of_counts(terms), ("slack", number): 1.0})
    releases: dict[Hashable, int] = {}
    places: list[Place] = []
    small: set[frozenset[tuple[str, Decimal]]] = set()
    for release, key, is_suppressed, sums in figures:
        for number, (terms, is_primary) in enumerate(sums):
            factors = _of_counts(terms)
            if terms:
                signature = frozenset(terms.items())
                is_new = is_suppressed and is_primary and signature not in small
                small |= {signature} if is_new else set()
                releases[key, number] = release
                places.append((key, number))
                rows[key, number] = _row(factors, rows, terms, counts, is_suppressed, is_new)
                equations.append({**factors, (key, number): -1.0})
    with messages_on_stderr():
        found = attack(rows, equations, releases.get)
    return {place: found[place] for place in places if place in found}


def _most(count: Count) -> float:
    return UNBOUNDED if count.ceiling is None else float(count.ceiling)


def _of_counts(terms: Terms) -> dict[Hashable, float]:
    return {("count", name): float(share) for name, share in terms.items()}


def _row(
    factors: Mapping[Hashable, float],
    rows: Mapping[Hashable, Row],
    terms: Terms,
    counts: Mapping[str, Count],
    is_suppressed: bool,
    needs_doubt: bool,
) -> Row:
    least = sum(share * rows[name].least for name, share in factors.items())
    low, high = ends(terms, counts)
    most = min(sum(share * rows[name].most for name, share in factors.items()), max(UNBOUNDED, float(high)))
    is_whole = all(float(share).is_integer() for share in factors.values())
    printed = None if is_suppressed else (float(low), float(high))
    return Row(printed, least, most, is_whole, needs_doubt)
