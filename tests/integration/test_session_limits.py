"""What a reader's session may do for how long, whatever it sets; and what a role changes of itself."""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace

import psycopg
import pytest

from tests.waiting import wait_for
from warehouse import database
from warehouse.access import session_limits
from warehouse.access.session_limits import Limits, end_overlong, put_back
from warehouse.postgres import readers

PATIENT = Limits(statement=1e6, idle=1e6, transaction=1e6, wait=1e6)
SLEEP = "select pg_sleep(1000)"
WATCHING = "select from pg_stat_activity where application_name = %s"
LISTED = "select from pg_stat_activity where pid = %s"
SLEEPING = "select from pg_stat_activity where pid = %s and wait_event = 'PgSleep'"
LIFTED = (
    "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set default_transaction_read_only = off"
)


@pytest.fixture
def administrator(warehouse):
    with database.administrator() as connection:
        yield connection


@pytest.fixture
def reader(warehouse):
    """A session that has lifted its limits."""
    with psycopg.connect(database.url("bi"), autocommit=True) as connection:
        connection.execute(LIFTED)
        yield connection


@pytest.fixture
def connect_reader(warehouse):
    """Sessions of bi_reader, which may be ended from elsewhere."""
    opened = []

    def connect() -> psycopg.Connection:
        opened.append(psycopg.connect(database.url("bi")))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def test_a_statement_and_an_idle_transaction_end_and_a_quiet_session_stays(administrator, reader, connect_reader):
    idle, busy = connect_reader(), connect_reader()
    idle_pid, busy_pid = idle.info.backend_pid, busy.info.backend_pid
    busy.execute(LIFTED)
    outcome: list[Exception] = []
    statement = threading.Thread(target=lambda: outcome.append(_fails(busy, SLEEP)))
    statement.start()
    wait_for(lambda: administrator.execute(SLEEPING, [busy_pid]).rowcount, "the statement does not run")
    assert end_overlong(administrator, PATIENT) == []
    (text,) = end_overlong(administrator, replace(PATIENT, statement=0))
    statement.join()
    assert f"{busy_pid} of bi_reader: its statement" in text
    assert isinstance(outcome[0], psycopg.errors.AdminShutdown)
    wait_for_end(administrator, busy_pid)

    idle.execute("select 1")
    (text,) = end_overlong(administrator, replace(PATIENT, idle=0))
    assert f"{idle_pid} of bi_reader: its transaction was idle" in text
    wait_for_end(administrator, idle_pid)
    idle = connect_reader()
    idle.execute("select 1")
    (text,) = end_overlong(administrator, replace(PATIENT, transaction=0))
    assert "its transaction was open" in text
    assert reader.execute("select 1").fetchone() == (1,)


def wait_for_end(administrator: psycopg.Connection, pid: int) -> None:
    """A session that was ended is listed until its process is gone, and would be found once more."""
    wait_for(lambda: not administrator.execute(LISTED, [pid]).rowcount, f"session {pid} does not end")


def _fails(connection: psycopg.Connection, statement: str) -> Exception:
    with pytest.raises(psycopg.Error) as failed:
        connection.execute(statement.encode())
    return failed.value


def test_a_lock_that_a_step_waits_for_ends_its_holder_and_the_step_goes_on(administrator, connect_reader):
    changed: list[bool] = []

    def change() -> None:
        with database.connect() as owner:
            owner.execute("lock table ops.bi_access in access exclusive mode")
            changed.append(True)
            owner.rollback()

    administrator.execute("grant usage on schema ops to bi_reader")
    administrator.execute("grant select on ops.bi_access to bi_reader")
    try:
        holder = connect_reader()
        holder_pid = holder.info.backend_pid
        holder.execute("select count(*) from ops.bi_access")
        step = threading.Thread(target=change)
        step.start()
        ended: list[str] = []
        while not ended and step.is_alive():
            time.sleep(0.02)
            ended = end_overlong(administrator, replace(PATIENT, wait=0))
        step.join()
    finally:
        administrator.execute("revoke select on ops.bi_access from bi_reader")
        administrator.execute("revoke usage on schema ops from bi_reader")
    wait_for_end(administrator, holder_pid)
    assert ended == [f"Ended session {holder_pid} of bi_reader: a step of the warehouse waited for it"]
    assert changed == [True]


def test_sessions_of_ours_are_never_ended(administrator):
    with database.connect("loader") as ours:
        ours.execute("select 1")
        assert end_overlong(administrator, Limits(0, 0, 0, 0)) == []
        assert ours.execute("select 1").fetchone() == (1,)


def test_a_password_or_setting_that_a_role_changed_is_put_back(administrator, reader):
    assert put_back(administrator) == []
    reader.execute("alter role current_user password 'mine'")
    reader.execute("alter role current_user set statement_timeout = 0")
    reader.execute("alter role current_user in database baocao set search_path = elsewhere")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database.url("bi"))

    assert set(put_back(administrator)) == {readers.EVERYTHING}
    with psycopg.connect(database.url("bi")) as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("1min",)
        assert connection.execute("show search_path").fetchone() == ("marts",)
    assert put_back(administrator) == []


def test_readers_cannot_take_all_connections(warehouse):
    with ExitStack() as opened, pytest.raises(psycopg.OperationalError, match="too many connections for role"):
        for _ in range(60):
            opened.enter_context(psycopg.connect(database.url("bi")))
    with database.connect() as connection:
        (reserved,) = connection.execute("show reserved_connections").fetchone() or ()
    assert int(reserved) == 100


def test_the_process_watches_until_it_is_stopped(administrator, monkeypatch):
    monkeypatch.setattr(session_limits, "LOOK_EVERY_SECONDS", 0.05)
    stop = threading.Event()
    process = threading.Thread(target=session_limits.watch, args=[stop])
    process.start()
    try:
        while process.is_alive() and not session_limits.is_watching():
            time.sleep(0.02)
    finally:
        stop.set()
        process.join()
    wait_for(lambda: not administrator.execute(WATCHING, [session_limits.NAME]).rowcount, "its session does not end")
