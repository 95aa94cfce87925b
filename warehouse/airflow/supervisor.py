"""The process that keeps Airflow's components alive: `python -m warehouse.airflow.supervisor`.

It prepares the database, starts the components, and looks once a second: whatever died is started
again, PostgreSQL included. SIGTERM stops the components and then itself. What it does is in
BAOCAO_HOME/airflow/supervisor.json, so that another process can tell and can clean up after a kill.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

import psycopg

from warehouse import database, settings
from warehouse.airflow import environment as airflow_environment
from warehouse.airflow import processes
from warehouse.errors import BaocaoError
from warehouse.logging import configure, get_logger

API_SERVER = "api-server"
SESSION_LIMITS = "session-limits"
WORKER = "worker-"
COMPONENTS: dict[str, tuple[str, ...]] = {
    API_SERVER: ("airflow", "api-server"),
    # Task logs are read from the disk that all components share: no log server, no further port.
    "scheduler": ("warehouse.airflow.scheduler", "--skip-serve-logs"),
    "dag-processor": ("airflow", "dag-processor"),
    # It watches the inbox.
    "triggerer": ("airflow", "triggerer", "--skip-serve-logs"),
    # None of Airflow's: it ends sessions of readers that are beyond their limits.
    SESSION_LIMITS: ("warehouse.access.session_limits",),
}
"""By component, the module that is run and its arguments; `components` has the workers too."""
LOOK_EVERY_SECONDS = 1.0
TIMEOUT_SECONDS = 10.0
LARGEST_LOG_BYTES = 10_000_000


def components() -> dict[str, tuple[str, ...]]:
    """COMPONENTS, and with a broker the workers of this machine: worker-1, worker-2 and so on."""
    current = settings.get_settings()
    names = [f"{WORKER}{number}" for number in range(1, current.workers + 1)] if current.broker_url else []
    return COMPONENTS | {name: ("warehouse.airflow.worker", name) for name in names}


log = get_logger("warehouse.airflow.supervisor")  # run as a script, __name__ would say nothing


@dataclass
class Component:
    """One Airflow process as it is now. restarts counts how often it had to be started again."""

    name: str
    identity: processes.Identity
    restarts: int = 0
    started_at: float = field(default_factory=time.time)


@dataclass
class State:
    """What supervisor.json holds. phase: preparing, running, stopping or failed; settings: their hashes by name."""

    supervisor: processes.Identity
    phase: str
    components: dict[str, Component] = field(default_factory=dict)
    error: str | None = None
    settings: dict[str, str] = field(default_factory=dict)


def state_file() -> Path:
    return airflow_environment.home() / "supervisor.json"


def read_state() -> State | None:
    """The last state written, by a supervisor that may have been killed since; None if there was none."""
    if not state_file().exists():
        return None
    raw = json.loads(state_file().read_text())
    components = {
        name: Component(**{**found, "identity": processes.Identity(**found["identity"])})
        for name, found in raw["components"].items()
    }
    identity = processes.Identity(**raw["supervisor"])
    return State(identity, raw["phase"], components, raw["error"], raw.get("settings", {}))


def is_serving(state: State | None) -> bool:
    """Whether this home's own API server listens: another home's may have the port, and would reply as well."""
    component = state.components.get(API_SERVER) if state else None
    return component is not None and processes.listens(component.identity, airflow_environment.port())


def write_state(state: State) -> None:
    draft = state_file().with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(state_file())


class Supervisor:
    def __init__(self) -> None:
        self.folder = airflow_environment.home()
        self.state = State(processes.identify(os.getpid()), "preparing")
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.environment: dict[str, str] = {}
        self.commands = components()
        self.stopping = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        signal.signal(signal.SIGTERM, self._request_stop)
        signal.signal(signal.SIGINT, self._request_stop)
        self._clean_up_after_predecessor()
        write_state(self.state)
        try:
            self._prepare()
            self._set_phase("running")
            while not self.stopping:
                self._check_components()
                time.sleep(LOOK_EVERY_SECONDS)
            self._set_phase("stopping")
        except Exception as error:
            self.state.error = f"{type(error).__name__}: {error}"
            self._set_phase("failed")
            raise
        finally:
            self._end_all()
        state_file().unlink()

    def _prepare(self) -> None:
        database.prepare()
        airflow_environment.take_port()
        self._use(airflow_environment.environment())
        migrate(self.environment)
        for name in self.commands:
            if not self.stopping:
                self._start(name)

    def _use(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.state.settings = airflow_environment.fingerprints(environment)

    def _check_components(self) -> None:
        self._leave_port_of_others()
        environment = airflow_environment.environment()  # brings PostgreSQL back if it was killed
        if environment != self.environment:  # and it may have come back on another port
            self._use(environment)
            self._end_all()
        for name, child in list(self.children.items()):
            if child.poll() is not None:
                log.warning("%s ended with %s: starting it again", name, child.returncode)
                self._restart(name)

    def _leave_port_of_others(self) -> None:
        """Two homes that start at once take the same free port: whose API server ends for it takes another one."""
        if self.children[API_SERVER].poll() is not None:
            processes.sweep(self.state.components[API_SERVER].identity, self.folder)
            before = airflow_environment.port()
            if (port := airflow_environment.take_port()) != before:
                log.warning("Port %s is taken by another program: Airflow moves to %s", before, port)

    def _restart(self, name: str) -> None:
        """Its orphans first: a task that outlived its scheduler would otherwise run beside its own retry."""
        dead = self.state.components[name]
        processes.sweep(dead.identity, self.folder)
        time.sleep(min(dead.restarts, 5) if time.time() - dead.started_at < 20 else 0)
        self._start(name, dead.restarts + 1)

    def _start(self, name: str, restarts: int = 0) -> None:
        file = airflow_environment.logs() / f"airflow-{name}.log"
        _turn_over(file)
        command = [sys.executable, "-m", *self.commands[name]]
        child = processes.spawn(command, folder=self.folder, environment=self.environment, log=file)
        self.children[name] = child
        self.state.components[name] = Component(name, processes.identify(child.pid), restarts)
        write_state(self.state)
        log.info("%s started, pid %s", name, child.pid)

    def _end_all(self) -> None:
        """All at once: each may take TIMEOUT_SECONDS."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline and any(child.poll() is None for child in self.children.values()):
            time.sleep(processes.POLL_SECONDS)
        for component in self.state.components.values():
            processes.sweep(component.identity, self.folder)
        for child in self.children.values():
            child.wait()

    def _clean_up_after_predecessor(self) -> None:
        """It was killed: so are its components, at once, for every task of theirs can be run again."""
        before = read_state()
        if before is not None:
            for component in before.components.values():
                processes.sweep(component.identity, self.folder)

    def _set_phase(self, phase: str) -> None:
        self.state.phase = phase
        write_state(self.state)

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True


def migrate(environment: dict[str, str]) -> None:
    """Bring Airflow's own database to the installed version; at once if a comment there says it is.

    Raises BaocaoError with the end of the output if Airflow refuses.
    """
    from importlib.metadata import version

    mark = f"airflow {version('apache-airflow-core')}"
    address = environment[airflow_environment.CONNECTION].split("://", 1)[1]
    with psycopg.connect(f"postgresql://{address}", autocommit=True) as connection:
        found = connection.execute("select obj_description(to_regclass('alembic_version'), 'pg_class')").fetchone()
        if found == (mark,):
            return
        _run_migration(environment)
        connection.execute(f"comment on table alembic_version is '{mark}'")


def _run_migration(environment: dict[str, str]) -> None:
    file = airflow_environment.logs() / "airflow-migrate.log"
    child = processes.spawn(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        folder=airflow_environment.home(),
        environment=environment,
        log=file,
    )
    if child.wait() != 0:
        raise BaocaoError(f"airflow db migrate failed:\n{file.read_text()[-2000:]}")


def _turn_over(file: Path) -> None:
    """Keep one earlier log, so that logs stay bounded."""
    if file.exists() and file.stat().st_size > LARGEST_LOG_BYTES:
        file.replace(file.with_suffix(".1.log"))


def main() -> None:
    configure()
    with (airflow_environment.home() / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("Airflow of %s already has its supervisor", settings.get_settings().home)
            return
        Supervisor().run()


if __name__ == "__main__":
    main()
