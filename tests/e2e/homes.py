"""What the tests of a real Airflow share: a home in which nothing runs by the clock, its inbox, its figures."""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import throw_away_home
from tests.processes import PROCESS
from warehouse import database
from warehouse.airflow import environment as airflow_environment
from warehouse.airflow import services
from warehouse.airflow.api import AirflowApi, Follower, Run
from warehouse.settings import get_settings

DAGS = frozenset({"submissions", "figures", "deadlines", "publication", "closing"})
TIMEOUT_SECONDS = 480
FIRST_PORT = airflow_environment.FIRST_PORT + 100 * (1 + PROCESS)
"""Of Airflow, so that two homes that start at the same moment do not take the same."""
FIGURES = {
    "marts.fct_indicator_rollup": "programme_code, period, unit_id, boundary_basis, indicator_code, measure",
    "marts.fct_reported_value": "programme_code, period, unit_id, agency_code, indicator_code, known_from, measure",
}


@contextmanager
def a_home(settings: Mapping[str, str] | None = None) -> Iterator[None]:
    """A home where nothing runs by the clock, with these settings."""
    with throw_away_home(), pytest.MonkeyPatch.context() as environment:
        quiet = {"BAOCAO_INBOX_SCHEDULE": "none", "BAOCAO_DEADLINES_SCHEDULE": "none"}
        for name, value in (quiet | dict(settings or {})).items():
            environment.setenv(name, value)
        airflow_environment.home().mkdir(parents=True, exist_ok=True)
        (airflow_environment.home() / "port").write_text(str(FIRST_PORT))
        try:
            yield
        finally:
            services.stop()


def drop(files: list[Path]) -> None:
    inbox = Path(get_settings().inbox)
    inbox.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy(file, inbox)


def figures() -> dict[str, list[tuple[Any, ...]]]:
    """Every row and column of the published figures."""
    with database.connect() as connection:
        return {
            mart: connection.execute(f"select * from {mart} order by {key}").fetchall()  # our own names
            for mart, key in FIGURES.items()
        }


def wait_for_task(airflow: AirflowApi, run: Run, task_id: str) -> None:
    """Until the task runs; fails when it has already ended, for then there is no middle to kill in."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while (state := airflow.task_states(run).get(task_id)) != "running":
        assert state not in ("success", "failed"), f"{task_id} is {state}"
        assert time.monotonic() < deadline
        time.sleep(0.2)


def follow_to_the_end(follower: Follower, run: Run | None = None) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while follower.is_busy(run):
        follower.poll()
        assert time.monotonic() < deadline, f"not ended: {follower.runs}"
        time.sleep(0.3)
