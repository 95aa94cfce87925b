"""A real Airflow: killed in the middle, closing periods, late, stopped. One home, one start, in this order."""

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import throw_away_home
from tests.e2e.officers import Officers
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.trace_collector import Collected, attributes, collecting
from warehouse import clock, database
from warehouse.airflow import processes, services, supervisor
from warehouse.airflow.api import AirflowApi, Follower, Run
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings

REPORT = ("bacninh-2026-2030", "2026")
UNITS = ["07210", "07228", "07282", "07294", "07330", "07420"]
WRONG = {"07294": "numerator_above_denominator"}
FIRST, SECOND = "2026-11-20T08:00:00+07:00", "2026-11-25T08:00:00+07:00"
THIRD, FOURTH = "2026-11-26T08:00:00+07:00", "2026-11-26T08:12:00+07:00"
CLOSED = "2026-12-10T08:00:00+07:00"
DAGS = frozenset({"submissions", "figures", "deadlines", "publication", "closing"})
OPERATOR = "van-hanh@example.org"
TIMEOUT_SECONDS = 240

FIGURES = {
    "marts.fct_indicator_rollup": "programme_code, period, unit_id, boundary_basis, indicator_code, measure",
    "marts.fct_reported_value": "programme_code, period, unit_id, agency_code, indicator_code, known_from, measure",
}

# On a machine with other work the season with its kills takes longer than any other test.
pytestmark = [pytest.mark.services, pytest.mark.timeout(1500)]


@dataclass(frozen=True)
class Season:
    """Files of two waves, the same bytes for every home."""

    first: list[Path]
    second: list[Path]


@contextmanager
def a_home(settings: Mapping[str, str] | None = None) -> Iterator[None]:
    """A home where nothing runs by the clock, with these settings."""
    with throw_away_home(), pytest.MonkeyPatch.context() as environment:
        quiet = {"BAOCAO_INBOX_SCHEDULE": "none", "BAOCAO_DEADLINES_SCHEDULE": "none"}
        for name, value in (quiet | dict(settings or {})).items():
            environment.setenv(name, value)
        try:
            yield
        finally:
            services.stop()


def simulate(folder: Path) -> Season:
    """Six communes, one of them wrong; then the wrong one again, and one corrected."""
    from publish.simulation.simulate import simulate

    corrected = simulate(*REPORT, ["07228"], seed=1, out=folder / "c", correction=1, lines=["5.1", "2"])
    return Season(
        simulate(*REPORT, UNITS, seed=1, out=folder / "a", defects=WRONG),
        [*simulate(*REPORT, list(WRONG), seed=1, out=folder / "b"), *corrected],
    )


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


@pytest.fixture(scope="module")
def season_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("season")


@pytest.fixture(scope="module")
def undisturbed(season_folder: Path, home: Path) -> tuple[Season, dict[str, list[tuple[Any, ...]]]]:
    """The season played by the functions that the DAGs call, in a home of its own."""
    from pipeline import building, receiving

    with a_home():
        database.prepare()
        building.prepare_catalogue()
        season = simulate(season_folder)
        for instant, files in ((FIRST, season.first), (SECOND, season.second)):
            with clock.at(instant):
                drop(files)
                receiving.receive()
                building.build()
        return season, figures()


def run_command_line(*arguments: str) -> None:
    from baocao.main import main

    with pytest.MonkeyPatch.context() as call:
        call.setattr("sys.argv", ["baocao", *arguments])
        main()


def wait_for_task(airflow: AirflowApi, run: Run, task_id: str) -> None:
    """Until the task runs; fails when it has already ended, for then there is no middle to kill in."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while (state := airflow.task_states(run).get(task_id)) != "running":
        assert state not in ("success", "failed"), f"{task_id} is {state}"
        assert time.monotonic() < deadline
        time.sleep(0.2)


def kill_scheduler() -> None:
    state = supervisor.read_state()
    assert state is not None
    os.kill(state.components["scheduler"].identity.pid, signal.SIGKILL)


def kill_postgres() -> None:
    server = database.cluster().running()
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)


def kill_supervisor_and_scheduler() -> None:
    """The supervisor first, so that nobody mends what follows."""
    state = supervisor.read_state()
    assert state is not None
    for who in (state.supervisor, state.components["scheduler"].identity):
        os.kill(who.pid, signal.SIGKILL)
        while processes.is_alive(who):
            time.sleep(0.05)


def the_build_set_off_by(airflow: AirflowApi, run: Run) -> Run:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not (created := airflow.set_off_by(run)[0]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return created[0]


def follow_to_the_end(follower: Follower, run: Run | None = None) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while follower.is_busy(run):
        follower.poll()
        assert time.monotonic() < deadline, f"not ended: {follower.runs}"
        time.sleep(0.3)


@pytest.fixture(scope="module")
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture(scope="module")
def airflow(letterbox) -> Iterator[Officers]:
    from pipeline import building

    mail = listening(letterbox, free_port())
    with mail as url, a_home({"BAOCAO_SMTP_URL": url, "BAOCAO_OPERATOR": OPERATOR}):
        database.prepare()
        services.start(wait=False)
        building.prepare_catalogue()
        services.start()
        airflow = Officers()
        airflow.wait_for_dags(DAGS)
        yield airflow


def test_a_killed_scheduler_and_a_killed_postgres_change_no_figure(undisturbed, airflow):
    season, expected = undisturbed
    assert all(expected.values())
    follower = Follower(airflow)

    drop(season.first)
    first = airflow.trigger("submissions", FIRST)
    follower.add(first)
    wait_for_task(airflow, first, "check")
    kill_scheduler()
    follow_to_the_end(follower, first)

    build = the_build_set_off_by(airflow, first)
    wait_for_task(airflow, build, "build")
    kill_postgres()
    follow_to_the_end(follower)
    healed = {service.name: service.restarts for service in services.status()}
    assert healed["scheduler"] >= 1

    drop(season.second)
    second = airflow.trigger("submissions", SECOND)
    follower.add(second)
    wait_for_task(airflow, second, "check")
    kill_supervisor_and_scheduler()
    services.start()
    follow_to_the_end(follower)

    assert [path for path in Path(get_settings().inbox).iterdir() if path.is_file()] == []
    assert figures() == expected


def test_what_was_accepted_while_figures_was_paused_is_built_once_it_is_back(airflow, tmp_path):
    from publish.simulation.simulate import simulate

    airflow.pause("figures")
    drop(simulate(*REPORT, ["07246"], seed=2, out=tmp_path))
    missed = airflow.wait_for_end(airflow.trigger("submissions", THIRD))
    assert (missed.state, airflow.task_states(missed)["check"]) == ("success", "success")
    airflow.pause("figures", False)
    with database.connect() as connection:  # ten minutes later
        connection.execute("update ops.pipeline_run set started_at = started_at - interval '10 minutes'")

    follower = Follower(airflow)
    follower.add(airflow.trigger("submissions", FOURTH))
    follow_to_the_end(follower)
    assert {dag_id for dag_id, _ in follower.runs} == {"submissions", "figures", "publication"}
    with database.connect() as connection:
        query = "select count(*) from marts.fct_reported_value where unit_code = '07246' and period = '2026'"
        assert connection.execute(query).fetchone() > (0,)
    nothing_new = airflow.wait_for_end(airflow.trigger("submissions", FOURTH))
    assert airflow.task_states(nothing_new)["plan_batches"] == "skipped"


@pytest.fixture(scope="module")
def closing_runs(airflow) -> dict[str, Run]:
    """Three people want a period closed, one of a year that there is not; and a run was to be through an hour ago."""
    with database.connect() as connection:
        connection.execute("update ops.pipeline_run set started_at = started_at - interval '1 day'")
    runs = {
        "approved": airflow.request_closing(*REPORT, now=CLOSED),
        "refused": airflow.request_closing("haiphong-directive28", "2025", now=CLOSED),
        "wrong": airflow.request_closing("bacninh-2026-2030", "2040", now=CLOSED),
        "late": airflow.trigger_late("deadlines", timedelta(hours=2)),
    }
    for name, answer in (("approved", "Khoá sổ"), ("refused", "Không khoá")):
        airflow.answer(runs[name], answer, note="Biên bản 12 (giả định)")
    return {name: airflow.wait_for_end(run) for name, run in runs.items()}


def closings() -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        query = "select programme_code, period, closed_at::text, note from ops.period_closing"
        return connection.execute(query).fetchall()


def test_who_decides_reads_how_the_period_stands(airflow, closing_runs):
    question = airflow.question(closing_runs["approved"])
    assert question["subject"].startswith("Khoá sổ năm 2026? Chương trình hành động vì trẻ em tỉnh Bắc Ninh")
    assert "| Phải nộp | 99 |" in question["body"]
    assert "Quá hạn mà chưa nhận được: " in question["body"]
    assert question["options"] == ["Khoá sổ", "Không khoá"]


def test_an_approved_period_is_closed_with_who_approved_it(airflow, closing_runs):
    assert closing_runs["approved"].state == "success"
    ((programme, period, closed_at, note),) = closings()
    assert (programme, period, closed_at) == (*REPORT, "2026-12-10 08:00:00+07")
    assert re.fullmatch(r"admin trả lời lúc \d\d:\d\d ngày \d\d/\d\d/\d{4}: Biên bản 12 \(giả định\)", note)


def test_a_refused_period_stays_open_and_its_run_ends_well(airflow, closing_runs):
    assert closing_runs["refused"].state == "success"
    assert airflow.task_states(closing_runs["refused"]) == {
        "period_status": "success",
        "approval": "success",
        "close": "skipped",
    }
    assert [row[0] for row in closings()] == [REPORT[0]]


def test_a_period_that_there_is_not_is_told_before_anybody_is_asked(airflow, closing_runs):
    assert closing_runs["wrong"].state == "failed"
    assert airflow.task_states(closing_runs["wrong"])["approval"] == "upstream_failed"
    assert "WrongCall" in (logged := airflow.log(closing_runs["wrong"], "period_status"))
    assert "bacninh-2026-2030 has no period 2040; it has 2025, 2026" in logged
    with pytest.raises(BaocaoError, match="is not one of"):
        airflow.request_closing("no-such-programme", "2026", now=CLOSED)


def test_a_run_that_is_not_through_in_time_is_told_to_the_operator_once(airflow, closing_runs, letterbox):
    assert closing_runs["late"].state == "success"
    (letter,) = letterbox.letters
    assert letter["To"] == OPERATOR
    assert letter["Subject"].startswith("Lượt deadlines chưa xong lúc ")
    assert closing_runs["late"].run_id in letter.get_body(("plain",)).get_content()


def test_airflows_own_command_line_works_in_the_home(airflow, capfd):
    with pytest.raises(SystemExit) as left:
        run_command_line("airflow", "dags", "list", "--output", "json")
    assert not left.value.code
    assert {dag["dag_id"] for dag in json.loads(capfd.readouterr().out)} == DAGS
    assert services.run_command(["no-such-command"]) != 0


def test_services_that_run_know_which_settings_are_others_by_now(airflow, monkeypatch):
    assert services.changed_settings() == []
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
    monkeypatch.delenv("BAOCAO_OPERATOR")
    assert services.changed_settings() == ["AIRFLOW__METRICS__STATSD_ON", "BAOCAO_OPERATOR"]


@pytest.fixture(scope="module")
def collected() -> Iterator[Collected]:
    with collecting() as collected:
        yield collected


@pytest.fixture(scope="module")
def watched(airflow, collected, tmp_path_factory) -> Iterator[list[Path]]:
    """Airflow anew, with a schedule that does not come. Yields three reports; the first was saved meanwhile."""
    from publish.simulation.simulate import simulate

    reports = simulate(*REPORT, ["07264", "07288", "07306"], seed=3, out=tmp_path_factory.mktemp("watched"))
    services.stop()
    drop(reports[:1])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_INBOX_SCHEDULE", "0 0 29 2 *")
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collected.endpoint)
        services.start()
        airflow.address = AirflowApi().address
        yield reports


def accepted_names() -> list[str]:
    with database.connect() as connection:
        query = (
            "select file.file_name from raw.submission join raw.file using (sha256) "
            "join ops.submission_verdict using (submission_id) where status <> 'rejected' order by accepted_seq"
        )
        return [name for (name,) in connection.execute(query)]


def wait_until_accepted(report: Path) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while report.name not in accepted_names():
        assert time.monotonic() < deadline, f"{report.name} is not accepted"
        time.sleep(0.2)


def test_a_finished_file_is_received_though_no_schedule_comes_and_one_being_written_waits(airflow, watched):
    saved_before, quick, slow = watched
    wait_until_accepted(saved_before)
    content, deadline = slow.read_bytes(), time.monotonic() + TIMEOUT_SECONDS
    with (Path(get_settings().inbox) / slow.name).open("wb", buffering=0) as file:
        drop([quick])
        while quick.name not in accepted_names():  # a byte at a time, as over a slow line
            assert time.monotonic() < deadline, f"{quick.name} is not accepted"
            file.write(content[file.tell() : file.tell() + 1])
            time.sleep(0.2)
        file.write(content[file.tell() :])
    wait_until_accepted(slow)

    names = [report.name for report in watched]
    assert [name for name in accepted_names() if name in names] == names
    assert list((get_settings().home / "receipts").glob("*.duplicate.*")) == []
    assert airflow.run_types("submissions")[:3] == ["asset_triggered"] * 3


def test_a_collector_of_traces_sees_the_step_in_its_task(watched, collected):
    """The files of the test before were checked: each time the gate's span is in the trace of Airflow's run."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while len(collected.named("receive")) < len(watched):
        assert time.monotonic() < deadline, {span.name for span in collected.spans}
        time.sleep(0.2)
    by_id = {span.span_id: span for span in collected.spans}
    for step in collected.named("receive"):
        assert attributes(step)["baocao.files"] == 1
        assert attributes(step)["baocao.rows"] > 0
        assert attributes(step)["baocao.bytes"] > 1000
        assert step.parent_span_id
        assert {"airflow.dag_id": "submissions", "airflow.task_id": "check"}.items() <= attributes(
            by_id[step.parent_span_id]
        ).items()


def test_stopping_leaves_no_process_behind(airflow):
    state = supervisor.read_state()
    started = [state.supervisor, *(component.identity for component in state.components.values())]
    assert len(started) == 5
    assert all(processes.is_alive(who) for who in started)
    assert services.stop() is True
    assert [who for who in started if processes.is_alive(who)] == []
    assert {service.state for service in services.status()} == {"stopped"}
    assert services.stop() is False
