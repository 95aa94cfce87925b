"""Files with personal data: kept apart from the archive, for a short time, readable by nobody but the operator.

The sender gets the reason and no copy; the operator can look when somebody asks what it was. In the tables such a file
has no address but `restricted/` and its hash.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from warehouse import kept_files
from warehouse.settings import get_settings

PREFIX = "restricted/"
"""Of the address that raw has; the hash is its last part, as of an address in the archive."""

INSERT = """
insert into ops.restricted_file (sha256, rules, restricted_at, expires_at) values (%s, %s, %s, %s)
on conflict (sha256) do update
set rules = excluded.rules, restricted_at = excluded.restricted_at, expires_at = excluded.expires_at, deleted_at = null
"""


def root() -> Path:
    """The folder of these files."""
    folder = get_settings().restricted
    assert folder is not None  # the settings fill it in
    return folder


def keep(chunks: Iterable[bytes], sha256: str, *, wait: bool = True) -> str:
    """Keep a content; returns its address. On disk when it returns with `wait`. Raises OSError."""
    kept_files.put(path(sha256), chunks, wait=wait, access="owner")
    return f"{PREFIX}{sha256}"


def record(connection: psycopg.Connection, sha256: str, rules: Sequence[str], at: datetime) -> None:
    """Note until when a content is kept. rules: what was found, as codes. Received again it is kept anew."""
    until = at + timedelta(days=get_settings().restricted_days)
    connection.execute(INSERT, [sha256, sorted(set(rules)), at, until])


def is_restricted(address: str) -> bool:
    return address.startswith(PREFIX)


def path(sha256: str) -> Path:
    """Without the ending of its name: nobody opens it by mistake."""
    return root() / sha256


def holds(address: str) -> bool:
    """Whether what is at an address has the hash in it."""
    sha256 = address.removeprefix(PREFIX)
    try:
        with path(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
