"""What dbt loads of the catalogue: the rows that are shipped with those of the office, without blocked programmes.

A programme with invalid rows is blocked: it stays as last loaded, and the others are loaded. What is wrong is known
from the CSV files and their yml (warehouse/seeds) before dbt starts. Where the office has a catalogue of its own or a
programme is blocked, dbt loads a copy of the project: its rows are the merged ones, those of a blocked programme the
ones that the database has.
"""

import csv
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from warehouse import database
from warehouse.errors import NotRetryable
from warehouse.logging import get_logger
from warehouse.seeds import checks, office
from warehouse.seeds.checks import Project
from warehouse.seeds.files import Problem
from warehouse.seeds.office import Change
from warehouse.seeds.schema import Seed
from warehouse.settings import get_settings

log = get_logger(__name__)

NAMED = 10
"""Of more problems than these the rest is counted; `baocao catalogue check` lists them all."""

Blocked = Mapping[str, list[str]]
"""By programme, what is wrong in its rows."""


class CatalogueInvalid(NotRetryable):
    """Files or rows of the catalogue that are not of single programmes cannot be loaded; the message names each."""


def read(project: Path) -> Project:
    """The project's seeds with the rows of the office's own catalogue. Raises WrongCall if its folder is not there."""
    return checks.read(project, office.existing(get_settings().catalogue))


def blocked_programmes(catalogue: Project) -> Blocked:
    """Which programmes are blocked, and why. Raises CatalogueInvalid for what concerns all programmes."""
    found = checks.problems(catalogue)
    shared = [problem for problem in found if not problem.programmes]
    if shared:
        raise CatalogueInvalid("The catalogue cannot be loaded.\n" + "\n".join(named(shared)))
    programmes = sorted({programme for problem in found for programme in problem.programmes})
    return {code: named([problem for problem in found if code in problem.programmes]) for code in programmes}


def named(problems: Sequence[Problem]) -> list[str]:
    texts = [str(problem) for problem in problems[:NAMED]]
    left = len(problems) - NAMED
    return [*texts, f"{left} more: `baocao catalogue check` lists them"] if left > 0 else texts


def described(changes: Sequence[Change]) -> dict[str, Any]:
    """What a run of the load keeps of the office's own catalogue: how many rows of each kind, and notes."""
    kinds = Counter[str](change.kind for change in changes)
    notes = [f"{change.row.file}, row {change.row.number}: {change.note}" for change in changes if change.note]
    return {**kinds, "notes": notes}


def warn(blocked: Blocked) -> None:
    for programme, problems in blocked.items():
        log.warning("%s is not published until its rows are corrected:\n%s", programme, "\n".join(problems))


@contextmanager
def loadable_project(project: Path, catalogue: Project, blocked: Blocked) -> Iterator[Path]:
    """The project that dbt can load: itself, or a copy with the office's rows and blocked programmes' last ones."""
    if not blocked and not catalogue.changes:
        yield project
        return
    copy = get_settings().home / "loadable" / "dbt_project"
    shutil.rmtree(copy, ignore_errors=True)
    try:
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "logs"))
        _replace_rows(project, copy, catalogue, blocked)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _replace_rows(project: Path, copy: Path, catalogue: Project, blocked: Blocked) -> None:
    changed = {change.seed for change in catalogue.changes}
    with database.connect() as connection:
        for name, table in catalogue.tables.items():
            is_of_programmes = "programme_code" in table.seed.column_types
            if name in changed or (blocked and is_of_programmes):
                kept = [row.cells for row in table.rows if row.programme not in blocked]
                last = _last_loaded(connection, table.seed, blocked) if blocked and is_of_programmes else []
                _write(table.seed, copy / table.seed.path.relative_to(project), [*kept, *last])


def _last_loaded(connection: psycopg.Connection, seed: Seed, blocked: Blocked) -> list[dict[str, str | None]]:
    columns = connection.execute(
        "select column_name from information_schema.columns where table_schema = %s and table_name = %s",
        [seed.path.parent.name, seed.name],
    ).fetchall()
    there = [column for (column,) in columns if column in seed.column_types]
    if "programme_code" not in there:
        return []
    query = sql.SQL("select {} from {} where programme_code = any(%s)").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in there),
        sql.Identifier(seed.path.parent.name, seed.name),
    )
    return [dict(zip(there, row, strict=True)) for row in connection.execute(query, [list(blocked)])]


def _write(seed: Seed, path: Path, rows: Sequence[Mapping[str, str | None]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(seed.column_types), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
