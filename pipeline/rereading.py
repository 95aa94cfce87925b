"""Read the archived files again, and compare raw with them cell by cell.

The reader and the plans are those of now: a report that was read by an earlier release or plan may differ for that
reason, and is named all the same. Documents have no lines; their keys were given by whoever received them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ingest import archive, loading, measures, opening, reading
from ingest.loading import Content
from ingest.measures import Measures
from ingest.reports import Refused, Report, refused
from pipeline.receipt_files import UNREAD
from warehouse import database, queries

DIFFERENT = queries.load(__file__, "different_cells")

FILES = """
select file.sha256, file.file_name, file.size_bytes, file.archive_uri, file.received_at, file.batch_id,
    exists (select from ops.submission_issue as issue where issue.rule = any(%s)
            and issue.submission_id = any(array_agg(submission.submission_id))) as is_unread,
    array_agg(submission.submission_id) as submissions,
    array_agg(submission.submission_id) filter (where
        exists (select from raw.line where line.submission_id = submission.submission_id)
        or exists (select from ops.submission_verdict as verdict
                   where verdict.submission_id = submission.submission_id and verdict.status <> 'rejected')) as counting
from raw.file
inner join raw.submission using (sha256)
where submission.form = 'figures'
group by file.sha256
order by file.received_at, file.sha256
"""
"""counting: of a file that no reader could take, what says something all the same, and so has to be in it."""

CREATE = """
create temporary table reread_file (sha256 text primary key) on commit drop;
create temporary table reread_submission (like raw.submission) on commit drop;
create temporary table reread_line (like raw.line) on commit drop;
alter table reread_line alter column line_id drop not null;
"""

INSERT = loading.INSERT_SUBMISSIONS.replace("insert into raw.submission", "insert into reread_submission")

KEYS = """
select file.archive_uri, stored.submission_id, part.key, part.value as found, in_file.value as expected
from pg_temp.reread_submission as reread
join raw.submission as stored using (submission_id)
join raw.file as file on file.sha256 = stored.sha256
cross join lateral jsonb_each_text(to_jsonb(stored) - %s::text[]) as part
cross join lateral (select to_jsonb(reread) ->> part.key) as in_file (value)
where part.value is distinct from in_file.value
order by stored.received_at, stored.submission_id, part.key
"""
BY_ARRIVAL = ["submission_id", "sha256", "batch_id", "received_at", "file_name"]
"""Columns of a submission that the file does not say."""

COPY = loading.COPY_LINES.replace("raw.line", "reread_line")

NAMED = 100
"""Of more differences than these the rest is counted."""


@dataclass
class Reread:
    """files: read again. differences: what raw has otherwise than the archive, each with file and cell."""

    files: int = 0
    differences: list[str] = field(default_factory=list)


def reread() -> Reread:
    """Read every received file again; nothing is changed."""
    done = Reread()
    with database.connect() as connection:
        known = measures.read(connection)
        connection.execute(CREATE)
        for row in connection.cursor(row_factory=dict_row).execute(FILES, [[*UNREAD]]).fetchall():
            is_unread, counting, every = row.pop("is_unread"), row.pop("counting"), row.pop("submissions")
            there, batch_id = set((counting or ()) if is_unread else every), row.pop("batch_id")
            if not there:
                continue
            content = Content(**row)
            try:
                reports = _reports(content, known)
            except OSError as error:
                done.differences.append(f"{content.archive_uri}: cannot be read ({error.strerror or error})")
                continue
            done.differences += _load(connection, content, reports, batch_id, there)
            done.files += 1
        done.differences += _different_keys(connection)
        done.differences += _different_cells(connection)
    return done


def _reports(content: Content, known: Measures) -> list[Report]:
    try:
        opening.check_size(content.size_bytes)
        return reading.read(archive.content(content.archive_uri, at_most=opening.LARGEST_FILE), known)
    except Refused as reason:
        return [refused(reason.issue)]


def _load(
    connection: psycopg.Connection, content: Content, reports: Sequence[Report], batch_id: UUID, there: set[UUID]
) -> Iterator[str]:
    """Put the lines of the file's submissions into the temporary table, once for each time that raw has them."""
    connection.execute("insert into reread_file values (%s)", [content.sha256])
    count, found = 0, set[UUID]()
    while found < there:
        batch = loading.packed(content, reports, batch_id, [count] * len(reports))
        ids = set(batch.submission_ids) & there
        if count == 0:
            for submission in sorted(set(batch.submission_ids) - there):
                yield f"{content.archive_uri}: raw lacks submission {submission}"
        if not ids:
            break
        found |= ids
        own = [row for row in batch.submissions if UUID(str(row["submission_id"])) in ids]
        connection.execute(INSERT, {"submissions": Jsonb(own)})
        with connection.cursor().copy(COPY) as copy:
            copy.write(batch.lines)
        count += 1
    for submission in sorted(there - found):
        yield f"{content.archive_uri}: raw.submission {submission} is not in the file"


def _different_keys(connection: psycopg.Connection) -> Iterator[str]:
    """Reports that raw has under another unit, period or type than their file says."""
    for uri, submission, column, found, expected in connection.execute(KEYS, [BY_ARRIVAL]):
        yield f"{uri}: submission {submission}, {column}: raw {found}, archive {expected}"


def _different_cells(connection: psycopg.Connection) -> Iterator[str]:
    rows = connection.cursor(row_factory=dict_row).execute(DIFFERENT).fetchall()
    for row in rows[:NAMED]:
        yield "{archive_uri}: submission {submission_id}, row {row_no}, {part}: raw {found}, archive {expected}".format(
            **row
        )
    if len(rows) > NAMED:
        yield f"{len(rows) - NAMED} more cells"
