"""An independent rollup in plain Python over what communes wrote: it shares no code and no SQL with the models.

A report is {indicator: (numerator, denominator, value)} as text; None means that the commune sent nothing.
"""

from dataclasses import dataclass, field
from fractions import Fraction

INFINITE = float("inf")
Interval = tuple[Fraction | float, Fraction | float]


@dataclass
class Sums:
    """What a province adds up for one indicator."""

    numerator: list[Interval] = field(default_factory=list)
    denominator: list[Interval] = field(default_factory=list)
    not_applicable: int = 0
    bare: int = 0

    @property
    def reporting(self) -> int:
        return len(self.numerator)

    def ends(self, part: str) -> Interval:
        return sum(low for low, _ in getattr(self, part)), sum(high for _, high in getattr(self, part))


def count(text: str) -> Interval | None:
    """A head count as its smallest and largest possible whole number."""
    if text == "":
        return None
    if text == "KPS":
        return Fraction(0), Fraction(0)
    if text[0] == "<":
        return Fraction(0), Fraction(int(text[1:]) - 1)
    return Fraction(int(text)), Fraction(int(text))


def summed(reports: list[dict[str, tuple[str, str, str]]], indicator: str, yes_no: bool, is_part: bool) -> Sums:
    sums = Sums()
    for report in reports:
        numerator, denominator, value = report.get(indicator, ("", "", ""))
        if "không áp dụng" in (numerator, value):
            sums.not_applicable += 1
        elif yes_no and value in ("Có", "Không"):
            answer = Fraction(value == "Có")
            sums.numerator.append((answer, answer))
            sums.denominator.append((Fraction(1), Fraction(1)))
        elif not yes_no and numerator:
            cases, children = count(numerator), count(denominator)
            assert cases and children
            sums.numerator.append((cases[0], min(cases[1], children[1]) if is_part else cases[1]))
            sums.denominator.append(children)
        elif value:
            sums.bare += 1
    return sums


def figure(sums: Sums, kind: str, factor: int) -> tuple[Fraction, Fraction] | None:
    """The province's figure as an interval; None where there is nothing to divide by."""
    if not sums.reporting:
        return None
    (n_low, n_high), (d_low, d_high) = sums.ends("numerator"), sums.ends("denominator")
    if d_low == 0:
        return None
    if kind == "relative_change":
        return (d_low - n_high) / d_low * 100, (d_high - n_low) / d_high * 100
    return n_low / d_high * factor, n_high / d_low * factor
