"""A streaming standby of the embedded server, made and run by PostgreSQL's own programs, on loopback."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.integration.letterbox import free_port
from warehouse import database
from warehouse.postgres import embedded, passwords

PRIMARY = {"wal_level": "replica", "max_wal_senders": "4"}
"""What a server needs to be followed; the embedded one is not, unless a test says so."""
STANDBY = {"hot_standby_feedback": "on", "max_standby_streaming_delay": "900s"}
"""As docs/growing.md advises: a reader's transaction may last fifteen minutes."""


@contextmanager
def followed_server() -> Iterator[None]:
    """The embedded server of the home can be followed inside the block: it is started again before and after."""
    with pytest.MonkeyPatch.context() as options:
        for name, value in PRIMARY.items():
            options.setitem(embedded.OPTIONS, name, value)
        _start_again()
        yield
    _start_again()


def _start_again() -> None:
    database.engine().dispose()
    database.cluster().stop()
    database.cluster().ensure(passwords.get("postgres"))  # also where the address of a database is set


@dataclass(frozen=True)
class Standby:
    """A running standby. data: its folder; port: on loopback."""

    data: Path
    port: int

    def address(self, role: str = "bi") -> str:
        """Where a role reads on the standby: with the password of the primary, as roles are replicated."""
        parts = urlsplit(database.url(role))
        user = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{self.port}"))

    def connect(self, role: str = "bi") -> psycopg.Connection:
        return psycopg.connect(self.address(role), autocommit=True)

    def wait_until_caught_up(self, seconds: float = 60) -> None:
        """Until everything that the primary has written by now is there."""
        with database.superuser() as primary:
            (written,) = primary.execute("select pg_current_wal_flush_lsn()").fetchone()
        deadline = time.monotonic() + seconds
        while not self.has_replayed(written):
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.05)

    def has_replayed(self, position: str) -> bool:
        with self.connect() as connection:
            return connection.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", [position]).fetchone() == (True,)

    def set(self, name: str, value: str) -> None:
        """A setting that a running server takes."""
        with (self.data / "standby.conf").open("a") as configuration:
            configuration.write(f"{name} = '{value}'\n")
        _run("pg_ctl", "-D", self.data, "reload")


@contextmanager
def standby() -> Iterator[Standby]:
    """A standby of the home's server, which has to be followed; it ends with the block."""
    primary = database.cluster().running()
    assert primary is not None
    folder = Path(tempfile.mkdtemp(prefix="baocao-standby-"))
    embedded._hand_over(folder, database.cluster()._account())
    data, port = folder / "data", free_port()
    passfile = folder / "pass"
    passfile.touch(0o600)
    passfile.write_text(f"127.0.0.1:{primary.port}:*:postgres:{passwords.find('postgres')}\n")
    embedded._hand_over(passfile, database.cluster()._account())
    source = f"host=127.0.0.1 port={primary.port} user=postgres passfile={passfile}"
    try:
        _run("pg_basebackup", "-D", data, "-R", "-X", "stream", "-c", "fast", "-d", source)
        lines = [f"{name} = '{value}'\n" for name, value in STANDBY.items()]
        (data / "standby.conf").write_text("".join(lines))
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'standby.conf'\n")
        _run("pg_ctl", "-D", data, "-l", data / "standby.log", "-o", f"-p {port}", "-w", "start")
        yield Standby(data, port)
    finally:
        if (data / "postmaster.pid").exists():
            _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def _run(program: str, *arguments: object) -> None:
    code, output = database.cluster()._run(program, *arguments)
    assert code == 0, f"{program}: {output}"
