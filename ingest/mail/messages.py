"""One mail as it lies in the mailbox becomes what is needed to decide about it. Nothing in it is ever executed."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import collapse_rfc2231_value, getaddresses
from typing import Literal

from ingest import opening
from ingest.mail import bounces
from ingest.mail.attached import Attached, tables
from ingest.mail.bounces import Bounce
from ingest.mail.patterns import ADDRESS, MESSAGE_ID
from ingest.opening import MB

MOST_REFERENCES, MOST_FILES, DEEPEST = 50, 20, 8
"""Of one mail: Message-IDs that it refers to, tables attached, mails and parts within one another."""
LARGEST_HEAD, LARGEST_FILES = MB, opening.LARGEST_UNPACKED
"""Bytes of headers that are read where they are alone, and of all tables of a mail, unpacked."""
KEYED = 64_000
"""Bytes of the headers among which a mail's own Message-ID is looked for."""
OWN_ID = re.compile(rb"^message-id[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)

UNNAMED = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "bao-cao.xlsx",
    "application/vnd.ms-excel": "bao-cao.xls",
    "application/vnd.oasis.opendocument.spreadsheet": "bao-cao.ods",
    "text/csv": "bao-cao.csv",
    "application/zip": "bao-cao.zip",
}
SIGNATURES = {
    *("application/pgp-signature", "application/pgp-keys", "application/pkcs7-signature"),
    *("application/x-pkcs7-signature", "text/calendar", "application/ics", "text/vcard", "text/x-vcard"),
}
ENCRYPTED = {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
BULK = {"bulk", "junk", "list", "auto_reply"}

Problem = Literal["too_many_files", "too_deep", "encrypted", "tnef"]


@dataclass(frozen=True)
class Mail:
    """What a mail holds. sender: in lower case, empty unless From names exactly one address.

    thread: Message-IDs that it and the mails forwarded in it refer to, the oldest first. is_automatic: a program wrote
    it. wants_no_reply: it may be answered by no program. files: reports, each as it was attached; others: the names of
    attachments that are none, pictures of signatures left out. problem: why its attachments cannot be had.
    """

    key: str
    message_id: str | None
    sender: str
    thread: tuple[str, ...] = ()
    is_automatic: bool = False
    wants_no_reply: bool = False
    files: tuple[Attached, ...] = field(default=(), repr=False)
    others: tuple[str, ...] = ()
    problem: Problem | None = None
    bounce: Bounce | None = None


def key(data: bytes) -> str:
    """What identifies a mail for ever: its Message-ID, or the hash of its headers where it has none.

    Linear in the bytes, for it is computed outside the confined process; line ends of either kind count the same.
    """
    head = re.sub(rb"\r\n?", b"\n", data[: 2 * KEYED])[:KEYED]
    head = b"" if head.startswith(b"\n") else head.partition(b"\n\n")[0].rstrip()
    own = OWN_ID.search(head)
    found = MESSAGE_ID.search(own[1].decode("ascii", "replace")) if own else None
    return found[0] if found else f"sha256:{hashlib.sha256(head).hexdigest()}"


def parse(data: bytes) -> Mail:
    """A whole mail, or its headers alone. Never raises for what is in it, but MemoryError and RecursionError."""
    message = message_from_bytes(data, policy=compat32)
    found = _Found()
    found.take(message, None, 0)
    is_automatic = _is_automatic(message)
    return Mail(
        key=key(data),
        message_id=_own_id(message),
        sender=_sender(message),
        thread=tuple(dict.fromkeys(found.thread))[-MOST_REFERENCES:],
        is_automatic=is_automatic,
        wants_no_reply=is_automatic or _text(message, "X-Auto-Response-Suppress").lower() not in ("", "none"),
        files=() if found.problem else tuple(found.files),
        others=tuple(found.others),
        problem=found.problem,
        bounce=bounces.of(message),
    )


class _Found:
    """What the parts of a mail add up to."""

    def __init__(self) -> None:
        self.thread: list[str] = []
        self.files: list[Attached] = []
        self.others: list[str] = []
        self.problem: Problem | None = None

    def take(self, message: Message, within: str | None, depth: int) -> None:
        """A mail with all its parts; within: its Message-ID, where it is forwarded in another one."""
        own = [within] if within else []
        self.thread = [*_references(message), *own, *self.thread] if depth else _references(message)
        self._part(message, within, depth)

    def _part(self, part: Message, within: str | None, depth: int) -> None:
        kind = part.get_content_type()
        if depth > DEEPEST:
            self.problem = "too_deep"
        elif kind in ENCRYPTED or kind == "multipart/encrypted":
            self.problem = "encrypted"
        elif kind in ("message/rfc822", "message/global"):
            for forwarded in _parts(part):
                self.take(forwarded, _own_id(forwarded), depth + 1)
        elif part.is_multipart():
            for each in _parts(part):
                self._part(each, within, depth + 1)
        else:
            self._leaf(part, kind, within)

    def _leaf(self, part: Message, kind: str, within: str | None) -> None:
        name = _file_name(part)
        if kind in TNEF or name.lower() == "winmail.dat":
            self.problem = "tnef"
            return
        if not name and kind in ("text/plain", "text/html"):
            return
        if kind in SIGNATURES or (kind.startswith("image/") and _is_inline(part)):
            return
        content = part.get_payload(decode=True)
        name = name or UNNAMED.get(kind, "")
        if not name or not isinstance(content, bytes) or not content or self.problem == "too_many_files":
            return
        found = list(tables(Attached(name, content, within)))
        self.files += found
        if not found:
            self.others.append(name)
        if len(self.files) > MOST_FILES or sum(len(file.content) for file in self.files) > LARGEST_FILES:
            self.problem = "too_many_files"
            self.files.clear()


def _parts(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))


def _text(message: Message, name: str) -> str:
    """A header on one line; a broken one as it is."""
    given = message.get(name)
    return "" if given is None else " ".join(_decoded(str(given)).split())


def _decoded(given: str) -> str:
    try:
        return str(make_header(decode_header(given)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return given


def _own_id(message: Message) -> str | None:
    found = MESSAGE_ID.search(str(message.get("Message-ID", "")))
    return found[0] if found else None


def _references(message: Message) -> list[str]:
    """The oldest first; what it answers last, wherever References has it."""
    given = [str(message.get(name, "")) for name in ("References", "In-Reply-To")]
    return [each for text in given for each in MESSAGE_ID.findall(text)]


def _sender(message: Message) -> str:
    headers = [str(each) for each in message.get_all("From", [])]
    addresses = {address.lower() for _, address in getaddresses(headers)}
    address = addresses.pop() if len(headers) == len(addresses) == 1 else ""
    return address if ADDRESS.fullmatch(address) else ""


def _is_automatic(message: Message) -> bool:
    """RFC 3834, and what programs wrote before it: an absence, a list, a bounce."""
    submitted = _text(message, "Auto-Submitted").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or _text(message, "Precedence").lower() in BULK
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Auto-Reply"))
        or _text(message, "Return-Path") == "<>"
        or message.get_content_type() == "multipart/report"
    )


def _is_inline(part: Message) -> bool:
    return part.get_content_disposition() == "inline" or part.get("Content-ID") is not None


def _file_name(part: Message) -> str:
    """As the sender named it, whichever way the name is written."""
    given = part.get_param("filename", None, "content-disposition") or part.get_param("name")
    if given is None:
        return ""
    try:
        name = collapse_rfc2231_value(given)
    except (LookupError, UnicodeError, ValueError):
        name = str(given)
    return " ".join(_decoded(name).split())
