"""The folder of a backup: named contents and a manifest with the SHA-256 of each, all encrypted if a key is given.

Encryption is Fernet of the package cryptography (AES-128-CBC with HMAC-SHA256), a token for each piece of a file, one a
line. The order of the pieces and the end of a file are proved by the hash in the manifest. Encrypted files are
numbered, because the names of receipts say who reported what.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from warehouse import kept_files, private_files
from warehouse.errors import BaocaoError, WrongCall

FORMAT = 1
PIECE = 1 << 20
MANIFEST = "manifest.json"
ENCRYPTED = ".fernet"

Transform = Callable[[bytes], bytes]


def key_at(path: Path) -> bytes:
    """The key in a file, made there if there is no file. Raises WrongCall for a file that holds none."""
    from cryptography.fernet import Fernet

    if not path.exists():
        private_files.write_bytes(path, Fernet.generate_key() + b"\n")
    key = path.read_bytes().strip()
    try:
        Fernet(key)
    except ValueError as error:
        raise WrongCall(f"{path} holds no key. `baocao backup` makes one where no file is.") from error
    return key


class Writer:
    """Writes a new backup: `add` each content, then `finish`."""

    def __init__(self, folder: Path, key: bytes | None) -> None:
        self.folder = folder
        self._encrypt = _encryption(key)
        self._files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, pieces: Generator[bytes]) -> None:
        """Write one content. name: with `/` between folders, as it is restored.

        The pieces are closed at once where it fails: those of a dump are a program with a transaction.
        """
        stored = f"content/{len(self._files) + 1:07d}{ENCRYPTED}" if self._encrypt else f"content/{name}"
        digest, size = hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield self._encrypt(piece) + b"\n" if self._encrypt else piece

        with closing(pieces):
            kept_files.put(self.folder / stored, counted(), access="owner")
        self._files[name] = {"stored": stored, "sha256": digest.hexdigest(), "size_bytes": size}

    def finish(self, about: dict[str, Any]) -> dict[str, Any]:
        """Write the manifest: a folder without one is no backup. Returns it."""
        manifest = {"format": FORMAT, **about, "files": self._files}
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        name, content = (MANIFEST + ENCRYPTED, self._encrypt(content)) if self._encrypt else (MANIFEST, content)
        kept_files.put(self.folder / name, content, access="owner")
        return manifest


class Reader:
    """Reads a backup. Raises WrongCall for a folder that is none, whose key is missing or another, or that no key
    encrypts though one is given."""

    def __init__(self, folder: Path, key: bytes | None) -> None:
        self.folder = folder
        is_encrypted = (folder / (MANIFEST + ENCRYPTED)).exists()
        if not is_encrypted and not (folder / MANIFEST).exists():
            raise WrongCall(f"{folder} is no backup: it has no {MANIFEST}, or was not finished.")
        if is_encrypted and key is None:
            raise WrongCall(f"{folder} is encrypted: --key names the file with its key.")
        if key is not None and not is_encrypted:
            raise WrongCall(
                f"{folder} is not encrypted, so no key can tell whether it is what was backed up: somebody may have "
                "put it in the place of one that is. Leave --key out to restore it all the same."
            )
        self._decrypt = _decryption(key) if is_encrypted else None
        content = (folder / (MANIFEST + ENCRYPTED if is_encrypted else MANIFEST)).read_bytes()
        self.manifest: dict[str, Any] = json.loads(self._decrypted(content, "the manifest"))
        if self.manifest["format"] != FORMAT:
            raise BaocaoError(f"{folder} was written by another release (format {self.manifest['format']}).")

    @property
    def names(self) -> list[str]:
        return list(self.manifest["files"])

    def read(self, name: str) -> Iterator[bytes]:
        """The pieces of a content; raises BaocaoError after the last if they are not what was backed up."""
        about, digest = self.manifest["files"][name], hashlib.sha256()
        path = self.folder / about["stored"]
        try:
            for piece in self._pieces(path, name):
                digest.update(piece)
                yield piece
        except FileNotFoundError:
            raise BaocaoError(f"{name} is gone from the backup: {path} is missing.") from None
        if digest.hexdigest() != about["sha256"]:
            raise BaocaoError(f"{name} was changed in the backup ({path}): it has not the hash of the manifest.")

    def _pieces(self, path: Path, name: str) -> Iterator[bytes]:
        with path.open("rb") as file:
            if self._decrypt:
                for token in file:
                    yield self._decrypted(token.strip(), name)
            else:
                while piece := file.read(PIECE):
                    yield piece

    def _decrypted(self, token: bytes, name: str) -> bytes:
        from cryptography.fernet import InvalidToken

        try:
            return self._decrypt(token) if self._decrypt else token
        except InvalidToken:
            raise BaocaoError(f"{self.folder}: {name} was changed, or the key is another one.") from None


def pieces_of(path: Path) -> Generator[bytes]:
    """A file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _encryption(key: bytes | None) -> Transform | None:
    from cryptography.fernet import Fernet

    return Fernet(key).encrypt if key else None


def _decryption(key: bytes | None) -> Transform | None:
    from cryptography.fernet import Fernet

    return Fernet(key).decrypt if key else None
