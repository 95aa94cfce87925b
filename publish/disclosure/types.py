"""Public figures as sums of reported counts, and what was decided about them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Terms = Mapping[str, Decimal]
"""Reported counts by name, each with its share of a sum."""


@dataclass(frozen=True)
class Count:
    """A reported count between two ends, equal where it is exact.

    ceiling: what it can be at most by what is known outside of any publication, None where that is nothing.
    has_small_base: it is part of so few that it is suppressed even where it is 0.
    """

    low: Decimal
    high: Decimal
    ceiling: Decimal | None = None
    has_small_base: bool = False

    @property
    def floor(self) -> int:
        """What an attacker knows of it once it is suppressed: that it is not 0, unless it could be."""
        return int(self.low > 0 and not self.has_small_base)


def ends(terms: Terms, counts: Mapping[str, Count]) -> tuple[Decimal, Decimal]:
    """Between what a sum of counts is."""
    low = sum((share * counts[name].low for name, share in terms.items()), Decimal(0))
    high = sum((share * counts[name].high for name, share in terms.items()), Decimal(0))
    return low, high


@dataclass(frozen=True)
class Figure:
    """A figure that may become public: one or two sums of reported counts, printed or suppressed together.

    sums: the count under it, and of a change the one that it is compared with. is_primary: for each, whether it needs
    protection itself. cost: what is lost without it, relative to others.
    """

    key: Hashable
    sums: tuple[Terms, ...]
    is_primary: tuple[bool, ...]
    cost: float = 1.0


@dataclass(frozen=True)
class Published:
    """A sum of reported counts in an earlier publication, with the two ends that were printed."""

    terms: Terms
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Problem:
    """Figures of one publication with all that is known besides.

    relations: sums that are 0, as quarters less their year. orders: sums that are at most 0, as one quarter less its
    year. published: what earlier publications said. targets: sums that they suppressed and that later ones must not
    recover.
    """

    counts: Mapping[str, Count]
    figures: tuple[Figure, ...]
    relations: tuple[Terms, ...] = ()
    orders: tuple[Terms, ...] = ()
    published: tuple[Published, ...] = ()
    targets: tuple[Terms, ...] = ()


@dataclass(frozen=True)
class Suppression:
    """Keys of the figures that are not published: those that need it, and those that would recover them."""

    primary: frozenset[Hashable] = frozenset()
    complementary: frozenset[Hashable] = frozenset()

    @property
    def keys(self) -> frozenset[Hashable]:
        return self.primary | self.complementary
