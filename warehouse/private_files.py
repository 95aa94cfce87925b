"""Files that only their owner may read: settings, passwords, keys. Most hold JSON."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read(file: Path) -> dict[str, Any]:
    """The object in the file, an empty one without a file. Raises ValueError if it holds anything else."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{file} must hold a JSON object")
    return found


def write(file: Path, content: Mapping[str, Any]) -> None:
    """Replace the file at once, mode 0600 from its first byte on."""
    write_bytes(file, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


def write_bytes(file: Path, content: bytes) -> None:
    """As `write`, any content."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(0o600)
    draft.write_bytes(content)
    draft.replace(file)
