"""All that a season left behind, row by row and file by file, so that two seasons can be compared.

What a run names by chance or by its clock is no part of it: which run, batch or message it was, and moments of the wall
clock. Everything else is: every figure of every mart, every row of raw and ops, every kept file by its bytes, every
letter, and what the audit chain witnesses.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import psycopg
from psycopg import sql

from pipeline import verifying
from tests.chaos.world import World
from warehouse import database

State = dict[str, Counter[str]]
"""By part of the warehouse, how often each row is there."""

PASSING = {
    "ops.pipeline_run",
    "ops.node_result",
    "ops.check_result",
    "ops.check_result_by_programme",
    "ops.check_failure",
    "ops.relation_state",
    "ops.partition_state",
    "ops.last_successful_run",
    "ops.decision",
}
"""What tells of runs, and is another after more of them; of the order of all decisions that of each unit counts."""
OF_A_RUN = {
    *("run_id", "last_run_id", "batch_id", "message_id", "ledger_id", "issue_id", "line_id", "entry_no", "recorded_at"),
    *("hash", "previous_hash", "audit_head", "attempts", "issued_at", "queued_at", "updated_at", "entry_hash"),
}
OF_ANOTHER_NAME = {
    *OF_A_RUN,
    "ops.alert_ledger",
    "ops.receipt_ledger",
    "raw.line",
    "ops.submission_issue",
    "asked_sha256",
    "accepted_seq",
}
"""What the audit chain witnesses by numbers that are drawn: the rows themselves are compared."""
WITHDRAWN = "cancelled"
"""A message that certainly reached nobody, and was composed again."""
ORDER = ("accepted_seq",)
TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\d(\.\d+)?")
KEPT = ("receipts", "published", "archive", "restricted", "inbox")


class Difference(NamedTuple):
    """Of one part: rows that are missing, that are there too often, and that are others."""

    lost: int
    twice: int
    other: int
    examples: tuple[str, ...]


def end_state(world: World, ignored: Sequence[str] = ()) -> State:
    """ignored: rows and files with one of these in their text are passed over."""
    with database.connect() as connection:
        connection.execute("set timezone = 'Asia/Ho_Chi_Minh'")
        state = {name: _rows(connection, name, ignored) for name in _tables(connection) if name not in PASSING}
        state["publishable"] = _publishable(connection)
    for folder in KEPT:
        state[folder] = Counter(each for each in _kept(world.home / folder) if not _has(ignored, each))
    state["letters"] = Counter(map(_letter, world.postbox.taken))
    state["not as recorded"] = Counter(f"{each.problem} {each.artefact}" for each in verifying.verify().findings)
    return state


def differences(undisturbed: State, disturbed: State) -> dict[str, Difference]:
    """By part, where they are not the same."""
    found = {}
    for part in sorted(undisturbed.keys() | disturbed.keys()):
        was, now = undisturbed.get(part, Counter()), disturbed.get(part, Counter())
        missing, more = was - now, now - was
        if missing or more:
            found[part] = _difference(was, missing, more)
    return found


def _difference(was: Counter[str], missing: Counter[str], more: Counter[str]) -> Difference:
    again = Counter({row: count for row, count in more.items() if row in was})
    fresh = more - again
    other = min(missing.total(), fresh.total())
    examples = [f"- {row}" for row in list(missing)[:2]] + [f"+ {row}" for row in list(more)[:2]]
    return Difference(missing.total() - other, again.total() + fresh.total() - other, other, tuple(examples))


def _tables(connection: psycopg.Connection) -> list[str]:
    query = """
        select table_schema || '.' || table_name from information_schema.tables
        where table_schema in ('raw', 'ops', 'marts', 'app') and table_type in ('BASE TABLE', 'VIEW') order by 1
    """
    return [name for (name,) in connection.execute(query)]


def _has(marks: Sequence[str], text: str) -> bool:
    return any(mark in text for mark in marks)


def _rows(connection: psycopg.Connection, name: str, ignored: Sequence[str]) -> Counter[str]:
    query = sql.SQL("select to_json(found) from {} as found").format(sql.Identifier(*name.split(".")))
    rows = [row for (row,) in connection.execute(query) if not (ignored and _has(ignored, json.dumps(row)))]
    if name == "ops.message":
        rows = [row for row in rows if row["status"] != WITHDRAWN]
    _rank(rows)
    return Counter(_text(row) for row in rows)


def _rank(rows: list[dict[str, Any]]) -> None:
    """Of numbers that a sequence gives only the order counts, and that among the reports of one unit."""
    for column in ORDER:
        numbers: dict[object, set[int]] = {}
        for row in rows:
            numbers.setdefault(row.get("unit_id"), set()).add(row.get(column) or 0)
        for row in rows:
            if row.get(column):
                row[column] = sorted(numbers[row.get("unit_id")]).index(row[column])


def _text(row: dict[str, Any]) -> str:
    kept = {name: value for name, value in row.items() if name not in OF_A_RUN}
    if isinstance(witnessed := kept.get("content"), dict):
        kept["content"] = {name: value for name, value in witnessed.items() if name not in OF_ANOTHER_NAME}
        if kept.get("kind") == "receipt":  # its bytes have moments in them, and are compared without
            kept["content"] = {}
        if kept.get("kind") in ("message", "approval_letter", "warning_letter", "account_letter", "answer"):
            kept["subject"] = "its Message-ID, or its number in the ledger"
    return _without_seconds(json.dumps(kept, ensure_ascii=False, sort_keys=True))


def _without_seconds(text: str) -> str:
    """Files of one run come a microsecond apart, in an order that is compared beside this."""
    return TIMESTAMP.sub(r"\1", text)


def _publishable(connection: psycopg.Connection) -> Counter[str]:
    """What would hold up a publication or be built again: nothing, after a season that has come to its end."""
    waiting = connection.execute("select programme_code, period from ops.changed_partitions('checks')")
    return Counter(f"unchecked {row}" for row in waiting)


def _kept(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if folder.name == "receipts":
                content = _cells(content) if path.suffix == ".xlsx" else _without_seconds(content.decode()).encode()
            digest = hashlib.sha256(content).hexdigest()[:16]
            yield f"{path.relative_to(folder)} {digest}"


def _cells(content: bytes) -> bytes:
    """The parts of a marked workbook without the time of writing."""
    with ZipFile(BytesIO(content)) as parts:
        names = sorted(set(parts.namelist()) - {"docProps/core.xml"})
        return b"".join(name.encode() + parts.read(name) for name in names)


def _letter(content: bytes) -> str:
    letter = message_from_bytes(content, policy=default)
    body = letter.get_body(("plain",))
    assert body is not None
    return json.dumps([letter["To"], letter["Subject"], body.get_content()], ensure_ascii=False)
