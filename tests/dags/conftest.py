"""Airflow reads its settings when it is first imported: from a home of the tests, and never from ~/airflow."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def airflow_home(home: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AIRFLOW_HOME", str(home / "airflow"))
        environment.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        yield home / "airflow"
