"""For tests of reports that arrive by mail: mailboxes of both kinds, and answers as mail programs write them."""

import mailbox
import os
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from io import BytesIO
from pathlib import Path
from typing import Protocol

import openpyxl

WORKBOOK = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class Mailbox(Protocol):
    def url(self) -> str: ...
    def deliver(self, mail: bytes) -> None: ...
    def mails(self, *folder: str) -> list[bytes]: ...


@dataclass(frozen=True)
class MaildirMailbox:
    """A maildir of this machine."""

    path: Path

    def __post_init__(self) -> None:
        mailbox.Maildir(self.path, create=True)

    def url(self) -> str:
        return f"maildir:{self.path}"

    def deliver(self, mail: bytes) -> None:
        mailbox.Maildir(self.path).add(mail)

    def mails(self, *folder: str) -> list[bytes]:
        """The mails in a folder, by level; of the inbox without one."""
        box = mailbox.Maildir(self.path)
        try:
            found = box.get_folder(".".join(folder)) if folder else box
        except mailbox.NoSuchMailboxError:
            return []
        return [found.get_bytes(key) for key in sorted(found.keys())]


def reply(
    letter: EmailMessage,
    files: Sequence[tuple[str, bytes]] = (),
    *,
    sender: str | None = None,
    text: str = "Kính gửi, xin gửi báo cáo của đơn vị.",
    message_id: str | None = None,
) -> EmailMessage:
    """The answer to a letter with files attached, as Thunderbird, Outlook or a telephone writes it."""
    mail = EmailMessage()
    mail["From"] = sender or letter["To"]
    mail["To"] = letter["Reply-To"] or letter["From"]
    mail["Subject"] = f"Re: {letter['Subject']}"
    mail["Message-ID"] = message_id or make_msgid(domain="may-tinh.example")
    mail["In-Reply-To"] = letter["Message-ID"]
    mail["References"] = " ".join(filter(None, [letter["References"], letter["Message-ID"]]))
    mail.set_content(text)
    for name, content in files:
        attach(mail, name, content)
    return mail


def attach(mail: EmailMessage, name: str, content: bytes, kind: tuple[str, str] = WORKBOOK) -> None:
    mail.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)


def form_of(letter: EmailMessage) -> bytes:
    """The first form that a reminder carries."""
    return next(letter.iter_attachments()).get_payload(decode=True)


def filled(form: bytes, numerator: object = 291, denominator: object = 300) -> bytes:
    """A form with one indicator filled in, as an officer would: made-up figures. Each call gives other bytes."""
    book = openpyxl.load_workbook(BytesIO(form))
    sheet = book["Báo cáo"]
    (row,) = [row for row in sheet.iter_rows() if row[0].value == "5.1"]
    row[3].value, row[4].value = numerator, denominator
    book.properties.keywords = os.urandom(4).hex()
    content = BytesIO()
    book.save(content)
    return content.getvalue()
