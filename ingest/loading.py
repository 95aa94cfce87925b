"""Typed rows go into raw by COPY, one transaction a file, once for each content.

What a file becomes is laid out as COPY text before the transaction begins (in another process, in a large batch),
so that the transaction is short.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

import psycopg

from ingest.reports import Issue, Line, Report
from warehouse import catalogue

NAMESPACE = UUID("6f1c1d5e-6d2b-5b0e-9f0a-8a4a5d0f2b1c")
"""Of the ids of submissions; changing it would make every known submission a new one."""

INSERT_FILE = """
insert into raw.file (sha256, file_name, size_bytes, archive_uri, batch_id, received_at)
values (%s, %s, %s, %s, %s, %s)
on conflict (sha256) do nothing
returning sha256
"""
COPY_SUBMISSIONS = """
copy raw.submission (submission_id, sha256, batch_id, programme_code, period, unit_code, agency_code, submission_type,
    form, is_made_up, sheet, part_columns, received_at) from stdin
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
    """A file ready to be loaded: two pieces of COPY text, and the issues that the reader found."""

    content: Content
    batch_id: UUID
    form: str
    submission_ids: list[UUID]
    submissions: bytes
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
    """The reports of a file as COPY text. At least one; the keys of each are its own."""
    ids: list[UUID] = []
    submissions: list[str] = []
    lines: list[str] = []
    issues: list[tuple[UUID, Issue]] = []
    for report in reports:
        own_id = submission_id(content.sha256, report)
        ids.append(own_id)
        submissions.append(_submission_row(own_id, content, report, batch_id))
        lines += [_line_row(str(own_id), line) for line in report.lines]
        issues += [(own_id, issue) for issue in report.issues]
    rows, line_rows = "".join(submissions).encode(), "".join(lines).encode()
    return Parcel(content, batch_id, reports[0].form, ids, rows, line_rows, issues)


def load(connection: psycopg.Connection, parcel: Parcel) -> Known | None:
    """Load a file in one transaction; or do nothing and tell what is known of its content already.

    Bytes that came as a document before, and now as figures, are loaded; and the reverse.
    """
    with connection.transaction():
        if not _insert_file(connection, parcel.content, parcel.batch_id):
            known = _known(connection, parcel)
            if known is not None:
                return known
        _copy(connection, COPY_SUBMISSIONS, parcel.submissions)
        _copy(connection, COPY_LINES, parcel.lines)
        if parcel.issues:
            issues = [_issue_row(own_id, issue) for own_id, issue in parcel.issues]
            connection.cursor().executemany(INSERT_ISSUE, issues)
    return None


def _insert_file(connection: psycopg.Connection, content: Content, batch_id: UUID) -> bool:
    """Whether the content is new. Waits for a transaction that is just loading the same."""
    row = (content.sha256, content.file_name, content.size_bytes, content.archive_uri, batch_id, content.received_at)
    return connection.execute(INSERT_FILE, row, prepare=True).fetchone() is not None


def _known(connection: psycopg.Connection, parcel: Parcel) -> Known | None:
    """What raw has of this content; figures are loaded as a whole, a document once for each report it is."""
    rows = connection.execute(KNOWN, [parcel.content.sha256, parcel.form, parcel.submission_ids]).fetchall()
    return Known([row[0] for row in rows], rows[0][1], all(row[2] for row in rows)) if rows else None


def _copy(connection: psycopg.Connection, statement: str, rows: bytes) -> None:
    if rows:
        with connection.cursor().copy(statement) as copy:
            copy.write(rows)


def _issue_row(own_id: UUID, issue: Issue) -> tuple[object, ...]:
    """An issue with its severity and its words, which are a row of gate_rules.csv."""
    values = {"line": issue.line, "sheet": issue.sheet, "raw": issue.raw} | issue.values
    vi, en = catalogue.rule_message(issue.rule, **values)
    severity = catalogue.gate_rules()[issue.rule].severity
    return own_id, severity, issue.rule, vi, en, issue.sheet, issue.cell, issue.line, issue.raw


def _submission_row(own_id: UUID, content: Content, report: Report, batch_id: UUID) -> str:
    return _row(
        str(own_id),
        content.sha256,
        str(batch_id),
        report.programme,
        report.period,
        report.unit_code,
        report.agency,
        report.submission_type,
        report.form,
        "t" if report.is_made_up else "f",
        report.sheet,
        json.dumps(report.part_columns, ensure_ascii=False),
        content.received_at.isoformat(),
    )


def _line_row(own_id: str, line: Line) -> str:
    numerator, denominator, value = line.numerator, line.denominator, line.value
    return _row(
        own_id,
        str(line.row_no),
        line.indicator,
        numerator.raw,
        numerator.kind,
        numerator.interval,
        denominator.raw,
        denominator.kind,
        denominator.interval,
        value.raw,
        value.kind,
        value.interval,
        json.dumps(line.problems) if line.problems else None,
        line.note,
    )


def _row(*values: str | None) -> str:
    """One row of COPY text. Backslash, tab and line ends are escaped; NUL, which PostgreSQL cannot hold, is dropped."""
    return "\t".join(["\\N" if value is None else value.translate(ESCAPES) for value in values]) + "\n"
