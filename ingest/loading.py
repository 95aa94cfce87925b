"""Typed rows go into raw, one transaction a file, once for each content.

Lines go by COPY, the file and its submissions in one statement before them. What a file becomes is laid out before
the transaction begins, so that the transaction is short.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ingest import keys, restricted
from ingest.characters import shortened, storable
from ingest.reports import Issue, Line, Report
from warehouse import catalogue

NAMESPACE = UUID("6f1c1d5e-6d2b-5b0e-9f0a-8a4a5d0f2b1c")
"""Of the ids of submissions; changing it would make a new submission of every one."""

SUBMISSION = (
    "submission_id, sha256, batch_id, programme_code, period, unit_code, unit_id, unit_name, agency_code, "
    "submission_type, form, is_made_up, sheet, part_columns, received_at, file_name"
)
INSERT_SUBMISSIONS = f"""
insert into raw.submission ({SUBMISSION})
select {SUBMISSION} from jsonb_populate_recordset(null::raw.submission, %(submissions)s)
"""
INSERT_FILE_AND_SUBMISSIONS = f"""
with file as (
    insert into raw.file (sha256, file_name, size_bytes, archive_uri, batch_id, received_at)
    values (%(sha256)s, %(file_name)s, %(size_bytes)s, %(archive_uri)s, %(batch_id)s, %(received_at)s)
    on conflict (sha256) do nothing
    returning 1
)
{INSERT_SUBMISSIONS}
where exists (select from file)
"""
COPY_LINES = """
copy raw.line (submission_id, row_no, indicator_code, numerator_raw, numerator_kind, numerator, denominator_raw,
    denominator_kind, denominator, value_raw, value_kind, value, problems, note) from stdin
"""
INSERT_ISSUE = """
insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en, sheet, cell, line, raw)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
EXISTING = """
select
    submission.submission_id,
    submission.batch_id,
    verdict.submission_id is not null as has_verdict,
    verdict.submission_id is null
    or accepted.submission_id is not null
    and not exists (
        select from ops.accepted_verdict as later
        join raw.submission as replacing using (submission_id)
        where later.unit_id = verdict.unit_id
            and later.accepted_seq > verdict.accepted_seq
            and replacing.programme_code = submission.programme_code
            and replacing.period = submission.period
            and replacing.agency_code = submission.agency_code
    ) as is_current
from raw.submission as submission
left join ops.submission_verdict as verdict using (submission_id)
left join ops.accepted_verdict as accepted using (submission_id)
where submission.sha256 = %s
"""
"""What there is of a content, and whether it waits for a verdict or is the newest accepted report of its unit.
One that its approver returned is neither: the same bytes may be sent again."""

NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

LONGEST_CELL = 500
"""Characters of a figure's cell that are kept beside its value; the archive has them all."""


@dataclass(frozen=True)
class Content:
    """A file: what is kept of it whether it can be read or not. archive_state: of archive.Kept."""

    sha256: str
    file_name: str
    size_bytes: int
    archive_uri: str
    received_at: datetime
    archive_state: str = "new"


@dataclass(frozen=True)
class LoadBatch:
    """A file ready to be loaded. lines: COPY text. issues: what the reader found, beside the lines' own."""

    content: Content
    batch_id: UUID
    reports: list[Report]
    submission_ids: list[UUID]
    submissions: list[dict[str, object]]
    lines: bytes
    issues: list[tuple[UUID, Issue]] = field(default_factory=list)


class Existing(NamedTuple):
    """A submission that raw has of a content already."""

    submission_id: UUID
    batch_id: UUID
    has_verdict: bool
    is_current: bool


@dataclass(frozen=True)
class Loaded:
    """The submissions of a file: those loaded now, or where all of it is current those that there are.

    is_known: its content was received before.
    """

    submission_ids: list[UUID]
    batch_id: UUID
    is_duplicate: bool
    is_known: bool


def submission_id(sha256: str, report: Report, occurrence: int = 0) -> UUID:
    """The same content, keys and type give the same id in any run. occurrence: how often it was submitted before."""
    kind = report.submission_type if report.form == "figures" else report.form
    names = [sha256, report.programme, report.period, report.unit_code, report.agency, kind]
    again = [str(occurrence)] if occurrence else []
    return uuid5(NAMESPACE, storable("\x1f".join([name or "" for name in names] + again)))


def packed(
    content: Content, reports: Sequence[Report], batch_id: UUID, occurrences: Sequence[int] | None = None
) -> LoadBatch:
    """The reports of a file as a batch to load. At least one; the keys of each are its own."""
    counts = occurrences or [0] * len(reports)
    ids = [submission_id(content.sha256, *counted) for counted in zip(reports, counts, strict=True)]
    named = list(zip(ids, reports, strict=True))
    submissions = [_submission(own_id, content, report, batch_id) for own_id, report in named]
    lines = "".join([_line_row(str(own_id), line) for own_id, report in named for line in report.lines])
    issues = [(own_id, issue) for own_id, report in named for issue in report.issues]
    return LoadBatch(content, batch_id, list(reports), ids, submissions, lines.encode(), issues)


def load(connection: psycopg.Connection, load_batch: LoadBatch) -> Loaded:
    """Load a file in one transaction, or what of it is not current; where all of it is, nothing.

    A report is current while it waits for a verdict or is the newest accepted one of its unit: then the same bytes are
    the same submission. After a newer report, a withdrawal or a rejection they are a new one with the same content.
    Waits for a transaction that is just loading the same content.
    """
    with connection.transaction():
        is_known = not _insert_new(connection, load_batch)
        if is_known:
            existing = _existing(connection, load_batch)
            stale = [(report, count) for report, (count, latest) in existing if not (latest and latest.is_current)]
            if not stale:
                return _duplicate([latest for _, (_, latest) in existing if latest])
            reports, counts = [report for report, _ in stale], [count for _, count in stale]
            load_batch = packed(load_batch.content, reports, load_batch.batch_id, counts)
            connection.execute(INSERT_SUBMISSIONS, {"submissions": Jsonb(load_batch.submissions)})
        if restricted.is_restricted(load_batch.content.archive_uri):
            rules = [issue.rule for _, issue in load_batch.issues]
            restricted.record(connection, load_batch.content.sha256, rules, load_batch.content.received_at)
        if load_batch.lines:
            with connection.cursor().copy(COPY_LINES) as copy:
                copy.write(load_batch.lines)
        if load_batch.issues:
            issues = [_issue_row(own_id, issue) for own_id, issue in load_batch.issues]
            connection.cursor().executemany(INSERT_ISSUE, issues)
    return Loaded(load_batch.submission_ids, load_batch.batch_id, is_duplicate=False, is_known=is_known)


def make_durable(connection: psycopg.Connection) -> None:
    """When it returns, all that was committed before is on disk, also what was committed without waiting for it.

    Any commit that waits does; this one carries a note into the log that nobody reads.
    """
    with connection.transaction():
        connection.execute("set local synchronous_commit = on")
        connection.execute("select pg_logical_emit_message(true, 'baocao', 'a batch is loaded')")


def _insert_new(connection: psycopg.Connection, load_batch: LoadBatch) -> bool:
    """Insert the file and its submissions if the content is new."""
    row = vars(load_batch.content) | {"file_name": storable(load_batch.content.file_name)}
    row |= {"batch_id": load_batch.batch_id, "submissions": Jsonb(load_batch.submissions)}
    return connection.execute(INSERT_FILE_AND_SUBMISSIONS, row, prepare=True).rowcount > 0


def _existing(
    connection: psycopg.Connection, load_batch: LoadBatch
) -> list[tuple[Report, tuple[int, Existing | None]]]:
    """Of each report how often it was submitted, and the last time."""
    cursor = connection.cursor(row_factory=class_row(Existing))
    rows = cursor.execute(EXISTING, [load_batch.content.sha256]).fetchall()
    found = {row.submission_id: row for row in rows}
    return [(report, _occurrences(load_batch.content.sha256, report, found)) for report in load_batch.reports]


def _occurrences(sha256: str, report: Report, found: Mapping[UUID, Existing]) -> tuple[int, Existing | None]:
    latest = None
    for count in range(len(found) + 1):
        earlier = found.get(submission_id(sha256, report, count))
        if earlier is None:
            return count, latest
        latest = earlier
    return len(found), latest


def _duplicate(latest: list[Existing]) -> Loaded:
    is_duplicate = all(submission.has_verdict for submission in latest)
    return Loaded([submission.submission_id for submission in latest], latest[0].batch_id, is_duplicate, is_known=True)


def _issue_row(own_id: UUID, issue: Issue) -> tuple[object, ...]:
    """An issue with its severity and its message, which are a row of gate_rules.csv."""
    values = {"line": issue.line, "sheet": issue.sheet, "raw": issue.raw} | issue.values
    vi, en = catalogue.rule_message(issue.rule, **{name: _shown(value) for name, value in values.items()})
    severity = catalogue.gate_rules()[issue.rule].severity
    return own_id, severity, issue.rule, vi, en, _key(issue.sheet), issue.cell, issue.line, _shown(issue.raw)


def _shown(value: object) -> object:
    return shortened(storable(value), keys.LONGEST) if isinstance(value, str) else value


def _submission(own_id: UUID, content: Content, report: Report, batch_id: UUID) -> dict[str, object]:
    """A row of raw.submission, as JSON can hold it."""
    return {
        "submission_id": str(own_id),
        "sha256": content.sha256,
        "batch_id": str(batch_id),
        "programme_code": _key(report.programme),
        "period": _key(report.period),
        "unit_code": _key(report.unit_code),
        "unit_id": _key(report.unit_id),
        "unit_name": _key(report.unit_name),
        "agency_code": _key(report.agency),
        "submission_type": report.submission_type,
        "form": report.form,
        "is_made_up": report.is_made_up,
        "sheet": _key(report.sheet),
        "part_columns": {part: _key(column) for part, column in report.part_columns.items()},
        "received_at": content.received_at.isoformat(),
        "file_name": storable(content.file_name),
    }


def _key(text: str | None) -> str | None:
    return text and shortened(storable(text), keys.LONGEST)


def _line_row(own_id: str, line: Line) -> str:
    """One row of COPY text, in the order of COPY_LINES."""
    numerator, denominator, value = line.numerator, line.denominator, line.value
    columns = (
        own_id,
        str(line.row_no),
        _escaped(line.indicator, keys.LONGEST),
        _escaped(numerator.raw, LONGEST_CELL),
        numerator.kind,
        numerator.interval or NULL,
        _escaped(denominator.raw, LONGEST_CELL),
        denominator.kind,
        denominator.interval or NULL,
        _escaped(value.raw, LONGEST_CELL),
        value.kind,
        value.interval or NULL,
        json.dumps(line.problems) if line.problems else NULL,
        _escaped(line.note),
    )
    return "\t".join(columns) + "\n"


def _escaped(text: str | None, at_most: int | None = None) -> str:
    """Text for COPY: backslash, tab and line ends escaped; what PostgreSQL cannot hold is dropped."""
    if text is None:
        return NULL
    kept = text if at_most is None else shortened(text, at_most)
    return kept if kept.isalnum() else storable(kept).translate(ESCAPES)
