"""Each receipt as files under BAOCAO_HOME/receipts: JSON for programs, text for people, the marked workbook."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from publish.receipts import text
from publish.receipts.data import Receipt
from publish.receipts.result_sheet import CheckResult
from warehouse import database, kept_files, wording
from warehouse.audit import chain
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

UNREAD = ("file_unreadable", "sheet_too_large")
"""What no reader foresaw, and may have killed one, or was too much for it: it is not opened a second time."""


def write(receipt: Receipt) -> Receipt:
    """Keep a receipt under BAOCAO_HOME/receipts: as JSON, as text, and of a workbook with issues its marked copy.

    Returns it as it was kept, `returned_workbook` filled in. The same content has the same name, so that writing
    again replaces it.
    """
    return write_all([receipt])[0]


def write_all(receipts: Iterable[Receipt]) -> list[Receipt]:
    """As `write` for each; the files are recorded in the audit chain after the last."""
    given, written = list(receipts), dict[Path, dict[str, Any]]()
    if not given:
        return []
    with database.exclusive("receipts"):
        kept = [_write(receipt, written) for receipt in given]
        chain.record_files("receipt", written)
    return kept


def _write(receipt: Receipt, written: dict[Path, dict[str, Any]]) -> Receipt:
    folder = get_settings().home / "receipts"
    is_document = any(submission["form"] == "document" for submission in receipt.submissions)
    kind = ".duplicate" if receipt.status == "duplicate" else ".document" if is_document else ""
    name = f"{receipt.sha256[:12]}-{short(receipt.file)}{kind}"
    files: dict[Path, bytes] = {}
    if not is_document and (workbook := marked(receipt)):
        files[folder / f"{name}.xlsx"] = workbook
        receipt = replace(receipt, returned_workbook=str(folder / f"{name}.xlsx"))
    files[folder / f"{name}.txt"] = (text.render(receipt).plain + "\n").encode()
    files[folder / f"{name}.json"] = (json.dumps(receipt.document(), ensure_ascii=False, indent=2) + "\n").encode()
    for path, content in files.items():
        written[kept_files.put(path, content, wait=False)] = chain.described(content)
    return receipt


def marked(receipt: Receipt) -> bytes | None:
    """The sender's workbook with the receipt's issues in it; None without issues, or where it may not be opened.

    Never raises: who cannot be helped in this way has the receipt.
    """
    if not receipt.issues or receipt.archive_uri is None or any(issue["rule"] in UNREAD for issue in receipt.issues):
        return None
    from ingest import archive, opening
    from ingest.reports import Refused
    from publish.receipts import returned_workbook

    try:
        opened = opening.opened(archive.content(receipt.archive_uri, at_most=opening.LARGEST_FILE))
    except Refused:
        return None
    except OSError:
        log.exception("No marked workbook for the receipt of %s", receipt.file)
        return None
    if isinstance(opened, str) or not opened.is_transitional:
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
