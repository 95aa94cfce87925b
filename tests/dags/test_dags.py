"""The DAGs as Airflow reads them. Their runs are tested with a real Airflow in tests/e2e."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from warehouse.settings import PROJECT_ROOT

DAGS = PROJECT_ROOT / "dags"
IDS = {"submissions", "figures", "deadlines", "publication"}
HEAVY = ("great_expectations", "dbt", "pandas", "sqlalchemy.orm.decl_api", "pipeline", "ingest", "expectations")

READ = """
import json, sys, time
import pendulum, airflow.sdk
before = set(sys.modules)
sys.path.insert(0, {folder!r})
started = time.perf_counter()
for name in {names!r}:
    __import__(name)
seconds = time.perf_counter() - started
print(json.dumps({{"seconds": seconds, "modules": sorted(set(sys.modules) - before)}}))
"""


@pytest.fixture(scope="module")
def bag():
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(DAGS), bundle_path=DAGS, bundle_name="dags-folder")


def test_there_are_exactly_four_dags_and_each_can_be_read(bag):
    assert bag.import_errors == {}
    assert set(bag.dag_ids) == IDS
    assert {file.stem for file in DAGS.glob("*.py")} == IDS


def test_an_id_is_the_name_of_its_file(bag):
    assert {dag_id: Path(dag.fileloc).stem for dag_id, dag in bag.dags.items()} == {each: each for each in IDS}


def test_every_task_is_tried_again_and_ends_some_time(bag):
    tasks = [task for dag in bag.dags.values() for task in dag.tasks]
    assert len(tasks) == 7
    for task in tasks:
        assert task.retries == 3
        assert task.retry_delay <= timedelta(seconds=30)
        assert timedelta(0) < task.execution_timeout <= timedelta(minutes=30)


def test_every_dag_says_what_it_does_and_lives_at_a_moment_that_can_be_given(bag):
    for dag in bag.dags.values():
        assert len(dag.doc_md) > 80
        assert [task.task_id for task in dag.tasks if not task.doc_md] == []
        assert dag.tags
        assert dag.params["now"] is None


def test_runs_of_a_dag_never_overlap_and_the_past_is_not_made_up_for(bag):
    for dag in bag.dags.values():
        assert (dag.max_active_runs, dag.catchup) == (1, False)


def test_reports_set_off_figures_and_figures_set_off_publication(bag):
    def outlets(dag_id: str) -> set[str]:
        return {asset.uri.rstrip("/") for task in bag.dags[dag_id].tasks for asset in task.outlets}

    def waits_for(dag_id: str) -> set[str]:
        return {asset.uri.rstrip("/") for asset in bag.dags[dag_id].timetable.asset_condition.objects}

    assert outlets("submissions") == waits_for("figures") == {"baocao://raw/submissions"}
    assert outlets("figures") == waits_for("publication") == {"baocao://marts"}


def test_the_inbox_is_emptied_every_two_minutes_and_deadlines_are_checked_at_seven(bag):
    schedules = {dag_id: bag.dags[dag_id].timetable for dag_id in ("submissions", "deadlines")}
    assert {dag_id: schedule.expression for dag_id, schedule in schedules.items()} == {
        "submissions": "*/2 * * * *",
        "deadlines": "0 7 * * *",
    }
    assert {str(schedule.timezone) for schedule in schedules.values()} == {"Asia/Ho_Chi_Minh"}


@pytest.mark.parametrize("dag_id", ["submissions", "deadlines"])
def test_a_schedule_can_be_switched_off_for_a_replay(dag_id, monkeypatch):
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("BAOCAO_INBOX_SCHEDULE", "none")
    monkeypatch.setenv("BAOCAO_DEADLINES_SCHEDULE", "none")
    quiet = DagBag(dag_folder=str(DAGS / f"{dag_id}.py"), bundle_path=DAGS, bundle_name="dags-folder")
    assert type(quiet.dags[dag_id].timetable).__name__ == "NullTimetable"


def test_reading_the_dags_loads_nothing_heavy(record_property):
    """Counted in modules, which does not depend on the machine; the seconds are shown for people."""
    code = READ.format(folder=str(DAGS), names=sorted(IDS))
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=PROJECT_ROOT)
    found = json.loads(said.stdout.splitlines()[-1])
    record_property("import_seconds", found["seconds"])
    print(f"four DAG files: {found['seconds']:.3f} s and {len(found['modules'])} modules beyond airflow.sdk")
    assert not [name for name in found["modules"] if name.split(".")[0] in HEAVY]
    assert len(found["modules"]) < 400


def test_no_dag_file_hides_one_of_our_packages():
    packages = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")}
    assert packages
    assert not packages & {file.stem for file in DAGS.glob("*.py")}


def test_the_rooms_are_not_imported_at_the_top_of_a_dag_file(bag):
    """A file that did would make the DAG processor load them every half minute."""
    for file in DAGS.glob("*.py"):
        top = [line for line in file.read_text().splitlines() if line.startswith(("import ", "from "))]
        imported = {line.split()[1].split(".")[0] for line in top}
        assert {"pendulum", "airflow"} <= imported <= {"os", "datetime", "pendulum", "airflow"}, file.name
