"""What was released before: every printed figure is known for ever, and what was suppressed stays a secret."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from publish.disclosure.certificate import Certificate
from publish.disclosure.reading import Candidates, Key
from publish.disclosure.types import Count, Figure, Suppression, Terms

COUNTS = "select * from ops.public_count where name = any(%s)"

FIGURES = """
select release_id, indicator_code, period, unit_code, boundary_basis, measure, suppression, sums
from ops.public_figure where programme_code = %s order by 1, 2, 3, 4, 5, 6
"""

NEW_RELEASE = """
insert into ops.public_release (programme_code, periods, released_at, figures, primary_suppressed,
    complementary_suppressed, counts_attacked, counts_recovered, least_width, median_width, rule)
values (%(programme)s, %(periods)s, %(released_at)s, %(figures)s, %(primary)s, %(complementary)s, %(attacked)s,
    %(recovered)s, %(least_width)s, %(median_width)s, %(rule)s)
returning release_id
"""

NEW_COUNT = """
insert into ops.public_count (name, low, high, ceiling, has_small_base) values (%s, %s, %s, %s, %s)
on conflict (name) do nothing
"""

NEW_FIGURE = """
insert into ops.public_figure (release_id, programme_code, indicator_code, period, unit_id, unit_code, boundary_basis,
    measure, unit_level, suppression, numerator, denominator, value_low, value_high, sums)
values (%(release)s, %(programme)s, %(indicator_code)s, %(period)s, %(unit_id)s, %(unit_code)s, %(boundary_basis)s,
    %(measure)s, %(unit_level)s, %(suppression)s, %(numerator)s, %(denominator)s, %(value_low)s, %(value_high)s,
    %(sums)s)
"""
NEW_RELATION = """
insert into ops.public_relation (programme_code, terms, comparator) values (%s, %s, %s) on conflict do nothing
"""

RELATIONS = """
select terms from ops.public_relation where programme_code = %s and comparator = %s order by terms::text
"""
EQUAL, AT_MOST = "=", "≤"

PERIODS = "select distinct unnest(periods) from ops.public_release where programme_code = %s"

NEXT = sys.maxsize
"""The number of a release that has none yet."""
NUMBERS = ("numerator", "denominator", "value_low", "value_high")


@dataclass(frozen=True)
class Released:
    """A figure of a release. sums: with whether each is small itself."""

    release_id: int
    key: tuple[int | str, ...]
    is_suppressed: bool
    sums: tuple[tuple[Terms, bool], ...]


@dataclass(frozen=True)
class History:
    """All figures that were released of a programme, and the counts below them with the what holds between these."""

    figures: tuple[Released, ...]
    counts: Mapping[str, Count]
    relations: tuple[Terms, ...]
    orders: tuple[Terms, ...]
    periods: frozenset[str]


def load(connection: psycopg.Connection, programme: str) -> History:
    """Everything that was released of the programme so far."""
    cursor = connection.cursor(row_factory=dict_row)
    figures = tuple(_released(row) for row in cursor.execute(FIGURES, [programme]))
    relations, orders = (
        tuple(_terms(row["terms"]) for row in cursor.execute(RELATIONS, [programme, comparator]))
        for comparator in (EQUAL, AT_MOST)
    )
    sums = [terms for figure in figures for terms, _ in figure.sums]
    names = sorted({name for terms in [*sums, *relations, *orders] for name in terms})
    rows = cursor.execute(COUNTS, [names]).fetchall()
    counts = {row["name"]: Count(row["low"], row["high"], row["ceiling"], row["has_small_base"]) for row in rows}
    periods = connection.execute(PERIODS, [programme]).fetchall()
    return History(figures, counts, relations, orders, frozenset(period for (period,) in periods))


def _terms(shares: Mapping[str, str]) -> Terms:
    return {name: Decimal(share) for name, share in shares.items()}


def _released(row: dict[str, Any]) -> Released:
    key = (row["release_id"], *(row[column] for column in Key._fields))
    sums = tuple((_terms(part["terms"]), part["is_primary"]) for part in row["sums"])
    return Released(row["release_id"], key, row["suppression"] != "none", sums)


def released(figures: Iterable[Figure], suppression: Suppression) -> tuple[Released, ...]:
    """Figures as the next release would have them."""
    found = []
    for figure in figures:
        assert isinstance(figure.key, Key)
        sums = tuple(zip(figure.sums, figure.is_primary, strict=bool(figure.sums)))
        found.append(Released(NEXT, (NEXT, *figure.key), figure.key in suppression.keys, sums))
    return tuple(found)


def record(
    connection: psycopg.Connection,
    programme: str,
    periods: Iterable[str],
    released_at: datetime,
    candidates: Candidates,
    suppression: Suppression,
    certificate: Certificate,
) -> int:
    """Keep a release with its certificate, in the caller's transaction; returns its number."""
    values = {"programme": programme, "periods": list(periods), "released_at": released_at}
    row = connection.execute(NEW_RELEASE, values | certificate.columns()).fetchone()
    assert row is not None
    with connection.cursor() as cursor:
        cursor.executemany(
            NEW_COUNT,
            [
                (name, count.low, count.high, count.ceiling, count.has_small_base)
                for name, count in candidates.counts.items()
            ],
        )
        cursor.executemany(
            NEW_FIGURE,
            [
                {"release": row[0], "programme": programme} | _columns(figure, candidates, suppression)
                for figure in candidates.figures
            ],
        )
        for comparator, sums in ((EQUAL, candidates.relations), (AT_MOST, candidates.orders)):
            cursor.executemany(NEW_RELATION, [(programme, Jsonb(_shares(terms)), comparator) for terms in sums])
    return int(row[0])


def _columns(figure: Figure, candidates: Candidates, suppression: Suppression) -> dict[str, Any]:
    kinds = {"primary": suppression.primary, "complementary": suppression.complementary}
    kind = next((kind for kind, keys in kinds.items() if figure.key in keys), "none")
    assert isinstance(figure.key, Key)
    columns = dict(candidates.rows[figure.key])
    if kind != "none":
        columns |= dict.fromkeys(NUMBERS)
    sums = [
        {"terms": _shares(terms), "is_primary": is_primary}
        for terms, is_primary in zip(figure.sums, figure.is_primary, strict=bool(figure.sums))
    ]
    return columns | {"suppression": kind, "sums": Jsonb(sums)}


def _shares(terms: Terms) -> dict[str, str]:
    return {name: str(share) for name, share in terms.items()}
