"""Make everything that is derived again, from raw and the decisions alone, and compare every mart.

Emptied are the schemas that dbt fills. What it cannot make again is in raw and ops: what was received and when,
verdicts with their instants, closings, letters, releases, contacts. These a backup keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from pipeline import building, catalogue_loading, mart_checksums, rereading, runs
from warehouse import clock, database, queries
from warehouse.errors import BaocaoError

SCHEMAS = ["catalogue", "geography", "staging", "intermediate", "intermediate_as_of", "marts", "marts_as_of", "app"]

OWN_VIEWS = queries.load(__file__, "own_views")

RELATIONS = """
select relnamespace::regnamespace::text, relname, relkind = 'v'
from pg_class where relnamespace::regnamespace::text = any(%s) and relkind in ('r', 'v') order by 1, 2
"""

FORGET = """
truncate ops.relation_state;
delete from ops.partition_state where consumer <> 'workbooks';
insert into ops.pipeline_run (step, status, as_of, finished_at, detail)
values ('catalogue', 'failed', now(), clock_timestamp(), '{"error": "emptied by baocao rebuild"}')
"""
"""The failed run makes the next build load the catalogue and every model, also where this one is stopped."""

Progress = Callable[[str], None]


@dataclass
class Rebuilt:
    """relations: emptied and made again. differences: marts that are not the same; of raw and archive, by cell."""

    relations: int
    marts: int
    files_read: int = 0
    differences: list[str] = field(default_factory=list)


def rebuild(
    *, from_archive: bool = False, drop_own_views: bool = False, progress: Progress = lambda text: None
) -> Rebuilt:
    """Bring the marts up to date, drop all that dbt made, build it as of the same instant, and compare.

    from_archive: read the archived files again first, and compare raw with them cell by cell. Raises BaocaoError where
    rows of the catalogue are invalid, which could not be loaded again, or where views of others would be dropped.
    """
    database.prepare()
    _check(drop_own_views)
    read_again = rereading.Reread()
    if from_archive:
        progress("reading the archive")
        read_again = rereading.reread()
    progress("bringing the marts up to date")
    building.build()
    built = runs.last("build")
    assert built is not None
    with database.exclusive("dbt"), database.connect() as connection:
        before = mart_checksums.of_marts(connection)
        progress("emptying")
        relations = _empty(connection)
    progress("building everything again")
    with clock.at(built.as_of):
        building.build()
    with database.connect() as connection:
        after = mart_checksums.of_marts(connection)
    differences = [*read_again.differences, *mart_checksums.differing(before, after)]
    return Rebuilt(relations, len(after), read_again.files, differences)


def _check(drop_own_views: bool) -> None:
    if blocked := catalogue_loading.blocked_programmes(catalogue_loading.read(building.DBT_PROJECT)):
        raise BaocaoError(
            f"The rows of {', '.join(sorted(blocked))} are invalid, and the database has the last valid ones: a "
            "rebuild would lose them. `baocao catalogue check` says what to correct first."
        )
    with database.connect() as connection:
        views = [view for (view,) in connection.execute(OWN_VIEWS, {"schemas": SCHEMAS})]
    if views and not drop_own_views:
        raise BaocaoError(
            f"Views of your own read what is to be emptied: {', '.join(views)}. Save their definitions; "
            "`--drop-own-views` drops them."
        )


def _empty(connection: psycopg.Connection) -> int:
    """Drop every table and view that dbt makes; functions and schemas are the migrations'. Returns how many."""
    relations = connection.execute(RELATIONS, [SCHEMAS]).fetchall()
    for schema, name, is_view in relations:
        kind = sql.SQL("view" if is_view else "table")
        statement = sql.SQL("drop {} if exists {} cascade").format(kind, sql.Identifier(schema, name))
        connection.execute(statement)
    connection.execute(FORGET)
    return len(relations)
