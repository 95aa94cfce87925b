"""Reads the CSV file of a seed as dbt does, and says why one cannot be read."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from warehouse.seeds.schema import Seed

EMPTY = frozenset({"", "null"})
"""What dbt loads as an empty cell."""

AS_UTF8 = "UTF-8; in Excel: Save as, CSV UTF-8 (Comma delimited)"
SEPARATED = "commas between the cells; in Excel with a Vietnamese setting, set the list separator to a comma first"


@dataclass(frozen=True)
class Problem:
    """What is wrong in a seed. programmes: whose rows it is in; none where it is not of one programme alone.

    row: as a spreadsheet counts, the header is row 1; None: the file as a whole.
    """

    file: str
    reason: str
    allowed: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    programmes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        place = [self.file, f"row {self.row}" if self.row else None, self.column]
        return f"{', '.join(filter(None, place))}: {self.reason}. Allowed: {self.allowed}."


@dataclass(frozen=True)
class Row:
    """A row with its number; an empty cell is None."""

    number: int
    cells: dict[str, str | None]

    @property
    def programme(self) -> str | None:
        return self.cells.get("programme_code")


@dataclass
class Table:
    """The rows of a seed; is_readable: false where the file is broken."""

    seed: Seed
    file: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_readable: bool = True


def read(seed: Seed) -> Table:
    """The rows of the seed's file, and what keeps the file or single rows from being read."""
    table = Table(seed, "/".join(seed.path.parts[-4:]))
    try:
        text = seed.path.read_text(encoding="utf-8-sig")
        _read_rows(table, csv.reader(io.StringIO(text, newline=""), strict=True))
    except FileNotFoundError:
        _unreadable(table, "the file is missing", "a file with the columns " + ", ".join(seed.column_types))
    except UnicodeDecodeError as error:
        row = seed.path.read_bytes()[: error.start].count(b"\n") + 1
        _unreadable(table, f"the file is not UTF-8 (byte {error.start + 1})", AS_UTF8, row)
    return table


def _read_rows(table: Table, lines: Iterator[list[str]]) -> None:
    number = 0
    try:
        header = next(lines, [])
        number = 1
        if not _check_header(table, header):
            return
        for number, cells in enumerate(lines, 2):
            if cells:
                _read_row(table, header, number, cells)
    except csv.Error as error:
        quoted = 'a quotation mark within a quoted cell is written twice (""), and each quoted cell is closed'
        _unreadable(table, f"the quotation marks do not match ({error})", quoted, number + 1)


def _check_header(table: Table, header: list[str]) -> bool:
    expected = list(table.seed.column_types)
    if header == expected or sorted(header) == sorted(expected):
        return True
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            _unreadable(table, f"the cells are separated by {name}", SEPARATED, 1)
            return False
    missing = [column for column in expected if column not in header]
    unknown = [column or "(empty)" for column in header if column not in expected]
    twice = sorted({column for column in header if header.count(column) > 1})
    for what, columns in (("is missing", missing), ("is unknown", unknown), ("is there twice", twice)):
        for column in columns:
            _unreadable(table, f"the column {column} {what}", "each of " + ", ".join(expected) + " once", 1)
    return False


def _read_row(table: Table, header: list[str], number: int, cells: list[str]) -> None:
    values = [None if cell.strip().lower() in EMPTY else cell for cell in cells]
    row = Row(number, dict(zip(header, [*values, *[None] * len(header)], strict=False)))
    table.rows.append(row)
    if len(cells) != len(header):
        allowed = f"{len(header)} cells; a cell that contains a comma is put in quotation marks"
        of = frozenset(filter(None, [row.programme]))
        reason = f"the row has {len(cells)} cells"
        table.problems.append(Problem(table.file, reason, allowed, number, programmes=of))


def _unreadable(table: Table, reason: str, allowed: str, row: int | None = None) -> None:
    table.is_readable = False
    table.problems.append(Problem(table.file, reason, allowed, row))
