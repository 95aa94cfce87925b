"""What the figures of an annex were made of: read from the warehouse, and tried before it goes into a workbook."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish.annex.types import Annex, Entry
from publish.proof import arithmetic
from publish.proof.types import Figure, Interval, Line, Rule, Source
from warehouse import queries
from warehouse.logging import get_logger

log = get_logger(__name__)

Row = dict[str, Any]

SUM = "Σ"
"""The unit of a line that stands for several."""


@dataclass(frozen=True)
class Made:
    """What a figure was made of. stated: the figure itself where lines do not give it, or may not be shown."""

    source: Source
    rule: Rule
    lines: tuple[Line, ...] = ()
    stated: Figure | None = None


def load(connection: psycopg.Connection, annex: Annex) -> dict[str, Made]:
    """By indicator, what each figure of the annex was made of, as of the session's timestamp.

    Of a sensitive indicator of a unit above others only the sums are given: a line could name a child's commune. In
    a public table no line of a sensitive indicator is given at all, of a suppressed figure nothing.
    """
    keys = {
        "programme": annex.programme_code,
        "period": annex.period,
        "unit": annex.unit_code,
        "unit_id": annex.unit_id,
    }
    cursor = connection.cursor(row_factory=dict_row)
    lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in cursor.execute(queries.load(__file__, "lines"), keys):
        lines[row["indicator_code"], row["measure"]].append(_line(row))
    rules = {
        (row["indicator_code"], row["measure"]): row for row in cursor.execute(queries.load(__file__, "rules"), keys)
    }
    return {entry.code: _made(annex, entry, rules, lines[entry.code, entry.measure]) for entry in annex.entries}


def stated(entry: Entry) -> Figure:
    """The figure that an entry prints."""
    return Figure(
        entry.numerator,
        entry.denominator,
        entry.ends,
        entry.closed,
        entry.units_expected,
        entry.units_reporting,
        entry.is_provisional,
        entry.is_estimated,
    )


def _made(annex: Annex, entry: Entry, rules: Mapping[tuple[str, str], Row], lines: Sequence[Line]) -> Made:
    row = rules.get((entry.code, entry.measure))
    if row is None:
        rule = Rule(entry.measure, None, None, None, Decimal(0), False, 0)
        return Made("lines" if arithmetic.figure(rule, ()) == stated(entry) else "stated", rule, (), stated(entry))
    left_out = sum(line.not_applicable for line in lines) if row["is_rolled_up"] else 0
    rule = Rule(
        entry.measure,
        row["factor"],
        row["hard_min"],
        row["hard_max"],
        None if row["min_coverage_pct"] is None else Decimal(row["min_coverage_pct"]),
        row["is_rolled_up"],
        row["units_expected"] + left_out,
    )
    if entry.is_suppressed or (annex.is_public and row["is_sensitive"]):
        kept = replace(rule, reports_expected=entry.units_expected)
        known = replace(stated(entry), closed=(True, True)) if entry.is_suppressed else stated(entry)
        return Made("stated", kept, (), known)
    if not _gives(rule, lines, entry):
        log.warning("%s %s %s: lines do not give the figure", annex.programme_code, annex.unit_code, entry.code)
        return Made("stated", rule, (), stated(entry))
    if row["is_sensitive"] and row["is_rolled_up"]:
        return Made("sum", rule, (arithmetic.summed(lines, SUM),) if lines else ())
    return Made("lines", rule, tuple(lines))


def _gives(rule: Rule, lines: Sequence[Line], entry: Entry) -> bool:
    """Whether lines and rule make the figure of the marts, but for the digits to which PostgreSQL divides."""
    made, known = arithmetic.figure(rule, lines), stated(entry)
    if (made.ends is None) != (known.ends is None):
        return False
    pairs = zip(made.ends or (), known.ends or (), strict=True)
    return all(arithmetic.is_near(one, other) for one, other in pairs) and _beside(made) == _beside(known)


def _beside(figure: Figure) -> tuple[object, ...]:
    counts = (figure.numerator, figure.denominator, figure.units_expected, figure.units_reporting)
    return (*counts, figure.is_provisional, figure.is_estimated, figure.closed if figure.ends else None)


def _line(row: Row) -> Line:
    return Line(
        row["indicator_code"],
        row["measure"],
        row["unit_code"],
        row["agency_code"],
        _interval(row["numerator_low"], row["numerator_high"]),
        _interval(row["denominator_low"], row["denominator_high"]),
        _value(row),
        (row["low_closed"], row["high_closed"]),
        row["weight"],
        reporting=int(row["is_summable"]),
        not_applicable=int(row["is_not_applicable"]),
        is_value_only=row["is_value_only"],
        is_estimated=row["is_estimated"] and row["is_summable"],
    )


def _interval(low: Decimal | None, high: Decimal | None) -> Interval:
    return None if low is None or high is None else (low, high)


def _value(row: Row) -> Interval:
    if not row["is_value_only"]:
        return None
    low, high = row["value_low"], row["value_high"]
    return (-arithmetic.ENDLESS if low is None else Decimal(low), arithmetic.ENDLESS if high is None else Decimal(high))
