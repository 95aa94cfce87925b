"""The checked tables of a session, and what a check found in them."""

from collections.abc import Mapping, Sequence

import psycopg

from expectations import rules

Counts = Mapping[tuple[str, str], int]
"""Rows that break a rule, by (suite, rule code)."""


def lay_out(session: psycopg.Connection, tables: Sequence[str], **values: object) -> None:
    """Make these checked tables, in their order, as temporary tables that end with the session.

    values: what the parameters in their SQL stand for, written in as literals so that the planner sees them.
    """
    cursor = psycopg.ClientCursor(session)
    for table in tables:
        cursor.execute(f"create temporary table {table} as\n{rules.laid_out(table)}".encode(), values or None)
        session.execute(f"analyze pg_temp.{table}")


def keep(session: psycopg.Connection, run_id: int, counts: Counts, severities: Mapping[str, str]) -> None:
    """The result of every rule, met or not, into ops.check_result; a run that is checked again keeps the newest."""
    session.cursor().executemany(
        """
        insert into ops.check_result (run_id, suite, rule, severity, is_met, unexpected_count)
        values (%s, %s, %s, %s, %s, %s)
        on conflict (run_id, suite, rule)
        do update set is_met = excluded.is_met, unexpected_count = excluded.unexpected_count
        """,
        [(run_id, suite, code, severities[code], count == 0, count) for (suite, code), count in counts.items()],
    )
