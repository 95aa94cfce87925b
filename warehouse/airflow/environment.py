"""The environment that every Airflow component is started in.

One home, one port, one set of secrets: BAOCAO_HOME/airflow. Nothing is read from ~/airflow, and
nothing of Airflow is imported here.
"""

import json
import os
import secrets
import socket
import sys
from pathlib import Path

from warehouse import database, settings

FIRST_PORT = 8080
USER = "admin"
HOST = "127.0.0.1"


def home() -> Path:
    """BAOCAO_HOME/airflow, made if need be; readable by its owner alone."""
    folder = settings.get_settings().home / "airflow"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def logs() -> Path:
    folder = settings.get_settings().home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def port() -> int:
    """The port that this home remembers, or 0 if it has none yet."""
    remembered = home() / "port"
    return int(remembered.read_text()) if remembered.exists() else 0


def take_port() -> int:
    """Keep the remembered port while it is free, else take the next free one and remember it."""
    candidate = port() or FIRST_PORT
    while not _is_free(candidate):
        candidate += 1
    (home() / "port").write_text(str(candidate))
    return candidate


def password() -> str:
    """The password of the user `admin`, made at the first call and kept in a file that only its owner reads."""
    file = home() / "passwords.json"
    if not file.exists():
        _write_private(file, json.dumps({USER: secrets.token_urlsafe(12)}))
    return str(json.loads(file.read_text())[USER])


def environment() -> dict[str, str]:
    """What a component inherits: ours, less what would slow it or lead it elsewhere, plus Airflow's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW") and k != "PYTHONDONTWRITEBYTECODE"}
    return kept | _ours() | _database() | _api() | _timing() | _keys()


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
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(logs() / "tasks"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(logs() / "dag_processor"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "NO_COLOR": "1",
    }


def _database() -> dict[str, str]:
    url = database.airflow_url()
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url.replace("postgresql://", "postgresql+psycopg2://", 1),
        # Without it Airflow looks for asyncpg, which nothing else here needs.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": url.replace("postgresql://", "postgresql+psycopg://", 1),
    }


def _api() -> dict[str, str]:
    address = f"http://{HOST}:{port()}"
    return {
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port()),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home() / "passwords.json"),
    }


def _timing() -> dict[str, str]:
    """Short waits: a task whose processes were killed is started again within a minute."""
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
    }


def _keys() -> dict[str, str]:
    """The secrets that all components share, made once and kept 0600 in the home."""
    file = home() / "secrets.json"
    if not file.exists():
        names = ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY")
        _write_private(file, json.dumps({name: secrets.token_urlsafe(64) for name in names}))
    password()
    keys: dict[str, str] = json.loads(file.read_text())
    return keys


def _write_private(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(0o600)
    draft.write_text(text)
    draft.replace(file)


def _is_free(candidate: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, candidate))
        except OSError:
            return False
    return True


def main() -> None:
    """`python -m warehouse.airflow.environment` makes the password file, where a container's Airflow only reads it."""
    password()


if __name__ == "__main__":
    main()
