"""Generated passwords, one file each in BAOCAO_HOME/secrets: mode 0600, in a folder of mode 0700."""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from warehouse.settings import get_settings


def path(name: str) -> Path:
    return get_settings().home / "secrets" / name


def find(name: str) -> str | None:
    """The password of that name, None if this home has none."""
    try:
        return path(name).read_text().strip()
    except FileNotFoundError:
        return None


def get(name: str) -> str:
    """The password of that name, generated at the first call. Of two processes at once, both get the same one."""
    if password := find(name):
        return password
    target = path(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent)  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(generated())
    try:
        os.link(draft, target)  # unlike a rename, it leaves alone the file of whoever was faster
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
    return target.read_text().strip()


def generated() -> str:
    """A password that is kept nowhere."""
    return secrets.token_urlsafe(24)


def set_of_role(connection: psycopg.Connection, role: str, password: str) -> None:
    """The server gets only the password's scram verifier: a statement may land in its log."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier))
    connection.execute(statement)


def is_of(verifier: str, password: str) -> bool:
    """Whether a role's verifier, as pg_authid has it, was made of this password (RFC 5803).

    A password in another form than SCRAM's is none of ours.
    """
    try:
        _, parameters, keys = verifier.split("$")
        iterations, salt = parameters.split(":")
        stored = base64.b64decode(keys.split(":")[0])
    except ValueError:
        return False
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(iterations))
    key = hmac.digest(salted, b"Client Key", "sha256")
    return hmac.compare_digest(hashlib.sha256(key).digest(), stored)
