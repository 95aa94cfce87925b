"""The arithmetic of figures without a database: what `dbt_project/macros` does, for whoever has a workbook alone.

The rules are those of int_rollups__from_below, int_values__computed and the functions app.figure_low and
app.figure_high; tests compare both on whole seasons. Decimal throughout: nothing is rounded before it is printed.
"""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal

from publish.proof.types import Figure, Interval, Line, Rule

EXACT = Context(prec=60)
NEAR = Decimal("1e-14")
HUNDRED = Decimal(100)
ENDLESS = Decimal("Infinity")
Ends = tuple[Decimal | None, Decimal | None]
NOTHING: Ends = (None, None)


def figure(rule: Rule, lines: Sequence[Line]) -> Figure:
    """The figure of these lines: sum over sum, missing stays missing, bounds stay intervals."""
    return _from_below(rule, lines) if rule.is_rolled_up else _own(rule, lines[0] if lines else None)


def summed(lines: Sequence[Line], unit_code: str) -> Line:
    """One line for several, which must be of one indicator, measure and agency."""
    first = lines[0]
    return Line(
        first.indicator_code,
        first.measure,
        unit_code,
        first.agency_code,
        _sum(lines, "numerator"),
        _sum(lines, "denominator"),
        reports=sum(line.reports for line in lines),
        reporting=sum(line.reporting for line in lines),
        not_applicable=sum(line.not_applicable for line in lines),
        is_estimated=any(line.is_estimated for line in lines),
    )


def agrees(stated: Figure, rule: Rule) -> bool:
    """Whether a figure is its numerator over its denominator, as far as both are exact."""
    if stated.numerator is None or (stated.denominator is None and rule.measure in ("rate", "share", "change")):
        return False
    ends = _shown(_computed(rule, _twice(stated.numerator), _twice(stated.denominator)))
    if ends is None or stated.ends is None:
        return ends is stated.ends
    return all(is_near(one, other) for one, other in zip(ends, stated.ends, strict=True))


def capped_sum(points: Iterable[Decimal], most: Decimal | None) -> Decimal:
    """The sum of points, no more than their section's maximum; of what is taken off no less than it."""
    total = sum(points, Decimal(0))
    if most is None:
        return total
    return max(total, most) if most < 0 else min(total, most)


def is_near(one: Decimal | None, other: Decimal | None) -> bool:
    """Whether two ends are one number, but for the digits to which a spreadsheet or PostgreSQL keeps it."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= NEAR * max(abs(one), abs(other))


def _from_below(rule: Rule, lines: Sequence[Line]) -> Figure:
    numerator, denominator = _sum(lines, "numerator"), _sum(lines, "denominator")
    expected = rule.reports_expected - sum(line.not_applicable for line in lines)
    reporting = sum(line.reporting for line in lines)
    return Figure(
        _exact(numerator),
        _exact(denominator),
        _shown(_computed(rule, numerator, denominator)),
        (True, True),
        expected,
        reporting,
        _is_provisional(rule, reporting, expected),
        any(line.is_estimated for line in lines),
    )


def _own(rule: Rule, line: Line | None) -> Figure:
    if line is None:
        return Figure(None, None, None, (True, True), rule.reports_expected, 0, True, False)
    expected = 0 if line.not_applicable else 1
    reporting = int(line.is_value_only or line.reporting > 0)
    is_provisional = _is_provisional(rule, reporting, expected)
    if line.is_value_only:
        typed, closed = _typed(rule, line)
        return Figure(None, None, _shown(typed), closed, expected, reporting, is_provisional, False)
    parts = _exact(line.numerator), _exact(line.denominator)
    ends = _shown(_computed(rule, line.numerator, line.denominator))
    return Figure(*parts, ends, (True, True), expected, reporting, is_provisional, False)


def _typed(rule: Rule, line: Line) -> tuple[Ends, tuple[bool, bool]]:
    """A value without parts, within what the indicator can be; an end that is moved becomes closed."""
    low, high = line.value or (-ENDLESS, ENDLESS)
    floor = Decimal(0) if rule.measure == "count" else rule.hard_min
    ends = _cut(rule, (low if floor is None else max(low, floor), high))
    return ends, (low != ends[0] or line.value_closed[0], high != ends[1] or line.value_closed[1])


def _computed(rule: Rule, numerator: Interval, denominator: Interval) -> Ends:
    """Both ends, cut to what the indicator can be; none where there is nothing to divide, or by."""
    if numerator is None:
        return NOTHING
    if rule.measure not in ("rate", "share", "change"):
        return _cut(rule, numerator)
    if denominator is None:
        return NOTHING
    factor = rule.factor if rule.measure == "rate" and rule.factor is not None else HUNDRED
    lowest = _quotient(numerator[0], factor, denominator[1])
    highest = _quotient(numerator[1], factor, denominator[0])
    if rule.measure == "change":
        lowest, highest = (None if end is None else HUNDRED - end for end in (highest, lowest))
    return _cut(rule, (lowest, highest))


def _quotient(part: Decimal, factor: Decimal, whole: Decimal) -> Decimal | None:
    return EXACT.divide(EXACT.multiply(part, factor), whole) if whole else None


def _cut(rule: Rule, ends: Ends) -> Ends:
    """As the macro capped_high: where the lower end is known, the upper one is never more than the hard range's."""
    low, high = ends
    if low is None or rule.measure == "count" or rule.hard_max is None:
        return ends
    return low, rule.hard_max if high is None else min(high, rule.hard_max)


def _shown(ends: Ends) -> Ends | None:
    """As a figure has them: an infinite end is none, and a figure without ends is none."""
    low, high = (end if end is not None and end.is_finite() else None for end in ends)
    return None if low is None and high is None else (low, high)


def _sum(lines: Iterable[Line], part: str) -> Interval:
    known = [(getattr(line, part), line.weight) for line in lines if getattr(line, part) is not None]
    if not known:
        return None
    low, high = (sum((EXACT.multiply(ends[at], weight) for ends, weight in known), Decimal(0)) for at in (0, 1))
    return low, high


def _is_provisional(rule: Rule, reporting: int, expected: int) -> bool:
    """Below the coverage that the indicator needs; also where none is named, or nobody is expected."""
    needed = rule.min_coverage_pct
    return not expected or needed is None or HUNDRED * reporting / expected < needed


def _exact(ends: Interval) -> Decimal | None:
    return ends[0] if ends is not None and ends[0] == ends[1] else None


def _twice(value: Decimal | None) -> Interval:
    return None if value is None else (value, value)
