"""Names of files, as they may be shown and kept: in logs, receipts, tables and letters."""

import hashlib
import posixpath

from ingest import characters
from ingest.identities import patterns
from ingest.identities.findings import FILE_NAME, Finding
from ingest.identities.patterns import Patterns

REPLACED = "tep-"
"""Tệp, file."""


def readable(path: str, known: Patterns | None = None) -> str:
    """A file's name or path as text on one line; names that hold personal data as `tep-` and their hash.

    known: the patterns, where they are at hand.
    """
    return characters.readable_name(without_person(path, known))


def without_person(path: str, known: Patterns | None = None) -> str:
    """A path as it is, but for names of folders and of the file that hold personal data: `tep-` and their hash."""
    known = known or patterns.current()
    folder, name = posixpath.split(path)
    shown = [_without_person(each, "", known) for each in folder.split("/")]
    return posixpath.join("/".join(shown), _without_person(name, posixpath.splitext(name)[1].lower(), known))


def is_replaced(path: str) -> bool:
    """Whether a path may be one that `without_person` changed."""
    return any(name.startswith(REPLACED) for name in path.split("/"))


def _without_person(name: str, suffix: str, known: Patterns) -> str:
    if not _rules(name, known):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{REPLACED}{digest[:12]}{suffix}"


def findings(path: str, known: Patterns) -> list[Finding]:
    """What a file's name holds of a person."""
    return [Finding(rule, part=FILE_NAME) for rule in _rules(posixpath.basename(path), known)]


def _rules(name: str, known: Patterns) -> list[str]:
    return known.rules(posixpath.splitext(name)[0].replace("_", " "), "file")
