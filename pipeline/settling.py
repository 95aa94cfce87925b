"""Whether a file of a folder is finished: nobody has it open for writing, and it has not changed for a while.

Where the file system knows who has a file open (a local disk; files that Samba or SFTP write to it), the end of
writing is known. On a network drive only time tells, and how a file ends.
"""

import errno
import fcntl
import os
import signal
from pathlib import Path

LONGER = 20
"""Times the usual rest for a CSV whose last line is not ended: a file that is still arriving, or one of the programs
that end none."""
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
WRITTEN_AT_MOST = 3600.0
"""Seconds without a change after which an open file is read all the same: its writer forgot to close it."""


def is_finished(file: Path, rested: float, quiet: float) -> bool:
    """rested: seconds since the last change; quiet: how many are required."""
    if rested < quiet:
        return False
    if rested < LONGER * quiet and _ends_in_a_line(file):
        return False
    return rested >= WRITTEN_AT_MOST or not is_written(file)


def is_written(file: Path) -> bool:
    """Whether a process of this machine has it open for writing; False where the file system cannot say.

    A read lease is granted only on a file that nobody has open for writing. It is given back at once; should somebody
    open the file in between, they wait as long, and the signal that we would get is one that is ignored by default.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False


def _ends_in_a_line(file: Path) -> bool:
    if file.suffix.lower() not in TEXT_SUFFIXES:
        return False
    try:
        with file.open("rb") as content:
            content.seek(-1, os.SEEK_END)
            return content.read(1) not in b"\r\n\x00"
    except OSError:  # it is empty, or gone
        return False
