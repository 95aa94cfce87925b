"""The archive: every file unchanged, under the hash of its content. Nothing is ever overwritten."""

import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from warehouse.errors import WrongCall
from warehouse.settings import get_settings

URL = re.compile(r"[a-z0-9+]+://")


def is_url(place: str) -> bool:
    return URL.match(place) is not None


def filesystem(address: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path in it; `::` in a file's name is part of the name.

    Raises WrongCall for a scheme that nobody knows, or whose package is not installed.
    """
    from fsspec.core import url_to_fs

    try:
        system, _ = url_to_fs(address.partition("::")[0])
    except (ImportError, ValueError) as error:
        raise WrongCall(f"{address.partition('://')[0]}:// cannot be read: {error}") from error
    return system, system._strip_protocol(address)


def root() -> str:
    """The folder or fsspec URL of the archive; read once a batch."""
    return get_settings().archive.rstrip("/")


def keep(chunks: Iterable[bytes], sha256: str, file_name: str, archive: str, *, wait: bool = True) -> str:
    """Archive a content, given in pieces, and return its address: `<archive>/<first two of sha>/<sha><suffix>`.

    wait: on disk when it returns; without it, when `make_durable` has returned. Only then may the inbox copy go.
    Idempotent. Raises OSError, or what the fsspec file system raises.
    """
    address = f"{archive}/{sha256[:2]}/{sha256}{suffix(file_name)}"
    if is_url(address):
        _keep_remotely(chunks, address)
    elif not (target := Path(address)).exists():
        _keep_locally(chunks, target, wait)
    return address


def content(address: str, *, at_most: int) -> bytes:
    """What was archived, of a larger content only so many bytes and one. Raises OSError where nothing is."""
    if not is_url(address):
        with Path(address).open("rb") as file:
            return file.read(at_most + 1)
    system, path = filesystem(address)
    with system.open(path, "rb") as file:
        found: bytes = file.read(at_most + 1)
    return found


def make_durable() -> None:
    """Everything kept before is on disk: one wait for a batch, where one for each file would be most of its time."""
    os.sync()


def suffix(file_name: str) -> str:
    """`.xlsx` of `Báo cáo.XLSX`; nothing for a suffix that is none."""
    found = PurePosixPath(file_name).suffix.lower()
    return found if re.fullmatch(r"\.[a-z0-9]{1,10}", found) else ""


def _keep_remotely(chunks: Iterable[bytes], address: str) -> None:
    system, path = filesystem(address)
    if not system.exists(path):
        system.makedirs(system._parent(path), exist_ok=True)
        with system.open(path, "wb") as file:
            file.writelines(chunks)


def _keep_locally(chunks: Iterable[bytes], target: Path, wait: bool) -> None:
    """A reader never sees half a file, and a crash leaves none under the final name."""
    partial = target.with_name(f".partial-{uuid4().hex}")
    if not target.parent.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("xb") as file:
            file.writelines(chunks)
            file.flush()
            if wait:
                os.fsync(file.fileno())
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
