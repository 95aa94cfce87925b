"""The archive: every file as it came, under the hash of its content. Nothing is ever overwritten."""

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from warehouse.settings import get_settings

URL = re.compile(r"[a-z0-9+]+://")


def is_url(place: str) -> bool:
    return URL.match(place) is not None


def root() -> str:
    """The folder or fsspec URL of the archive; asked once a batch."""
    return get_settings().archive.rstrip("/")


def keep(chunks: Iterable[bytes], sha256: str, file_name: str, archive: str) -> str:
    """Archive a content, given in pieces, and return its address: `<archive>/<first two of sha>/<sha><suffix>`.

    On disk when it returns (a local file is renamed into place after fsync), so the inbox copy may go.
    Idempotent. Raises OSError, or what the fsspec file system raises.
    """
    address = f"{archive}/{sha256[:2]}/{sha256}{suffix(file_name)}"
    if is_url(address):
        _keep_remotely(chunks, address)
    elif not (target := Path(address)).exists():
        _keep_locally(chunks, target)
    return address


def suffix(file_name: str) -> str:
    """`.xlsx` of `Báo cáo.XLSX`; nothing for a suffix that is none."""
    found = PurePosixPath(file_name).suffix.lower()
    return found if re.fullmatch(r"\.[a-z0-9]{1,10}", found) else ""


def _keep_remotely(chunks: Iterable[bytes], address: str) -> None:
    from fsspec.core import url_to_fs

    system, path = url_to_fs(address)
    if not system.exists(path):
        system.makedirs(system._parent(path), exist_ok=True)
        with system.open(path, "wb") as file:
            file.writelines(chunks)


def _keep_locally(chunks: Iterable[bytes], target: Path) -> None:
    """A reader never sees half a file, and a crash leaves none under the final name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
