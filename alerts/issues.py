"""The issues of a report as a letter lists them. What a sender wrote is quoted short, on one line, without links."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

LISTED = 10
"""Of the issues of a report, how many a letter lists; the attached file has all."""
QUOTED, MESSAGE = 40, 400
"""Characters of a quoted cell, and of a message that may repeat one."""

LINK = re.compile(r"\S*(?:://|www\.|@|[^\W\d_]\.[^\W\d_]{2,})\S*", re.IGNORECASE)
"""Whatever a mail program would turn into a link."""

ISSUES = """
select submission_id, severity, sheet, coalesce(cell, 'dòng ' || line) as address, raw, message_vi as message
from ops.submission_issue where submission_id = any(%s) order by severity, issue_id
"""


@dataclass(frozen=True)
class Issue:
    """One issue of a report: the place in the file, its raw text, and the message in Vietnamese."""

    sheet: str | None
    address: str | None
    raw: str | None
    message: str
    severity: str = "critical"

    @property
    def where(self) -> str:
        """Báo cáo!E14 «1.234»; empty for the file as a whole."""
        place = "!".join(quoted(part, QUOTED) for part in (self.sheet, self.address) if part)
        return f"{place} «{quoted(self.raw, QUOTED)}»" if self.raw else place

    @property
    def text(self) -> str:
        """The message, which may repeat what the sender wrote."""
        return quoted(self.message, MESSAGE)


def quoted(text: str, at_most: int) -> str:
    """Text of a sender's on one line, without links and invisible characters, cut to a length."""
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    line = LINK.sub("[…]", " ".join(visible.split()))
    return line if len(line) <= at_most else f"{line[: at_most - 1]}…"


def file_name(name: str) -> str:
    """A sender's file name for a text: its dots are no dots of an address."""
    stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
    return quoted(re.sub(r"[.@:/\\]+", "_", stem), QUOTED * 2) + (
        f".{extension}" if dot and extension.isalnum() else ""
    )


def file_names(names: str) -> str:
    """Several of them, separated by commas."""
    return ", ".join(file_name(name) for name in names.split(", "))


def of_submissions(connection: psycopg.Connection, submissions: Sequence[UUID]) -> dict[UUID, list[Issue]]:
    """The issues of these submissions, the critical ones first."""
    found: dict[UUID, list[Issue]] = {}
    for row in connection.cursor(row_factory=dict_row).execute(ISSUES, [list(submissions)]):
        found.setdefault(row.pop("submission_id"), []).append(Issue(**row))
    return found
