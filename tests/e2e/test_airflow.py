"""A real Airflow: killed in the middle, closing periods, late, stopped. One home, one start, in this order."""

import csv
import io
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import jwt
import pytest

from pages import app
from tests import accessibility
from tests.e2e.homes import DAGS, TIMEOUT_SECONDS, a_home, drop, figures, follow_to_the_end, wait_for_task
from tests.e2e.officers import Officers
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.test_desk import TIMEOUT_MS
from tests.integration.trace_collector import Collected, attributes, collecting
from tests.waiting import wait_for
from warehouse import clock, database, private_files
from warehouse.airflow import environment, processes, services, supervisor
from warehouse.airflow.api import AirflowApi, Follower, Run
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings

REPORT = ("bacninh-2026-2030", "2026")
UNITS = ["07210", "07228", "07282", "07294", "07330", "07420"]
WRONG = {"07294": "numerator_above_denominator"}
FIRST, SECOND = "2026-11-20T08:00:00+07:00", "2026-11-25T08:00:00+07:00"
THIRD, FOURTH = "2026-11-26T08:00:00+07:00", "2026-11-26T08:12:00+07:00"
CLOSED = "2026-12-10T08:00:00+07:00"
OPERATOR = "van-hanh@example.org"

# On a machine with other work the season with its kills takes longer than any other test.
pytestmark = [pytest.mark.services, pytest.mark.timeout(1500)]


@dataclass(frozen=True)
class Season:
    """Files of two waves, the same bytes for every home."""

    first: list[Path]
    second: list[Path]


def simulate(folder: Path) -> Season:
    """Six communes, one of them wrong; then the wrong one again, and one corrected."""
    from publish.simulation.simulate import simulate

    corrected = simulate(*REPORT, ["07228"], seed=1, out=folder / "c", correction=1, lines=["5.1", "2"])
    return Season(
        simulate(*REPORT, UNITS, seed=1, out=folder / "a", defects=WRONG),
        [*simulate(*REPORT, list(WRONG), seed=1, out=folder / "b"), *corrected],
    )


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
        services.start(timeout=TIMEOUT_SECONDS)
        airflow = Officers()
        airflow.wait_for_dags(DAGS, TIMEOUT_SECONDS)
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
    services.start(timeout=TIMEOUT_SECONDS)
    airflow.address = AirflowApi().address
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
    wait_for(lambda: letterbox.letters, "the operator is not notified")  # by a process of its own
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


# --- the pages inside Airflow ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages_in_airflow(airflow) -> str:
    """Their address; there are figures to show."""
    from pipeline import building

    building.build()
    return f"{airflow.address}/baocao"


def fetch(address: str, token: str | None = None) -> httpx.Response:
    cookies = {"_token": token} if token else {}
    return httpx.get(address, cookies=cookies, timeout=60)


def forged(token: str, key: str | None = None, **claims: Any) -> str:
    """The token with other claims, signed with Airflow's key or another."""
    given = jwt.decode(token, options={"verify_signature": False})
    own = private_files.read(environment.home() / "secrets.json")["AIRFLOW__API_AUTH__JWT_SECRET"]
    return jwt.encode(given | claims, key or own, algorithm="HS512")


@pytest.mark.parametrize("path", [*app.PAGES, "/", "/baocao.css", "/phat-hanh", "/dag/figures", "/no-such-page"])
@pytest.mark.parametrize("who", ["nobody", "a wrong key", "an old token"])
def test_without_a_session_of_airflow_no_address_of_the_pages_answers(airflow, pages_in_airflow, path, who):
    token = {
        "nobody": None,
        "a wrong key": forged(airflow.signed_in(), key="x" * 64),
        "an old token": forged(airflow.signed_in(), exp=1_000_000_000),
    }[who]
    response = fetch(pages_in_airflow + path, token)

    assert (response.status_code, response.content) == (303, b"")
    to = urlsplit(response.headers["location"])
    assert (to.path, parse_qs(to.query)["next"]) == ("/api/v2/auth/login", [f"/baocao{path}"])


def test_an_account_of_airflow_that_may_not_see_the_dags_sees_no_figure(airflow, pages_in_airflow):
    may_see, may_not = forged(airflow.signed_in(), role="VIEWER"), forged(airflow.signed_in(), role=None)

    assert fetch(f"{pages_in_airflow}/sang-nay", may_see).status_code == 200
    refused = fetch(f"{pages_in_airflow}/sang-nay?unit=24&table=overdue&format=csv", may_not)
    assert refused.status_code == 403
    assert "cần quyền xem DAG figures" in refused.text and "07210" not in refused.text


def test_with_a_session_the_pages_are_those_of_the_marts_and_airflow_alone_may_frame_them(airflow, pages_in_airflow):
    table = fetch(f"{pages_in_airflow}/sang-nay?unit=24&table=overdue&format=csv", airflow.signed_in())
    page = fetch(f"{pages_in_airflow}/sang-nay?unit=24", airflow.signed_in())
    with database.connect() as connection:
        query = "select unit_code from rpt_missing_reports where province_code = '24' order by unit_code"
        missing = [code for (code,) in connection.execute(query)]

    rows = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline=""))
    assert sorted(row["Mã"] for row in rows) == missing != []
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'") and policy.endswith("frame-ancestors 'self'")
    assert re.findall(r'(?:href|src|action)="/(?!baocao[/?"])', page.text.replace("/baocao.css", "")) == []
    assert (
        httpx.post(f"{pages_in_airflow}/sang-nay", cookies={"_token": airflow.signed_in()}, timeout=60).status_code
        == 405
    )


def test_each_dag_leads_to_what_it_made_and_published_files_are_handed_out_alone(airflow, pages_in_airflow):
    led = {
        dag_id: fetch(f"{pages_in_airflow}/dag/{dag_id}", airflow.signed_in()).headers["location"] for dag_id in DAGS
    }
    shown = {dag_id: fetch(urljoin(pages_in_airflow, to), airflow.signed_in()) for dag_id, to in led.items()}

    assert {dag_id: page.status_code for dag_id, page in shown.items()} == dict.fromkeys(DAGS, 200)
    anchors = {(dag_id, urlsplit(to).fragment) for dag_id, to in led.items() if "#" in to}
    assert anchors and all(f'id="{anchor}"' in shown[dag_id].text for dag_id, anchor in anchors)
    assert fetch(f"{pages_in_airflow}/dag/another", airflow.signed_in()).status_code == 404
    kept = get_settings().home / "published" / "bacninh-2026-2030" / "2026" / "24.xlsx"
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        kept.write_bytes(b"a workbook")
    files = fetch(f"{pages_in_airflow}/phat-hanh", airflow.signed_in()).text
    (address,) = re.findall(r'href="/baocao(/phat-hanh/published/bacninh-2026-2030/2026/24.xlsx)"', files)
    assert fetch(pages_in_airflow + address, airflow.signed_in()).content == kept.read_bytes()
    for path in ("published/../airflow/passwords.json", "published/%2e%2e/airflow/passwords.json", "airflow/port"):
        assert fetch(f"{pages_in_airflow}/phat-hanh/{path}", airflow.signed_in()).status_code == 404, path


def test_airflows_own_pages_show_the_morning_and_what_a_dag_made_after_sign_in(airflow, pages_in_airflow, browser):
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.context.set_default_timeout(TIMEOUT_MS)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{pages_in_airflow}/sang-nay")
    assert "Sáng nay" not in page.content()
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", environment.password())
    page.locator("button[type=submit]").click()
    page.get_by_role("heading", name="Sáng nay", level=1).wait_for()

    page.goto(airflow.address)
    page.get_by_role("link", name="Sáng nay").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Sáng nay", level=1).wait_for()
    frame.get_by_role("link", name="Đường đến 2030").click()
    frame.get_by_role("heading", name="Đường đến 2030", level=1).wait_for()
    page.wait_for_url("**/plugin/sang-nay/baocao/duong-den-2030")  # an address that can be sent on
    page.goto(f"{airflow.address}/dags/publication")
    page.get_by_role("link", name="Kết quả").click()
    page.frame_locator("iframe").get_by_role("heading", name="Đã phát hành", level=1).wait_for()
    page.goto(f"{pages_in_airflow}/phat-hanh")
    assert accessibility.too_wide(page) == []
    assert accessibility.problems(page) == {}
    assert complaints == []
    page.context.close()


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
        services.start(timeout=TIMEOUT_SECONDS)
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
    by_id: dict[bytes, Any] = {}
    # A span is sent when it has ended, so the task's come after its step's.
    while len(steps := collected.named("receive")) < len(watched) or not {s.parent_span_id for s in steps} <= {*by_id}:
        assert time.monotonic() < deadline, {span.name for span in collected.spans}
        time.sleep(0.2)
        by_id = {span.span_id: span for span in collected.spans}
    for step in collected.named("receive"):
        assert attributes(step)["baocao.files"] == 1
        assert attributes(step)["baocao.rows"] > 0
        assert attributes(step)["baocao.bytes"] > 1000
        assert {"airflow.dag_id": "submissions", "airflow.task_id": "check"}.items() <= attributes(
            by_id[step.parent_span_id]
        ).items()


def test_stopping_leaves_no_process_behind(airflow):
    state = supervisor.read_state()
    started = [state.supervisor, *(component.identity for component in state.components.values())]
    assert len(started) == 6
    assert all(processes.is_alive(who) for who in started)
    assert services.stop() is True
    assert [who for who in started if processes.is_alive(who)] == []
    assert {service.state for service in services.status()} == {"stopped"}
    assert services.stop() is False
