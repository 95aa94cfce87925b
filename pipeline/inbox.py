"""Files that wait to be received: in the inbox, or where a person points at. A folder, or any fsspec address."""

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from warehouse import clock
from warehouse.errors import WrongCall
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

SETTLED_SECONDS = 1.0
"""A file that changed within the last second may still be on its way in."""
IGNORED_PREFIXES = (".", "~$")
IGNORED_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
IGNORED_NAMES = {"thumbs.db", "desktop.ini"}


def waiting() -> list[str]:
    """The addresses of the inbox's files, the oldest first; files that are still being copied wait for next time."""
    place = get_settings().inbox
    if "://" in place:
        return sorted(_remote_files(place))
    folder = Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    before = _stamps(folder)
    youngest = max((changed for changed, _ in before.values()), default=0)
    if (age := time.time() - youngest) < SETTLED_SECONDS:
        time.sleep(SETTLED_SECONDS - max(age, 0))
    after = _stamps(folder)
    settled = [path for path in before if before[path] == after.get(path)]
    return [str(path) for path in sorted(settled, key=lambda path: (before[path], path))]


def arrived_at(address: str) -> datetime:
    """When the server had a file of the inbox: never later than now, and by no date that its sender set.

    A local file's change of status is the server's own clock; a run that lives at another moment has only that one.
    """
    now = clock.now()
    if "://" in address or clock.is_pinned():
        return now
    file = Path(address)
    return min(now, datetime.fromtimestamp(file.stat().st_ctime, clock.ZONE)) if file.exists() else now


def files_at(places: Iterable[str]) -> list[str]:
    """The files of these paths, folders and addresses; a folder's files in the order of their names.

    Raises WrongCall for a place where nothing is.
    """
    files: list[str] = []
    for place in places:
        if "://" in place:
            found = sorted(_remote_files(place))
        elif Path(place).is_dir():
            found = [str(path) for path in sorted(Path(place).rglob("*")) if _counts(path)]
        else:
            found = [place] if Path(place).is_file() else []
            if not found:
                raise WrongCall(f"There is no file or folder {place}.")
        files += found
    return list(dict.fromkeys(files))


def remove(address: str) -> None:
    """Take a file out of the inbox, once what it holds is safe; one that is gone already is fine."""
    if "://" in address:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(address)
        if system.exists(path):
            system.rm_file(path)
    else:
        Path(address).unlink(missing_ok=True)


def _stamps(folder: Path) -> dict[Path, tuple[float, int]]:
    stamps = {}
    for path in folder.rglob("*"):
        try:
            if _counts(path):
                stat = path.stat()
                stamps[path] = (stat.st_mtime, stat.st_size)
        except FileNotFoundError:
            log.info("%s was taken by another process", path.name)
    return stamps


def _counts(path: Path) -> bool:
    """A report's file: no link out of the folder, no lock or half a download."""
    if not path.is_file() or path.is_symlink():
        return False
    name = path.name.lower()
    return not (name.startswith(IGNORED_PREFIXES) or name.endswith(IGNORED_SUFFIXES) or name in IGNORED_NAMES)


def _remote_files(place: str) -> list[str]:
    from fsspec.core import url_to_fs

    system, path = url_to_fs(place)
    return [system.unstrip_protocol(found) for found in system.find(path)] if system.exists(path) else []
