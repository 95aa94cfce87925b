"""Files that wait to be received: in the inbox, or where a person points at. A folder, or any fsspec address."""

import math
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from ingest import archive
from ingest.identities import names
from pipeline import folders, settling, taking
from warehouse import clock
from warehouse.errors import WrongCall
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

CLOCKS_DIFFER_SECONDS = 60.0
IGNORED_PREFIXES = (".", "~$")
IGNORED_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
IGNORED_NAMES = {"thumbs.db", "desktop.ini"}


class Version(NamedTuple):
    """Distinguishes one content of a file from the next. Times in seconds; 0 where a store keeps none.

    changed_at: by the clock of the server alone, where modified_at may be a date that a program set.
    """

    modified_at: float
    size: int
    changed_at: float = 0.0

    def rested(self) -> float:
        """Seconds since the last change; those of a clock far ahead of ours say nothing, and are taken for enough."""
        since = time.time() - (self.changed_at or self.modified_at)
        return since if since > -CLOCKS_DIFFER_SECONDS else math.inf


def waiting() -> list[str]:
    """The addresses of the inbox's finished files, the oldest first; the others wait for next time."""
    inbox = get_settings().inbox
    if not archive.is_url(inbox):
        taking.put_abandoned_back(Path(inbox))
    versions = finished()
    return sorted(versions, key=lambda file: (versions[file], file))


def finished() -> dict[str, Version]:
    """The files of the inbox that nobody is writing any more: at rest for the time that is set, and between two looks.

    A CSV that ends in the middle of a line has to rest longer; a file that is open for writing is not finished.
    """
    inbox, quiet = get_settings().inbox, get_settings().inbox_quiet_seconds
    if not archive.is_url(inbox):
        Path(inbox).mkdir(parents=True, exist_ok=True)
    if not (before := _versions(inbox)):
        return {}
    if (rested := min(version.rested() for version in before.values())) < quiet:
        time.sleep(quiet - max(rested, 0))
    after = _versions(inbox)
    return {
        file: version for file, version in before.items() if version == after.get(file) and _is_finished(file, version)
    }


def _is_finished(file: str, version: Version) -> bool:
    quiet = get_settings().inbox_quiet_seconds
    if archive.is_url(file):
        return version.rested() >= quiet
    return settling.is_finished(Path(file), version.rested(), quiet)


def resolved(address: str) -> str:
    """The file of the inbox that `names.without_person` made an address of; any other address as it is."""
    if not names.is_replaced(address):
        return address
    found = (file for file in _versions(get_settings().inbox) if names.without_person(file) == address)
    return next(found, address)


def arrived_at(address: str, now: datetime) -> datetime:
    """When the server had a file of the inbox, by no date that its sender set; `now` where nothing says.

    A local file's change of status is the server's own clock; a run that lives at another time has only that one.
    A store behind an address has its own time of modification.
    """
    if archive.is_url(address):
        return _modified_at(*archive.filesystem(address)) or now
    if clock.is_pinned():
        return now
    try:
        return datetime.fromtimestamp(Path(address).stat().st_ctime, clock.ZONE)
    except OSError:
        return now


def files_at(places: Iterable[str]) -> list[str]:
    """The files of these paths, folders and addresses; a folder's files in the order of their names.

    Raises WrongCall for a place where nothing is.
    """
    files: list[str] = []
    for place in places:
        if archive.is_url(place) or Path(place).is_dir():
            found = sorted(_versions(place))
        else:
            found = [place] if Path(place).is_file() else []
        if not found and not Path(place).is_dir():
            raise WrongCall(f"There is no file or folder {place}.")
        files += found
    return list(dict.fromkeys(files))


def fingerprint(address: str) -> str | None:
    """What changes when a file of the inbox is written anew; None where it is gone or cannot be looked at."""
    try:
        if archive.is_url(address):
            system, path = archive.filesystem(address)
            system.invalidate_cache()
            return str(system.ukey(path))
        stat = Path(address).stat()
        return f"{stat.st_ino} {stat.st_mtime_ns} {stat.st_size}"
    except OSError:
        return None


def try_to_remove(address: str, read: str, sha256: str | None = None) -> str | None:
    """Take a file out of the inbox, once what it holds is safe; why it cannot be, or None.

    read: its fingerprint before it was read. sha256: of the bytes that were read, where they are known. What was put
    there meanwhile under the same name stays for the next time, and one that is gone already is fine. A file that took
    another's place after its fingerprint was taken, and before it was read, is the one that was read: left there, it
    would be received again, and undo what corrected it since.
    """
    try:
        found = fingerprint(address)
        if found is None or (found != read and not (sha256 and archive.holds(address, sha256))):
            return None
        if archive.is_url(address):
            system, path = archive.filesystem(address)
            system.rm_file(path)
        else:
            taking.remove(Path(address), lambda taken: fingerprint(str(taken)) == found)
    except Exception as error:  # each store has errors of its own, and none of them may hold up other files
        log.warning("%s cannot be removed from the inbox: %s", names.readable(address), error)
        return getattr(error, "strerror", None) or type(error).__name__
    return None


def _versions(place: str) -> dict[str, Version]:
    """The files of a folder, or of an address, which may be one file."""
    return _remote_versions(place) if archive.is_url(place) else _local_versions(Path(place))


def _local_versions(folder: Path) -> dict[str, Version]:
    versions = {}
    for path in folders.below(folder):
        try:
            if _is_report(path.name) and not taking.is_aside(path) and path.is_file() and not path.is_symlink():
                stat = path.stat()
                versions[str(path)] = Version(stat.st_mtime, stat.st_size, stat.st_ctime)
        except OSError as error:  # another process took it, or nobody may look at it
            log.info("%s is passed over: %s", names.readable(path.name), error.strerror)
    return versions


def _remote_versions(place: str) -> dict[str, Version]:
    system, path = archive.filesystem(place)
    system.invalidate_cache()
    versions = {}
    for found, info in (system.find(path, detail=True) if system.exists(path) else {}).items():
        name = PurePosixPath(found).name
        if _is_report(name) and not info.get("islink"):
            modified_at = _modified_at(system, found)
            seconds = modified_at.timestamp() if modified_at else 0
            versions[system.unstrip_protocol(found)] = Version(seconds, info["size"])
    return versions


def _modified_at(system: Any, path: str) -> datetime | None:
    """The store's own time of a file, which it may not keep, or no longer has. Without a zone it is UTC."""
    try:
        modified_at: datetime = system.modified(path)
    except (RuntimeError, FileNotFoundError):  # of a store that keeps no time
        return None
    return modified_at if modified_at.tzinfo else modified_at.replace(tzinfo=UTC)


def _is_report(name: str) -> bool:
    """No lock, no half a download."""
    lower = name.lower()
    return not (lower.startswith(IGNORED_PREFIXES) or lower.endswith(IGNORED_SUFFIXES) or lower in IGNORED_NAMES)
