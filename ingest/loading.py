"""Typed rows go into raw, one transaction a file, once for each content.

Lines go by COPY, the file and its submissions in one statement before them. What a file becomes is laid out before
the transaction begins, so that the transaction is short.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

import psycopg
from psycopg.types.json import Jsonb

from ingest.reports import Issue, Line, Report
from warehouse import catalogue

NAMESPACE = UUID("6f1c1d5e-6d2b-5b0e-9f0a-8a4a5d0f2b1c")
"""Of the ids of submissions; changing it would make every known submission a new one."""

SUBMISSION = (
    "submission_id, sha256, batch_id, programme_code, period, unit_code, agency_code, submission_type, form, "
    "is_made_up, sheet, part_columns, received_at"
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
KNOWN = """
select submission.submission_id, submission.batch_id, verdict.submission_id is not null
from raw.submission as submission
left join ops.submission_verdict as verdict using (submission_id)
where submission.sha256 = %s
    and submission.form = %s
    and (submission.form = 'figures' or submission.submission_id = any(%s))
order by submission.submission_id
"""

NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})


@dataclass(frozen=True)
class Content:
    """A file as it came in: what is kept of it whether it can be read or not."""

    sha256: str
    file_name: str
    size_bytes: int
    archive_uri: str
    received_at: datetime


@dataclass(frozen=True)
class Parcel:
    """A file ready to be loaded. lines: COPY text. issues: what the reader found, beside what stands in the lines."""

    content: Content
    batch_id: UUID
    form: str
    submission_ids: list[UUID]
    submissions: list[dict[str, object]]
    lines: bytes
    issues: list[tuple[UUID, Issue]] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What the warehouse has of a content already."""

    submission_ids: list[UUID]
    batch_id: UUID
    is_judged: bool


def submission_id(sha256: str, report: Report) -> UUID:
    """The same content, keys and type give the same id in any run."""
    kind = report.submission_type if report.form == "figures" else report.form
    keys = (sha256, report.programme, report.period, report.unit_code, report.agency, kind)
    return uuid5(NAMESPACE, "\x1f".join(key or "" for key in keys))


def packed(content: Content, reports: Sequence[Report], batch_id: UUID) -> Parcel:
    """The reports of a file laid out for loading. At least one; the keys of each are its own."""
    ids = [submission_id(content.sha256, report) for report in reports]
    named = list(zip(ids, reports, strict=True))
    submissions = [_submission(own_id, content, report, batch_id) for own_id, report in named]
    lines = "".join([_line_row(str(own_id), line) for own_id, report in named for line in report.lines])
    issues = [(own_id, issue) for own_id, report in named for issue in report.issues]
    return Parcel(content, batch_id, reports[0].form, ids, submissions, lines.encode(), issues)


def load(connection: psycopg.Connection, parcel: Parcel) -> Known | None:
    """Load a file in one transaction; or do nothing and tell what is known of its content already.

    Waits for a transaction that is just loading the same content. Bytes that came as a document before, and now as
    figures, are loaded; and the reverse.
    """
    with connection.transaction():
        if not _insert_new(connection, parcel):
            known = _known(connection, parcel)
            if known is not None:
                return known
            connection.execute(INSERT_SUBMISSIONS, {"submissions": Jsonb(parcel.submissions)})
        if parcel.lines:
            with connection.cursor().copy(COPY_LINES) as copy:
                copy.write(parcel.lines)
        if parcel.issues:
            issues = [_issue_row(own_id, issue) for own_id, issue in parcel.issues]
            connection.cursor().executemany(INSERT_ISSUE, issues)
    return None


def make_durable(connection: psycopg.Connection) -> None:
    """When it returns, all that was committed before is on disk, also what was committed without waiting for it.

    Any commit that waits does; this one carries a note into the log that nobody reads.
    """
    with connection.transaction():
        connection.execute("set local synchronous_commit = on")
        connection.execute("select pg_logical_emit_message(true, 'baocao', 'a batch is loaded')")


def _insert_new(connection: psycopg.Connection, parcel: Parcel) -> bool:
    """Insert the file and its submissions if the content is new."""
    row = vars(parcel.content) | {"batch_id": parcel.batch_id, "submissions": Jsonb(parcel.submissions)}
    return connection.execute(INSERT_FILE_AND_SUBMISSIONS, row, prepare=True).rowcount > 0


def _known(connection: psycopg.Connection, parcel: Parcel) -> Known | None:
    """What raw has of this content; figures are loaded as a whole, a document once for each report it is."""
    rows = connection.execute(KNOWN, [parcel.content.sha256, parcel.form, parcel.submission_ids]).fetchall()
    return Known([row[0] for row in rows], rows[0][1], all(row[2] for row in rows)) if rows else None


def _issue_row(own_id: UUID, issue: Issue) -> tuple[object, ...]:
    """An issue with its severity and its words, which are a row of gate_rules.csv."""
    values = {"line": issue.line, "sheet": issue.sheet, "raw": issue.raw} | issue.values
    vi, en = catalogue.rule_message(issue.rule, **values)
    severity = catalogue.gate_rules()[issue.rule].severity
    return own_id, severity, issue.rule, vi, en, issue.sheet, issue.cell, issue.line, issue.raw


def _submission(own_id: UUID, content: Content, report: Report, batch_id: UUID) -> dict[str, object]:
    """A row of raw.submission, as JSON can hold it."""
    return {
        "submission_id": str(own_id),
        "sha256": content.sha256,
        "batch_id": str(batch_id),
        "programme_code": _plain(report.programme),
        "period": report.period,
        "unit_code": _plain(report.unit_code),
        "agency_code": _plain(report.agency),
        "submission_type": report.submission_type,
        "form": report.form,
        "is_made_up": report.is_made_up,
        "sheet": _plain(report.sheet),
        "part_columns": {part: _plain(column) for part, column in report.part_columns.items()},
        "received_at": content.received_at.isoformat(),
    }


def _plain(text: str | None) -> str | None:
    """NUL, which PostgreSQL cannot hold, is dropped."""
    return text and text.replace("\x00", "")


def _line_row(own_id: str, line: Line) -> str:
    """One row of COPY text, in the order of COPY_LINES."""
    numerator, denominator, value = line.numerator, line.denominator, line.value
    columns = (
        own_id,
        str(line.row_no),
        _escaped(line.indicator),
        _escaped(numerator.raw),
        numerator.kind,
        numerator.interval or NULL,
        _escaped(denominator.raw),
        denominator.kind,
        denominator.interval or NULL,
        _escaped(value.raw),
        value.kind,
        value.interval or NULL,
        json.dumps(line.problems) if line.problems else NULL,
        _escaped(line.note),
    )
    return "\t".join(columns) + "\n"


def _escaped(text: str | None) -> str:
    """Text for COPY: backslash, tab and line ends escaped; NUL, which PostgreSQL cannot hold, dropped."""
    if text is None:
        return NULL
    return text if text.isalnum() else text.translate(ESCAPES)
