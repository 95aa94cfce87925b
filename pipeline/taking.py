"""A file is taken out of a folder only if it is the one that was read, whatever is written there meanwhile.

It is moved into a hidden folder beside it first, where nobody opens it by its name any more, and looked at there.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from pipeline import folders, settling
from warehouse.logging import get_logger

log = get_logger(__name__)

FOLDER = ".baocao-taken-"
ABANDONED_SECONDS = 60.0
"""A folder so old is one of a process that was killed."""


def remove(file: Path, is_read: Callable[[Path], bool]) -> None:
    """Remove a file if it `is_read` and nobody writes it; one that is gone is fine. Raises OSError."""
    folder = file.parent / f"{FOLDER}{uuid4().hex}"
    folder.mkdir()
    taken = folder / file.name
    try:
        with contextlib.suppress(FileNotFoundError):
            file.rename(taken)
            if is_read(taken) and not settling.is_written(taken):
                taken.unlink()
    finally:
        if taken.exists():
            _put_back(taken, file)
        folder.rmdir()


def put_abandoned_back(inbox: Path) -> None:
    """What a process that was killed had moved aside is in the inbox again."""
    for folder in [path for path in folders.below(inbox) if path.name.startswith(FOLDER)]:
        with contextlib.suppress(OSError):  # another process is about it
            if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                for taken in list(folder.iterdir()):
                    log.warning("%s was left aside by a process that was killed, and is put back", taken.name)
                    _put_back(taken, folder.parent / taken.name)
                folder.rmdir()


def is_aside(file: Path) -> bool:
    return file.parent.name.startswith(FOLDER)


def _put_back(taken: Path, file: Path) -> None:
    """Under its name, or a new one where there is another file by now."""
    for target in (file, file.with_name(f"{uuid4().hex[:8]}{file.suffix}")):
        with contextlib.suppress(FileExistsError):
            try:
                target.hardlink_to(taken)
            except FileExistsError:
                raise
            except OSError:  # a file system without links
                if target.exists():
                    continue
                taken.rename(target)
            else:
                taken.unlink()
            return
