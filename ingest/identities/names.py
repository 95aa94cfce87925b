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
    """A file's name or path as text on one line; a name that holds personal data as `tep-` and its hash.

    known: the patterns, where they are at hand.
    """
    return characters.readable_name(without_person(path, known))


def without_person(path: str, known: Patterns | None = None) -> str:
    """A path as it is, but for a name that holds personal data: `tep-` and its hash."""
    folder, name = posixpath.split(path)
    if not _rules(name, known or patterns.current()):
        return path
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    return posixpath.join(folder, f"{REPLACED}{digest[:12]}{posixpath.splitext(name)[1].lower()}")


def is_replaced(path: str) -> bool:
    """Whether a path may be one that `without_person` changed."""
    return posixpath.basename(path).startswith(REPLACED)


def findings(path: str, known: Patterns) -> list[Finding]:
    """What a file's name holds of a person."""
    return [Finding(rule, part=FILE_NAME) for rule in _rules(posixpath.basename(path), known)]


def _rules(name: str, known: Patterns) -> list[str]:
    return known.rules(posixpath.splitext(name)[0].replace("_", " "), "file")
