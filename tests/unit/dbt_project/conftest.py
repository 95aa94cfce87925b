"""manifest: what dbt makes of the project by parsing it, without a database."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.building import DBT_PROJECT

CONNECTION = {"HOST": "127.0.0.1", "PORT": "5432", "USER": "nobody", "DATABASE": "nowhere"}


@pytest.fixture(scope="session")
def manifest(home: Path) -> Any:
    from dbt.cli.main import dbtRunner

    places = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", home / "parsed"]
    options = [*places, "--log-path", home / "logs", "--log-level", "error", "--no-use-colors"]
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CONNECTION.items():
            environment.setenv(f"BAOCAO_DBT_{name}", value)
        environment.setenv("DBT_ENV_SECRET_BAOCAO_PASSWORD", "none")
        outcome = dbtRunner().invoke(["parse", *map(str, options)])
    assert outcome.success, outcome.exception
    return outcome.result
