"""Which units lie in a unit. Named one by one in a query they go down to the indexes below windows; a join does not."""

import psycopg

COUNTRY = "VN"

WITHIN = "select array_agg(distinct unit_id) from marts.bridge_org_unit_ancestor where {key} = %s"


def within(connection: psycopg.Connection, code: str) -> list[str] | None:
    """unit_ids of the units that have or had a code, and of all below them, each in its own time.

    None for the country, where all are.
    """
    return None if code == COUNTRY else _read(connection, "ancestor_code", code)


def within_unit(connection: psycopg.Connection, unit_id: str) -> list[str]:
    """unit_ids of one unit and of all below it, each in its own time."""
    return _read(connection, "ancestor_id", unit_id)


def condition(column: str, units: list[str] | None) -> str:
    """Of a query with the parameter `units`: those units, or all of them."""
    return "true" if units is None else f"{column} = any(%(units)s)"


def _read(connection: psycopg.Connection, key: str, value: str) -> list[str]:
    row = connection.execute(WITHIN.format(key=key).encode(), [value]).fetchone()
    return (row and row[0]) or []
