"""What Superset runs in: BAOCAO_HOME/superset with its Python environment, metadata, secrets and the way to the marts.

Nothing of Superset is imported here: it needs another SQLAlchemy, so its packages are kept apart.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from warehouse import database, kept_files, private_files
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings
from warehouse.superset.datasets import FOLDER

USER = "admin"
SERVICE = "baocao"
"""The name of the connection in libpq's service file, and in assets/databases/baocao.yaml."""

PYTHONS = ((3, 11), (3, 12))
"""What Superset's NumPy has wheels for."""

LEFT_OUT = ("BAOCAO_", "FLASK_", "PG", "PYTHON", "SUPERSET_", "VIRTUAL_ENV")
"""Of our own environment: settings that would lead Superset elsewhere, or hold the owner's password."""

Progress = Callable[[str], None]


def home() -> Path:
    """BAOCAO_HOME/superset, made if need be; its owner alone may enter it."""
    return kept_files.folder(get_settings().home / "superset", 0o700)


def python() -> Path:
    return home() / "venv" / "bin" / "python"


def is_installed() -> bool:
    """Whether the packages of the lock file are there, whole."""
    return private_files.read(_installed()).get("lock") == _hash(_lock())


def install(progress: Progress) -> None:
    """Make the environment anew from docker/superset/requirements.lock; nothing to do where it is already.

    Raises BaocaoError without a fitting Python, without uv, or when packages cannot be fetched.
    """
    if is_installed():
        return
    interpreter, uv = _interpreter(), _uv()
    folder = python().parents[1]
    shutil.rmtree(folder, ignore_errors=True)
    progress("a Python environment")
    _run([interpreter, "-m", "venv", "--without-pip", str(folder)], progress)
    wanted = ["--python", str(python()), "--require-hashes", "--compile-bytecode", str(_lock())]
    _run([uv, "pip", "sync", *wanted], progress)
    private_files.write(_installed(), {"lock": _hash(_lock())})


def prepare(progress: Progress) -> None:
    """Superset's own tables and roles and the account of the administrator, where these files or packages are new.

    Raises BaocaoError with the end of Superset's output.
    """
    mark = {"made_of": _hash(_lock(), FOLDER / "prepare.py", home() / "passwords.json")}
    if private_files.read(home() / "prepared.json") == mark:
        return
    progress("its own tables, roles and administrator: a minute")
    _run([str(python()), str(FOLDER / "prepare.py")], lambda _line: None, variables())
    private_files.write(home() / "prepared.json", mark)


def password() -> str:
    """The password of `admin`, made at the first call and kept in passwords.json, which only its owner reads."""
    return _secret("passwords.json", USER, 12)


def variables() -> dict[str, str]:
    """What Superset's processes inherit."""
    password()
    _secret("secrets.json", "secret_key", 48)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    return kept | {
        "BAOCAO_SUPERSET_HOME": str(home()),
        "PGSERVICEFILE": str(_service_file()),
        "PYTHONPATH": str(FOLDER),
        "SUPERSET_CONFIG_PATH": str(FOLDER / "superset_config.py"),
    }


def write_service_file() -> None:
    """Where libpq finds the marts, read at each connection: address and password are in no setting of Superset.

    After another port or password a new `up` writes them anew, and every dashboard goes on.
    """
    address = urlsplit(database.url("bi"))
    entries = {
        "host": address.hostname,
        "port": address.port or 5432,
        "user": unquote(address.username or ""),
        "password": unquote(address.password or ""),
        "dbname": address.path.lstrip("/"),
        "application_name": "superset",
    }
    text = "".join(f"{name}={value}\n" for name, value in entries.items())
    private_files.write_bytes(_service_file(), f"[{SERVICE}]\n{text}".encode())


def settings() -> str:
    """A hash of what a running server was started with."""
    return _hash(_lock(), FOLDER / "superset_config.py", home() / "secrets.json")


def _secret(file: str, name: str, size: int) -> str:
    path = home() / file
    if name not in private_files.read(path):
        private_files.write(path, {name: secrets.token_urlsafe(size)})
    return str(private_files.read(path)[name])


def _service_file() -> Path:
    return home() / "pg_service.conf"


def _installed() -> Path:
    return home() / "venv" / "installed.json"


def _lock() -> Path:
    return FOLDER / "requirements.lock"


def _hash(*files: Path) -> str:
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        raise BaocaoError(f"{missing[0]} is not here: Superset comes with a checkout of the project.")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _interpreter() -> str:
    if sys.version_info[:2] in PYTHONS:
        return sys.executable
    names = [f"python{major}.{minor}" for major, minor in PYTHONS]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise BaocaoError(f"Superset needs {' or '.join(names)}: its packages have no wheels for this Python.")
    return found


def _uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise BaocaoError("uv is missing: `make setup` brings it.")
    return found


def _run(command: list[str], progress: Progress, environment: dict[str, str] | None = None) -> None:
    with subprocess.Popen(
        command,
        cwd=home(),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=0o077,
    ) as process:
        output = list(_shown(process, progress))
    if process.returncode:
        raise BaocaoError(_explained(command, "\n".join(output[-12:])))


def _shown(process: subprocess.Popen[str], progress: Progress) -> Iterator[str]:
    for line in process.stdout or ():
        progress(line.strip())
        yield line.rstrip()


def _explained(command: list[str], output: str) -> str:
    if "sync" in command:
        return (
            f"The packages of Superset could not be fetched (about 150, 260 MB): a network is needed once. "
            f"Behind a mirror `make superset` hands pip's settings on to uv. uv reported:\n{output}"
        )
    return f"{Path(command[-1]).name} failed:\n{output}"
