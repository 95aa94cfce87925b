"""The office's own catalogue: a folder of CSV files named as the seeds, whose rows add to and replace what is shipped.

A row whose key is shipped replaces that row, any other is added. The column `change` is optional: `remove` takes a
shipped row out, `override` and `add` say what a row is meant to do, so that it is noticed when an upgrade of the
software ships something else. A column that a file lacks is as shipped, and empty in a row that is added.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from warehouse.errors import WrongCall
from warehouse.seeds import files, schema
from warehouse.seeds.files import Message, Problem, Row, Table

CHANGE = "change"
CHANGES = ("add", "override", "remove")

NOTHING_TO_REMOVE = "the row that it removes is not shipped any more"
NOT_SHIPPED = "the row that it overrides is not shipped any more: it is a row of its own"
SHIPPED_NOW = "a row with this key is shipped now: it replaces that one"

Key = tuple[str | None, ...]
Kind = Literal["added", "overridden", "removed", "same"]


@dataclass(frozen=True)
class Change:
    """What a row of the office does to a seed. shipped, merged: the cells before and after; None where there is no row.

    note: what the row says it is and is no longer, since an upgrade ships something else.
    """

    seed: str
    kind: Kind
    key: Mapping[str, str | None]
    shipped: Mapping[str, str | None] | None
    merged: Mapping[str, str | None] | None
    row: Row
    note: str = ""

    @property
    def columns(self) -> list[str]:
        """Those whose cells differ, where a row is replaced by another."""
        if self.shipped is None or self.merged is None:
            return []
        return [name for name, value in self.merged.items() if value != self.shipped[name]]


@dataclass(frozen=True)
class Overlay:
    """The seeds of a project with the office's rows, what these do, and what is wrong with the folder."""

    tables: Mapping[str, Table]
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


CODE_LABELS = "code_labels"
"""Texts of the program, not of a plan: workbooks and pages read them from the shipped file (warehouse.code_labels)."""


def existing(folder: Path | None) -> Path | None:
    """The folder of the setting. Raises WrongCall if it is not there: its rows must not be left out unnoticed."""
    if folder is not None and not folder.is_dir():
        raise WrongCall(f"BAOCAO_CATALOGUE: there is no folder {folder}. Create it, or unset the variable.")
    return folder


def merge(tables: Mapping[str, Table], folder: Path | None) -> Overlay:
    """The tables with the rows of the folder's files; without a folder, as they are."""
    if folder is None:
        return Overlay(tables)
    merged, changes, problems = dict(tables), [], []
    own_tables = sorted(set(tables) - {CODE_LABELS})
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in own_tables:
            near = get_close_matches(path.stem, own_tables, n=3) or own_tables
            names = ", ".join(f"{name}.csv" for name in near)
            reason = Message("no table of the catalogue has that name", "danh mục không có bảng tên này")
            allowed = Message(f"files named as the seeds, such as {names}", f"tên tệp theo tên bảng, ví dụ {names}")
            problems.append(Problem(str(path), reason, allowed))
            continue
        own = files.read_partly(tables[path.stem].seed, path, (CHANGE,))
        merged[path.stem], of_table = _merged(tables[path.stem], own)
        changes += of_table
    return Overlay(merged, changes, problems)


def rows(project: Path, seed: str, folder: Path | None) -> list[Mapping[str, str | None]]:
    """The rows of one seed with the office's, as cells by column; nothing of it is checked."""
    found = next(each for each in schema.read(project) if each.name == seed)
    shipped = files.read(found)
    path = folder / f"{seed}.csv" if folder else None
    if path is None or not path.is_file():
        return [row.cells for row in shipped.rows]
    merged, _ = _merged(shipped, files.read_partly(found, path, (CHANGE,)))
    return [row.cells for row in merged.rows]


def _merged(shipped: Table, own: Table) -> tuple[Table, list[Change]]:
    table = Table(shipped.seed, shipped.file, [], [*shipped.problems, *own.problems], shipped.is_readable)
    table.is_readable = shipped.is_readable and own.is_readable
    if not table.is_readable:
        table.rows = list(shipped.rows)
        return table, []
    by_key = {_key(shipped, row): row for row in shipped.rows}
    changes = list(_changes(shipped, own, by_key, table.problems))
    replaced = {tuple(change.key.values()): change for change in changes if change.shipped is not None}
    for row in shipped.rows:
        change = replaced.get(_key(shipped, row))
        if change is None:
            table.rows.append(row)
        elif change.merged is not None:
            table.rows.append(_row(change))
    table.rows += [_row(change) for change in changes if change.kind == "added"]
    return table, changes


def _changes(shipped: Table, own: Table, by_key: Mapping[Key, Row], problems: list[Problem]) -> Iterator[Change]:
    first: dict[Key, Row] = {}
    unreadable = {problem.row for problem in own.problems}
    for row in (each for each in own.rows if each.number not in unreadable):
        key, meant = _key(shipped, row), row.cells.get(CHANGE)
        programmes = frozenset(filter(None, [row.programme]))
        if meant is not None and meant not in CHANGES:
            reason = Message(f"“{meant}” is not a value of it", f"«{meant}» không nằm trong danh sách")
            names = ", ".join(CHANGES)
            allowed = Message(f"{names}, or nothing", f"{names}, hoặc để trống")
            problems.append(Problem(row.file, reason, allowed, row.number, CHANGE, meant, programmes))
        elif key in first:
            named, number = _named(shipped, key), first[key].number
            reason = Message(f"the key is in row {number} already: {named}", f"khoá đã có ở dòng {number}: {named}")
            once = Message("each key once", "mỗi khoá một dòng")
            problems.append(Problem(row.file, reason, once, row.number, programmes=programmes))
        else:
            yield _change(shipped, row, key, by_key.get(key), meant)
        first.setdefault(key, row)


def _change(table: Table, row: Row, key: Key, shipped: Row | None, meant: str | None) -> Change:
    before = shipped.cells if shipped else None
    named = dict(zip(table.seed.key, key, strict=True))
    if meant == "remove":
        note = "" if shipped else NOTHING_TO_REMOVE
        return Change(table.seed.name, "removed", named, before, None, row, note)
    given = {name: value for name, value in row.cells.items() if name != CHANGE}
    after = {name: given.get(name, before[name] if before else None) for name in table.seed.column_types}
    if before is None:
        note = NOT_SHIPPED if meant == "override" else ""
        return Change(table.seed.name, "added", named, None, after, row, note)
    note = SHIPPED_NOW if meant == "add" else ""
    kind: Kind = "same" if after == before else "overridden"
    return Change(table.seed.name, kind, named, before, after, row, note)


def _row(change: Change) -> Row:
    return Row(change.row.number, dict(change.merged or {}), change.row.file)


def _key(table: Table, row: Row) -> Key:
    return tuple(row.cells.get(column) for column in table.seed.key)


def _named(table: Table, key: Key) -> str:
    return ", ".join(f"{column} {value or '(empty)'}" for column, value in zip(table.seed.key, key, strict=True))
