"""Each receipt as files under BAOCAO_HOME/receipts: JSON for programs, text for people, the marked workbook."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from ingest.grids import size
from ingest.identities.findings import RULES as PERSONAL_DATA
from publish.receipts import text
from publish.receipts.data import Receipt
from publish.receipts.result_sheet import CheckResult
from warehouse import confined, database, kept_files, wording
from warehouse.audit import chain
from warehouse.confined import MB, Failed, Limits
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

LIMITS = Limits(memory=768 * MB, cpu_seconds=30)
"""Of one workbook."""
MARKERS, FEW = 2, 8
"""Processes that mark, for more than a few workbooks."""
MOST_MERGED = 100_000
"""Cells under merged ranges; openpyxl makes an object of each."""

UNREAD = ("file_unreadable", "file_too_costly", "sheet_too_large", *sorted(PERSONAL_DATA))
"""What no reader foresaw, and may have killed one, or was too much for it, or holds personal data: it is not opened a
second time."""


def write(receipt: Receipt) -> Receipt:
    """As `write_all`, for one."""
    (written,) = write_all([receipt])
    return written


def write_all(receipts: Sequence[Receipt]) -> list[Receipt]:
    """Keep receipts under BAOCAO_HOME/receipts: as JSON, as text, and of a workbook with issues its marked copy.

    Returns them as they were kept, `returned_workbook` filled in. The same content has the same name, so that writing
    again replaces it. The files are recorded in the audit chain after the last.
    """
    if not receipts:
        return []
    written: dict[Path, dict[str, Any]] = {}
    copies = list(marked_copies(receipts))
    with database.exclusive("receipts"):
        kept = [_write(receipt, copy, written) for receipt, copy in zip(receipts, copies, strict=True)]
        chain.record_files("receipt", written)
    return kept


def _write(receipt: Receipt, marked_copy: bytes | None, written: dict[Path, dict[str, Any]]) -> Receipt:
    folder = get_settings().home / "receipts"
    kind = ".duplicate" if receipt.status == "duplicate" else ".document" if _is_document(receipt) else ""
    name = f"{receipt.sha256[:12]}-{short(receipt.file)}{kind}"
    files: dict[Path, bytes] = {}
    if marked_copy:
        files[folder / f"{name}.xlsx"] = marked_copy
        receipt = replace(receipt, returned_workbook=str(folder / f"{name}.xlsx"))
    files[folder / f"{name}.txt"] = (text.render(receipt).plain + "\n").encode()
    files[folder / f"{name}.json"] = (json.dumps(receipt.document(), ensure_ascii=False, indent=2) + "\n").encode()
    for path, content in files.items():
        written[kept_files.put(path, content, wait=False)] = chain.described(content)
    return receipt


def marked_copies(receipts: Sequence[Receipt]) -> Iterator[bytes | None]:
    """The senders' workbooks with the receipts' issues in them; None without issues, or where it may not be opened.

    They are marked in child processes with LIMITS: another reader may fall where ours did not. Who cannot be helped in
    this way has the receipt.
    """
    wanted = [receipt for receipt in receipts if _is_wanted(receipt)]
    if wanted:
        import_module("openpyxl")  # once here, and not in each child
    marked = confined.each(_marked, wanted, limits=LIMITS, processes=MARKERS if len(wanted) > FEW else 1)
    for receipt in receipts:
        copy = next(marked) if _is_wanted(receipt) else None
        if isinstance(copy, Failed):
            log.error("No marked workbook for the receipt of %s: %s", receipt.file, copy.detail)
        yield copy if isinstance(copy, bytes) else None


def marked_copy(receipt: Receipt) -> bytes | None:
    """As `marked_copies`, for one."""
    (copy,) = marked_copies([receipt])
    return copy


def _is_wanted(receipt: Receipt) -> bool:
    is_read = not any(issue["rule"] in UNREAD for issue in receipt.issues)
    return bool(receipt.issues) and receipt.archive_uri is not None and is_read and not _is_document(receipt)


def _is_document(receipt: Receipt) -> bool:
    return any(submission["form"] == "document" for submission in receipt.submissions)


def _marked(receipt: Receipt) -> bytes | None:
    from ingest import archive, opening, workbook
    from ingest.reports import Refused
    from publish.receipts import returned_workbook

    assert receipt.archive_uri is not None
    try:
        opened = opening.opened(archive.content(receipt.archive_uri, at_most=opening.LARGEST_FILE))
        if isinstance(opened, str) or not opened.is_transitional:
            return None
        if sum(size(area) for grid in workbook.grids(opened) for area in grid.merged) > MOST_MERGED:
            return None
    except Refused:
        return None
    except OSError:
        log.exception("No marked workbook for the receipt of %s", receipt.file)
        return None
    return returned_workbook.marked(opened.data, _check_result(receipt))


def _check_result(receipt: Receipt) -> CheckResult:
    return CheckResult(
        file=receipt.file,
        received=wording.timestamp(datetime.fromisoformat(receipt.received_at)),
        headings=[
            *(_sentence(text.heading(submission).plain) for submission in receipt.submissions),
            *(_sentence(text.unchanged_heading(submission).plain) for submission in receipt.unchanged),
        ],
        is_rejected=any(submission["status"] == "rejected" for submission in receipt.submissions),
        issues=receipt.issues,
    )


def _sentence(heading: str) -> str:
    return heading.replace("báo cáo", "Báo cáo", 1)


def short(file_name: str) -> str:
    """A file name that any file system takes, its end kept: at most 160 bytes, no path in it."""
    plain = re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", file_name)
    return plain.encode("utf-8", "replace")[-160:].decode("utf-8", "ignore")
