"""Processes of our own: how one is remembered, recognised and ended.

A pid alone is not an identity, since the system gives it out again. A process is ours when pid and
creation time are the ones we wrote down; its descendants are the members of its session, which keep
its number from being given out again, under our account and in the folder we gave them. Nothing
else is ever signalled.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Identity:
    """A process that we started: its pid, which is also its session id, and when it was created (`_created`)."""

    pid: int
    created: float


def spawn(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start command as the leader of a session of its own, working in folder, both outputs appended to log."""
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def identify(pid: int) -> Identity:
    """Raises psutil.NoSuchProcess if it has already gone."""
    return Identity(pid, _created(pid))


def is_alive(who: Identity) -> bool:
    try:
        return _is_same(who) and psutil.Process(who.pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def listens(who: Identity, port: int) -> bool:
    """Whether this very process listens on the port: a reply there may be another program's."""
    try:
        if not is_alive(who):
            return False
        connections = psutil.Process(who.pid).net_connections("tcp")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in connections)


def members(who: Identity, folder: Path) -> list[psutil.Process]:
    """The living processes of the session that who leads or led, and that work in folder."""
    if psutil.pid_exists(who.pid) and not _is_same(who):
        return []  # the session ended, and its number is somebody else's by now
    return [process for process in psutil.process_iter() if _belongs(process, who, folder)]


def end(who: Identity, folder: Path, timeout: float) -> None:
    """Ask the leader to stop, wait up to timeout seconds, then kill what is left of its session."""
    if is_alive(who):
        _signal(who.pid, signal.SIGTERM)
        deadline = time.monotonic() + timeout
        while is_alive(who) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    sweep(who, folder)


def sweep(who: Identity, folder: Path) -> int:
    """Kill every process of the session. Returns how many there were."""
    left = members(who, folder)
    for process in left:
        _signal(process.pid, signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)
    return len(left)


def _created(pid: int) -> float:
    """When a process was created: on Linux in ticks since the start of the machine, which no setting of the clock
    moves; elsewhere in seconds of the epoch. Raises psutil.NoSuchProcess."""
    try:
        return float(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (FileNotFoundError, ProcessLookupError):
        return psutil.Process(pid).create_time()


def _is_same(who: Identity) -> bool:
    try:
        return _created(who.pid) == who.created
    except psutil.NoSuchProcess:
        return False


def _belongs(process: psutil.Process, who: Identity, folder: Path) -> bool:
    try:
        is_member = (
            os.getsid(process.pid) == who.pid
            and _created(process.pid) >= who.created
            and process.uids().real == os.getuid()
            and process.status() != psutil.STATUS_ZOMBIE
        )
        return is_member and _works_in(process, folder)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return False


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """Airflow makes its processes undumpable, which hides their folder from everyone but root: then session and
    account have to do."""
    try:
        return Path(process.cwd()) == folder
    except psutil.AccessDenied:
        return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it went by itself, which is what was wanted
