"""Back up a home: its database as of one instant, and the files that belong to it.

In this order: the inbox, the database, then what the database names. So a file that leaves the inbox meanwhile is in
the backup twice, and is known by its content when it is received again; none is in it nowhere.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from ingest import archive, restricted
from pipeline import inbox, mart_checksums
from warehouse import backup_folder, clock, database, identity
from warehouse.audit import chain
from warehouse.backup_folder import Writer
from warehouse.errors import BaocaoError, WrongCall
from warehouse.postgres import dumping
from warehouse.postgres.embedded import Cluster
from warehouse.settings import PREFIX, PROJECT_ROOT, get_settings

DATABASE, AIRFLOW = "database.dump", "airflow.dump"
HOME, INBOX, ARCHIVE = "home/", "inbox/", "archive/"
"""Where contents of a backup are from, as the beginning of their names."""

OF_THE_HOME = (
    "settings.json",
    "database.json",
    "demo.json",
    "postgres.port",
    "secrets/*",
    "airflow/port",
    "airflow/passwords.json",
    "airflow/secrets.json",
)
"""Files of the home beside those that the audit chain knows; logs and what dbt writes are left out."""

RECEIVED = "select sha256, archive_uri from raw.file order by received_at, sha256"

Progress = Callable[[str], None]


@dataclass
class BackedUp:
    """point_in_time: of the database. head: of the audit chain then. missing: received files that the archive lacks."""

    folder: Path
    point_in_time: str
    head: str | None
    files: int = 0
    size_bytes: int = 0
    marts: int = 0
    missing: list[str] = field(default_factory=list)
    is_verified: bool = False


def back_up(
    folder: Path, key_file: Path | None = None, *, is_verified: bool = False, progress: Progress = lambda text: None
) -> BackedUp:
    """Write a new backup. is_verified: restore it into a second home and compare; raises BaocaoError if it differs.

    key_file: with the key that encrypts it; made if there is none.
    """
    folder = folder.absolute()
    _check(folder)
    key = backup_folder.key_at(key_file) if key_file else None
    draft = folder.with_name(f".{folder.name}.partial")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        done = _write(Writer(draft, key), folder, progress)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise BaocaoError(f"The backup cannot be written to {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if is_verified:
        progress("Restoring it into a second home")
        _verify(folder, key_file)
        done.is_verified = True
    return done


def _check(folder: Path) -> None:
    home = get_settings().home
    if folder.is_relative_to(home):
        raise WrongCall(f"{folder} is in the home that is to be backed up. Choose a folder outside {home}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongCall(f"{folder} is there already, and a backup never overwrites anything. Choose a new folder.")


def _write(writer: Writer, folder: Path, progress: Progress) -> BackedUp:
    progress("Inbox")
    for name, address in _inbox():
        writer.add(name, archive.pieces(address))
    with _snapshot() as (connection, snapshot):
        progress("Checksums of the marts")
        about = _about(connection)
        progress("Database")
        writer.add(DATABASE, dumping.dump(database.url(), snapshot))
        progress("Archive")
        missing = _add_archive(writer, connection)
    if database.cluster().running():
        progress("Airflow's database")
        writer.add(AIRFLOW, dumping.dump(database.airflow_url()))
    progress("Receipts, workbooks, settings and passwords")
    for path in _files_of_the_home():
        writer.add(HOME + str(path.relative_to(get_settings().home)), backup_folder.pieces_of(path))
    files = writer.finish(about)["files"]
    size = sum(each["size_bytes"] for each in files.values())
    return BackedUp(folder, about["point_in_time"], about["head"], len(files), size, len(about["marts"]), missing)


def _inbox() -> Iterator[tuple[str, str]]:
    """Name and address of each finished file; one that is still being written arrives after this backup."""
    place = get_settings().inbox.rstrip("/")
    root = archive.filesystem(place)[1] if archive.is_url(place) else place
    for address in inbox.waiting():
        inside = archive.filesystem(address)[1] if archive.is_url(address) else address
        yield INBOX + inside.removeprefix(root).lstrip("/"), address


@contextmanager
def _snapshot() -> Iterator[tuple[psycopg.Connection, str]]:
    """A transaction that sees one state of the database, and the name by which pg_dump sees the same."""
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, row[0]


def _about(connection: psycopg.Connection) -> dict[str, Any]:
    row = connection.execute("select now(), current_setting('server_version')").fetchone()
    assert row is not None
    head = chain.head(connection)
    return {
        "point_in_time": row[0].astimezone(clock.ZONE).isoformat(),
        "postgresql": row[1],
        "database": identity.find(connection),
        "revision": database.revision(connection),
        "head": str(head) if head else None,
        "marts": {name: found._asdict() for name, found in mart_checksums.of_marts(connection).items()},
    }


def _add_archive(writer: Writer, connection: psycopg.Connection) -> list[str]:
    """Copy each received file; returns the hashes of those that are not there. Restricted files are in no backup."""
    missing, root = [], archive.root()
    for sha256, uri in connection.execute(RECEIVED).fetchall():
        address = archive.find(sha256, root)
        if address:
            writer.add(f"{ARCHIVE}{sha256[:2]}/{archive.name_of(address)}", archive.pieces(address))
        elif not restricted.is_restricted(uri):
            missing.append(sha256)
    return missing


def _files_of_the_home() -> list[Path]:
    home = get_settings().home
    found = [path for pattern in OF_THE_HOME for path in home.glob(pattern) if path.is_file()]
    return sorted([*found, *(path for kind in chain.FOLDERS for path in chain.listed(kind))])


def _verify(folder: Path, key_file: Path | None) -> None:
    """Restore into a home beside the backup, with a server of its own, by the command that a person would use."""
    home = folder.with_name(f".{folder.name}.verify-{uuid4().hex[:8]}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-c", "from baocao.main import main; main()", "restore", str(folder)]
    command += ["--key", str(key_file.absolute())] if key_file else []
    try:
        restored = subprocess.run(
            command,
            env=environment | {"BAOCAO_HOME": str(home)},
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    finally:
        Cluster(home).remove()
        shutil.rmtree(home, ignore_errors=True)
    if restored.returncode:
        raise BaocaoError(f"{folder} could not be restored as it was.\n{restored.stdout}{restored.stderr}".rstrip())
