"""Files that need a person: recorded once in ops.quarantined_file, and the operator is notified once.

A file that stopped its reader is rejected and gone from the inbox; its row stays. One that cannot be opened, or kept
its reader waiting, is tried again by every run. One that was received and cannot be removed is passed over as long as
it is unchanged. The rows of these three go with the file.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingest.identities import names
from pipeline import inbox
from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger

log = get_logger(__name__)

LISTED = 50
"""Files named one by one in a notification."""

CAUSES = {
    "exhausted": "bị từ chối vì đọc tốn quá nhiều bộ nhớ hoặc thời gian",
    "killed": "bị từ chối vì làm chết tiến trình đọc",
    "not_opened": "không mở được, vẫn ở hộp nhận, lượt sau sẽ thử lại",
    "waiting": "ổ đĩa hoặc máy chủ không trả lời khi đọc, lượt sau sẽ thử lại",
    "not_removed": "đã nhận nhưng không xoá được khỏi hộp nhận, sẽ không nhận lại",
}
"""For the operator, in Vietnamese; the causes are those of ops.quarantined_file."""

TEXT = """\
{files}

Các tệp khác trong cùng đợt đã được nhận và có biên nhận như thường. Tệp bị từ chối được lưu nguyên vẹn ở kho lưu trữ, \
đơn vị gửi đã có biên nhận ghi lý do. Mỗi tệp chỉ được báo một lần.

Cần làm gì: docs/files-that-harm.md.
"""

INSERT = """
insert into ops.quarantined_file (address, fingerprint, cause, detail) values (%s, %s, %s, %s) on conflict do nothing
"""
UNNOTIFIED = """
select address, fingerprint, cause, detail from ops.quarantined_file
where notified_at is null order by noticed_at, address for update skip locked
"""
NOTIFIED = """
update ops.quarantined_file set notified_at = clock_timestamp()
where address = %s and fingerprint = %s and cause = %s
"""
IN_INBOX = "select address, fingerprint, cause from ops.quarantined_file where cause not in ('exhausted', 'killed')"
DELETE = "delete from ops.quarantined_file where address = %s and fingerprint = %s and cause = %s"


class Row(NamedTuple):
    address: str
    fingerprint: str
    cause: str


def record(address: str, fingerprint: str | None, cause: str, detail: str) -> None:
    """Once for each content and cause, whoever finds it again."""
    with database.connect("loader") as connection:
        connection.execute(INSERT, [names.readable(address), fingerprint or "", cause, names.readable(detail)])


def without_quarantined(files: Sequence[str]) -> list[str]:
    """The inbox's files without those that were received and could not be removed; whether they can is tried again."""
    with database.connect("loader") as connection:
        rows = list(map(Row._make, connection.execute(IN_INBOX).fetchall()))
        if not rows:
            return list(files)
        lying = {names.readable(file): file for file in files}
        passed_over: set[str] = set()
        for row in rows:
            file = lying.get(row.address)
            if file is None or inbox.fingerprint(file) != (row.fingerprint or None):
                connection.execute(DELETE, row)  # it is gone, or another one now
            elif row.cause == "not_removed":
                passed_over.add(file)
                if inbox.try_to_remove(file, row.fingerprint) is None:
                    connection.execute(DELETE, row)
    return [file for file in files if file not in passed_over]


def notify_operator() -> None:
    """Send what the operator was not notified of, as one message. A server that fails stops nobody: next run again."""
    from alerts import operators

    with database.connect("loader") as connection:
        found = connection.execute(UNNOTIFIED).fetchall()
        if not found:
            return
        try:
            operators.notify(f"{len(found)} tệp gửi đến cần người xem", _text(found))
        except BaocaoError as error:
            log.error("The operator could not be notified of %d files, next run again: %s", len(found), error)
            return
        for address, fingerprint, cause, _ in found:
            connection.execute(NOTIFIED, [address, fingerprint, cause])


def _text(found: Iterable[tuple[str, str, str, str]]) -> str:
    lines = [f"- {address}: {CAUSES[cause]} ({detail})" for address, _, cause, detail in found]
    if len(lines) > LISTED:
        lines[LISTED:] = [f"- … và {len(lines) - LISTED} tệp khác: bảng ops.quarantined_file"]
    return TEXT.format(files="\n".join(lines))
