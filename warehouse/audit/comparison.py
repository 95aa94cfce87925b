"""Compare the chain with itself and with the rows that it witnesses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from warehouse import queries
from warehouse.audit import chain
from warehouse.audit.chain import Head

CHANGED = queries.load(__file__, "changed_rows")

WAITING = """
select submission_id::text, submission.sha256 from raw.submission
left join ops.submission_verdict as verdict using (submission_id) where verdict.submission_id is null
"""
"""Reports that the gate has not decided about, and their files: they are recorded with their verdict."""

LETTERS = """
select message.audit_head, min(message.message_id) as message_id, entry.hash
from ops.message as message
left join ops.audit_entry as entry on entry.entry_no::text = split_part(message.audit_head, ':', 1)
where message.audit_head is not null and split_part(message.audit_head, ':', 2) is distinct from entry.hash
group by 1, 3 order by 1
"""
"""Heads that went out, or are about to, and are not in the chain."""

REMOVALS = queries.load(__file__, "unfounded_removals")

Problem = Literal["changed", "missing", "added"]


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was recorded. artefact: a file, or a table with the key of its row."""

    problem: Problem
    artefact: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.artefact}\n  expected  {self.expected}\n  found     {self.found}"


def check_chain(connection: psycopg.Connection, noted: Head | None = None) -> Iterator[Finding]:
    """Entries that were changed, removed or put in between. noted: a head of earlier, which has to be in the chain."""
    number, previous_hash = 0, chain.FIRST_HASH
    is_found = noted is None
    for entry in chain.entries(connection):
        name = f"ops.audit_entry {entry.entry_no}"
        if entry.entry_no != number + 1:
            missing = f"{number + 1} to {entry.entry_no - 1}"
            yield Finding("missing", f"ops.audit_entry {missing}", "entries without a gap", f"none before {name}")
        elif entry.previous_hash != previous_hash:
            yield Finding("changed", f"{name} previous_hash", previous_hash, entry.previous_hash)
        if (computed := entry.computed_hash()) != entry.hash:
            yield Finding("changed", f"{name} ({entry.kind} {entry.subject})", f"hash {entry.hash}", f"hash {computed}")
        if noted and entry.entry_no == noted.entry_no:
            is_found = True
            if entry.hash != noted.hash:
                yield Finding("changed", f"{name} hash", f"{noted.hash}, as it was noted", entry.hash)
        number, previous_hash = entry.entry_no, entry.hash
    if noted and not is_found:
        yield Finding("missing", f"ops.audit_entry {noted.entry_no}", f"{noted.hash}, as it was noted", "no entry")


def check_heads(connection: psycopg.Connection) -> Iterator[Finding]:
    """Entries that are not those whose hash a letter carries: the chain was cut off, or written anew."""
    for noted, letter, found in connection.execute(LETTERS):
        number, _, digest = noted.partition(":")
        expected = f"{digest}, as the letter {letter} carries it"
        problem: Problem = "missing" if found is None else "changed"
        yield Finding(problem, f"ops.audit_entry {number}", expected, found or "no entry")


def check_removals(connection: psycopg.Connection) -> Iterator[Finding]:
    """Entries that take a row out of the comparison, and are of no erasure of its file."""
    for number, kind, subject in connection.execute(REMOVALS, {"published": ["workbook", "public_file"]}):
        expected = "an erasure of its file, by the same office and act"
        yield Finding("changed", f"ops.audit_entry {number} ({kind} {subject})", expected, "a removal without one")


def check_rows(connection: psycopg.Connection) -> Iterator[Finding]:
    """Rows of raw and ops that are not as they were recorded. The caller's transaction prints canonically."""
    waiting = {name for names in connection.execute(WAITING) for name in names}
    cursor = connection.cursor(row_factory=dict_row)
    for kind, query in chain.ROWS.items():
        compared = CHANGED.replace("{query}", query)
        differences: dict[str, list[dict[str, Any]]] = {}
        for row in cursor.execute(compared.encode(), {"kind": kind}):
            differences.setdefault(row["subject"], []).append(row)
        for subject, rows in differences.items():
            if rows[0]["expected"] is not None or subject not in waiting:
                yield from _compared(kind, subject, rows)


def _compared(kind: str, subject: str, rows: list[dict[str, Any]]) -> Iterator[Finding]:
    name, found = f"{chain.TABLES[kind]} {subject}", rows[0]["found"]
    expected = rows[-1]["expected"]
    if expected is None:
        yield Finding("added", name, "a row that is recorded", "a row without an entry (a later step records it)")
    elif expected.get("removed"):
        if found is not None:
            yield Finding("added", name, f"none: it was removed (entry {rows[-1]['entry_no']})", "a row")
    elif found is None:
        yield Finding("missing", name, f"the row of entry {rows[-1]['entry_no']}", "no row")
    else:
        yield from _differences(name, expected, found)


def _differences(name: str, expected: dict[str, Any], found: dict[str, Any]) -> Iterator[Finding]:
    """One finding for each column, or each row of a table below."""
    for column, value in expected.items():
        other = found.get(column)
        if value == other:
            continue
        if isinstance(value, dict) and isinstance(other, dict) and "each" in value and "each" in other:
            yield from _differences_below(column, name, value, other)
        else:
            yield Finding("changed", f"{name} {column.removesuffix('_sha256')}", _shown(column, value), str(other))


def _differences_below(table: str, name: str, expected: dict[str, Any], found: dict[str, Any]) -> Iterator[Finding]:
    before, after = _hashes(expected), _hashes(found)
    if before == after:
        yield Finding("changed", f"{table} (of {name})", f"SHA-256 {expected['sha256']}", f"SHA-256 {found['sha256']}")
    for key in sorted(before | after):
        artefact = f"{table} {key} (of {name})"
        if key not in after:
            yield Finding("missing", artefact, f"SHA-256 {before[key]}…", "no row")
        elif key not in before:
            yield Finding("added", artefact, "no row", f"SHA-256 {after[key]}…")
        elif before[key] != after[key]:
            yield Finding("changed", artefact, f"SHA-256 {before[key]}…", f"SHA-256 {after[key]}…")


def _hashes(below: dict[str, Any]) -> dict[str, str]:
    return dict(each.rsplit(":", 1) for each in (below["each"] or "").split(" ") if each)


def _shown(column: str, value: Any) -> str:
    return f"SHA-256 {value}" if column.endswith("_sha256") else str(value)
