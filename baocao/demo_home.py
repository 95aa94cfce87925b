"""The home of a demonstration: marked if the demonstration finds it without reports, and the only one to be emptied."""

import shutil
from pathlib import Path

from warehouse import database, private_files
from warehouse.airflow import services
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings

MADE = (
    "airflow",
    "archive",
    "database.json",
    "dbt",
    "dbt_by_hand",
    "demo",
    "inbox",
    "logs",
    "published",
    "receipts",
    "restricted",
)
"""What goes with the database. Settings, passwords and the port stay: saved connections of BI tools still hold."""


def mark() -> None:
    """Remember that this home is a demonstration's, unless it holds reports of somebody else. After database.prepare.

    A database on a server of the user's is never marked.
    """
    from pipeline import receiving

    if not get_settings().database_url and not receiving.has_received():
        private_files.write(_file(), {"is_demo": True})


def reset() -> None:
    """Stop the services; remove reports, figures and logs. Raises BaocaoError if the home is not a demonstration's."""
    home = get_settings().home
    if not _file().exists():
        raise BaocaoError(
            f"{home} is not the home of a demonstration, or held reports before its first one: nothing is removed. "
            f"BAOCAO_HOME names another home."
        )
    if get_settings().database_url:
        raise BaocaoError("The database on your server is not a demonstration's: nothing is removed.")
    services.stop()
    database.cluster().remove()
    for name in MADE:
        _remove(home / name)
    _file().unlink()  # last: an interrupted reset can be repeated


def _file() -> Path:
    return get_settings().home / "demo.json"


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
