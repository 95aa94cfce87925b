"""What may befall any command, and is nobody's mistake: the server is lost, a disk is full. As sentences."""

import errno
import os
from collections.abc import Iterator

import psycopg
from psycopg import errors

from warehouse import database

AGAIN = "Nothing that was finished is lost: run the command again, it carries on where this one stopped."
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_ROOM = [os.strerror(number) for number in sorted(FULL)]
"""In the server's words, where it has no code of its own for it: in its write-ahead log, say."""


def sentence(error: BaseException) -> str | None:
    """What has happened and what to do; None for an error that should not be."""
    return next((text for each in _causes(error) if (text := _sentence(each))), None)


def _sentence(error: BaseException) -> str | None:
    if isinstance(error, errors.DiskFull) or (
        isinstance(error, psycopg.Error) and any(text in str(error) for text in NO_ROOM)
    ):
        return f"The disk of the database is full: {_first_line(error)}\nMake room. {AGAIN}"
    if isinstance(error, errors.TooManyConnections):
        return f"The database takes no more connections: {_first_line(error)}\n{AGAIN}"
    if database.is_lost(error):
        return f"The connection to the database was lost: {_first_line(error)}\n{AGAIN}"
    if isinstance(error, OSError) and error.errno in FULL:
        return f"There is no room on the disk for {error.filename or 'a file'} ({error.strerror}).\nMake room. {AGAIN}"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it was made of: SQLAlchemy keeps the driver's as `orig`."""
    while error is not None:
        yield error
        if isinstance(original := getattr(error, "orig", None), BaseException):
            yield original
        error = error.__cause__ or error.__context__


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
