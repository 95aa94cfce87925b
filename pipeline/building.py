"""Rows become figures: runs dbt in this process, one build at a time, and keeps each node's result."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from warehouse import clock, database
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger
from warehouse.settings import PROJECT_ROOT, get_settings

log = get_logger(__name__)

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
# Each run tests what it builds: the rows of the plans when they are loaded, the figures whenever they are made.
ONLY_ITS_TESTS = ["--indirect-selection", "cautious", "--exclude-resource-type", "unit_test"]
# The plans, the map and the schedule made of them: the gate has to know who may report what before figures exist.
CATALOGUE = ["--select", "resource_type:seed", "+int_reports__scheduled", *ONLY_ITS_TESTS]
FIGURES = ["--select", "resource_type:model", *ONLY_ITS_TESTS]
FAILED = frozenset({"error", "fail", "runtime error"})


class BuildFailed(BaocaoError):
    """A dbt node or a check on the marts failed; the message names each."""


@dataclass(frozen=True)
class Node:
    """One dbt node of a run: status as dbt gives it, seconds of execution, failing rows of a test."""

    node_id: str
    status: str
    seconds: float
    failures: int | None
    message: str | None


@dataclass(frozen=True)
class BuildResult:
    """What a build did: its row in ops.pipeline_run and the nodes that ran."""

    run_id: int
    nodes: list[Node] = field(default_factory=list)


def catalogue_version() -> str:
    """A hash of everything that makes figures out of rows: seeds, models, macros and their settings."""
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in {".csv", ".sql", ".yml"} and "target" not in path.parts:
            digest.update(str(path.relative_to(DBT_PROJECT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def prepare_catalogue() -> None:
    """Load the plans and the map, and schedule the reports, where the catalogue is not the one in the database.

    Raises BuildFailed with the rows that are wrong.
    """
    version = catalogue_version()
    engine = database.engine("owner")
    if _prepared_version(engine) == version:
        return
    with database.exclusive("build"):
        if _prepared_version(engine) != version:
            _load_catalogue(engine, version)


def build(full_refresh: bool = False) -> BuildResult:
    """Raw to marts, and the checks on the marts.

    Builds again only the families that changed since the last build that succeeded, or everything
    where the catalogue changed. full_refresh drops and recreates every table, and with them any view
    of a user's own that reads them.
    Raises BuildFailed; the marts then hold what passed before the failure.
    """
    prepare_catalogue()
    engine = database.engine("owner")
    with database.exclusive("build"):
        run_id = _begin(engine, "build", catalogue_version())
        nodes = _run_dbt(["build", *FIGURES, *(["--full-refresh"] if full_refresh else [])])
        _finish(engine, run_id, nodes)
        _raise_failures(nodes)
        _check_marts(engine, run_id)
        _settle(engine, run_id, "succeeded")
    return BuildResult(run_id, nodes)


def _load_catalogue(engine: Engine, version: str) -> None:
    log.info("the catalogue changed: loading plans, map and schedule")
    run_id = _begin(engine, "catalogue", version)
    nodes = _run_dbt(["build", *CATALOGUE])
    _finish(engine, run_id, nodes)
    _raise_failures(nodes)
    _settle(engine, run_id, "succeeded")


def _prepared_version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(
            text(
                "select catalogue_version from ops.pipeline_run "
                "where step = 'catalogue' and status = 'succeeded' order by run_id desc limit 1"
            )
        )


def _begin(engine: Engine, step: str, version: str) -> int:
    """The run's row. A run left open by a killed process is failed here: the lock proves that it is gone."""
    with engine.begin() as connection:
        connection.execute(
            text("update ops.pipeline_run set status = 'failed' where step = :step and status = 'running'"),
            {"step": step},
        )
        run_id = connection.scalar(
            text(
                "insert into ops.pipeline_run (step, status, moment, catalogue_version, accepted_through) "
                "select :step, 'running', :moment, :version, max(accepted_seq) from ops.submission_verdict "
                "returning run_id"
            ),
            {"step": step, "moment": clock.now(), "version": version},
        )
    assert run_id is not None
    return int(run_id)


def _settle(engine: Engine, run_id: int, status: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("update ops.pipeline_run set status = :status, finished_at = clock_timestamp() where run_id = :run"),
            {"status": status, "run": run_id},
        )


def _finish(engine: Engine, run_id: int, nodes: list[Node]) -> None:
    """Keep every node's result; the run fails with the first node that did."""
    rows = [{"run_id": run_id, **vars(node)} for node in nodes]
    with engine.begin() as connection:
        if rows:
            connection.execute(
                text(
                    "insert into ops.node_result (run_id, node_id, status, seconds, failures, message) "
                    "values (:run_id, :node_id, :status, :seconds, :failures, :message)"
                ),
                rows,
            )
    if any(node.status in FAILED for node in nodes):
        _settle(engine, run_id, "failed")


def _check_marts(engine: Engine, run_id: int) -> None:
    from expectations import publication

    try:
        publication.check(run_id)
    except Exception:
        _settle(engine, run_id, "failed")
        raise


def _raise_failures(nodes: list[Node]) -> None:
    failed = [f"{node.node_id}: {node.message}" for node in nodes if node.status in FAILED]
    if failed:
        raise BuildFailed("\n".join(failed))


def _run_dbt(arguments: list[str]) -> list[Node]:
    """Run dbt in this process. Its target and logs live under BAOCAO_HOME, so that two homes never meet."""
    from dbt.cli.main import dbtRunner

    home = get_settings().home
    places = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", home / "dbt"]
    options = [*places, "--log-path", home / "logs", "--no-use-colors", "--log-level", "error"]
    with _connection_in_environment():
        result = dbtRunner().invoke([*arguments, *map(str, options)])
    if result.result is None:
        raise BuildFailed(f"dbt could not start: {result.exception}")
    return [_node(outcome) for outcome in result.result]


def _node(outcome: Any) -> Node:
    return Node(
        node_id=outcome.node.unique_id,
        status=str(outcome.status),
        seconds=round(outcome.execution_time, 3),
        failures=outcome.failures,
        message=outcome.message if str(outcome.status) in FAILED else None,
    )


@contextmanager
def _connection_in_environment() -> Iterator[None]:
    """profiles.yml reads its connection from the environment; nothing secret is written down."""
    address = make_url(database.url("owner"))
    variables = {
        "BAOCAO_DBT_HOST": address.host,
        "BAOCAO_DBT_PORT": str(address.port or 5432),
        "BAOCAO_DBT_USER": address.username,
        "BAOCAO_DBT_DATABASE": address.database,
        "DBT_ENV_SECRET_BAOCAO_PASSWORD": address.password or "",
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update({name: value or "" for name, value in variables.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
