"""The archive: every file unchanged, under the hash of its content. Only what is not that content is overwritten."""

import hashlib
import os
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Literal, NamedTuple, cast

from warehouse import kept_files
from warehouse.errors import WrongCall
from warehouse.settings import get_settings

PIECE = 1 << 18
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


class Kept(NamedTuple):
    """state: `new`, written now; `same`, its bytes were there; `repaired`, other bytes were there under its name."""

    address: str
    state: Literal["new", "same", "repaired"]


def keep(chunks: Iterable[bytes], sha256: str, file_name: str, archive: str, *, wait: bool = True) -> Kept:
    """Archive a content, given in pieces, at `<archive>/<first two of sha>/<sha><suffix>`.

    What is there under its hash counts only if its bytes have that hash; anything else is replaced. wait: on disk when
    it returns; without it, when `make_durable` has returned. Idempotent. Raises OSError, also where the pieces do not
    have the hash (the file changed while it was read) or a store does not take them.
    """
    found = find(sha256, archive)
    if found and holds(found, sha256):
        return Kept(found, "same")
    address = found or f"{archive}/{sha256[:2]}/{sha256}{suffix(file_name)}"
    if is_url(address):
        _keep_remotely(_checked(chunks, sha256), address)
    else:
        kept_files.put(Path(address), _checked(chunks, sha256), wait=wait)
    return Kept(address, "repaired" if found else "new")


def find(sha256: str, archive: str) -> str | None:
    """Where the archive has a content, whatever suffix its file had; None where it has none."""
    pattern = f"{archive}/{sha256[:2]}/{sha256}*"
    if not is_url(archive):
        found = sorted(path for path in Path(archive, sha256[:2]).glob(f"{sha256}*") if path.is_file())
        return str(found[0]) if found else None
    system, path = filesystem(pattern)
    system.invalidate_cache()
    there = sorted(system.glob(path))
    return system.unstrip_protocol(there[0]) if there else None


def holds(address: str, sha256: str) -> bool:
    """Whether what is at an address has this hash; its bytes are read."""
    try:
        return digest(address) == sha256
    except FileNotFoundError:
        return False


def digest(address: str) -> str:
    """The SHA-256 of what is at an address. Raises OSError where nothing is."""
    found = hashlib.sha256()
    for piece in pieces(address):
        found.update(piece)
    return found.hexdigest()


def listed(archive: str) -> list[str]:
    """The addresses of all files in the archive, in whatever folder, without what a kill left half written."""
    if not is_url(archive):
        files = [str(path) for path in Path(archive).rglob("*") if path.is_file()]
    else:
        system, path = filesystem(archive)
        system.invalidate_cache()
        files = [system.unstrip_protocol(found) for found in (system.find(path) if system.exists(path) else [])]
    return sorted(file for file in files if not name_of(file).startswith("."))


def is_in_place(address: str) -> bool:
    """Whether the file is in the folder in which its content is looked for."""
    folder, name = PurePosixPath(address).parts[-2:]
    return folder == name[:2]


def name_of(address: str) -> str:
    return PurePosixPath(address).name


def located(address: str) -> str:
    """Where a content is now: the archive may have moved with its home since it was recorded."""
    return find(name_of(address).partition(".")[0], root()) or address


def content(address: str, *, at_most: int) -> bytes:
    """What was archived, of a larger content only so many bytes and one. Raises OSError where nothing is."""
    with _opened(located(address)) as file:
        return file.read(at_most + 1)


def pieces(address: str) -> Generator[bytes]:
    """What is at an address, in pieces. Raises OSError where nothing is."""
    with _opened(address) as file:
        while piece := file.read(PIECE):
            yield piece


def put(address: str, chunks: Iterable[bytes]) -> None:
    """Write a file to an address, its folders made as needed."""
    if not is_url(address):
        kept_files.put(Path(address), chunks)
    else:
        _keep_remotely(chunks, address)


def remove(address: str) -> None:
    """Delete what is at an address; nothing where nothing is."""
    if not is_url(address):
        Path(address).unlink(missing_ok=True)
        return
    system, path = filesystem(address)
    if system.exists(path):
        system.rm_file(path)


def make_durable() -> None:
    """Everything kept before is on disk: one wait for a batch, where one for each file would be most of its time."""
    os.sync()


def suffix(file_name: str) -> str:
    """`.xlsx` of `Báo cáo.XLSX`; nothing for a suffix that is none."""
    found = PurePosixPath(file_name).suffix.lower()
    return found if re.fullmatch(r"\.[a-z0-9]{1,10}", found) else ""


def _opened(address: str) -> BinaryIO:
    if not is_url(address):
        return Path(address).open("rb")
    system, path = filesystem(address)
    return cast(BinaryIO, system.open(path, "rb"))


def _checked(chunks: Iterable[bytes], sha256: str) -> Iterator[bytes]:
    """The pieces; raises OSError after the last if they are not the content that was hashed."""
    found = hashlib.sha256()
    for piece in chunks:
        found.update(piece)
        yield piece
    if found.hexdigest() != sha256:
        raise OSError("it changed while it was read")


def _keep_remotely(chunks: Iterable[bytes], address: str) -> None:
    """What a break leaves there is taken away; where that fails too, the next copy of the content replaces it."""
    system, path = filesystem(address)
    with _errors_of_a_store():
        system.makedirs(system._parent(path), exist_ok=True)
        try:
            with system.open(path, "wb") as file:
                file.writelines(chunks)
        except BaseException:
            if system.exists(path):
                system.rm_file(path)
            raise


@contextmanager
def _errors_of_a_store() -> Iterator[None]:
    """Each store has errors of its own, and who keeps a file knows OSError."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"the store answers with {type(error).__name__}") from error
