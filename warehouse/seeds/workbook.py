"""What those who write and who read the catalogue's workbook agree on: its sheets, its rows, what may be chosen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from unicodedata import normalize

from warehouse.seeds import labels
from warehouse.seeds.checks import Project
from warehouse.seeds.files import Table
from warehouse.seeds.schema import Seed

GUIDE, LISTS, EXPORTED = "Hướng dẫn", "_danh_sach", "_da_xuat"
"""The sheets beside the tables: how to, the lists of allowed values, and what was written (the last two hidden)."""

COLUMN_ROW, FIRST_ROW = 1, 2
"""Counted from 0: the row with the columns' own names, below the headings, and the first row of a table."""

MOST_CHOICES = 60

ACCEPT, PLACE, QUOTATION = "accept", "drafted_from", "quotation_vi"
"""Columns of a draft before those of the table: who accepts a row writes ACCEPTED; the others only help to decide."""

DRAFT_COLUMNS = (ACCEPT, PLACE, QUOTATION)
ACCEPTED = "có"


class Draft(NamedTuple):
    """A row that was proposed and that a person accepts. place: where in the plan; quotation: what it says there."""

    seed: str
    cells: Mapping[str, str | None]
    place: str
    quotation: str


def is_of(table: Table, programme: str | None) -> bool:
    """Whether the table is kept in the workbook of a programme, or of all of them (None)."""
    return labels.table(table.seed.name) is not None and (
        programme is None or "programme_code" in table.seed.column_types
    )


def choices(project: Project, seed: Seed, column: str) -> tuple[str, ...]:
    """The values that a column may have, where they are few; none where anything may be written."""
    if seed.column_types[column] == "boolean":
        return ("true", "false")
    for test in seed.data_tests:
        if test.name == "accepted_values" and test.columns == (column,):
            return tuple(str(value) for value in test.arguments["values"])
        if test.name == "relationships" and test.columns == (column,):
            field = test.arguments["field"]
            known = dict.fromkeys(row.cells.get(field) for row in project.tables[test.referenced_seed].rows)
            found = tuple(value for value in known if value)
            return found if len(found) <= MOST_CHOICES else ()
    return ()


def digest(columns: Iterable[str], cells: Mapping[str, str | None]) -> str:
    """A hash of a row's cells in these columns, by which a row that was changed is known."""
    named = {name: normalize("NFC", cells.get(name) or "") for name in columns}
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:16]


def remember(seed: Seed, cells: Mapping[str, str | None]) -> str:
    """A row as the hidden sheet keeps it: its hash and its key."""
    return json.dumps([digest(seed.column_types, cells), *(cells.get(name) for name in seed.key)], ensure_ascii=False)


def remembered(text: str) -> tuple[str, tuple[str | None, ...]]:
    """The hash and the key of a row of the hidden sheet."""
    found, *key = json.loads(text)
    return found, tuple(key)
