"""Files that the warehouse keeps: archive, receipts, published workbooks. Whole or not there, and not for everybody.

Their owner alone may read them (0600, folders 0700), or with BAOCAO_FILE_ACCESS=group also the group of the folder
(0640, 0750). Folders inside the home that were wider are closed as soon as something is written below them.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from uuid import uuid4

from warehouse.settings import get_settings

MODES = {"owner": (0o600, 0o700), "group": (0o640, 0o750)}


def put(
    path: Path, content: bytes | Iterable[bytes], *, wait: bool = True, access: Literal["owner"] | None = None
) -> Path:
    """Put `content` at `path`, folders made as needed; whoever reads meanwhile sees the old file or the new one.

    wait: on disk when it returns. access: `owner` for what holds secrets, whatever the setting is.
    """
    file_mode, folder_mode = MODES[access or get_settings().file_access]
    folder(path.parent, folder_mode)
    draft = path.with_name(f".partial-{uuid4().hex}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file_mode), "wb") as file:
            os.fchmod(file.fileno(), file_mode)
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            if wait:
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if wait:
        _sync_folder(path.parent)
    return path


def folder(path: Path, mode: int | None = None) -> Path:
    """Make a folder and those above it; close it if it is in the home and open to others.

    A new home itself may be passed through by others: PostgreSQL has to, where root starts it.
    """
    mode, home = mode or MODES[get_settings().file_access][1], get_settings().home
    if path == home:
        mode = 0o755
    is_ours = path.is_relative_to(home) and path != home
    if is_ours or not path.parent.exists():
        folder(path.parent, mode)
    is_new = not path.exists()
    if is_new:
        path.mkdir(mode, exist_ok=True)
    found = path.stat()
    if (is_new or is_ours) and stat.S_IMODE(found.st_mode) & 0o777 != mode and found.st_uid == os.geteuid():
        path.chmod(found.st_mode & stat.S_ISGID | mode)
    return path


def _sync_folder(path: Path) -> None:
    """A rename is on disk when its folder is."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
