"""Airflow on this machine: start it, stop it, ask how it is. `baocao up`, `down` and `status` call this."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import NoReturn
from urllib.request import urlopen

from warehouse import settings
from warehouse.airflow import environment, processes, supervisor, worker
from warehouse.errors import BaocaoError, WrongCall
from warehouse.settings import ZONE

STOP_SECONDS = 25.0
HEALTH_NAMES = {"scheduler": "scheduler", "dag_processor": "dag-processor", "triggerer": "triggerer"}


class ServicesFailed(BaocaoError):
    """Airflow did not become healthy; the message says why and where to look."""


@dataclass(frozen=True)
class ServiceStatus:
    """One component. state: healthy, starting or stopped; restarts: how often it had to be started again."""

    name: str
    state: str
    pid: int | None
    restarts: int
    log: str


def start(wait: bool = True, timeout: float = 180.0) -> None:
    """Start the supervisor if it is not running; with wait, return when every component is healthy.

    Raises ServicesFailed if the supervisor gives up, or after timeout seconds.
    """
    process = None if is_running() else _spawn_supervisor()
    deadline = time.monotonic() + timeout
    while wait and not is_healthy():
        if process is not None and process.poll() not in (None, 0):
            raise ServicesFailed(f"{_reason()} (log: {_supervisor_log()})")
        if time.monotonic() > deadline:
            raise ServicesFailed(f"Airflow is not healthy after {timeout:.0f} s (logs: {environment.logs()})")
        time.sleep(0.5)


def stop() -> bool:
    """Stop the supervisor and every component of this home. Returns False if nothing was running."""
    state = supervisor.read_state()
    if state is None:
        return False
    folder = environment.home()
    was_running = processes.is_alive(state.supervisor)
    processes.end(state.supervisor, folder, STOP_SECONDS)
    for component in state.components.values():  # left behind if the supervisor was killed
        processes.end(component.identity, folder, supervisor.TIMEOUT_SECONDS)
    supervisor.state_file().unlink(missing_ok=True)
    return was_running


def changed_settings() -> list[str]:
    """The settings that differ from those that the running services were started with; none where nothing runs."""
    state = supervisor.read_state()
    if state is None or state.phase != "running" or not processes.is_alive(state.supervisor):
        return []
    now = environment.fingerprints(environment.environment())
    return sorted(name for name in now.keys() | state.settings if now.get(name) != state.settings.get(name))


def run_command(arguments: list[str]) -> int:
    """Airflow's own command line in this home; its exit code."""
    # Airflow writes that warning into the output, where a program expects JSON.
    variables = {"PYTHONWARNINGS": "ignore:Could not import graphviz"} | environment.environment()
    supervisor.migrate(variables)
    return subprocess.call([sys.executable, "-m", "airflow", *arguments], env=variables)


def run_worker() -> NoReturn:
    """This process becomes a worker of this machine for an Airflow on another one.

    Raises WrongCall where a setting would lead it to a server of its own instead of the common one.
    """
    current, given = settings.get_settings(), settings.passed_variables()
    common = {
        "BAOCAO_BROKER_URL": current.broker_url,
        "BAOCAO_DATABASE_URL": current.database_url,
        environment.CONNECTION: given.get(environment.CONNECTION),
        environment.TASKS_API: given.get(environment.TASKS_API),
    }
    if missing := [name for name, value in common.items() if not value]:
        raise WrongCall(f"A worker on a further machine needs {', '.join(missing)}: docs/growing.md.")
    os.chdir(environment.home())
    os.execve(sys.executable, [sys.executable, "-m", "warehouse.airflow.worker"], environment.environment())


def is_running() -> bool:
    """Whether the supervisor of this home lives; its components may still be starting."""
    state = supervisor.read_state()
    return state is not None and processes.is_alive(state.supervisor)


def is_healthy() -> bool:
    return all(service.state == "healthy" for service in status())


def status() -> list[ServiceStatus]:
    """One entry a component, in starting order."""
    state = supervisor.read_state()
    supervised = state is not None and processes.is_alive(state.supervisor)
    components = state.components if state is not None and supervised else {}
    beats = _heartbeats() if supervisor.is_serving(state) else {}
    return [_describe(name, components.get(name), beats) for name in supervisor.components()]


def _describe(name: str, component: supervisor.Component | None, beats: dict[str, datetime]) -> ServiceStatus:
    """Healthy is a heartbeat of this very process: its predecessor's last one still counts as alive in Airflow."""
    log = str(environment.logs() / f"airflow-{name}.log")
    if component is None or not processes.is_alive(component.identity):
        return ServiceStatus(name, "stopped", None, component.restarts if component else 0, log)
    beat = beats.get(name)
    state = "healthy" if beat and beat.timestamp() > component.started_at else "starting"
    return ServiceStatus(name, state, component.identity.pid, component.restarts, log)


def _heartbeats() -> dict[str, datetime]:
    """The last sign of life of each component that Airflow calls healthy; the API server's is its answer, and of what
    is not Airflow's that its process lives, which `_describe` has seen."""
    try:
        with urlopen(f"{environment.address()}/api/v2/monitor/health", timeout=5) as response:
            health = json.load(response)
    except (OSError, HTTPException):
        return {}
    beats = dict.fromkeys((supervisor.API_SERVER, supervisor.SESSION_LIMITS), datetime.now(ZONE))
    for theirs, ours in HEALTH_NAMES.items():
        if (health.get(theirs) or {}).get("status") == "healthy":
            beats[ours] = datetime.fromisoformat(health[theirs][f"latest_{theirs}_heartbeat"])
    return beats | _worker_beats()


def _worker_beats() -> dict[str, datetime]:
    found = {name: worker.last_beat(name) for name in supervisor.components() if name.startswith(supervisor.WORKER)}
    return {name: datetime.fromtimestamp(beat, ZONE) for name, beat in found.items() if beat}


def _spawn_supervisor() -> subprocess.Popen[bytes]:
    return processes.spawn(
        [sys.executable, "-m", "warehouse.airflow.supervisor"],
        folder=environment.home(),
        environment=os.environ | environment.search_path(),
        log=_supervisor_log(),
    )


def _supervisor_log() -> Path:
    return environment.logs() / "airflow-supervisor.log"


def _reason() -> str:
    state = supervisor.read_state()
    return (state.error if state else None) or "the supervisor of Airflow ended"
