"""The answer to a file: one receipt, as a JSON document for programs and as text for the office that sent it."""

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.rows import dict_row

from warehouse import database, wording
from warehouse.logging import get_logger
from warehouse.settings import get_settings

if TYPE_CHECKING:
    from rich.text import Text

    from publish.answer_sheet import Answer

log = get_logger(__name__)

UNREAD = "file_unreadable"
"""No reader foresaw it, and it may have killed one: it is not opened a second time."""
WORST_FIRST = ("rejected", "accepted_with_warnings", "accepted")
STATUS_VI = {
    "accepted": "ĐÃ NHẬN",
    "accepted_with_warnings": "ĐÃ NHẬN, CÓ CẢNH BÁO",
    "rejected": "TỪ CHỐI",
    "duplicate": "TRÙNG, ĐÃ NHẬN TRƯỚC ĐÂY",
}
STATUS_STYLE = {"accepted": "green", "accepted_with_warnings": "yellow", "rejected": "bold red", "duplicate": "dim"}


@dataclass(frozen=True)
class Receipt:
    """What became of one file.

    status: the worst among its submissions, or `duplicate` for bytes that were judged before. submission_id,
    programme, period and unit are filled where all submissions agree. issues: of all submissions, by their place;
    each names its submission. submissions: each with its own status. returned_workbook: the sender's own workbook
    with its issues marked, where there is one.
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
    returned_workbook: str | None = None
    archive_uri: str | None = field(default=None, repr=False)

    def document(self) -> dict[str, Any]:
        """What is told; where the file is kept is the warehouse's own business."""
        return {name: value for name, value in asdict(self).items() if name != "archive_uri"}


def of_batches(batches: Sequence[UUID]) -> list[Receipt]:
    """The receipts of the files of these batches that are judged, in the order in which they arrived."""
    return _receipts("file.batch_id = any(%s)", [list(batches)])


def of_submissions(submissions: Sequence[UUID], file_name: str) -> list[Receipt]:
    """The receipt of a file about these of its submissions alone, under the name that it had this time."""
    found = _receipts("submission.submission_id = any(%s)", [list(submissions)])
    return [replace(receipt, file=file_name) for receipt in found]


def of_duplicate(sha256: str, file_name: str) -> Receipt:
    """The receipt of bytes that came in before: it repeats what was said about them, if anything was yet."""
    for earlier in _receipts("file.sha256 = %s", [sha256]):
        return replace(earlier, file=file_name, status="duplicate")
    with database.connect("loader") as connection:
        first = connection.execute("select received_at from raw.file where sha256 = %s", [sha256]).fetchone()
    assert first is not None
    return Receipt(file_name, sha256, None, "duplicate", None, None, None, first[0].isoformat())


def write(receipt: Receipt) -> Receipt:
    """Keep a receipt under BAOCAO_HOME/receipts: as JSON, as text, and of a workbook with issues its marked copy.

    Returns it as it was kept, `returned_workbook` filled in. The same content has the same name, so that answering
    again replaces the answer.
    """
    folder = get_settings().home / "receipts"
    folder.mkdir(parents=True, exist_ok=True)
    is_document = any(submission["form"] == "document" for submission in receipt.submissions)
    kind = ".duplicate" if receipt.status == "duplicate" else ".document" if is_document else ""
    name = f"{receipt.sha256[:12]}-{_short(receipt.file)}{kind}"
    if not is_document and (workbook := _marked(receipt)):
        _put(folder / f"{name}.xlsx", workbook)
        receipt = replace(receipt, returned_workbook=str(folder / f"{name}.xlsx"))
    _put(folder / f"{name}.txt", (rendered(receipt).plain + "\n").encode())
    _put(folder / f"{name}.json", (json.dumps(receipt.document(), ensure_ascii=False, indent=2) + "\n").encode())
    return receipt


def _marked(receipt: Receipt) -> bytes | None:
    """The sender's workbook with the receipt's issues in it; None without issues, or where it may not be opened.

    Never raises: who cannot be helped in this way has the receipt.
    """
    if not receipt.issues or receipt.archive_uri is None or any(issue["rule"] == UNREAD for issue in receipt.issues):
        return None
    from ingest import archive, opening
    from ingest.reports import Refused
    from publish import returned

    try:
        opened = opening.opened(archive.content(receipt.archive_uri, at_most=opening.LARGEST_FILE))
    except Refused:
        return None
    except OSError:
        log.exception("%s is answered without its workbook", receipt.file)
        return None
    return None if isinstance(opened, str) else returned.marked(opened.data, _answer(receipt))


def _answer(receipt: Receipt) -> "Answer":
    from publish.answer_sheet import Answer

    return Answer(
        file=receipt.file,
        received=wording.moment(datetime.fromisoformat(receipt.received_at)),
        headings=[_heading(submission).plain.replace("báo cáo", "Báo cáo", 1) for submission in receipt.submissions],
        is_rejected=any(submission["status"] == "rejected" for submission in receipt.submissions),
        issues=receipt.issues,
    )


def rendered(receipt: Receipt, *, at_most: int | None = None) -> "Text":
    """The receipt for people, in Vietnamese: a line for the file, one for each report, one for each issue.

    at_most: of issues of one rule in one report, how many are shown one by one; None shows all.
    """
    from rich.text import Text

    text = Text(f"tệp {receipt.file}", style="dim")
    if receipt.status == "duplicate":
        first = datetime.fromisoformat(receipt.received_at)
        text.append(f" · {STATUS_VI['duplicate']} ({wording.moment(first)})", style=STATUS_STYLE["duplicate"])
    for submission in receipt.submissions:
        text.append("\n").append_text(_heading(submission))
        own = [issue for issue in receipt.issues if issue["submission_id"] == submission["submission_id"]]
        for line in _issue_lines(own, at_most):
            text.append("\n").append_text(line)
    if receipt.returned_workbook:
        text.append(f"\n  → tệp trả lại, ô sai đã tô màu: {Path(receipt.returned_workbook).name}", style="dim")
    return text


def _heading(submission: dict[str, Any]) -> "Text":
    """`báo cáo 07228 · Phường Đa Mai · kỳ 2026 · TỪ CHỐI (2 lỗi, 1 cảnh báo)`, as far as its keys are known."""
    from rich.text import Text

    period = f"kỳ {submission['period']}" if submission["period"] else None
    known = [part for part in (submission["unit"], submission["unit_name"], period) if part]
    counts = [
        f"{count} {word}"
        for count, word in ((submission["errors"], "lỗi"), (submission["warnings"], "cảnh báo"))
        if count
    ]
    text = Text("báo cáo " + " · ".join([*known, ""]) if known else "báo cáo · ")
    text.append(STATUS_VI[submission["status"]], style=STATUS_STYLE[submission["status"]])
    return text.append(f" ({', '.join(counts)})" if counts else "")


def _issue_lines(issues: list[dict[str, Any]], at_most: int | None) -> Iterator["Text"]:
    from rich.text import Text

    shown: Counter[str] = Counter()
    for issue in issues:
        shown[issue["rule"]] += 1
        if at_most is None or shown[issue["rule"]] <= at_most:
            yield _issue_line(issue)
    folded = sum(count - at_most for count in shown.values() if count > at_most) if at_most is not None else 0
    if folded:
        yield Text(f"  … và {folded} điểm cùng loại, ghi đủ trong biên nhận", style="dim")


def _issue_line(issue: dict[str, Any]) -> "Text":
    from rich.text import Text

    sheet = f"{issue['sheet']}!" if issue["sheet"] and issue["cell"] else issue["sheet"] or ""
    place = f"{sheet}{issue['cell'] or ''}" or (f"dòng {issue['line']}" if issue["line"] else "")
    raw = f"«{issue['raw']}»" if issue["raw"] else ""
    where = "  ".join(part for part in (place, raw) if part)
    text = Text(f"  {where}  " if where else "  ")
    return text.append(issue["message_vi"], style="red" if issue["severity"] == "critical" else "yellow")


SUBMISSIONS = """
select
    file.sha256,
    file.file_name,
    file.received_at,
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
    named.unit_name
from raw.file as file
inner join raw.submission as submission on submission.sha256 = file.sha256
inner join ops.submission_verdict as verdict on verdict.submission_id = submission.submission_id
left join app.expected_report as scheduled
    on scheduled.programme_code = submission.programme_code
    and scheduled.period = submission.period
    and scheduled.unit_code = submission.unit_code
    and scheduled.agency_code = submission.agency_code
cross join lateral (select coalesce(scheduled.resolve_on, file.received_at::date) as day) as spoken_of
left join app.org_unit_code as named
    on named.unit_code = submission.unit_code
    and named.resolve_from <= spoken_of.day
    and named.resolve_to > spoken_of.day
where {condition}
order by file.received_at, file.file_name, file.sha256, verdict.accepted_seq
"""

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
        issues = cursor.execute(ISSUES, [[row["submission_id"] for row in found]]).fetchall()
    by_submission: dict[str, list[dict[str, Any]]] = {}
    for issue in issues:
        by_submission.setdefault(issue["submission_id"], []).append(issue)
    files: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        files.setdefault(row["sha256"], []).append(row)
    return [_receipt(rows, by_submission) for rows in files.values()]


def _receipt(rows: list[dict[str, Any]], issues: dict[str, list[dict[str, Any]]]) -> Receipt:
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
        issues=[issue for row in rows for issue in issues.get(row["submission_id"], [])],
        submissions=[_submission(row, issues.get(row["submission_id"], [])) for row in rows],
    )


def _submission(row: dict[str, Any], issues: list[dict[str, Any]]) -> dict[str, Any]:
    errors = sum(issue["severity"] == "critical" for issue in issues)
    kept = ("submission_id", "status", "programme", "period", "unit", "unit_name", "agency", "type", "form")
    return {
        **{name: row[name] for name in kept},
        "errors": errors,
        "warnings": len(issues) - errors,
        "decided_at": row["decided_at"].isoformat(),
    }


def _agreed(rows: list[dict[str, Any]], name: str) -> str | None:
    """The value that all submissions of the file have; None where they differ."""
    values = {row[name] for row in rows}
    return values.pop() if len(values) == 1 else None


def _short(file_name: str) -> str:
    """A file name that any file system takes, its end kept: at most 160 bytes, no path in it."""
    plain = re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", file_name)
    return plain.encode("utf-8", "replace")[-160:].decode("utf-8", "ignore")


def _put(target: Path, content: bytes) -> None:
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(partial).chmod(0o644)
    Path(partial).replace(target)
