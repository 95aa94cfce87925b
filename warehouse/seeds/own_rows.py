"""What a changed workbook changes in the office's own catalogue, and the files that say so."""

import csv
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Literal
from uuid import uuid4

from warehouse.seeds import files
from warehouse.seeds.checks import Project
from warehouse.seeds.files import Row, Table
from warehouse.seeds.office import CHANGE
from warehouse.seeds.schema import Seed
from warehouse.seeds.workbook import digest

Key = tuple[str | None, ...]
Cells = Mapping[str, str | None]


@dataclass(frozen=True)
class Edit:
    """A row that a person added, changed or deleted. before, after: its cells; None where there is no row."""

    seed: Seed
    kind: Literal["added", "changed", "deleted"]
    key: Key
    before: Cells | None
    after: Cells | None
    row: Row

    @property
    def columns(self) -> list[str]:
        """Those that differ; of a row that was added those that are filled in."""
        before, after = self.before or {}, self.after or {}
        return [name for name in self.seed.column_types if before.get(name) != after.get(name)]


def edits(
    table: Table, rows: Sequence[Row], columns: Sequence[str], exported: Mapping[Key, str]
) -> tuple[Table, list[Edit]]:
    """The table with what a person changed, and each change.

    rows: of the workbook, columns: those that it has, exported: the hash of each row when it was written, by its key.
    A row that is as it was written changes nothing, whatever became of the catalogue since. The rows of the table that
    are in the workbook have its addresses.
    """
    seed = table.seed
    current = {key_of(seed, row.cells): row for row in table.rows}
    here: dict[Key, Row] = {}
    found, more = [], []
    for row in rows:
        key = key_of(seed, row.cells)
        before = current[key].cells if key in current else None
        if exported.get(key) == digest(columns, row.cells) and key not in here:
            if before is not None:
                here[key] = Row(row.number, dict(before), row.file)
            continue
        after = {name: row.cells.get(name, (before or {}).get(name)) for name in seed.column_types}
        if key in here or before is None:
            more.append(Row(row.number, after, row.file))
        else:
            here[key] = Row(row.number, after, row.file)
        if after != before:
            found.append(Edit(seed, "changed" if before else "added", key, before, after, row))
    in_workbook = {key_of(seed, row.cells) for row in rows}
    deleted = [key for key in exported if key not in in_workbook and key in current]
    found += [Edit(seed, "deleted", key, current[key].cells, None, current[key]) for key in deleted]
    kept = [here.get(key, row) for key, row in current.items() if key not in set(deleted)]
    return replace(table, rows=[*kept, *more]), found


def key_of(seed: Seed, cells: Cells) -> Key:
    return tuple(cells.get(name) for name in seed.key)


def write(folder: Path, shipped: Project, merged: Project, changes: Sequence[Edit]) -> list[Path]:
    """Put the changes into the files of the folder, and return those that were written.

    A row that is as shipped again is left out, and so is a file without rows. Rows of the folder that nobody changed
    stay; a column that their file did not have is filled in as it is shipped. A second writer waits.
    """
    written = []
    with _alone(folder):
        for name in dict.fromkeys(change.seed.name for change in changes):
            of_seed = [change for change in changes if change.seed.name == name]
            own = _own(folder, shipped.tables[name].seed, merged.tables[name], of_seed)
            path = folder / f"{name}.csv"
            _write(path, of_seed[0].seed, _with_change(shipped.tables[name], own))
            written.append(path)
    return written


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A file is read and written anew as a whole: what another process adds meanwhile would be lost."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _own(folder: Path, seed: Seed, merged: Table, changes: Sequence[Edit]) -> dict[Key, Cells | None]:
    """The folder's rows after the changes: cells, or None for a row that is removed."""
    path = folder / f"{seed.name}.csv"
    cells = {key_of(seed, row.cells): row.cells for row in merged.rows}
    found: dict[Key, Cells | None] = {}
    if path.is_file():
        for row in files.read_partly(seed, path, (CHANGE,)).rows:
            key = key_of(seed, row.cells)
            found[key] = cells.get(key, row.cells) if row.cells.get(CHANGE) != "remove" else None
    return found | {change.key: change.after for change in changes}


def _with_change(shipped: Table, own: Mapping[Key, Cells | None]) -> list[dict[str, str | None]]:
    seed, known = shipped.seed, {key_of(shipped.seed, row.cells): row.cells for row in shipped.rows}
    rows: list[dict[str, str | None]] = []
    for key, cells in own.items():
        if cells is None and key in known:
            rows.append({**dict(zip(seed.key, key, strict=True)), CHANGE: "remove"})
        elif cells is not None and cells != known.get(key):
            rows.append({**cells, CHANGE: "override" if key in known else "add"})
    return rows


def _write(path: Path, seed: Seed, rows: Sequence[Mapping[str, str | None]]) -> None:
    """Whole or not at all: a build may read meanwhile."""
    if not rows:
        path.unlink(missing_ok=True)
        return
    text = StringIO()
    writer = csv.DictWriter(text, [*seed.column_types, CHANGE], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    draft.write_text(text.getvalue(), encoding="utf-8", newline="")
    draft.replace(path)
