"""Processes of our own: how one is remembered, recognised and ended.

A pid alone is not an identity, since the system gives it out again. A process is ours when pid and
creation time are the ones we wrote down; its descendants are the members of its session that work
in the folder we gave them. Nothing else is ever signalled.
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
    """A process that we started: its pid (also its session id) and when it came to be (epoch seconds)."""

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
    return Identity(pid, psutil.Process(pid).create_time())


def is_alive(who: Identity) -> bool:
    try:
        process = psutil.Process(who.pid)
        return process.create_time() == who.created and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def members(who: Identity, folder: Path) -> list[psutil.Process]:
    """The living processes of the session that who leads or led, and that work in folder."""
    return [process for process in psutil.process_iter() if _belongs(process, who, folder)]


def end(who: Identity, folder: Path, patience: float) -> None:
    """Ask the leader to stop, wait up to patience seconds, then kill what is left of its session."""
    if is_alive(who):
        _signal(who.pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
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


def _belongs(process: psutil.Process, who: Identity, folder: Path) -> bool:
    try:
        return (
            os.getsid(process.pid) == who.pid
            and process.create_time() >= who.created
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == folder
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied, ProcessLookupError, PermissionError):
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it went by itself, which is what was wanted
