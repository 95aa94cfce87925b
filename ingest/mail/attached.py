"""Which attachments of a mail are read as reports: workbooks and CSV, also one level down in a zip."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ingest import opening
from ingest.formats import xlsx
from ingest.reports import Refused

TABLES = (".xlsx", ".xlsm", ".xltx", ".xls", ".xlsb", ".ods", ".csv", ".tsv")
PACKED = (".rar", ".7z", ".gz", ".tgz", ".tar")
"""What nobody unpacks here: received, so that its sender gets the gate's reason."""
TEXTS = (".docx", ".docm", ".pptx", ".odt", ".doc", ".ppt")
"""Zips and old containers as workbooks are, and none."""


@dataclass(frozen=True)
class Attached:
    """A file of a mail. within: the Message-ID of the forwarded mail that has it; None for the mail's own."""

    name: str
    content: bytes = field(repr=False)
    within: str | None = None


def tables(file: Attached) -> Iterator[Attached]:
    """The reports in an attachment: itself, or the tables of a zip; nothing where it is something else.

    A zip that must not be unpacked, and one within a zip, are handed on as they are: the gate says why they come back.
    """
    ending = PurePosixPath(file.name).suffix.lower()
    if ending in TEXTS:
        return
    if ending in TABLES + PACKED or file.content.startswith(opening.OLE):
        yield file
    elif file.content.startswith(opening.ZIP) or ending == ".zip":
        yield from _of_zip(file)


def _of_zip(file: Attached) -> Iterator[Attached]:
    try:
        parts = opening.members(file.content)
        is_workbook = bool(xlsx.main_part(parts)) or b"spreadsheet" in parts.get("mimetype", b"")
    except Refused:
        is_workbook = True
    if is_workbook:
        yield file
        return
    for name, content in parts.items():
        path = PurePosixPath(name)
        is_hidden = any(part.startswith((".", "__macosx")) for part in path.parts)
        if content and not is_hidden and path.suffix in (*TABLES, *PACKED, ".zip"):
            yield Attached(path.name, content, file.within)
