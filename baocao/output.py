"""How a command speaks: one JSON document or a table on stdout, everything else on stderr."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
"""The option of every reading command."""


def write_document(document: object) -> None:
    """One JSON document on stdout: moments in ISO 8601, numbers not rounded, letters as they are."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def write_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], title: str | None = None) -> None:
    """Rows for people, on stdout; a missing value is an empty cell, and never 0."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*("" if row.get(column) is None else str(row[column]) for column in columns))
    Console().print(table)


def stderr() -> Console:
    """For progress displays and remarks."""
    return Console(stderr=True)


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
