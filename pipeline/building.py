"""Rows become figures: runs dbt in this process, one build at a time, and keeps each node's result."""

import hashlib
import os
from collections import Counter
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from pipeline import build_scope, catalogue_loading, dbt_invocation, runs
from warehouse import clock, database, public_holidays
from warehouse.access import definitions
from warehouse.as_of import is_built_as_of
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger
from warehouse.seeds import office
from warehouse.settings import PROJECT_ROOT, get_settings

log = get_logger(__name__)

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
MOST_THREADS = 4
"""Of dbt, each with a connection; on fewer cores as many as there are: more only hand the interpreter's lock around."""
FAILED = frozenset({"error", "fail", "runtime error"})
BLOCKED = "warn"
"""How dbt ends a test that fails in a build of ours: what depends on it is built all the same."""
ADVICE = "advice"
"""The tag of a test that only warns."""
BY_HAND = "dbt_by_hand"
"""The folder under BAOCAO_HOME of what dbt writes when a person runs it: it stays for them to read."""


class BuildFailed(BaocaoError):
    """A dbt node or a check on the marts failed; the message names each."""


@dataclass(frozen=True)
class Node:
    """One dbt node of a run: status as dbt gives it, seconds of execution, failing rows of a test.

    compiled: the SQL of a test whose failing rows block a publication; None where none are, or it only advises.
    rows: those that were written, where the server reports them.
    """

    node_id: str
    status: str
    seconds: float
    failures: int | None
    message: str | None
    compiled: str | None = None
    rows: int = 0


@dataclass(frozen=True)
class BuildResult:
    """What a build did: its row in ops.pipeline_run, the nodes that ran, and which broken rules hold a publication."""

    run_id: int
    nodes: list[Node] = field(default_factory=list)
    blocked: str | None = None


def catalogue_version() -> str:
    """A hash of the dbt project's files, of the office's own catalogue and of the calendar of holidays.

    It decides only what a build runs. Loading equal rows or replacing an equal view changes no table and no figure:
    what is built again is decided by what the tables hold (docs/dbt.md).
    """
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in READ and "target" not in path.parts:
            digest.update(f"{path.relative_to(DBT_PROJECT)}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    folder = office.existing(get_settings().catalogue)
    for path in sorted(folder.glob("*.csv")) if folder else ():
        digest.update(f"{path.name}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    digest.update(public_holidays.library_version().encode())
    return digest.hexdigest()[:16]


READ = frozenset({".csv", ".md", ".sql", ".yml"})


def prepare_catalogue() -> str:
    """Load the plans and the map, and schedule the reports, where the catalogue is not the one in the database.

    Returns its version. A programme with wrong rows stays as last loaded. Raises CatalogueInvalid or BuildFailed for
    what concerns all.
    """
    version = catalogue_version()
    if _is_prepared(version):
        return version
    with database.exclusive("dbt"):
        if not _is_prepared(version):
            log.info("The catalogue changed: loading plans, map and schedule")
            with runs.recorded("catalogue", version) as run:
                with database.connect() as connection:
                    public_holidays.load(connection)
                catalogue = catalogue_loading.read(DBT_PROJECT)
                invalid = catalogue_loading.blocked_programmes(catalogue)
                if catalogue.changes:
                    run.detail["office"] = catalogue_loading.described(catalogue.changes)
                    for note in run.detail["office"]["notes"]:
                        log.warning("%s", note)
                with catalogue_loading.loadable_project(DBT_PROJECT, catalogue, invalid) as project:
                    _keep(run, run_dbt(["build", *build_scope.CATALOGUE], project))
                catalogue_loading.warn(invalid)
                for programme, problems in invalid.items():
                    run.detail["blocked"].setdefault(programme, []).extend(problems)
    return version


def build(full_refresh: bool = False) -> BuildResult:
    """Raw to marts, and the checks on the marts.

    Builds again only the partitions that are made of something else than the tables hold, whatever became of earlier
    builds; dbt is not started where that is none. full_refresh drops and recreates every table, and with them any view
    of a user's own that reads them.
    A broken check holds the publication of its programme and fails no build: see BuildResult.blocked.
    Raises BuildFailed; the marts then hold what passed before the failure.
    """
    version = prepare_catalogue()
    with database.exclusive("dbt"):
        accepted_through = _last_decision()
        scope = build_scope.EVERYTHING if full_refresh else build_scope.of_build(version, accepted_through)
        with runs.recorded("build", version, accepted_through) as run:
            if full_refresh:
                _forget_what_consumers_took()
            nodes = run_dbt(["build", *scope]) if scope else []
            _keep(run, nodes)
            if nodes:
                _follow_marts()
            blocked = _check_marts(run)
    return BuildResult(run.run_id, nodes, blocked)


def is_overdue() -> bool:
    """Whether accepted reports or decisions wait for a build, and none has begun for ten minutes.

    So it is where somebody decided on a page, where the DAG `figures` was paused, and Airflow kept no event for it, or
    where it failed. A build that fails again and again is not tried more often than that.
    """
    with database.connect() as connection:
        is_built = is_built_as_of(connection, clock.now())
        row = connection.execute(RECENTLY_BEGUN).fetchone()
    return not (row and row[0]) and (not is_built or has_decisions_to_load())


def has_decisions_to_load() -> bool:
    """Whether somebody decided about rows of the catalogue since the catalogue was last loaded."""
    with database.connect() as connection:
        row = connection.execute(DECIDED_SINCE).fetchone()
    return bool(row and row[0]) and not _is_prepared(catalogue_version())


def _follow_marts() -> None:
    with database.connect() as connection:
        definitions.follow_marts(connection)


def _check_marts(run: runs.Run) -> str | None:
    """What holds the publication of a programme, if anything does; publishing decides on the state that is kept.

    A programme whose rows failed a test, when the catalogue was loaded or now, passes no check.
    """
    from expectations import publication
    from expectations.checks import NotFitToPublish

    try:
        run.detail["checks"] = publication.check(run.run_id, run.detail["blocked"] | _blocked_by_catalogue())
    except NotFitToPublish as broken:
        return str(broken)
    return None


def _blocked_by_catalogue() -> dict[str, list[str]]:
    loaded = runs.last("catalogue")
    return loaded.detail.get("blocked", {}) if loaded else {}


def _forget_what_consumers_took() -> None:
    """After a full refresh everything is checked and published again."""
    with database.connect() as connection:
        connection.execute("delete from ops.partition_state where consumer in ('checks', 'workbooks')")


RECENTLY_BEGUN = """
select exists (select from ops.pipeline_run
    where step = 'build' and started_at > clock_timestamp() - interval '10 minutes')
"""

DECIDED_SINCE = """
select exists (select from ops.office_decision where kind <> 'contacts' and recorded_at > coalesce(
    (select max(started_at) from ops.pipeline_run where step = 'catalogue' and status = 'succeeded'), '-infinity'))
"""
"""A load that had begun may have read it already: then the version of the catalogue says so."""

PREPARED = """
select run.status = 'succeeded' and run.catalogue_version = %s and not exists (
    select from ops.relation_state as state where state.kind = 'rows' and state.changed_at > run.finished_at)
and not exists (
    select from ops.catalogue_row as revised
    where revised.recorded_to = 'infinity' and revised.valid_from > (run.as_of at time zone 'Asia/Ho_Chi_Minh')::date
        and revised.valid_from <= %s),
    coalesce(run.detail -> 'blocked', '{}')
from ops.pipeline_run as run where run.step = 'catalogue' order by run.run_id desc limit 1
"""
"""The newest load came to its end with this catalogue, nobody has changed what it made since, say by dbt, and no
revision of a target, and no class of a unit, came into force."""


def _is_prepared(version: str) -> bool:
    with database.connect() as connection:
        row = connection.execute(PREPARED, [version, clock.now().date()]).fetchone()
    if row and row[0]:
        catalogue_loading.warn(row[1])
    return bool(row and row[0])


def _last_decision() -> int | None:
    with database.connect() as connection:
        row = connection.execute("select max(accepted_seq) from ops.decision").fetchone()
    return row[0] if row else None


def _keep(run: runs.Run, nodes: list[Node]) -> None:
    """Keep the result of every node, and in run.detail["blocked"] which programme's rows fail which tests.

    Raises BuildFailed with the nodes that failed, and the tests that fail with rows of no programme.
    """
    with database.connect() as connection:
        connection.cursor().executemany(
            "insert into ops.node_result (run_id, node_id, status, seconds, failures, message) "
            "values (%s, %s, %s, %s, %s, %s)",
            [(run.run_id, *astuple(node)[:-2]) for node in nodes],
        )
        blocked: dict[str, list[str]] = {}
        for node in nodes:
            if node.status == BLOCKED and node.compiled:
                for programme in _whose_rows(connection, node):
                    blocked.setdefault(programme, []).append(f"{node.node_id}: {node.message}")
    run.detail |= _counted(nodes)
    failed = [f"{node.node_id}: {node.message}" for node in nodes if node.status in FAILED] + blocked.pop("", [])
    run.detail["blocked"] = blocked
    if failed:
        raise BuildFailed("\n".join(failed))


def _counted(nodes: list[Node]) -> dict[str, int]:
    """How many nodes of each kind ran, and the rows that they wrote."""
    kinds = Counter(f"{node.node_id.partition('.')[0]}s" for node in nodes)
    return {**kinds, "rows": sum(node.rows for node in nodes)}


def _whose_rows(connection: psycopg.Connection, test: Node) -> set[str]:
    """The programmes of the rows that fail a test; '' for rows of no programme."""
    query = f"select distinct coalesce(programme_code, '') from ({test.compiled}) as failing"
    try:
        with connection.transaction():
            return {programme for (programme,) in connection.execute(query.encode())}
    except psycopg.errors.UndefinedColumn:
        return {""}


def run_dbt(arguments: list[str], project: Path | None = None) -> list[Node]:
    """Run dbt in this process. Its target and logs live under BAOCAO_HOME, so that two homes never meet."""
    quietly = ["--no-use-colors", "--log-level", "error", "--no-write-json", "--cache-selected-only"]
    quietly += ["--log-level-file", "info"]  # to format and write thousands of lines was a sixth of a build
    quietly += ["--threads", str(min(os.cpu_count() or 1, MOST_THREADS))]
    folders = _folders("dbt") if project in (None, DBT_PROJECT) else _folders("dbt-loadable", project)
    result = dbt_invocation.invoke([*arguments, *folders, *quietly], {"BAOCAO_DBT_TEST_SEVERITY": "warn"})
    if result.result is None:
        raise BuildFailed(f"dbt could not start: {result.exception}")
    return [_node(outcome) for outcome in result.result]


def run_dbt_by_hand(arguments: list[str]) -> bool:
    """Run dbt as a person called it, on this home's database and in its folders; whether it succeeded.

    Waits for a build that is under way, and holds the next one off.
    """
    is_command = bool(arguments) and not arguments[0].startswith("-") and "--help" not in arguments
    with database.exclusive("dbt"):
        with database.connect() as connection:
            if is_command and connection.execute("select from ops.public_holiday limit 1").fetchone() is None:
                public_holidays.load(connection)
        if not is_command:
            return bool(dbt_invocation.invoke(arguments).success)
        catalogue = catalogue_loading.read(DBT_PROJECT)
        with catalogue_loading.loadable_project(DBT_PROJECT, catalogue, {}) as project:
            return bool(dbt_invocation.invoke([*arguments, *_folders(BY_HAND, project)]).success)


def _folders(target: str, project: Path | None = None) -> list[str]:
    home = get_settings().home
    folders = ["--project-dir", project or DBT_PROJECT, "--profiles-dir", project or DBT_PROJECT]
    return [str(option) for option in (*folders, "--target-path", home / target, "--log-path", home / "logs")]


def _node(outcome: Any) -> Node:
    status = str(outcome.status)
    is_blocking = status == BLOCKED and ADVICE not in outcome.node.tags
    return Node(
        node_id=outcome.node.unique_id,
        status=status,
        seconds=round(outcome.execution_time, 3),
        failures=outcome.failures,
        message=outcome.message if status in FAILED | {BLOCKED} else None,
        compiled=getattr(outcome.node, "compiled_code", None) if is_blocking else None,
        rows=int((outcome.adapter_response or {}).get("rows_affected") or 0),
    )
