"""What became of a file, read from the warehouse: one receipt, with the status and the issues of each submission."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from warehouse import database

Issues = dict[tuple[Any, ...], list[dict[str, Any]]]
"""Issues by the id of their submission."""

SHOWN = ("submission_id", "status", "programme", "period", "unit", "unit_name", "agency", "type", "form")
WORST_FIRST = ("rejected", "accepted_with_warnings", "accepted")


@dataclass(frozen=True)
class Receipt:
    """What became of one file.

    status: the worst among its submissions, or `duplicate` for bytes that were checked before. submission_id,
    programme, period and unit are filled where all submissions agree. issues: of all submissions, by their place;
    each names its submission. submissions: each with its own status. unchanged: the reports of the file that were
    accepted before, in the same bytes, and are still in force. returned_workbook: the sender's own workbook with its
    issues marked, where there is one.
    """

    file: str
    sha256: str
    submission_id: str | None
    status: str
    programme: str | None
    period: str | None
    unit: str | None
    received_at: str
    issues: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    unchanged: list[dict[str, Any]] = field(default_factory=list)
    returned_workbook: str | None = None
    archive_uri: str | None = field(default=None, repr=False)

    def document(self) -> dict[str, Any]:
        """The receipt as a document, without the place where the file is kept."""
        return {name: value for name, value in asdict(self).items() if name != "archive_uri"}


def of_batches(batches: Sequence[UUID]) -> list[Receipt]:
    """The receipts of the files of these batches that are checked, in the order in which they arrived."""
    return _receipts("submission.batch_id = any(%s)", [list(batches)])


def of_all_batches() -> list[Receipt]:
    """The receipts of every file that is checked, in the order in which they arrived."""
    return _receipts("true", [])


def of_submissions(submissions: Sequence[UUID], file_name: str) -> list[Receipt]:
    """The receipt of a file about these of its submissions alone, under the name that it had this time."""
    found = _receipts("submission.submission_id = any(%s)", [list(submissions)])
    return [replace(receipt, file=file_name) for receipt in found]


def of_duplicate(sha256: str, file_name: str) -> Receipt:
    """The receipt of bytes that are current: it repeats their newest receipt, if there is one yet."""
    if earlier := _receipts("file.sha256 = %s", [sha256]):
        return replace(earlier[-1], file=file_name, status="duplicate")
    with database.connect("loader") as connection:
        first = connection.execute("select received_at from raw.file where sha256 = %s", [sha256]).fetchone()
    assert first is not None
    return Receipt(file_name, sha256, None, "duplicate", None, None, None, first[0].isoformat())


SUBMISSIONS = """
select
    file.sha256,
    coalesce(submission.file_name, file.file_name) as file_name,
    submission.batch_id,
    submission.received_at,
    file.archive_uri,
    submission.submission_id::text,
    submission.programme_code as programme,
    submission.period,
    submission.unit_code as unit,
    submission.agency_code as agency,
    submission.submission_type as type,
    submission.form,
    verdict.status,
    verdict.decided_at,
    verdict.accepted_seq,
    coalesce(resolved.unit_name, bearer.unit_name) as unit_name
from raw.file as file
inner join raw.submission as submission on submission.sha256 = file.sha256
inner join ops.submission_verdict as verdict on verdict.submission_id = submission.submission_id
left join lateral (
    select unit_name from app.org_unit_name as own
    where own.unit_id = verdict.unit_id and own.valid_from <= submission.received_at::date
    order by own.valid_from desc limit 1) as resolved on true
left join app.org_unit_code as bearer
    on verdict.unit_id is null
    and bearer.unit_code = submission.unit_code
    and bearer.resolve_from <= submission.received_at::date
    and bearer.resolve_to > submission.received_at::date
where {condition}
order by submission.received_at, file.file_name, file.sha256, verdict.accepted_seq
"""

OF_FIGURES = "file.sha256 = any(%s) and submission.form = 'figures'"

ISSUES = """
select
    issue.submission_id::text,
    issue.severity,
    issue.rule,
    issue.message_vi,
    issue.message_en,
    issue.sheet,
    issue.cell,
    issue.line,
    issue.raw
from ops.submission_issue as issue
left join raw.line as line on line.line_id = issue.line_id
where issue.submission_id = any(%s::uuid[])
order by issue.submission_id, issue.severity, line.row_no nulls last, issue.issue_id
"""


def _receipts(condition: str, values: list[Any]) -> list[Receipt]:
    with database.connect("loader") as connection:
        cursor = connection.cursor(row_factory=dict_row)
        found = cursor.execute(SUBMISSIONS.format(condition=condition), values).fetchall()
        files = {row["sha256"] for row in found if row["form"] == "figures"}
        same_bytes = cursor.execute(SUBMISSIONS.format(condition=OF_FIGURES), [list(files)]).fetchall()
        issues = cursor.execute(ISSUES, [[row["submission_id"] for row in found]]).fetchall()
    by_submission = _grouped(issues, "submission_id")
    by_file = _grouped(same_bytes, "sha256")
    receipts = _grouped(found, "sha256", "batch_id")
    return [_receipt(rows, by_file.get((sha256,), []), by_submission) for (sha256, _), rows in receipts.items()]


def _grouped(rows: list[dict[str, Any]], *names: str) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def _receipt(rows: list[dict[str, Any]], same_bytes: list[dict[str, Any]], issues: Issues) -> Receipt:
    first = rows[0]
    return Receipt(
        file=first["file_name"],
        sha256=first["sha256"],
        submission_id=_agreed(rows, "submission_id"),
        status=min((row["status"] for row in rows), key=WORST_FIRST.index),
        programme=_agreed(rows, "programme"),
        period=_agreed(rows, "period"),
        unit=_agreed(rows, "unit"),
        received_at=first["received_at"].isoformat(),
        archive_uri=first["archive_uri"],
        issues=[issue for row in rows for issue in issues.get((row["submission_id"],), [])],
        submissions=[_submission(row, issues.get((row["submission_id"],), [])) for row in rows],
        unchanged=[_kept(row) for row in _unchanged(rows, same_bytes)],
    )


def _unchanged(rows: list[dict[str, Any]], same_bytes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reports of a file beside those of one receipt, as they were accepted before it.

    The loader takes a report of known bytes anew unless it is in force: what was not taken anew is.
    """
    own = {_key(row) for row in rows}
    since = min(row["accepted_seq"] for row in rows)
    others = {_key(row): row for row in same_bytes if row["accepted_seq"] < since and row["status"] != "rejected"}
    return [row for key, row in others.items() if key not in own]


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("programme", "period", "unit", "agency", "type", "form"))


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN} | {"decided_at": row["decided_at"].isoformat()}


def _submission(row: dict[str, Any], issues: list[dict[str, Any]]) -> dict[str, Any]:
    errors = sum(issue["severity"] == "critical" for issue in issues)
    return _kept(row) | {"errors": errors, "warnings": len(issues) - errors}


def _agreed(rows: list[dict[str, Any]], name: str) -> str | None:
    """The value that all submissions of the file have; None where they differ."""
    values = {row[name] for row in rows}
    return values.pop() if len(values) == 1 else None
