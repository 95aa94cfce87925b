"""Many machines as plain processes: Redis, an object store, three workers, one of which is killed. One home, one start.

Two workers are the home's, the third is one of a further machine. The killed worker is in the middle of a file by
construction: the store holds its request until the worker is gone.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import s3fs

from tests.e2e.homes import DAGS, TIMEOUT_SECONDS, a_home, figures, follow_to_the_end
from tests.e2e.officers import Officers
from tests.e2e.redis_server import redis_server
from tests.integration.object_store import ObjectStore, object_store
from warehouse import clock, database
from warehouse.airflow import environment, processes, services, supervisor, worker
from warehouse.airflow.api import Follower, Run
from warehouse.postgres import dumping

REPORT = ("bacninh-2026-2030", "2026")
NOW = "2026-11-20T08:00:00+07:00"
COMMUNES = 12
WORKERS = ("worker-1", "worker-2")
FURTHER = "a further machine"
PLACES = {"BAOCAO_INBOX": "s3://office/inbox", "BAOCAO_ARCHIVE": "s3://office/archive"}
SETTINGS = PLACES | {
    "BAOCAO_WORKERS": str(len(WORKERS)),
    "BAOCAO_BATCH_FILES": "2",
    "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
    "AIRFLOW__CORE__PARALLELISM": "4",
}

pytestmark = [pytest.mark.services, pytest.mark.timeout(1500)]


def _communes() -> list[str]:
    query = (
        "select distinct unit_code from app.expected_report where programme_code = %s and period = %s "
        "and unit_level = 'commune' order by unit_code limit %s"
    )
    with database.connect() as connection:
        return [code for (code,) in connection.execute(query, [*REPORT, COMMUNES])]


def put(files: list[Path]) -> None:
    for file in files:
        s3fs.S3FileSystem().pipe_file(f"office/inbox/{file.name}", file.read_bytes())


def received() -> list[tuple[Any, ...]]:
    """What is known of each file of the wave: its hash, its report, its verdict, how often it was decided."""
    query = """
        select file.sha256, submission.unit_code, verdict.status, count(*), count(distinct line.line_id)
        from raw.file inner join raw.submission using (sha256)
        inner join ops.submission_verdict as verdict using (submission_id)
        inner join raw.line using (submission_id)
        group by 1, 2, 3 order by 1
    """
    with database.connect() as connection:
        return connection.execute(query).fetchall()


class Cluster:
    """Airflow of the home, its store, the reports that are to come, and a worker that `baocao worker` started."""

    def __init__(self, store: ObjectStore, wave: list[Path], further: processes.Identity) -> None:
        self.store, self.wave, self.further = store, wave, further
        self.airflow = Officers()

    def workers(self) -> dict[str, processes.Identity]:
        state = supervisor.read_state()
        assert state is not None
        return {name: state.components[name].identity for name in WORKERS} | {FURTHER: self.further}

    def worker_of(self, pid: int) -> str:
        return next(name for name, who in self.workers().items() if who.pid == os.getsid(pid))

    def kill(self, name: str) -> None:
        """The worker and every process of it at once, as a machine that loses its power."""
        for process in processes.members(self.workers()[name], environment.home()):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)


@contextmanager
def further_machine() -> Iterator[processes.Identity]:
    """A worker as docs/growing.md starts it on another machine: it has the home and addresses, and starts no server."""
    common = {
        "BAOCAO_DATABASE_URL": database.url(),
        environment.CONNECTION: "postgresql+psycopg2" + database.airflow_url().removeprefix("postgresql"),
        environment.TASKS_API: f"{environment.address()}/execution/",
    }
    program = Path(sys.executable).with_name("baocao")
    variables = os.environ | environment.search_path() | common
    log = environment.logs() / "further-machine.log"
    child = processes.spawn([str(program), "worker"], folder=environment.home(), environment=variables, log=log)
    who = processes.identify(child.pid)
    try:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while worker.last_beat(socket.gethostname()) is None:
            assert time.monotonic() < deadline and child.poll() is None, log.read_text()
            time.sleep(0.2)
        yield who
    finally:
        processes.end(who, environment.home(), 20)
        child.wait()


@pytest.fixture(scope="module")
def catalogue(prepared_database: str) -> list[bytes]:
    """A dump of a warehouse with the plans in it: restoring one takes seconds, loading the plans ten times as long."""
    return list(dumping.dump(database.url().rpartition("/")[0] + f"/{prepared_database}"))


def prepare(catalogue: list[bytes]) -> None:
    """The home's own server, with the plans in it."""
    database.prepare_server()
    dumping.restore(database.url(), catalogue)
    database.prepare()


@pytest.fixture(scope="module")
def undisturbed(catalogue: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same wave, received by the functions that the DAGs call, in a home and a bucket of its own."""
    from pipeline import building, receiving
    from publish.simulation.simulate import simulate

    with object_store("office"), a_home(PLACES):
        prepare(catalogue)
        wave = simulate(*REPORT, _communes(), seed=5, out=tmp_path_factory.mktemp("wave"))
        with clock.at(NOW):
            put(wave)
            receiving.receive()
            building.build()
        return {"wave": wave, "figures": figures(), "received": received()}


@pytest.fixture(scope="module")
def cluster(catalogue, undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with (
        object_store("office") as store,
        redis_server(tmp_path_factory.mktemp("redis")) as broker,
        a_home(SETTINGS | {"BAOCAO_BROKER_URL": broker}),
    ):
        prepare(catalogue)
        services.start(timeout=TIMEOUT_SECONDS)  # eight programs load at once, beside other tests
        with further_machine() as further:
            cluster = Cluster(store, undisturbed["wave"], further)
            cluster.airflow.wait_for_dags(DAGS, TIMEOUT_SECONDS)
            yield cluster


class PausedRequest:
    """The first object that a worker archives waits on its way, also when its client sends it again after a minute
    without a response; the others pass."""

    def __init__(self, store: ObjectStore) -> None:
        self.is_paused, self.may_go = threading.Event(), threading.Event()
        self._path: str | None = None
        self._choice = threading.Lock()
        store.before = self._before

    def _before(self, method: str, path: str) -> None:
        if method != "PUT" or "/archive/" not in path or self.may_go.is_set():
            return
        with self._choice:
            self._path = self._path or path
        if path == self._path:
            self.is_paused.set()
            self.may_go.wait()
            raise ConnectionAbortedError("its sender is gone")


def receiving_tasks(airflow: Officers, run: Run) -> list[dict[str, Any]]:
    path = f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances"
    return [task for task in airflow._get(path)["task_instances"] if task["task_id"] == "receive"]


def restarts() -> dict[str, int]:
    return {service.name: service.restarts for service in services.status() if service.name in WORKERS}


def only_unfinished(airflow: Officers, run: Run) -> dict[str, Any]:
    """The paused task, once the others have ended."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while len(left := [task for task in receiving_tasks(airflow, run) if task["state"] != "success"]) != 1:
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    return left[0]


def test_a_worker_killed_in_the_middle_of_a_wave_loses_nothing_and_doubles_nothing(undisturbed, cluster):
    paused = PausedRequest(cluster.store)
    follower = Follower(cluster.airflow)
    put(cluster.wave)
    run = cluster.airflow.trigger("submissions", NOW)
    follower.add(run)
    try:
        assert paused.is_paused.wait(TIMEOUT_SECONDS)
        before = restarts()  # one, where Airflow's port was another home's and all had to move
        victim = cluster.worker_of(only_unfinished(cluster.airflow, run)["pid"])
        cluster.kill(victim)
    finally:
        paused.may_go.set()
    follow_to_the_end(follower)

    tries = sorted(task["try_number"] for task in receiving_tasks(cluster.airflow, run))
    assert tries == [1] * (COMMUNES // 2 - 1) + [2]
    assert received() == undisturbed["received"] and len(received()) == COMMUNES
    assert figures() == undisturbed["figures"] and all(figures().values())
    assert s3fs.S3FileSystem().find("office/inbox") == []
    assert restarts() == {name: before[name] + int(name == victim) for name in WORKERS}


def connections_of(process: psutil.Process) -> list[Any]:
    """One that has ended meanwhile, as those that parse DAGs do, has none."""
    with suppress(psutil.NoSuchProcess):
        return process.net_connections("inet")
    return []


def test_no_process_listens_beyond_this_machine(cluster):
    state = supervisor.read_state()
    assert state is not None
    started = {name: component.identity for name, component in state.components.items()} | {FURTHER: cluster.further}
    listening = {
        (name, each.laddr.ip)
        for name, who in started.items()
        for process in processes.members(who, environment.home())
        for each in connections_of(process)
        if each.status == psutil.CONN_LISTEN
    }
    assert listening == {("api-server", "127.0.0.1")}


def test_stopping_ends_the_workers_too(cluster):
    state = supervisor.read_state()
    assert state is not None
    started = [component.identity for component in state.components.values()]
    assert len(started) == 5 + len(WORKERS) and all(processes.is_alive(who) for who in started)
    assert services.stop() is True
    assert [who for who in started if processes.is_alive(who)] == []
