"""Restore a backup into a home without data, and compare it with what was backed up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest import archive
from pipeline import erasing, mart_checksums, verifying
from pipeline.backing_up import AIRFLOW, ARCHIVE, DATABASE, HOME, INBOX, Progress
from pipeline.mart_checksums import Checksum
from warehouse import backup_folder, database, kept_files, private_files
from warehouse.audit import chain
from warehouse.backup_folder import Reader
from warehouse.errors import BaocaoError, WrongCall
from warehouse.postgres import dumping
from warehouse.settings import get_settings, stored_file

DATA = (
    "database.json",
    "settings.json",
    "secrets",
    "postgres",
    "archive",
    "inbox",
    "restricted",
    *chain.FOLDERS.values(),
)
"""What makes a home one with data."""

OF_ANOTHER_PLACE = ("BAOCAO_DATABASE_URL", "BAOCAO_INBOX", "BAOCAO_ARCHIVE")
"""Settings of the backed-up home that are left out: the restored one must not write where the original does."""


@dataclass
class Restored:
    """differences: marts that are not as they were backed up. findings: what `verify` found; left_out: settings."""

    point_in_time: str
    head: str | None
    marts: int
    differences: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def restore(folder: Path, key_file: Path | None = None, progress: Progress = lambda text: None) -> Restored:
    """Restore into BAOCAO_HOME, or with BAOCAO_DATABASE_URL of the environment its database into that empty one.

    Raises WrongCall where there is data already, BaocaoError where the backup cannot be read.
    """
    if key_file and not key_file.exists():
        raise WrongCall(f"There is no key file {key_file}.")
    backup = Reader(folder, backup_folder.key_at(key_file) if key_file else None)
    _check_home()
    progress("Settings and passwords")
    left_out = _restore_home(backup)
    progress("Archive and inbox")
    _restore_reports(backup)
    progress("Database")
    database.prepare_server()
    _check_database()
    dumping.restore(database.url(), backup.read(DATABASE))
    if AIRFLOW in backup.names:
        progress("Airflow's database")
        dumping.restore(database.airflow_url(), backup.read(AIRFLOW))
    progress("Comparing the marts")
    done = Restored(backup.manifest["point_in_time"], backup.manifest["head"], len(backup.manifest["marts"]))
    done.left_out, done.differences = left_out, _differences(backup.manifest["marts"])
    progress("Verifying the audit chain")
    database.prepare()
    erasing.forget_what_was_not_restored()
    done.findings = [str(finding) for finding in verifying.verify(_head(backup)).findings]
    return done


def _check_home() -> None:
    home = get_settings().home
    there = [name for name in DATA if _is_there(home / name)]
    if there:
        raise WrongCall(
            f"{home} has data already ({', '.join(there)}), and a restore overwrites nothing. BAOCAO_HOME names "
            "another home; after a restore that was interrupted, remove that home and begin again."
        )
    for place in (get_settings().archive, get_settings().inbox):
        if not archive.is_url(place) and _is_there(Path(place)):
            raise WrongCall(f"{place} has files already, and a restore overwrites nothing.")


def _is_there(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _check_database() -> None:
    with database.connect() as connection:
        found = connection.execute("select to_regnamespace('raw') is not null").fetchone()
    if found and found[0]:
        raise WrongCall("The database has reports already, and a restore overwrites nothing. Name an empty one.")


def _restore_home(backup: Reader) -> list[str]:
    """Files of the home; the identity first, so that a restore that breaks off is never taken for a new home."""
    names = sorted(
        (name for name in backup.names if name.startswith(HOME)), key=lambda name: "database.json" not in name
    )
    home, left_out = get_settings().home, []
    for name in names:
        target = _inside(home, name.removeprefix(HOME))
        if name == f"{HOME}settings.json":
            left_out = _restore_settings(b"".join(backup.read(name)))
        elif name == f"{HOME}database.json":
            remembered = json.loads(b"".join(backup.read(name)))
            is_embedded = get_settings().database_url is None
            private_files.write(target, remembered | {"is_embedded": is_embedded, "address": "being restored"})
        else:
            is_secret = name.removeprefix(HOME).startswith(("secrets/", "airflow/"))
            kept_files.put(target, backup.read(name), access="owner" if is_secret else None)
    return left_out


def _restore_settings(content: bytes) -> list[str]:
    given: dict[str, Any] = json.loads(content)
    left_out = [name for name in OF_ANOTHER_PLACE if name in given]
    private_files.write(stored_file(), {name: value for name, value in given.items() if name not in left_out})
    return left_out


def _restore_reports(backup: Reader) -> None:
    root, inbox = archive.root(), get_settings().inbox.rstrip("/")
    for name in backup.names:
        if name.startswith(ARCHIVE):
            sha256 = archive.name_of(name).partition(".")[0]
            archive.keep(backup.read(name), sha256, name, root)
        elif name.startswith(INBOX):
            archive.put(_address(inbox, name.removeprefix(INBOX)), backup.read(name))


def _address(place: str, name: str) -> str:
    return f"{place}/{name}" if archive.is_url(place) else str(_inside(Path(place), name))


def _inside(folder: Path, name: str) -> Path:
    """A path in the folder; raises BaocaoError for a name that leads out of it."""
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise BaocaoError(f"The backup names a file outside the home: {name}")
    return folder / name


def _differences(marts: dict[str, dict[str, Any]]) -> list[str]:
    before = {name: Checksum(**found) for name, found in marts.items()}
    with database.connect() as connection:
        return mart_checksums.differing(before, mart_checksums.of_marts(connection))


def _head(backup: Reader) -> chain.Head | None:
    return verifying.parse_head(backup.manifest["head"]) if backup.manifest["head"] else None


def lines(done: Restored) -> Iterator[str]:
    """What was restored, for people."""
    yield f"Restored as of {done.point_in_time}: {done.marts} marts, {len(done.differences)} of them differ."
    yield from done.differences
    yield from done.findings
    yield (
        "What happened later is not in it: letters that went out since then go out once more with the next run, and "
        "reports that came since then are owed again (docs/verify-and-backup.md#restore)."
    )
    if done.left_out:
        yield f"Settings of the original that were left out: {', '.join(done.left_out)}."
