"""Output of commands: one JSON document, CSV or a table on stdout, everything else on stderr."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from warehouse.as_of import parse_timestamp
from warehouse.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

MANY = 200
"""From so many rows on a table is plain lines: a drawn one takes two milliseconds a row, and nobody admires it."""

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
"""The option of every reading command."""

Csv = Annotated[bool, typer.Option("--csv", help="CSV on stdout.")]
"""The option of commands that list many rows."""

AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        parser=parse_timestamp,
        metavar="TIMESTAMP",
        help="As it was known at this time: ISO 8601, Vietnamese time; without it, the newest.",
    ),
]
"""The option of every command that reads figures; hand it to warehouse.as_of.set_session_as_of."""


def write_document(document: object) -> None:
    """One JSON document on stdout: timestamps in ISO 8601, numbers not rounded, Unicode not escaped."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def write_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """CSV on stdout with a header, values as in a JSON document; nothing for no rows."""
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _csv_cell(value) for name, value in row.items()} for row in rows)


def write_table(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], title: str | None = None, one_line: str | None = None
) -> None:
    """Print rows as a table on stdout; a missing value is an empty cell, and never 0.

    one_line: the column that gives way on a narrow screen: it is cut short, so that no other one is.
    """
    cells_by_row = [
        ["" if row.get(column) is None else printable(str(row[column])) for column in columns] for row in rows
    ]
    if len(cells_by_row) >= MANY:
        typer.echo("\n".join([*filter(None, [title]), *_lines([list(columns), *cells_by_row])]))
        return
    _draw(columns, cells_by_row, title, one_line)


def _draw(columns: Sequence[str], cells_by_row: list[list[str]], title: str | None, one_line: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    console, table = Console(), Table(*columns, title=title)
    if one_line:
        _cut(cells_by_row, columns, columns.index(one_line), console.width)
    for cells in cells_by_row:
        table.add_row(*cells)
    console.print(table)


def _lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Cells under one another, two blanks between the columns; each row is one line, however long."""
    from rich.cells import cell_len

    flat = [[" ".join(cell.split("\n")) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*flat, strict=True)]
    padded = [[cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)] for row in flat]
    return ["  ".join(row).rstrip() for row in padded]


def _cut(rows: list[list[str]], columns: Sequence[str], which: int, width: int) -> None:
    """Shorten the cells of one column to what the others and the borders leave of the screen's width."""
    from rich.cells import cell_len
    from rich.text import Text

    lines = [[line for row in [columns, *rows] for line in row[at].split("\n")] for at in range(len(columns))]
    widest = [max(map(cell_len, column)) for column in lines]
    left = max(width - sum(widest) + widest[which] - 3 * len(columns) - 1, 20)
    for row in rows:
        text = Text(row[which])
        text.truncate(left, overflow="ellipsis")
        row[which] = text.plain


def stderr() -> "Console":
    """For progress displays and remarks."""
    from rich.console import Console

    return Console(stderr=True)


def _csv_cell(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=_plain).strip('"')


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
