"""A programme with invalid rows of the catalogue is blocked: it stays as last loaded, and the others are loaded.

What is wrong is known from the CSV files and their yml (warehouse/seeds) before dbt starts. dbt then loads a copy of
the project in which the rows of a blocked programme are those that the database has.
"""

import csv
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from warehouse import database
from warehouse.errors import NotRetryable
from warehouse.logging import get_logger
from warehouse.seeds import checks
from warehouse.seeds.files import Problem
from warehouse.seeds.schema import Seed
from warehouse.settings import get_settings

log = get_logger(__name__)

NAMED = 10
"""Of more problems than these the rest is counted; `baocao catalogue check` lists them all."""

Blocked = Mapping[str, list[str]]
"""By programme, what is wrong in its rows."""


class CatalogueInvalid(NotRetryable):
    """Files or rows of the catalogue that are not of single programmes cannot be loaded; the message names each."""


def blocked_programmes(project: Path) -> Blocked:
    """Which programmes are blocked, and why. Raises CatalogueInvalid for what concerns all programmes."""
    found = checks.problems(checks.read(project))
    shared = [problem for problem in found if not problem.programmes]
    if shared:
        raise CatalogueInvalid("The catalogue cannot be loaded.\n" + "\n".join(named(shared)))
    programmes = sorted({programme for problem in found for programme in problem.programmes})
    return {code: named([problem for problem in found if code in problem.programmes]) for code in programmes}


def named(problems: Sequence[Problem]) -> list[str]:
    texts = [str(problem) for problem in problems[:NAMED]]
    left = len(problems) - NAMED
    return [*texts, f"{left} more: `baocao catalogue check` lists them"] if left > 0 else texts


def warn(blocked: Blocked) -> None:
    for programme, problems in blocked.items():
        log.warning("%s is not published until its rows are corrected:\n%s", programme, "\n".join(problems))


@contextmanager
def loadable_project(project: Path, blocked: Blocked) -> Iterator[Path]:
    """The project that dbt can load: itself, or a copy in which blocked programmes have their last rows."""
    if not blocked:
        yield project
        return
    copy = get_settings().home / "loadable" / "dbt_project"
    shutil.rmtree(copy, ignore_errors=True)
    try:
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "logs"))
        _replace_rows(copy, blocked)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _replace_rows(project: Path, blocked: Blocked) -> None:
    with database.connect() as connection:
        for table in checks.read(project).tables.values():
            if "programme_code" in table.seed.column_types:
                kept = [row.cells for row in table.rows if row.programme not in blocked]
                _write(table.seed, [*kept, *_last_loaded(connection, table.seed, blocked)])


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


def _write(seed: Seed, rows: Sequence[Mapping[str, str | None]]) -> None:
    with seed.path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(seed.column_types), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
