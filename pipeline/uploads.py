"""A file that an officer uploads: received by the same function as one of the inbox, once it is known to be theirs.

The upload is noted before anything is read, and its submissions with its account: an interruption leaves both findable.
"""

import csv
import hashlib
import io
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from uuid import UUID, uuid4

import psycopg

from accounts import events
from accounts.events import Actor
from accounts.registry import Account
from ingest.identities import names
from pipeline import receipt_files, receiving, receiving_together, reported_units
from pipeline.reported_units import Sender
from publish.receipts import data as receipt_data
from publish.receipts.data import Receipt
from warehouse import clock, database
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.confined import Failed
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

NAMED = 5
"""Reports that a refusal names; of more the rest is counted."""

NOTE = """
insert into ops.upload (upload_id, account_id, unit_id, agency_code, sha256, file_name, size_bytes, uploaded_at, status)
values (%s, %s, %s, %s, %s, %s, %s, %s, 'receiving')
"""
TODAY = "select count(*) from ops.upload where account_id = %s and uploaded_at >= %s and upload_id <> %s"
SETTLE = "update ops.upload set status = %s, reason_vi = %s, reason_en = %s where upload_id = %s"
ORIGIN = """
insert into ops.submission_origin (submission_id, upload_id, account_id)
select submission_id, %s, %s from raw.submission where submission_id = any(%s::uuid[])
on conflict do nothing
"""
STORED = """
select sha256, file_name, status,
    array(select submission_id from ops.submission_origin as origin where origin.upload_id = upload.upload_id)
from ops.upload as upload where upload_id = %s
"""

RETRACTION = (
    *("programme", "period", "unit_code", "unit_id", "agency", "submission_type"),
    *("indicator", "numerator", "denominator", "value", "note"),
)
"""The columns of the long form, as docs/submission-format.md has them."""

NOT_YOURS = (
    "Tệp có báo cáo của {reports}. Tài khoản này chỉ nộp báo cáo của {own}. Không có gì trong tệp được nhận: xin nộp "
    "tệp chỉ có báo cáo của đơn vị mình, hoặc để đơn vị ấy tự nộp.",
    "The file has reports of {reports}. This account hands in reports of {own} only. Nothing of the file was "
    "received: hand in a file with your own unit's reports alone, or leave it to that unit.",
)
TOO_MANY = (
    "Hôm nay tài khoản này đã nộp {limit} tệp, là giới hạn của một ngày, nên tệp chưa được nhận. Xin nộp lại vào ngày "
    "mai; nếu cần nộp ngay, xin báo người vận hành.",
    "This account has handed in {limit} files today, which is the limit of a day, so the file was not received. Hand "
    "it in tomorrow; if that is too late, tell the operator.",
)
TOO_COSTLY = (
    "Tệp này không đọc được: đọc nó tốn quá nhiều bộ nhớ hoặc thời gian, hoặc tệp bị hỏng. Không có gì trong tệp được "
    "nhận: xin chép bảng số liệu sang mẫu mới rồi nộp lại.",
    "The file could not be read: that takes too much memory or time, or the file is damaged. Nothing of it was "
    "received: copy the table into a fresh template and hand that in.",
)
FAILED = (
    "Hệ thống chưa nhận được tệp do có lỗi bên trong. Xin nộp lại sau ít phút; nếu vẫn vậy, xin báo người vận hành.",
    "The file could not be received, for something went wrong inside. Hand it in again in some minutes; if that does "
    "not help, inform the operator.",
)


@dataclass(frozen=True)
class Document:
    """A report without figures, of the account's own unit and agency: no program can read what it is about."""

    programme: str
    period: str


def receive(
    account: Account, file_name: str, content: bytes, address: str | None, document: Document | None = None
) -> UUID:
    """Receive a file on behalf of an account; returns the upload, whose status says what became of it.

    A file with a report that the account may not hand in is refused, whole, before anything of it is kept; so is one
    beyond BAOCAO_UPLOADS_A_DAY, before it is read.
    address: of the network, for the audit trail. Never raises for what is in the file.
    """
    upload_id, name = uuid4(), _plain(file_name)
    actor = Actor(account.account_id, "page", address)
    sha256 = hashlib.sha256(content).hexdigest()
    with database.connect("loader", autocommit=True) as connection:
        shown = names.readable(name)
        whose = [account.account_id, account.unit_id, account.agency_code]
        connection.execute(NOTE, [upload_id, *whose, sha256, shown, len(content), clock.now()])
        try:
            if _has_enough(connection, account, upload_id):
                _refuse_for_today(connection, account, upload_id, actor)
                return upload_id
            foreign: list[str] | Failed = [] if document is not None else _foreign(connection, account, content)
            if isinstance(foreign, Failed):
                _refuse_harmful(connection, account, upload_id, foreign, actor)
                return upload_id
            if foreign:
                _refuse(connection, account, upload_id, foreign, actor)
                return upload_id
            receipt = _received(account, name, content, sha256, document)
        except Exception:
            log.exception("Upload %s could not be received", upload_id)
            connection.execute(SETTLE, ["failed", *FAILED, upload_id])
            return upload_id
        with connection.transaction():
            submissions = (
                [] if receipt.status == "duplicate" else [each["submission_id"] for each in receipt.submissions]
            )
            connection.execute(ORIGIN, [upload_id, account.account_id, submissions])
            connection.execute(SETTLE, ["received", None, None, upload_id])
            detail = {"upload_id": str(upload_id), "status": receipt.status}
            events.add(connection, "uploaded", account.account_id, actor, **detail)
    return upload_id


def retract(account: Account, programme: str, period: str, reason: str, address: str | None) -> UUID:
    """Withdraw the unit's report of a period: a submission as any other, a file that says so. Returns the upload."""
    note = "".join(letter for letter in " ".join(reason.split()) if letter.isprintable())
    keys = [programme, period, account.unit_code, account.unit_id, account.agency_code, "retraction"]
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";", lineterminator="\n").writerows([RETRACTION, [*keys, "", "", "", "", note]])
    name = f"rut-{account.unit_code}-{period}.csv"
    upload_id = receive(account, name, written.getvalue().encode("utf-8-sig"), address)
    with database.connect("loader") as connection:
        stored = connection.execute(STORED, [upload_id]).fetchone()
        if stored and stored[2] != "refused":
            actor = Actor(account.account_id, "page", address)
            events.add(connection, "retracted", account.account_id, actor, upload_id=str(upload_id), reason=note)
    return upload_id


def receipt(upload_id: UUID) -> Receipt | None:
    """What became of an upload that was received; of bytes that were current already, their newest receipt."""
    with database.connect("loader") as connection:
        row = connection.execute(STORED, [upload_id]).fetchone()
    if row is None or row[2] != "received":
        return None
    sha256, file_name, _, submissions = row
    if not submissions:
        return receipt_data.of_duplicate(sha256, file_name)
    return next(iter(receipt_data.of_submissions(submissions, file_name)), None)


def marked_workbook(upload_id: UUID) -> bytes | None:
    """The uploaded workbook with its issues marked, where it is one and has any."""
    found = receipt(upload_id)
    return receipt_files.marked_copy(found) if found else None


def _foreign(connection: psycopg.Connection, account: Account, content: bytes) -> list[str] | Failed:
    """The reports of a file that the account may not hand in, as text. A report whose unit cannot be read is nobody's:
    the gate returns it with the reason. Failed where its reader exceeds its limits or dies: nobody knows whose it is.
    """
    from ingest import opening

    if len(content) > opening.LARGEST_FILE:
        return []
    found = receiving_together.senders(content)
    if isinstance(found, Failed):
        return found
    foreign = reported_units.foreign(connection, account, found)
    return list(dict.fromkeys(_foreign_sender(account, each) for each in foreign))


def _has_enough(connection: psycopg.Connection, account: Account, upload_id: UUID) -> bool:
    """Whether the account had its uploads of the day, in Vietnamese time. Those at once count one another."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    row = connection.execute(TODAY, [account.account_id, day, upload_id]).fetchone()
    return row is not None and row[0] >= get_settings().uploads_a_day


def _refuse_for_today(connection: psycopg.Connection, account: Account, upload_id: UUID, actor: Actor) -> None:
    limit = get_settings().uploads_a_day
    with connection.transaction():
        connection.execute(SETTLE, ["refused", *(text.format(limit=limit) for text in TOO_MANY), upload_id])
        detail = {"upload_id": str(upload_id), "limit": limit}
        events.add(connection, "upload_limited", account.account_id, actor, **detail)


def _refuse_harmful(
    connection: psycopg.Connection, account: Account, upload_id: UUID, failed: Failed, actor: Actor
) -> None:
    log.error("Upload %s is refused, for it stopped its reader: %s", upload_id, failed.detail)
    with connection.transaction():
        connection.execute(SETTLE, ["refused", *TOO_COSTLY, upload_id])
        detail = {"upload_id": str(upload_id), "reason": failed.reason}
        events.add(connection, "upload_refused", account.account_id, actor, **detail)


def _refuse(
    connection: psycopg.Connection, account: Account, upload_id: UUID, foreign: Sequence[str], actor: Actor
) -> None:
    named = ", ".join(foreign[:NAMED]) + (f" (+{len(foreign) - NAMED})" if len(foreign) > NAMED else "")
    own = f"{account.unit_name} ({_sender(account.unit_code, account.agency_code)})"
    reasons = [text.format(reports=named, own=own) for text in NOT_YOURS]
    with connection.transaction():
        connection.execute(SETTLE, ["refused", *reasons, upload_id])
        detail = {"upload_id": str(upload_id), "reports": len(foreign)}
        events.add(connection, "upload_refused", account.account_id, actor, **detail)


def _received(account: Account, name: str, content: bytes, sha256: str, document: Document | None) -> Receipt:
    """The file handed to the receiving step under its own name, and its receipt."""
    folder = Path(tempfile.mkdtemp(prefix="baocao-upload-"))
    try:
        (folder / name).write_bytes(content)
        if document is not None:
            return receiving.receive_document(
                document.programme, document.period, account.unit_code, folder / name, account.agency_code
            )
        return receiving_together.receive(str(folder / name), sha256)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _foreign_sender(account: Account, sender: Sender) -> str:
    """With its period where another unit of the same code sends it."""
    named = _sender(sender.unit_code, sender.agency)
    own = _sender(account.unit_code, account.agency_code)
    return f"{named} ({sender.unit_id or sender.period})" if named == own else named


def _sender(unit_code: str, agency: str) -> str:
    return unit_code if agency == DEFAULT_AGENCY else f"{unit_code} · {agency}"


def _plain(file_name: str) -> str:
    """The last part of a name as any browser sends it, fit for any file system."""
    name = receipt_files.short(PureWindowsPath(file_name).name)
    return name if name.strip(". ") else "tep"
