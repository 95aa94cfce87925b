"""What a change of the catalogue will do, before it is done: it is done to a copy of the database, and compared.

The copy has a server of its own in a folder of the home, which is removed in the end; its build is the one that
`baocao build` would be. So nothing is computed here in another way than there, and nothing of the home is changed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from pipeline import building, catalogue_import, catalogue_loading
from warehouse import clock, database, queries
from warehouse.as_of import is_built_as_of, set_session_as_of_unchecked
from warehouse.errors import BaocaoError
from warehouse.postgres import dumping
from warehouse.postgres.embedded import Cluster
from warehouse.settings import PREFIX, PROJECT_ROOT, get_settings

Progress = Callable[[str], None]
Row = dict[str, Any]

KEYS: Mapping[str, tuple[str, ...]] = {
    "figures": ("programme_code", "period", "unit_code", "indicator_code", "measure"),
    "verdicts": (
        *("programme_code", "period", "unit_code", "indicator_code", "measure"),
        *("target_scope", "target_year"),
    ),
    "obligations": ("programme_code", "period", "unit_code", "agency_code"),
    "letters": ("programme_code", "period", "unit_code", "agency_code", "stage", "audience"),
}
"""By kind of change, the columns that name a row."""

COMPARED = {
    "figures": queries.load(__file__, "effects_figures"),
    "verdicts": queries.load(__file__, "effects_verdicts"),
    "obligations": queries.load(__file__, "effects_obligations"),
    "letters": queries.load(__file__, "effects_letters"),
}
"""By kind of change, the query of the rows that are compared."""


@dataclass
class Effects:
    """rows: of the catalogue, how many begin and end by seed. changes: by kind, each with its key, before and after.

    unbuilt: reports that are accepted and in no figure yet; the changes contain them.
    """

    rows: list[Row] = field(default_factory=list)
    changes: dict[str, list[Row]] = field(default_factory=dict)
    unbuilt: bool = False


def effects(workbook: Path | None = None, progress: Progress = lambda text: None) -> Effects:
    """What the next build will change because of the catalogue's files; with a workbook, as if it were imported.

    Raises BaocaoError before the first build, where rows are invalid, and where the build of the copy fails.
    """
    database.prepare()
    _check(workbook)
    with database.connect() as connection:
        built = connection.execute("select to_regclass('marts.fct_target_progress') is not null").fetchone()
        if not (built and built[0]):
            raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
        unbuilt = not is_built_as_of(connection, clock.now())
    with _home_of_its_own() as home:
        progress("copying the database")
        document = _rehearsed(home, workbook, progress)
    return Effects(document["rows"], document["changes"], unbuilt)


def _check(workbook: Path | None) -> None:
    if workbook is not None:
        problems = len(catalogue_import.plan(building.DBT_PROJECT, workbook).problems)
        command = f"baocao catalogue check {workbook}"
    else:
        problems = len(catalogue_loading.blocked_programmes(catalogue_loading.read(building.DBT_PROJECT)))
        command = "baocao catalogue check"
    if problems:
        raise BaocaoError(f"Rows of the catalogue are invalid: `{command}` names them.")


@contextmanager
def _home_of_its_own() -> Iterator[Path]:
    home = get_settings().home / f"rehearsal-{uuid4().hex[:8]}"
    try:
        yield home
    finally:
        Cluster(home).remove()
        shutil.rmtree(home, ignore_errors=True)


def _rehearsed(home: Path, workbook: Path | None, progress: Progress) -> dict[str, Any]:
    """Hands a dump to a process that has `home` and nothing else of these settings, and reads what it found."""
    settings = get_settings()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {"BAOCAO_HOME": str(home), "BAOCAO_NOW": clock.now().isoformat()}
    command = [sys.executable, "-c", "from pipeline import catalogue_effects; catalogue_effects.rehearse()"]
    home.mkdir()
    folder = _to_import_into(home) if workbook else settings.catalogue
    environment |= {"BAOCAO_CATALOGUE": str(folder)} if folder else {}
    with (home / "output").open("w+") as output, (home / "log").open("w+") as log:
        process = subprocess.Popen(
            [*command, *([str(workbook.absolute())] if workbook else [])],
            env=environment,
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=log,
        )
        assert process.stdin is not None
        try:
            for piece in dumping.dump(database.url()):
                process.stdin.write(piece)
            process.stdin.close()
            progress("building the copy")
        except BrokenPipeError:  # it has ended, and its log says why
            pass
        code = process.wait()
        output.seek(0)
        log.seek(0)
        if code:
            raise BaocaoError(f"The copy of the database could not be built.\n{log.read().strip()}")
        document: dict[str, Any] = json.load(output)
        return document


def _to_import_into(home: Path) -> Path:
    """A copy of the office's own catalogue, an empty folder where it has none."""
    folder, copy = get_settings().catalogue, home / "catalogue"
    if folder:
        shutil.copytree(folder, copy)
    else:
        copy.mkdir()
    return copy


# --- in the process of its own ---------------------------------------------------------------------------------------


def rehearse() -> None:
    """Fill the home's database from a dump on stdin, build it, and print as JSON what changed."""
    database.prepare_server()
    dumping.restore(database.url(), iter(lambda: sys.stdin.buffer.read(dumping.PIECE), b""))
    database.prepare()
    with database.connect(autocommit=True) as connection:
        keep(connection, "before")
        for workbook in sys.argv[1:]:
            _import(Path(workbook))
        building.build()
        keep(connection, "after")
        document = {"rows": rows_changed(connection), "changes": {kind: changed(connection, kind) for kind in KEYS}}
    json.dump(document, sys.stdout, default=str)


def _import(workbook: Path) -> None:
    catalogue_import.write(building.DBT_PROJECT, catalogue_import.plan(building.DBT_PROJECT, workbook))


def keep(connection: psycopg.Connection, side: str) -> None:
    """Keep the rows of each kind in tables of the session, `before` or `after`. What is owed is read as of now."""
    for kind in KEYS:
        if kind in ("obligations", "letters"):
            set_session_as_of_unchecked(connection, clock.now())
        query = sql.SQL("create temporary table {} as {}").format(
            sql.Identifier(f"{side}_{kind}"), sql.SQL(COMPARED[kind])
        )
        connection.execute(query)
        connection.execute("select set_config('baocao.as_of', '', false)")
    if side == "before":
        connection.execute("create temporary table recorded_before as select * from ops.catalogue_row")


def rows_changed(connection: psycopg.Connection) -> list[Row]:
    """By seed and programme, how many rows of the catalogue begin and how many end."""
    return connection.cursor(row_factory=dict_row).execute(ROWS).fetchall()


def changed(connection: psycopg.Connection, kind: str) -> list[Row]:
    """The rows of a kind that differ from `before` to `after`: the columns of the key, and the others of each side."""

    def of(side: str) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(side, key) for key in KEYS[kind])

    query = sql.SQL(CHANGES).format(
        named=sql.SQL(", ").join(
            sql.SQL("coalesce(before.{0}, after.{0}) as {0}").format(sql.Identifier(key)) for key in KEYS[kind]
        ),
        keys=sql.SQL(", ").join(map(sql.Identifier, KEYS[kind])),
        before_table=sql.Identifier(f"before_{kind}"),
        after_table=sql.Identifier(f"after_{kind}"),
        before_key=of("before"),
        after_key=of("after"),
    )
    return connection.cursor(row_factory=dict_row).execute(query, {"keys": list(KEYS[kind])}).fetchall()


CHANGES = """
select {named}, to_jsonb(before) - %(keys)s::text[] as before, to_jsonb(after) - %(keys)s::text[] as after
from {before_table} as before
full join {after_table} as after on jsonb_build_array({before_key}) = jsonb_build_array({after_key})
where before is distinct from after
order by {keys}
"""

ROWS = """
select seed, programme_code, count(*) filter (where recorded_to = 'infinity') as begin,
    count(*) filter (where recorded_to < 'infinity') as ended
from (
    select seed, programme_code, content, recorded_from, recorded_to from ops.catalogue_row
    except
    select seed, programme_code, content, recorded_from, recorded_to from pg_temp.recorded_before
) as changed
group by 1, 2 order by 1, 2
"""
