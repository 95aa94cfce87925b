"""Limits of readers' sessions that no session can lift, kept by `python -m warehouse.access.session_limits`.

PostgreSQL lets every session set its own time limits. So a process of ours looks every two seconds and ends sessions of
bi_reader and of readers of areas: whose statement runs too long, whose transaction idles or lasts too long, and for
which a step of ours waits. On the embedded server it also puts back what a role changed of itself: its settings, and of
bi_reader the password.
"""

import signal
import sys
import threading
from dataclasses import dataclass

import psycopg

from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.logging import configure, get_logger
from warehouse.postgres import passwords, readers

log = get_logger("warehouse.access.session_limits")  # run as a script, __name__ would say nothing


@dataclass(frozen=True)
class Limits:
    """In seconds. wait: how long a step of ours waits for a lock that a reader holds."""

    statement: float = 65
    idle: float = 305
    transaction: float = 900
    wait: float = 15


LOOK_EVERY_SECONDS = 2.0
NAME = "baocao session limits"
WATCHING = """
select exists (select from pg_stat_activity
    where application_name = %s and datname = current_database() and state_change > now() - interval '30 seconds')
"""

BEYOND = """
with sessions as (
    select pid, usename, state, query_start, state_change, xact_start, clock_timestamp() as now
    from pg_stat_activity where usename = any(%(readers)s) and datname = current_database()
),

waited_for as (
    select unnest(pg_blocking_pids(activity.pid)) as pid
    from pg_stat_activity as activity
    join pg_locks as lock on lock.pid = activity.pid and not lock.granted
    where activity.datname = current_database() and activity.usename <> all(%(readers)s)
        and lock.waitstart < clock_timestamp() - make_interval(secs => %(wait)s)
),

evaluated as (
    select pid, usename,
        case
            when state = 'active' and now - query_start > make_interval(secs => %(statement)s)
            then 'its statement ran for longer than allowed'
            when state like 'idle in transaction%%' and now - state_change > make_interval(secs => %(idle)s)
            then 'its transaction was idle for longer than allowed'
            when now - xact_start > make_interval(secs => %(transaction)s)
            then 'its transaction was open for longer than allowed'
            when pid in (select waited_for.pid from waited_for)
            then 'a step of the warehouse waited for it'
        end as reason
    from sessions
)

select pid, usename, reason, pg_terminate_backend(pid) from evaluated where reason is not null
"""


def end_overlong(connection: psycopg.Connection, limits: Limits = Limits()) -> list[str]:
    """End the sessions of readers that are beyond the limits; why, one text a session."""
    values = {"readers": readers.listed(connection), **vars(limits)}
    ended = [
        f"Ended session {pid} of {role}: {reason}"
        for pid, role, reason, _ in connection.execute(BEYOND, values).fetchall()
    ]
    for text in ended:
        log.warning("%s", text)
    return ended


def put_back(connection: psycopg.Connection) -> list[str]:
    """As the superuser, in the warehouse's database: the roles whose settings or password were changed, put back."""
    changed = []
    for role in readers.listed(connection):
        if readers.has_other_settings(connection, role):
            readers.restrict(connection, role, connection.info.dbname)
            changed.append(role)
    row = connection.execute("select rolpassword from pg_authid where rolname = %s", [readers.EVERYTHING]).fetchone()
    password = passwords.find("bi")
    if row and password and not passwords.is_of(row[0] or "", password):
        passwords.set_of_role(connection, readers.EVERYTHING, password)
        changed.append(readers.EVERYTHING)
    for role in changed:
        log.warning("%s had changed its own settings or password: they are as before", role)
    return changed


def watch(stop: threading.Event) -> None:
    """Until the event; a server that is down is waited for."""
    while not stop.is_set():
        try:
            with database.administrator() as connection:
                _watch(connection, stop)
        except (psycopg.Error, BaocaoError) as error:
            log.warning("The sessions of readers cannot be seen: %s", str(error).splitlines()[0])
            stop.wait(LOOK_EVERY_SECONDS * 5)


def is_watching() -> bool:
    """Whether a process has looked within the last half minute."""
    with database.administrator() as connection:
        return connection.execute(WATCHING, [NAME]).fetchone() == (True,)


def _watch(connection: psycopg.Connection, stop: threading.Event) -> None:
    connection.execute("select set_config('application_name', %s, false)", [NAME])
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    while not stop.is_set():
        end_overlong(connection)
        if row and row[0]:
            put_back(connection)
        stop.wait(LOOK_EVERY_SECONDS)


def main() -> None:
    """With --check, as in a container's health check: exit 0 if another process watches, else 1."""
    configure()
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if is_watching() else 1)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("Watching the sessions of readers")
    watch(stop)


if __name__ == "__main__":
    main()
