"""What the last checks found: gate, build, daily completeness check, dbt tests, rows of the catalogue."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from warehouse import clock, queries

Row = dict[str, Any]

SEEDS = "seeds"
"""The suite of wrong rows of the catalogue: a rule is the text of a problem."""


def of_last_runs(connection: psycopg.Connection, programme: str | None = None) -> list[Row]:
    """One row per rule, met or not; with a programme those that its rows break. `programmes`: rows that fail, by code.

    rows_checked is empty for dbt tests, which do not count them. severity is empty for a dbt test that is met.
    """
    rows = connection.cursor(row_factory=dict_row).execute(queries.load(__file__, "checks").encode()).fetchall()
    return [row for row in rows if programme is None or programme in row["programmes"]]


def summary(rows: Iterable[Row]) -> list[Row]:
    """One row per step and suite, for people."""
    return [
        _summary(step, suite, list(of_suite))
        for (step, suite), of_suite in groupby(rows, key=lambda row: (row["step"], row["suite"]))
    ]


def for_display(rows: Iterable[Row]) -> list[Row]:
    """Rules for people, their programmes in one cell."""
    shown = {"rows": "rows_checked", "failed": "rows_failed"}
    return [
        row | {name: row[key] for name, key in shown.items()} | {"programmes": _programmes(row["programmes"])}
        for row in rows
    ]


def _summary(step: str, suite: str, rows: Sequence[Row]) -> Row:
    counted = [row["rows_checked"] for row in rows if row["rows_checked"] is not None]
    return {
        "step": step,
        "suite": suite,
        "checked_at": _time(max(row["checked_at"] for row in rows)),
        "rules": len(rows),
        "rows": max(counted, default=None),
        "broken": sum(not row["is_met"] for row in rows),
    }


def _programmes(failing: dict[str, int | None]) -> str:
    named = sorted(failing.items())
    return ", ".join(f"{code or '(none)'}{f' ({count})' if count is not None else ''}" for code, count in named)


def _time(value: Any) -> str:
    return f"{value.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
