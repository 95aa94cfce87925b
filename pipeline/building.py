"""Rows become figures: runs dbt in this process, one build at a time, and keeps each node's result."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from pipeline import runs
from warehouse import database, public_holidays
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger
from warehouse.settings import PROJECT_ROOT, get_settings

log = get_logger(__name__)

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
# Each run tests what it builds: the rows of the plans when they are loaded, the figures whenever they are made.
ONLY_ITS_TESTS = ["--indirect-selection", "cautious", "--exclude-resource-type", "unit_test"]
# The plans, the map and what is made of them alone: the gate has to know who may report what before figures exist.
# A build of figures leaves them as they are, so that one corrected report does not pay for a nation's schedule.
OF_THE_PLANS = [
    "+int_expected_reports__by_org_unit",
    "+int_org_units__ancestors",
    "+int_indicators__required",
    "+int_indicator_measures__by_level",
    "+int_alert_stages__scheduled",
    "+tag:catalogue",
]
CATALOGUE = ["--select", "resource_type:seed", *OF_THE_PLANS, *ONLY_ITS_TESTS]
FIGURES = ["--select", "resource_type:model", "--exclude", *OF_THE_PLANS, *ONLY_ITS_TESTS]
EVERYTHING = ["--select", "resource_type:model", "--full-refresh", *ONLY_ITS_TESTS]
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
    """A hash of everything that makes figures out of rows: seeds, models, macros, their settings, and the holidays."""
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in {".csv", ".sql", ".yml"} and "target" not in path.parts:
            digest.update(str(path.relative_to(DBT_PROJECT)).encode())
            digest.update(path.read_bytes())
    digest.update(public_holidays.library_version().encode())
    return digest.hexdigest()[:16]


def prepare_catalogue() -> None:
    """Load the plans and the map, and schedule the reports, where the catalogue is not the one in the database.

    Raises BuildFailed with the rows that are wrong.
    """
    version = catalogue_version()
    if _prepared_version() == version:
        return
    with database.exclusive("dbt"):
        if _prepared_version() != version:
            log.info("The catalogue changed: loading plans, map and schedule")
            with runs.recorded("catalogue", version) as run:
                with database.connect() as connection:
                    public_holidays.load(connection)
                _keep(run, run_dbt(["build", *CATALOGUE]))


def build(full_refresh: bool = False) -> BuildResult:
    """Raw to marts, and the checks on the marts.

    Builds again only the partitions that changed since the last build that succeeded, or everything
    where the catalogue changed. full_refresh drops and recreates every table, and with them any view
    of a user's own that reads them.
    Raises BuildFailed; the marts then hold what passed before the failure.
    """
    prepare_catalogue()
    with database.exclusive("dbt"), runs.recorded("build", catalogue_version()) as run:
        run.accepted_through = _last_verdict()
        nodes = run_dbt(["build", *(EVERYTHING if full_refresh else FIGURES)])
        _keep(run, nodes)
        _check_marts(run)
    return BuildResult(run.run_id, nodes)


def _check_marts(run: runs.Run) -> None:
    from expectations import publication

    publication.check(run.run_id)


def _prepared_version() -> str | None:
    query = "select catalogue_version from ops.last_successful_run where step = 'catalogue'"
    with database.connect() as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def _last_verdict() -> int | None:
    with database.connect() as connection:
        row = connection.execute("select max(accepted_seq) from ops.submission_verdict").fetchone()
    return row[0] if row else None


def _keep(run: runs.Run, nodes: list[Node]) -> None:
    """Keep the result of every node. Raises BuildFailed with those that failed."""
    with database.connect() as connection:
        connection.cursor().executemany(
            "insert into ops.node_result (run_id, node_id, status, seconds, failures, message) "
            "values (%s, %s, %s, %s, %s, %s)",
            [(run.run_id, *astuple(node)) for node in nodes],
        )
    failed = [f"{node.node_id}: {node.message}" for node in nodes if node.status in FAILED]
    if failed:
        raise BuildFailed("\n".join(failed))


def run_dbt(arguments: list[str]) -> list[Node]:
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
    address = conninfo_to_dict(database.url("owner"))
    variables = {
        "BAOCAO_DBT_HOST": str(address["host"]),
        "BAOCAO_DBT_PORT": str(address.get("port") or 5432),
        "BAOCAO_DBT_USER": str(address["user"]),
        "BAOCAO_DBT_DATABASE": str(address["dbname"]),
        "DBT_ENV_SECRET_BAOCAO_PASSWORD": str(address.get("password") or ""),
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
