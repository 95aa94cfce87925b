"""Generated passwords, one file each in BAOCAO_HOME/secrets: mode 0600, in a folder of mode 0700."""

import os
import secrets
import tempfile
from pathlib import Path

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
        file.write(secrets.token_urlsafe(24))
    try:
        os.link(draft, target)  # unlike a rename, it leaves alone the file of whoever was faster
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
    return target.read_text().strip()
