"""A checksum of every mart, so that a restored or rebuilt warehouse can be compared with the original."""

from collections.abc import Mapping
from typing import NamedTuple

import psycopg
from psycopg import sql

from warehouse.audit import chain

MARTS = """
select relname from pg_class where relnamespace = to_regnamespace('marts') and relkind in ('r', 'v', 'm') order by 1
"""
CHECKSUM = """
select count(*), coalesce(sum(hashtextextended(mart::text, 0)::numeric), 0)::text from {} as mart
"""


class Checksum(NamedTuple):
    """Rows of a mart, and the sum of a 64-bit hash of each: their order does not count."""

    rows: int
    checksum: str


def of_marts(connection: psycopg.Connection) -> dict[str, Checksum]:
    """By mart, as it is now; empty where nothing is built."""
    chain.print_canonically(connection)
    names = [name for (name,) in connection.execute(MARTS)]
    return {name: _checksum(connection, name) for name in names}


def differing(before: Mapping[str, Checksum], after: Mapping[str, Checksum]) -> list[str]:
    """The marts that are not the same, each with its rows and checksums."""
    return [
        f"{name}: {_shown(before.get(name))}, now {_shown(after.get(name))}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _checksum(connection: psycopg.Connection, name: str) -> Checksum:
    row = connection.execute(sql.SQL(CHECKSUM).format(sql.Identifier("marts", name))).fetchone()
    assert row is not None
    return Checksum(*row)


def _shown(found: Checksum | None) -> str:
    return f"{found.rows} rows, checksum {found.checksum}" if found else "not there"
