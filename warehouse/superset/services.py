"""Superset's server on this machine: start, stop, status, and the import of our dashboards."""

import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from warehouse import database, private_files
from warehouse.airflow import processes
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings
from warehouse.superset import assets, environment
from warehouse.superset.api import SupersetApi

HOST = "127.0.0.1"
FIRST_PORT = 8088
START_SECONDS = 300.0
STOP_SECONDS = 15.0
THREADS = "8"


@dataclass(frozen=True)
class Status:
    """state: running, starting or stopped. objects: how many of ours are there, by kind; empty unless running."""

    state: str
    address: str
    pid: int | None
    log: str
    objects: Mapping[str, int]


def up(progress: environment.Progress, port: int | None = None) -> Status:
    """Install, prepare, start and import what is not yet there; every step is skipped where nothing is to do.

    port: remembered for later starts. Raises BaocaoError that says which step failed and why.
    """
    environment.install(progress)
    progress("the database")
    database.prepare()
    environment.password()
    environment.write_service_file()
    environment.prepare(progress)
    start(progress, port)
    import_assets(progress)
    return status()


def start(progress: environment.Progress, port: int | None = None) -> None:
    """Start the server, again if it runs with other settings or on another port than the one that is wanted."""
    running = _server()
    wanted = port or (running.port if running else None)
    if running and (running.settings, running.port) == (environment.settings(), wanted):
        return
    stop()
    chosen = _take_port(port)
    progress(f"the server on {HOST}:{chosen}")
    command = [str(environment.python()), "-m", "gunicorn", "--bind", f"{HOST}:{chosen}", "--no-control-socket"]
    command += ["--worker-class", "gthread", "--threads", THREADS, "--timeout", "120", "superset.app:create_app()"]
    child = processes.spawn(command, folder=environment.home(), environment=environment.variables(), log=_log())
    server = Server(processes.identify(child.pid), chosen, environment.settings())
    private_files.write(_state_file(), asdict(server))
    _wait(server)


def stop() -> bool:
    """Stop the server and wait. Returns False if none ran."""
    server = _read_state()
    if server is None:
        return False
    was_running = processes.is_alive(server.identity)
    processes.end(server.identity, environment.home().resolve(), STOP_SECONDS)
    _state_file().unlink(missing_ok=True)
    return was_running


def import_assets(progress: environment.Progress) -> None:
    """Import docker/superset/assets unless just these are there, and count them.

    Raises BaocaoError if an object is missing afterwards: an import may succeed without any.
    """
    session, mark = api(), {"assets": assets.fingerprint()}
    if private_files.read(_imported()) == mark and not _missing(session):
        return
    progress("our datasets, charts and dashboards")
    session.import_assets(assets.bundle())
    if missing := _missing(session):
        raise BaocaoError(f"Superset has not imported {', '.join(missing)} (log: {_log()})")
    private_files.write(_imported(), mark)


def status() -> Status:
    """How it is, without starting anything."""
    server = _server()
    if server is None:
        return Status("stopped", _address(_remembered_port()), None, str(_log()), {})
    state = "running" if _is_healthy(server) else "starting"
    objects = _counted(api()) if state == "running" else {}
    return Status(state, _address(server.port), server.identity.pid, str(_log()), objects)


def address() -> str:
    """Where the running server is. Raises BaocaoError if none runs."""
    server = _server()
    if server is None:
        raise BaocaoError("Superset is not running: `baocao superset up` starts it.")
    return _address(server.port)


def api() -> SupersetApi:
    """A session of the administrator. Raises BaocaoError if none runs or the password is another one."""
    return SupersetApi(address(), environment.USER, environment.password())


@dataclass(frozen=True)
class Server:
    """What server.json holds of a server that was started."""

    identity: processes.Identity
    port: int
    settings: str


def _server() -> Server | None:
    server = _read_state()
    return server if server and processes.is_alive(server.identity) else None


def _read_state() -> Server | None:
    found = private_files.read(_state_file())
    if not found:
        return None
    return Server(processes.Identity(**found["identity"]), found["port"], found["settings"])


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(server):
        if not processes.is_alive(server.identity) or time.monotonic() > deadline:
            tail = _log().read_bytes()[-2000:].decode(errors="replace")
            raise BaocaoError(f"Superset does not start (log: {_log()}).\n{tail}")
        time.sleep(0.5)


def _is_healthy(server: Server) -> bool:
    """Its own answer: another home's Superset could have the port."""
    if not processes.listens(server.identity, server.port):
        return False
    try:
        with build_opener(ProxyHandler({})).open(f"{_address(server.port)}/health", timeout=10) as response:
            return bool(response.status == 200)
    except (OSError, HTTPError, HTTPException):
        return False


def _missing(session: SupersetApi) -> list[str]:
    there = {kind: session.objects(kind) for kind in assets.KINDS}
    return [
        f"{kind} {name}"
        for kind in assets.KINDS
        for name, document in assets.documents(kind).items()
        if document["uuid"] not in there[kind]
    ]


def _counted(session: SupersetApi) -> dict[str, int]:
    ours = {kind: {document["uuid"] for document in assets.documents(kind).values()} for kind in assets.KINDS}
    return {f"{kind}s": len(ours[kind] & session.objects(kind).keys()) for kind in assets.KINDS}


def _take_port(wanted: int | None) -> int:
    """The wanted port or an error; else the remembered one or the next that is free."""
    port = wanted or _remembered_port()
    while not _is_free(port):
        if wanted:
            raise BaocaoError(f"Port {wanted} is taken by another program.")
        port += 1
    private_files.write(environment.home() / "port.json", {"port": port})
    return port


def _remembered_port() -> int:
    return int(private_files.read(environment.home() / "port.json").get("port", FIRST_PORT))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _address(port: int) -> str:
    return f"http://{HOST}:{port}"


def _state_file() -> Path:
    return environment.home() / "server.json"


def _imported() -> Path:
    return environment.home() / "imported.json"


def _log() -> Path:
    folder = get_settings().home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "superset.log"
