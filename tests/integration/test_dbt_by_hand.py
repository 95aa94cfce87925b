"""dbt as a person runs it, on the database of a home of its own."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.synchronize import SemLock
from pathlib import Path

import pytest

from pipeline import building
from tests.integration.own_catalogue import own_catalogue
from warehouse import database
from warehouse.settings import PROJECT_ROOT

EXAMPLE = PROJECT_ROOT / ".env.example"
MATERIALISATIONS = {"replaced_view", "refilled_table", "partitioned_table", "stored_mart"}


@pytest.fixture(scope="module", autouse=True)
def built(own_database: str) -> Iterator[None]:
    building.build()
    yield


def state() -> dict[str, list[tuple]]:
    with database.connect() as connection:
        return {
            table: connection.execute(f"select * from ops.{table} order by 1, 2, 3, 4").fetchall()
            for table in ("relation_state", "partition_state")
        }


def test_the_second_build_finds_everything_as_the_first_left_it():
    """No table of the plans is made after the catalogue was loaded: it would be loaded again."""
    assert building.build().nodes == []


def test_a_build_leaves_no_semaphore_behind():
    """A task of Airflow ends without freeing them, and Python then reports an error in its log."""
    # The class, not isinstance: asking a lazy stand-in of Airflow for its class imports what it stands for.
    assert [found for found in gc.get_objects() if type(found) is SemLock] == []


def test_the_example_of_the_environment_has_the_names_that_are_filled_in_for_a_home(command):
    lines = [line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]

    assert [line.partition("=")[0] for line in lines] == [
        line.partition("=")[0] for line in command("db", "env").out.splitlines()
    ]


def test_dbt_parses_a_fresh_clone_without_any_environment(tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BAOCAO_", "DBT_"))}
    folders = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project", "--target-path", tmp_path]
    code = "import sys; from dbt.cli.main import cli; sys.exit(cli())"
    done = subprocess.run(
        [sys.executable, "-c", code, "parse", *folders, "--log-path", tmp_path],
        cwd=PROJECT_ROOT,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    nodes = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    assert {node["config"]["materialized"] for node in models} == MATERIALISATIONS


def test_a_model_and_all_above_it_are_built_by_hand_and_equal_rows_are_not_written_again(command):
    before = state()
    assert (
        command("dbt", "build", "--select", "int_values__rolled_up+", "--exclude-resource-type", "unit_test").code == 0
    )
    assert command("dbt", "run", "--select", "int_expected_reports__latest").code == 0
    assert state() == before


def test_what_was_changed_by_hand_is_made_good_by_the_next_build():
    with own_catalogue() as catalogue:
        reporters = catalogue.rows("reporters")
        catalogue.replace("reporters", [row | {"feeds_rollup": "false"} for row in reporters])
        assert building.run_dbt_by_hand(["seed", "--select", "reporters", "--quiet"])
        catalogue.replace("reporters", reporters)
        building.build()
    with database.connect() as connection:
        kept = connection.execute("select count(*) from catalogue.reporters where feeds_rollup").fetchone()
    assert kept == (sum(row["feeds_rollup"] == "true" for row in reporters),)


def test_the_documentation_is_one_page_without_a_server(command, home: Path):
    assert command("dbt", "docs", "generate", "--static").code == 0
    assert (home / "dbt_by_hand" / "static_index.html").stat().st_size > 100_000


def test_a_wrong_call_of_dbt_ends_with_1(command):
    assert command("dbt", "build", "--select", "no_such_model", "--warn-error").code == 1
