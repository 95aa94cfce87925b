"""The figures of sensitive indicators that may be released, with the reported counts that they are sums of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
ASSESSED = frozenset({"points", "yes_no"})
"""Of these 0 is no case less, but the worse side of a bound."""


class Key(NamedTuple):
    """A figure of one programme."""

    indicator_code: str
    period: str
    unit_code: str
    boundary_basis: str
    measure: str


@dataclass(frozen=True)
class Candidates:
    """rows: the figures as the marts have them. The rest as in publish.disclosure.types.Problem."""

    rows: Mapping[Key, Row]
    counts: Mapping[str, Count]
    figures: tuple[Figure, ...]
    relations: tuple[Terms, ...]
    orders: tuple[Terms, ...]


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
    links = Links(counts, lines, rows)
    return Candidates(rows, counts, figures, tuple(links.relations()), tuple(links.orders()))


def _key(row: Row) -> Key:
    return Key(*(row[column] for column in Key._fields))


def _figure(key: Key, row: Row, lines: list[Row], counts: dict[str, Count]) -> Figure:
    """A figure without parts to add up is a value alone: what count is behind it is not known."""
    cost = COSTS.get(row["unit_level"], COSTS["district"])
    if not lines:
        is_nil = row["value_low"] == row["value_high"] == 0 and key.measure not in ASSESSED
        return Figure(key, (), (not is_nil,), cost)
    sums, is_primary = [], []
    for part in _secret_parts(row, lines):
        terms = dict(_term(line, part, row, counts) for line in lines)
        low, high = ends(terms, counts)
        printed = row[part]
        if printed is not None and not low == high == printed:
            raise BaocaoError(f"{', '.join(key)}: {printed} is not the sum of its lines, {low} to {high}.")
        sums.append(terms)
        is_primary.append(rule.is_primary(low, high, _base(row, lines) if part == "numerator" else None))
    return Figure(key, tuple(sums), tuple(is_primary), cost)


def _secret_parts(row: Row, lines: list[Row]) -> tuple[str, ...]:
    """Which counts of a figure nobody may recover: of a change also the year before, of some also the base."""
    has_base = row["is_base_sensitive"] and all(line["denominator_low"] is not None for line in lines)
    return ("numerator", "denominator") if row["aggregation"] == CHANGE or has_base else ("numerator",)


def _base(row: Row, lines: list[Row]) -> Decimal | None:
    """Those of whom the cases are a part, as far as every line says how many they are."""
    if not row["is_part_of_whole"] or any(line["denominator_high"] is None for line in lines):
        return None
    return sum((line["weight"] * line["denominator_high"] for line in lines), Decimal(0))


def _name(line: Row, part: str) -> str:
    place = (line["indicator_code"], line["period"], line["unit_id"], line["agency_code"], part)
    low, high = (line[f"{part}_{end}"].normalize() for end in ("low", "high"))
    return f"{'/'.join(place)}={low:f}..{high:f}"


def _term(line: Row, part: str, row: Row, counts: dict[str, Count]) -> tuple[str, Decimal]:
    """The name of a line's count, and its share. Equal numbers of a unit have one name, whatever report gives them."""
    low, high = line[f"{part}_low"], line[f"{part}_high"]
    name = _name(line, part)
    base = _base(row, [line | {"weight": Decimal(1)}]) if part == "numerator" else None
    known = counts.get(name)
    if known is None or known.ceiling is None:
        counts[name] = Count(low, high, base, base is not None and 0 < base <= rule.LARGEST)
    return name, line["weight"]


class Links:
    """What holds between the counts of a unit, as far as its reports do: over time, and between indicators."""

    def __init__(self, counts: Mapping[str, Count], lines: Mapping[Key, list[Row]], rows: Mapping[Key, Row]) -> None:
        self.counts = counts
        self.names: dict[tuple[str, str, str], dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        self.wider = {key.indicator_code: row["part_of_code"] for key, row in rows.items() if row["part_of_code"]}
        self.changes = {key.indicator_code for key, row in rows.items() if row["aggregation"] == CHANGE}
        for key, parts in lines.items():
            for line in parts:
                place = (line["indicator_code"], line["unit_id"], line["agency_code"])
                for part in _secret_parts(rows[key], parts):
                    self.names[place][part][line["period"]] = _name(line, part)

    def relations(self) -> Iterator[Terms]:
        """What adds up: shorter periods to a longer one, and a change's base is the year before."""
        for whole, members in [*self._filled(), *self._years_before()]:
            if self._is_equal(whole, members):
                yield {whole: Decimal(-1), **dict.fromkeys(members, Decimal(1))}

    def orders(self) -> Iterator[Terms]:
        """What cannot be more: periods than the one they are in, newborns than infants, cases than their base.

        A base that is a secret itself is part of the wider cases too.
        """
        for whole, members in [*self._packed(), *self._nested(), *self._of_bases()]:
            least = sum(self.counts[name].low for name in members)
            if not self._is_equal(whole, members) and least <= self.counts[whole].low:
                yield {whole: Decimal(-1), **dict.fromkeys(members, Decimal(1))}

    def _packed(self) -> Iterator[tuple[str, list[str]]]:
        yield from ((whole, members) for whole, members, _ in self._periods())

    def _filled(self) -> Iterator[tuple[str, list[str]]]:
        yield from ((whole, members) for whole, members, is_filled in self._periods() if is_filled)

    def _periods(self) -> Iterator[tuple[str, list[str], bool]]:
        for by_part in self.names.values():
            names = by_part["numerator"]
            for whole in names:
                for parts in calendar.packings(whole, names.keys()):
                    yield names[whole], [names[part] for part in parts], calendar.is_filled(whole, parts)

    def _years_before(self) -> Iterator[tuple[str, list[str]]]:
        for (indicator, *_), by_part in self.names.items():
            if indicator in self.changes:
                for period, base in by_part["denominator"].items():
                    if earlier := by_part["numerator"].get(calendar.before(period)):
                        yield base, [earlier]

    def _nested(self) -> Iterator[tuple[str, list[str]]]:
        for (indicator, *place), by_part in self.names.items():
            wider = self.names.get((self.wider.get(indicator, ""), *place), {}).get("numerator", {})
            parts = ["numerator"] if indicator in self.changes else list(by_part)
            for period, name in ((period, name) for part in parts for period, name in by_part[part].items()):
                if period in wider:
                    yield wider[period], [name]

    def _of_bases(self) -> Iterator[tuple[str, list[str]]]:
        for (indicator, *_), by_part in self.names.items():
            if indicator not in self.changes:
                for period, base in by_part["denominator"].items():
                    yield base, [by_part["numerator"][period]]

    def _is_equal(self, whole: str, members: Iterable[str]) -> bool:
        counts = [self.counts[name] for name in members]
        is_exact = all(count.low == count.high for count in [self.counts[whole], *counts])
        return is_exact and self.counts[whole].low == sum(count.low for count in counts)
