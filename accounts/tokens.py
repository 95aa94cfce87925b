"""Random tokens of letters and cookies: the database has only their hash, so that a copy of it opens nothing."""

import hashlib
import secrets

BYTES = 32
"""256 bits, which nobody finds by trying."""


def new() -> str:
    """A token that an address and a cookie can hold."""
    return secrets.token_urlsafe(BYTES)


def digest(token: str) -> bytes:
    """What the database knows of it. A fast hash is enough for what cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
