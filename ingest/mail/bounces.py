"""A mail server's notice that a letter could not be delivered (DSN, RFC 3464)."""

from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from email.policy import compat32

from ingest.mail.patterns import ADDRESS, MESSAGE_ID


@dataclass(frozen=True)
class Bounce:
    """letters: Message-IDs of what was returned. failed: addresses given up, lower case. answer: the server's."""

    letters: tuple[str, ...]
    failed: tuple[str, ...]
    answer: str


def of(message: Message) -> Bounce | None:
    """The notice in a mail, None where it is none. A delay is one without a failed address."""
    report_type = str(message.get_param("report-type") or "").lower()
    if message.get_content_type() != "multipart/report" or report_type != "delivery-status":
        return None
    letters: list[str] = []
    failed: dict[str, str] = {}
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed |= _failed(part)
        elif kind == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            text = headers.decode("utf-8", "replace") if isinstance(headers, bytes) else ""
            letters += _ids(Parser(policy=compat32).parsestr(text, headersonly=True))
        elif kind == "message/rfc822":
            payload = part.get_payload()
            for each in payload if isinstance(payload, list) else []:
                letters += _ids(each) if isinstance(each, Message) else []
    return Bounce(tuple(letters), tuple(failed), next(iter(failed.values()), ""))


def _ids(letter: Message) -> list[str]:
    return MESSAGE_ID.findall(str(letter.get("Message-ID", "")))[:1]


def _failed(part: Message) -> dict[str, str]:
    """Each address that was given up for good, with the server's answer."""
    found = {}
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
            address = recipient.rpartition(";")[2].strip().strip("<>").lower()
            answer = str(block.get("Diagnostic-Code") or block.get("Status") or "").partition(";")[2] or "failed"
            if ADDRESS.fullmatch(address):
                found[address] = " ".join(answer.split())[:300]
    return found
