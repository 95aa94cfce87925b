"""What lies in a folder and below it, whoever made it: no depth, no length of a path and no rights stop the listing."""

import os
from collections.abc import Iterator
from pathlib import Path

from ingest.identities import names
from warehouse.logging import get_logger

log = get_logger(__name__)


def below(folder: Path) -> Iterator[Path]:
    """Every file and folder below a folder; links are not followed, and a folder that cannot be listed is passed over.

    Not by recursion, as pathlib's own: a thousand folders in one another would end it. Nothing where the first one is
    not there; raises OSError where it does not answer.
    """
    waiting = [folder]
    while waiting:
        above = waiting.pop()
        try:
            with os.scandir(above) as found:
                entries = list(found)
        except FileNotFoundError:
            continue
        except OSError as error:  # its path is too long, or nobody may look into it
            if above == folder and not isinstance(error, PermissionError):
                raise
            log.warning("%s is passed over: %s", names.readable(above.name), error.strerror)
            continue
        for entry in entries:
            path = above / entry.name
            if _is_folder(entry):
                waiting.append(path)
            yield path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
