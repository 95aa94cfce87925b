"""The environment that every Airflow component is started in.

One home, one port, one set of secrets: BAOCAO_HOME/airflow. Nothing is read from ~/airflow, and
nothing of Airflow is imported here. What is set here are defaults: AIRFLOW__…, AIRFLOW_CONN_… and AIRFLOW_VAR_… of the
environment or the home's settings override them.
"""

import hashlib
import os
import secrets
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from warehouse import database, private_files, settings, telemetry
from warehouse.errors import BaocaoError

FIRST_PORT = 8080
USER = "admin"
HOST = "127.0.0.1"
BASE_URL = "AIRFLOW__API__BASE_URL"
CONNECTION = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
TASKS_API = "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"
TASKS_AT_ONCE = "4"


def home() -> Path:
    """BAOCAO_HOME/airflow, made if need be; readable by its owner alone."""
    folder = settings.get_settings().home / "airflow"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def logs() -> Path:
    folder = settings.get_settings().home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def host() -> str:
    """Where this machine reaches the API server, whatever addresses it listens on."""
    given = settings.passed_variables().get("AIRFLOW__API__HOST")
    return HOST if not given or given in ("0.0.0.0", "::") else given


def port() -> int:
    """The port that the operator set, else the one that this home remembers; 0 if it has none yet."""
    given = settings.passed_variables().get("AIRFLOW__API__PORT")
    remembered = home() / "port"
    return int(given or (remembered.read_text() if remembered.exists() else 0))


def take_port() -> int:
    """Keep the remembered port while it is free, else take the next free one and remember it.

    Raises BaocaoError if the operator set a port that another program has.
    """
    candidate = port() or FIRST_PORT
    while not _is_free(candidate):
        if "AIRFLOW__API__PORT" in settings.passed_variables():
            raise BaocaoError(f"Port {candidate} of AIRFLOW__API__PORT is taken by another program.")
        candidate += 1
    (home() / "port").write_text(str(candidate))
    return candidate


def address() -> str:
    """Where programs on this machine reach Airflow: http://127.0.0.1:<port>, with the path of the base URL.

    Without that path Airflow's API responds and its API for tasks does not.
    """
    path = urlsplit(settings.passed_variables().get(BASE_URL, "")).path.rstrip("/")
    return f"http://{host()}:{port() or FIRST_PORT}{path}"


def page() -> str:
    """Where people look at Airflow: the operator's base URL, else `address`."""
    return settings.passed_variables().get(BASE_URL, address())


def password() -> str:
    """The password of the user `admin`, made at the first call and kept in a file that only its owner reads."""
    file = home() / "passwords.json"
    if USER not in private_files.read(file):
        private_files.write(file, private_files.read(file) | {USER: secrets.token_urlsafe(12)})
    return str(private_files.read(file)[USER])


def environment() -> dict[str, str]:
    """What a component inherits: ours, less what would slow it or lead it elsewhere, plus Airflow's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW") and k != "PYTHONDONTWRITEBYTECODE"}
    given = settings.passed_variables()
    ours = _ours() | _executor() | _schedules() | _database(given) | _api() | _timing() | _keys() | _telemetry()
    return kept | ours | given


def fingerprints(variables: dict[str, str]) -> dict[str, str]:
    """A hash of each setting among the variables, ours and Airflow's: to see later which of them changed."""
    ours = frozenset(settings.names())
    return {
        name: hashlib.sha256(value.encode()).hexdigest()[:16]
        for name, value in variables.items()
        if name in ours or name.startswith(settings.PASSED_PREFIXES)
    }


def search_path() -> dict[str, str]:
    """Where a child finds our packages and commands, and the home it belongs to, whatever its folder is."""
    path = [str(settings.PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "BAOCAO_HOME": str(settings.get_settings().home),
        "PYTHONPATH": os.pathsep.join(path),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }


def _ours() -> dict[str, str]:
    return search_path() | {
        "AIRFLOW_HOME": str(home()),
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(logs() / "tasks"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(logs() / "dag_processor"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "NO_COLOR": "1",
    }


def _executor() -> dict[str, str]:
    """Who runs the tasks, four at once: the scheduler, or each worker that takes them from the broker."""
    if not (broker := settings.get_settings().broker_url):
        return {"AIRFLOW__CORE__EXECUTOR": "LocalExecutor", "AIRFLOW__CORE__PARALLELISM": TASKS_AT_ONCE}
    return {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": broker,
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": TASKS_AT_ONCE,
    }


def _schedules() -> dict[str, str]:
    """The DAG files read them of the environment alone: a file with schedules imports nothing of ours."""
    current = settings.get_settings()
    schedules = {
        "BAOCAO_INBOX_SCHEDULE": current.inbox_schedule,
        "BAOCAO_DEADLINES_SCHEDULE": current.deadlines_schedule,
    }
    return {name: schedule for name, schedule in schedules.items() if schedule}


def _database(given: dict[str, str]) -> dict[str, str]:
    """Brings the embedded server back if it was killed; where warehouse and Airflow are on servers, there is none."""
    is_elsewhere = CONNECTION in given and settings.get_settings().database_url
    own = "" if is_elsewhere else database.airflow_url()
    url = given.get(CONNECTION, own).split("://", 1)[1]
    return {
        CONNECTION: f"postgresql+psycopg2://{url}",
        # Without it Airflow looks for asyncpg, which nothing else here needs.
        f"{CONNECTION}_ASYNC": f"postgresql+psycopg://{url}",
    }


def _api() -> dict[str, str]:
    return {
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port() or FIRST_PORT),
        BASE_URL: address(),
        "AIRFLOW__API__WORKERS": "1",
        TASKS_API: f"{address()}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home() / "passwords.json"),
    }


def _telemetry() -> dict[str, str]:
    """Where a collector is named Airflow sends its own traces and metrics too."""
    if not (found := telemetry.variables()):
        return {}
    return found | {"AIRFLOW__TRACES__OTEL_ON": "True", "AIRFLOW__METRICS__OTEL_ON": "True"}


def _timing() -> dict[str, str]:
    """Short waits, where a task's processes were killed: it is started again within a minute."""
    return {
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "45",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "5.0",
        # On a busy machine the API takes longer than Airflow's five seconds, and a task without retries would fail.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30.0",
    }


def _keys() -> dict[str, str]:
    """The secrets that all components share, made once and kept 0600 in the home."""
    file = home() / "secrets.json"
    if not file.exists():
        names = ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY")
        private_files.write(file, {name: secrets.token_urlsafe(64) for name in names})
    password()
    return private_files.read(file)


def _is_free(candidate: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host(), candidate))
        except OSError:
            return False
    return True


def main() -> None:
    """`python -m warehouse.airflow.environment` makes the password file, where a container's Airflow only reads it."""
    password()


if __name__ == "__main__":
    main()
