"""A worker, which takes Airflow's tasks from Redis and runs them: `python -m warehouse.airflow.worker [NAME]`.

With `--check` the exit code says whether the worker of that name lives. Airflow's API knows nothing of workers, and
Celery's own `inspect ping` takes seconds to load: a worker changes a file of the home with each of its heartbeats.
"""

import socket
import sys
import time
from pathlib import Path

from warehouse.airflow import beforehand, environment

ALIVE_SECONDS = 15.0
"""Celery's worker has a heartbeat every two."""


def beat_file(name: str) -> Path:
    return environment.home() / f"{name}.beat"


def last_beat(name: str) -> float | None:
    """When a worker lived last, in seconds of the epoch; None if that is long ago or never was."""
    try:
        beat = beat_file(name).stat().st_mtime
    except FileNotFoundError:
        return None
    return beat if time.time() - beat < ALIVE_SECONDS else None


def run(name: str) -> None:
    """Take tasks until SIGTERM. name: of no other worker with this home.

    The log server stays off: task logs are in the home that all workers share, or where Airflow's remote logs are.
    """
    from celery import signals

    def live(**_: object) -> None:
        beat_file(name).touch()

    signals.heartbeat_sent.connect(live, weak=False)
    # Workers need not know of each other: neither waits at its start for what the others say.
    options = ("--skip-serve-logs", "--without-mingle", "--without-gossip")
    beforehand.run("celery", "worker", "--celery-hostname", f"{name}@{socket.gethostname()}", *options)


def main() -> None:
    names = [each for each in sys.argv[1:] if each != "--check"]
    name = names[0] if names else socket.gethostname()
    if "--check" in sys.argv:
        sys.exit(0 if last_beat(name) else 1)
    run(name)


if __name__ == "__main__":
    main()
