"""The DAGs as Airflow reads them. Their runs are tested with a real Airflow in tests/e2e."""

import csv
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pendulum
import pytest

from pipeline import dag_defaults
from warehouse.settings import PROJECT_ROOT

DAGS = PROJECT_ROOT / "dags"
IDS = {"submissions", "figures", "deadlines", "publication", "closing"}
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


def test_there_are_exactly_five_dags_and_each_can_be_read(bag):
    assert bag.import_errors == {}
    assert set(bag.dag_ids) == IDS
    assert {file.stem for file in DAGS.glob("*.py")} == IDS


def test_an_id_is_the_name_of_its_file(bag):
    assert {dag_id: Path(dag.fileloc).stem for dag_id, dag in bag.dags.items()} == {each: each for each in IDS}


def test_every_task_but_mail_of_submissions_is_tried_again_and_ends_some_time(bag):
    tasks = {(dag.dag_id, task.task_id): task for dag in bag.dags.values() for task in dag.tasks}
    assert len(tasks) == 17
    for task in tasks.values():
        assert timedelta(0) < task.execution_timeout <= timedelta(minutes=30)
    remind, receipts = tasks.pop(("deadlines", "remind")), tasks.pop(("submissions", "mail_receipts"))
    assert tasks.pop(("submissions", "fetch_mail")).retries == 0  # the next run comes in two minutes
    assert receipts.retries == 0  # files that arrive meanwhile do not wait for a mail server
    assert {(task.retries, task.retry_delay) for task in tasks.values()} == {(3, timedelta(seconds=15))}
    assert (remind.retries, remind.retry_delay, remind.retry_exponential_backoff) == (4, timedelta(minutes=1), 2)


def test_what_a_person_has_to_mend_is_not_tried_again_and_a_server_that_is_away_is(bag):
    from alerts.channels.base import Unreachable
    from expectations.checks import NotFitToPublish
    from warehouse.errors import WrongCall

    for task in (task for dag in bag.dags.values() for task in dag.tasks):
        decided = [
            task.retry_policy.evaluate(error("x"), 1, 3).action.value
            for error in (WrongCall, NotFitToPublish, Unreachable)
        ]
        assert decided == ["fail", "fail", "default"], task


def test_every_dag_says_what_it_does_and_lives_at_a_moment_that_can_be_given(bag):
    for dag in bag.dags.values():
        assert len(dag.doc_md) > 80
        assert re.fullmatch(rf"[A-ZĐ].+ \({dag.dag_id}\)", dag.dag_display_name)
        assert dag.description.endswith(".")
        assert [task.task_id for task in dag.tasks if not task.doc_md] == []
        assert dag.tags
        assert dag.params["now"] is None


def test_runs_of_a_dag_never_overlap_but_those_that_wait_for_a_person(bag):
    """Questions to people may wait side by side."""
    assert {dag.catchup for dag in bag.dags.values()} == {False}
    assert {dag_id for dag_id, dag in bag.dags.items() if dag.max_active_runs != 1} == {"closing"}


def test_every_dag_refuses_backfills_and_no_other_run(bag):
    from airflow.utils.types import DagRunType

    others = {kind for kind in DagRunType if kind is not DagRunType.BACKFILL_JOB}
    assert {dag_id: set(dag.allowed_run_types) for dag_id, dag in bag.dags.items()} == dict.fromkeys(IDS, others)


def test_after_days_of_downtime_only_the_latest_morning_is_made_up_for():
    """As the scheduler reckons: the last run was five days ago, and what comes next is today's or yesterday's."""
    from airflow.timetables.base import DataInterval, TimeRestriction
    from airflow.timetables.trigger import CronTriggerTimetable

    morning = CronTriggerTimetable("0 7 * * *", timezone="Asia/Ho_Chi_Minh")
    last = pendulum.today("Asia/Ho_Chi_Minh").subtract(days=5).at(7)
    restriction = TimeRestriction(earliest=pendulum.datetime(2026, 1, 1), latest=None, catchup=False)
    coming = morning.next_dagrun_info(last_automated_data_interval=DataInterval.exact(last), restriction=restriction)
    assert timedelta(0) <= pendulum.now() - coming.run_after < timedelta(days=1)


def test_what_the_daily_check_finds_keeps_no_letter_back(bag):
    assert bag.dags["deadlines"].get_task("build").downstream_task_ids == {"completeness", "remind"}
    assert {task.task_id for task in bag.dags["deadlines"].leaves} == {
        "completeness",
        "remind",
        "mail_receipts",
        "expire",
        "verify",
    }
    assert bag.dags["deadlines"].get_task("verify").upstream_task_ids == set()


def test_receipts_are_mailed_after_the_gate_and_nothing_waits_for_a_mail_server(bag):
    mail = bag.dags["submissions"].get_task("mail_receipts")
    assert mail.trigger_rule == "none_failed_min_one_success"  # a batch of rejected files skips the task before it
    assert (mail.upstream_task_ids, mail.downstream_task_ids) == ({"receive", "check"}, set())
    assert bag.dags["deadlines"].get_task("mail_receipts").upstream_task_ids == set()


def test_the_mailbox_holds_up_no_file_and_no_file_the_mailbox(bag):
    fetch = bag.dags["submissions"].get_task("fetch_mail")
    assert (fetch.upstream_task_ids, fetch.downstream_task_ids) == (set(), set())


def test_a_run_of_deadlines_is_due_an_hour_after_seven(bag):
    (alert,) = bag.dags["deadlines"].deadline
    assert (alert.interval, alert.reference.reference_name) == (timedelta(hours=1), "DagRunLogicalDateDeadline")
    assert alert.callback.path.endswith("notify_late")
    assert [dag_id for dag_id, dag in bag.dags.items() if dag.deadline] == ["deadlines"]


def test_whoever_closes_chooses_among_the_plans_there_are_and_may_write_a_note(bag):
    with (PROJECT_ROOT / "dbt_project" / "seeds" / "catalogue" / "programmes.csv").open(encoding="utf-8") as file:
        codes = [row["programme_code"] for row in csv.DictReader(file)]
    closing = bag.dags["closing"]
    assert closing.params.get_param("programme").schema["enum"] == codes
    assert "2026" in closing.params.get_param("period").schema["examples"]
    assert "2023" not in closing.params.get_param("period").schema["examples"]
    assert closing.get_task("approval").options == ["Khoá sổ", "Không khoá"]
    assert closing.get_task("approval").defaults == ["Không khoá"]


def test_reports_set_off_figures_and_figures_set_off_publication(bag):
    def outlets(dag_id: str) -> set[str]:
        return {asset.uri.rstrip("/") for task in bag.dags[dag_id].tasks for asset in task.outlets}

    def waits_for(dag_id: str) -> set[str]:
        return {asset.uri.rstrip("/") for asset in bag.dags[dag_id].timetable.asset_condition.objects}

    assert outlets("submissions") == waits_for("figures") == {"baocao://raw/submissions"}
    assert outlets("figures") == waits_for("publication") == {"baocao://marts"}


def test_the_inbox_is_emptied_every_two_minutes_and_deadlines_are_checked_at_seven(bag):
    schedules = {
        "submissions": bag.dags["submissions"].timetable.timetable,
        "deadlines": bag.dags["deadlines"].timetable,
    }
    assert {dag_id: schedule.expression for dag_id, schedule in schedules.items()} == {
        "submissions": "*/2 * * * *",
        "deadlines": "0 7 * * *",
    }
    assert {str(schedule.timezone) for schedule in schedules.values()} == {"Asia/Ho_Chi_Minh"}


def test_the_inbox_is_watched_by_our_own_trigger(bag):
    """Airflow's own file triggers delete what they find."""
    from pipeline.inbox_trigger import InboxTrigger

    (inbox,) = bag.dags["submissions"].timetable.asset_condition.objects
    ((watcher,), uri) = inbox.watchers, inbox.uri.rstrip("/")
    assert (uri, watcher.name) == ("baocao://inbox", "finished_files")
    assert type(watcher.trigger) is InboxTrigger
    assert watcher.trigger.serialize() == ("pipeline.inbox_trigger.InboxTrigger", {})


def test_what_the_publication_missed_while_it_was_paused_is_made_up_for_every_morning(bag):
    schedule = bag.dags["publication"].timetable.timetable
    assert (schedule.expression, str(schedule.timezone)) == ("0 8 * * *", "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("dag_id", "schedule"),
    [
        ("submissions", "NullTimetable"),
        ("deadlines", "NullTimetable"),
        ("publication", "AssetTriggeredTimetable"),
    ],
)
def test_a_schedule_can_be_switched_off_for_a_replay(dag_id, schedule, monkeypatch):
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("BAOCAO_INBOX_SCHEDULE", "none")
    monkeypatch.setenv("BAOCAO_DEADLINES_SCHEDULE", "none")
    quiet = DagBag(dag_folder=str(DAGS / f"{dag_id}.py"), bundle_path=DAGS, bundle_name="dags-folder")
    assert type(quiet.dags[dag_id].timetable).__name__ == schedule


@pytest.mark.parametrize(("dag_id", "expression"), [("submissions", "*/2 * * * *"), ("deadlines", "0 7 * * *")])
def test_an_empty_schedule_counts_as_unset(dag_id, expression, monkeypatch):
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("BAOCAO_INBOX_SCHEDULE", "")
    monkeypatch.setenv("BAOCAO_DEADLINES_SCHEDULE", "")
    usual = DagBag(dag_folder=str(DAGS / f"{dag_id}.py"), bundle_path=DAGS, bundle_name="dags-folder")
    timetable = usual.dags[dag_id].timetable
    assert getattr(timetable, "timetable", timetable).expression == expression


def test_each_dag_has_a_page_of_what_it_made():
    from pages.in_airflow.application import MADE_BY_DAG

    assert set(MADE_BY_DAG) == IDS


def test_airflows_processes_load_no_page_with_the_plugin():
    """Each of them loads plugins; only the API server gets requests."""
    code = READ.format(folder=str(PROJECT_ROOT), names=["pages.in_airflow.plugin"])
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=PROJECT_ROOT)
    modules = json.loads(ran.stdout.splitlines()[-1])["modules"]
    ours = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")}
    own = {"pages", "pages.in_airflow", "pages.in_airflow.plugin"}
    assert {name for name in modules if name.split(".")[0] in ours} == own


def test_reading_the_dags_loads_nothing_heavy(record_property):
    """Counted in modules, which does not depend on the machine; the seconds are shown for people."""
    code = READ.format(folder=str(DAGS), names=sorted(IDS))
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=PROJECT_ROOT)
    found = json.loads(ran.stdout.splitlines()[-1])
    record_property("import_seconds", found["seconds"])
    print(f"{len(IDS)} DAG files: {found['seconds']:.3f} s and {len(found['modules'])} modules beyond airflow.sdk")
    ours = {"pipeline", "pipeline.dag_defaults", "pipeline.inbox_trigger"}
    assert not [name for name in found["modules"] if name.split(".")[0] in HEAVY and name not in ours]
    assert len(found["modules"]) < 400


def test_no_dag_file_hides_one_of_our_packages():
    packages = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")}
    assert packages
    assert not packages & {file.stem for file in DAGS.glob("*.py")}


def test_of_our_packages_a_dag_file_imports_the_shared_defaults_and_the_trigger_at_its_top_and_nothing_else():
    """A file that did would make the DAG processor load them every half minute."""
    for file in sorted(DAGS.glob("*.py")):
        top = [line.split()[1] for line in file.read_text().splitlines() if line.startswith(("import ", "from "))]
        assert "pipeline.dag_defaults" in top, file.name
        light = {"pipeline.dag_defaults", "pipeline.inbox_trigger"}
        others = {name.split(".")[0] for name in top if name not in light}
        assert others <= {"csv", "logging", "os", "datetime", "pathlib", "pendulum", "airflow"}, file.name


def test_every_dag_has_an_owner_a_tier_and_what_to_do_if_it_fails(bag):
    for dag in bag.dags.values():
        assert {task.owner for task in dag.tasks} <= {dag_defaults.OPERATIONS, dag_defaults.REPORTING}, dag.dag_id
        assert len({task.owner for task in dag.tasks}) == 1, dag.dag_id
        assert len({"tier_1", "tier_2", "tier_3"} & dag.tags) == 1, dag.dag_id
        _, found, triage = dag.doc_md.partition("\n\nIf it fails: ")
        assert found and len(triage) > 80, dag.dag_id


def test_the_defaults_are_written_once(bag):
    """What the shared defaults give, no DAG file gives by itself."""
    shared = ("start_date", "catchup", "default_args", "retry_policy", "tags")
    texts = {file.name: file.read_text() for file in DAGS.glob("*.py")}
    assert [(name, term) for name, text in texts.items() for term in shared if f"{term}=" in text] == []
    assert {dag.start_date for dag in bag.dags.values()} == {pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh")}
