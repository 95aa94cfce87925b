"""The embedded server, killed, stopped, and started by many at once."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from tests.conftest import throw_away_home
from warehouse import database, migrations
from warehouse.errors import BaocaoError
from warehouse.postgres import embedded, passwords


@pytest.fixture(scope="module")
def server_home():
    with throw_away_home() as folder:
        yield folder


@pytest.fixture
def running(server_home):
    """A server that may be killed; the next test finds it up again, with the privileges and passwords it had."""
    database.prepare()
    return database.cluster().running()


def test_it_listens_on_this_machine_alone_and_asks_for_a_password(running):
    listening = [c.laddr.ip for c in psutil.Process(running.pid).net_connections("tcp") if c.status == "LISTEN"]
    assert listening == ["127.0.0.1"]
    with database.superuser() as connection:
        methods = connection.execute("select distinct auth_method from pg_hba_file_rules").fetchall()
        assert methods == [("scram-sha-256",)]


def test_what_was_committed_is_there_after_a_kill_and_what_was_not_is_not(running):
    with database.connect() as connection:
        connection.execute("create table public.kept (status text)")
        connection.execute("insert into public.kept values ('committed')")
    half_way = database.connect()
    half_way.execute("insert into public.kept values ('not committed')")
    os.kill(running.pid, signal.SIGKILL)
    started = time.monotonic()
    database.prepare()
    assert time.monotonic() - started < 30
    again = database.cluster().running()
    assert again.pid != running.pid
    assert again.port == running.port
    with database.connect() as connection:
        assert connection.execute("select status from public.kept").fetchall() == [("committed",)]
    half_way.close()


def test_five_kills_in_a_row_are_survived(running):
    for _ in range(5):
        os.kill(database.cluster().running().pid, signal.SIGKILL)
        database.prepare()
    with database.connect() as connection:
        assert connection.execute("select count(*) from raw.file").fetchone() == (0,)


def test_a_server_that_recovers_from_the_kill_of_one_of_its_processes_is_waited_for(running):
    """The postmaster lives, answers, and lets nobody in for a while."""
    for _ in range(3):
        with database.connect() as connection:
            killed = psutil.Process(connection.info.backend_pid)
            killed.kill()
            killed.wait(60)  # from then on the postmaster lets nobody in
            with database.connect() as other:
                assert other.execute("select count(*) from raw.file").fetchone() == (0,)


def test_a_server_that_does_not_stop_in_order_is_stopped_all_the_same(running, monkeypatch, caplog):
    """One of its processes does not listen, as those that PostgreSQL 18 waits for while it recovers."""
    monkeypatch.setattr(embedded, "STOP_SECONDS", 2)
    with database.connect() as connection:
        os.kill(connection.info.backend_pid, signal.SIGSTOP)
        assert database.cluster().stop() is True
    assert "PostgreSQL did not stop within 2 s (fast)" in caplog.text
    database.prepare()
    with database.connect() as connection:
        assert connection.execute("select count(*) from raw.file").fetchone() == (0,)


def test_a_pid_that_now_belongs_to_somebody_else_is_left_alone(running):
    """After a restart of the machine the number in postmaster.pid may be any process, another postgres even."""
    cluster = database.cluster()
    pid_file = (cluster.data / "postmaster.pid").read_text()
    cluster.stop()
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        first, _, rest = pid_file.partition("\n")
        assert first == str(running.pid)
        (cluster.data / "postmaster.pid").write_text(f"{bystander.pid}\n{rest}")
        assert cluster.running() is None
        assert cluster.stop() is False
        database.prepare()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_four_processes_that_start_it_at_once_get_one_server(own_home):
    program = "from warehouse import database; database.prepare(); print(database.cluster().running().pid)"
    starts = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    pids = {start.communicate(timeout=120)[0].strip() for start in starts}
    assert [start.returncode for start in starts] == [0, 0, 0, 0]
    assert pids == {str(database.cluster().running().pid)}
    with database.connect() as connection:
        assert connection.execute("select version_num from public.alembic_version").fetchall() == [(migrations.head(),)]


def test_a_port_that_somebody_took_is_left_only_until_it_is_free_again(running, caplog):
    database.cluster().stop()
    with socket.create_server((embedded.HOST, running.port)), caplog.at_level("WARNING"):
        database.prepare()
        assert (moved := database.cluster().running().port) > running.port
    assert f"Port {running.port} of this home is taken by another program: PostgreSQL is on {moved}" in caplog.text
    database.cluster().stop()
    database.prepare()
    assert database.cluster().running().port == running.port


def test_it_stops_and_comes_back_on_the_same_port(running):
    assert database.cluster().stop() is True
    assert database.cluster().running() is None
    with pytest.raises(database.DatabaseUnavailable, match="baocao up"):
        database.url()
    assert database.status().state == "stopped"
    database.prepare()
    assert database.cluster().running().port == running.port


def test_a_start_that_was_interrupted_leaves_nothing_behind_that_stands_in_the_way(own_home, monkeypatch):
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(embedded.Cluster, "_initdb", die)
        with pytest.raises(KeyboardInterrupt):
            database.prepare()
    assert not database.cluster().is_made
    killed = os.fork()
    if not killed:
        embedded.Cluster._run = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        database.prepare()
    os.waitpid(killed, 0)
    assert [path.read_text() != "" for path in own_home.glob("postgres-*/password")] == [True]
    database.prepare()
    assert sorted(path.name for path in own_home.iterdir()) == [
        "database.json",
        "postgres",
        "postgres.lock",
        "postgres.port",
        "secrets",
    ]
    left = own_home / f"{embedded.WORKSHOP}7c1"  # of a process that was killed once the data had their place
    left.mkdir()
    (left / "password").write_text("not empty")
    database.cluster().stop()
    database.prepare()
    assert not left.exists()


@pytest.mark.parametrize("kind", ["sysv", "posix"])
def test_a_rollup_in_parallel_runs_with_either_kind_of_shared_memory_and_after_a_kill(running, monkeypatch, kind):
    monkeypatch.setattr(embedded, "_shared_memory", lambda: kind)
    for _ in range(2):
        os.kill(database.cluster().running().pid, signal.SIGKILL)
        database.prepare()
        with database.connect() as connection:
            connection.execute("set debug_parallel_query = on")
            assert connection.execute("show dynamic_shared_memory_type").fetchone() == (kind,)
            assert connection.execute("select sum(n) from generate_series(1, 100) n").fetchone() == (5050,)


def test_a_lost_password_is_explained(running):
    database.cluster().stop()
    lost = passwords.path("postgres")
    lost.rename(lost.with_name("elsewhere"))
    with pytest.raises(BaocaoError, match="secrets folder"):
        database.prepare()
    lost.with_name("elsewhere").rename(lost)


def test_a_server_that_cannot_start_says_why(running):
    cluster = database.cluster()
    cluster.stop()
    configuration = cluster.data / "postgresql.conf"
    sound = configuration.read_text()
    configuration.write_text(sound + "wal_keep_size = 'much'\n")
    with pytest.raises(BaocaoError, match='invalid value for parameter "wal_keep_size"'):
        database.prepare()
    configuration.write_text(sound)


def test_a_home_of_any_length_and_in_a_closed_folder_will_do(own_home, monkeypatch):
    """PostgreSQL of root runs as another account, which may not enter 0700; the path of a socket ends at 107 bytes."""
    closed = own_home / "closed"
    closed.mkdir(0o700)
    monkeypatch.setenv("BAOCAO_HOME", str(closed / ("long" * 30) / "home"))
    before = os.umask(0o077)
    try:
        database.prepare()
        with database.connect("loader") as connection:
            assert connection.execute("select count(*) from raw.file").fetchone() == (0,)
    finally:
        os.umask(before)
        data = database.cluster().data
        database.cluster().stop()
        shutil.rmtree(data.parent)
    assert data.is_relative_to(embedded.ROOTS_PLACE if os.geteuid() == 0 else closed)
