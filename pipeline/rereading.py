"""Read the archived files again, and compare raw with them cell by cell.

The reader and the plans are those of now: a report that was read by an earlier release or plan may differ for that
reason, and is named all the same. Documents have no lines; their keys were given by whoever received them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

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
    array_agg(submission.submission_id) as submissions
from raw.file
inner join raw.submission using (sha256)
where submission.form = 'figures'
group by file.sha256
order by file.received_at, file.sha256
"""

CREATE = """
create temporary table reread_file (sha256 text primary key) on commit drop;
create temporary table reread_line (like raw.line) on commit drop;
alter table reread_line alter column line_id drop not null;
"""

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
            if row.pop("is_unread"):
                continue
            there, batch_id = set(row.pop("submissions")), row.pop("batch_id")
            content = Content(**row)
            try:
                reports = _reports(content, known)
            except OSError as error:
                done.differences.append(f"{content.archive_uri}: cannot be read ({error.strerror or error})")
                continue
            done.differences += _load(connection, content, reports, batch_id, there)
            done.files += 1
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
        with connection.cursor().copy(COPY) as copy:
            copy.write(batch.lines)
        count += 1
    for submission in sorted(there - found):
        yield f"{content.archive_uri}: raw.submission {submission} is not in the file"


def _different_cells(connection: psycopg.Connection) -> Iterator[str]:
    rows = connection.cursor(row_factory=dict_row).execute(DIFFERENT).fetchall()
    for row in rows[:NAMED]:
        yield "{archive_uri}: submission {submission_id}, row {row_no}, {part}: raw {found}, archive {expected}".format(
            **row
        )
    if len(rows) > NAMED:
        yield f"{len(rows) - NAMED} more cells"
