"""The figures of sensitive indicators that may be released, with the reported counts that they are sums of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from publish.disclosure import periods as calendar
from publish.disclosure import rule
from publish.disclosure.types import Count, Figure, Terms, ends
from warehouse import queries
from warehouse.errors import BaocaoError

Row = dict[str, Any]

COSTS = {"commune": 1.0, "district": 3.0, "province": 10.0, "national": 30.0}
"""What is lost with a figure of a level; the unallocated row of a province counts as a district."""
CHANGE = "relative_change"


class Key(NamedTuple):
    """A figure of one programme."""

    indicator_code: str
    period: str
    unit_code: str
    boundary_basis: str
    measure: str


@dataclass(frozen=True)
class Candidates:
    """rows: the figures as the marts have them. counts, figures, relations: see publish.disclosure.types.Problem."""

    rows: Mapping[Key, Row]
    counts: Mapping[str, Count]
    figures: tuple[Figure, ...]
    relations: tuple[Terms, ...]


def load(connection: psycopg.Connection, programme: str, periods: Sequence[str]) -> Candidates:
    """What a release of a programme and these periods would contain of sensitive indicators.

    Raises BaocaoError for a figure that is not the sum of its lines: nothing could be said of what it gives away.
    """
    cursor = connection.cursor(row_factory=dict_row)
    values = {"programme": programme, "periods": list(periods)}
    rows = {_key(row): row for row in cursor.execute(queries.load(__file__, "figures"), values)}
    lines: dict[Key, list[Row]] = defaultdict(list)
    for line in cursor.execute(queries.load(__file__, "lines"), values):
        if _key(line) in rows:
            lines[_key(line)].append(line)
    counts: dict[str, Count] = {}
    figures = tuple(_figure(key, row, lines[key], counts) for key, row in rows.items())
    return Candidates(rows, counts, figures, tuple(_relations(lines, rows, counts)))


def _key(row: Row) -> Key:
    return Key(*(row[column] for column in Key._fields))


def _figure(key: Key, row: Row, lines: list[Row], counts: dict[str, Count]) -> Figure:
    """A figure without parts to add up is a value alone: what count is behind it is not known."""
    cost = COSTS.get(row["unit_level"], COSTS["district"])
    if not lines:
        is_nil = row["value_low"] == row["value_high"] == 0
        return Figure(key, (), (not is_nil,), cost)
    parts = ("numerator", "denominator") if row["aggregation"] == CHANGE else ("numerator",)
    sums, is_primary = [], []
    for part in parts:
        terms = dict(_term(line, part, row, counts) for line in lines)
        low, high = ends(terms, counts)
        printed = row[part]
        if printed is not None and not low == high == printed:
            raise BaocaoError(f"{', '.join(key)}: {printed} is not the sum of its lines, {low} to {high}.")
        sums.append(terms)
        is_primary.append(rule.is_primary(low, high, _base(row, lines) if part == "numerator" else None))
    return Figure(key, tuple(sums), tuple(is_primary), cost)


def _base(row: Row, lines: list[Row]) -> Decimal | None:
    """Those of whom the cases are a part, as far as every line says how many they are."""
    if not row["is_part_of_whole"] or any(line["denominator_high"] is None for line in lines):
        return None
    return sum((line["weight"] * line["denominator_high"] for line in lines), Decimal(0))


def _term(line: Row, part: str, row: Row, counts: dict[str, Count]) -> tuple[str, Decimal]:
    """The name of a line's count, and its share. Equal numbers of a unit have one name, whatever report gives them."""
    low, high = line[f"{part}_low"], line[f"{part}_high"]
    place = (line["indicator_code"], line["period"], line["unit_id"], line["agency_code"], part)
    name = f"{'/'.join(place)}={low.normalize():f}..{high.normalize():f}"
    base = _base(row, [line | {"weight": Decimal(1)}]) if part == "numerator" else None
    known = counts.get(name)
    if known is None or known.ceiling is None:
        counts[name] = Count(low, high, base, base is not None and 0 < base <= rule.LARGEST)
    return name, line["weight"]


def _relations(lines: Mapping[Key, list[Row]], rows: Mapping[Key, Row], counts: dict[str, Count]) -> Iterator[Terms]:
    """What adds up over time, as far as the reports do: shorter periods, and a change's base with the year before."""
    names: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    bases: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for key, parts in lines.items():
        for line in parts:
            place = (line["indicator_code"], line["unit_id"], line["agency_code"])
            names[place][line["period"]] = _term(line, "numerator", rows[key], counts)[0]
            if rows[key]["aggregation"] == CHANGE:
                bases[place][line["period"]] = _term(line, "denominator", rows[key], counts)[0]
    for place, by_period in names.items():
        sums = [(whole, parts) for whole in by_period for parts in calendar.partitions(whole, set(by_period))]
        pairs = [(by_period[whole], [by_period[part] for part in parts]) for whole, parts in sums]
        before = {period: by_period.get(calendar.before(period)) for period in bases[place]}
        pairs += [(bases[place][period], [earlier]) for period, earlier in before.items() if earlier]
        for whole, members in pairs:
            if _is_exact(counts, [whole, *members]) and counts[whole].low == sum(counts[name].low for name in members):
                yield {whole: Decimal(-1), **dict.fromkeys(members, Decimal(1))}


def _is_exact(counts: Mapping[str, Count], names: list[str]) -> bool:
    return all(counts[name].low == counts[name].high for name in names)
