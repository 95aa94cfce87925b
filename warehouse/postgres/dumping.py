"""Databases as dumps of pg_dump, in its custom format, streamed: nothing of them is written in between."""

import os
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

from warehouse.errors import BaocaoError
from warehouse.logging import mask
from warehouse.postgres import embedded

PIECE = 1 << 20


def dump(address: str, snapshot: str | None = None) -> Generator[bytes]:
    """The pieces of a dump of a whole database. snapshot: exported by a transaction that is still open.

    Raises BaocaoError with what pg_dump says.
    """
    options = [f"--snapshot={snapshot}"] if snapshot else []
    with _running("pg_dump", address, "--format=custom", "--compress=gzip:1", *options) as process:
        assert process.stdout is not None
        while piece := process.stdout.read(PIECE):
            yield piece


def restore(address: str, pieces: Iterable[bytes]) -> None:
    """Restore a dump into an empty database, as the owner of all that is in it. Raises BaocaoError."""
    with _running("pg_restore", address, "--no-owner", "--exit-on-error", "--single-transaction") as process:
        assert process.stdin is not None
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:  # it has ended, and its exit code and output say why
            return


@contextmanager
def _running(name: str, address: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of PostgreSQL on a database; the password is in its environment, where no process list shows it."""
    parts = urlsplit(address)
    user, _, host = parts.netloc.rpartition("@")
    name_only, _, password = user.partition(":")
    without_password = urlunsplit(parts._replace(netloc=f"{name_only}@{host}"))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment |= {"PGPASSWORD": unquote(password), "PGOPTIONS": "-c statement_timeout=0"}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [embedded.program(name), f"--dbname={without_password}", *options],
            stdin=subprocess.PIPE if name == "pg_restore" else subprocess.DEVNULL,
            stdout=subprocess.PIPE if name == "pg_dump" else subprocess.DEVNULL,
            stderr=output,
            env=environment,
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            _close(process.stdin, process.stdout)
            code = process.wait()
        if code:
            output.seek(0)
            raise BaocaoError(f"{name} of {mask(address)} failed. {output.read().strip()}")


def _close(*pipes: IO[bytes] | None) -> None:
    for pipe in pipes:
        if pipe is not None and not pipe.closed:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
