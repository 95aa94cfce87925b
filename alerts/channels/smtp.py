"""E-mail through any SMTP server: `smtp://user:password@host:port?starttls=1`, `smtps://…`, `smtp://localhost:25`."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.charset import SHORTEST, Charset
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from alerts.channels import addresses
from alerts.channels.backoff import until_taken
from alerts.channels.base import Later, Refused, Unreachable, Unusable
from alerts.message import QueuedMessage
from warehouse.errors import WrongCall

TIMEOUT_SECONDS = 20

UNUSABLE = (ssl.SSLCertVerificationError, smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)
"""What a log-in may end with that no second attempt mends."""


ADDRESS = re.compile(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+")
"""Servers repeat an address in capitals, or name the one that stands behind it."""

CLOSING = 421
"""The server's answer to whatever is said to it when it is about to hang up."""


@dataclass(frozen=True)
class Server:
    """Where mail goes. sender: the From address. reply_to: of letters that take replies."""

    host: str
    port: int
    sender: str
    is_tls: bool = False
    is_starttls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    reply_to: str | None = None


def server(url: str, reply_to: str | None = None) -> Server:
    """The server that BAOCAO_SMTP_URL names. Query: `starttls=1`, `from=address`.

    Without `from` the sender is the user, where that is an address, else baocao@ the server's host.
    Raises WrongCall, without repeating the URL, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"smtp": 25, "smtps": 465}[parts.scheme]
    except (KeyError, ValueError):
        raise WrongCall("BAOCAO_SMTP_URL: write smtp://user:password@host:port?starttls=1 or smtps://…") from None
    if not parts.hostname:
        raise WrongCall("BAOCAO_SMTP_URL names no server.")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    user = unquote(parts.username) if parts.username else None
    sender = options.get("from") or (user if user and "@" in user else f"baocao@{parts.hostname}")
    if not addresses.is_email(sender):
        raise WrongCall("BAOCAO_SMTP_URL: the sender is no e-mail address; write ?from=name@host")
    return Server(
        host=parts.hostname,
        port=port,
        sender=sender,
        is_tls=parts.scheme == "smtps",
        is_starttls=options.get("starttls", "0") not in ("0", "false", "no"),
        user=user,
        password=unquote(parts.password) if parts.password else None,
        reply_to=reply_to,
    )


UTF_8 = Charset("utf-8")
UTF_8.header_encoding = SHORTEST
"""Said here: a library that changes Python's table of charsets (Apprise does) must not change a letter's bytes."""


class _Letters(EmailPolicy):
    """Lines as SMTP wants them. A long Vietnamese subject is folded by the older Header: the policy's own way loses the
    blank at which it breaks a line."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() != "subject":
            return str(super().fold(name, value))
        return f"{name}: {Header(str(value), UTF_8, header_name=name).encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")


LETTERS = _Letters(linesep="\r\n")


def envelope(message: QueuedMessage, sender: str, reply_to: str | None = None) -> EmailMessage:
    """The message as it goes over the wire; the same queued message gives the same bytes."""
    mail = EmailMessage(policy=LETTERS)
    mail["From"], mail["To"], mail["Subject"] = sender, message.recipient, message.subject
    mail["Date"] = format_datetime(message.queued_at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-replied" if message.in_reply_to else "auto-generated"
    if message.takes_replies and reply_to:
        mail["Reply-To"] = reply_to
    if message.in_reply_to:
        mail["In-Reply-To"] = message.in_reply_to
        mail["References"] = " ".join(dict.fromkeys([*message.thread, message.in_reply_to]))
    if message.audit_head:
        mail["X-Baocao-Audit-Head"] = message.audit_head
    mail.set_content(message.body_text, cte="base64")
    mail.add_alternative(message.body_html, subtype="html", cte="base64")
    boundary = f"baocao-{message.message_id.strip('<>').partition('@')[0]}"
    mail.set_boundary(boundary)
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    if message.attachments:
        mail.set_boundary(f"{boundary}-mixed")
    return mail


class _Session(smtplib.SMTP):
    """Calls `before_data` before a text goes out; until then the server cannot have taken it."""

    before_data: Callable[[], None]

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.before_data()
        return super().data(msg)


class _SessionOverTls(_Session, smtplib.SMTP_SSL):
    pass


class Mailer:
    """Sends messages over one connection, made anew after a failure."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connection: _Session | None = None

    def send(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        """Returns when the server has taken the message for `message.only`, or else for a recipient that it knows.

        before_data: called each time that the text is about to go out.
        Raises Refused where it never will, Later where it will not now, Unreachable after some attempts.
        """
        until_taken(self._attempt, message, before_data)

    def connect(self) -> _Session:
        """The connection, made now if need be. Raises Unreachable where the server takes no further connection."""
        try:
            self.connection = self.connection or _connect(self.server)
            self.connection.ehlo_or_helo_if_needed()
            return self.connection
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise (Unusable if isinstance(error, UNUSABLE) else Unreachable)(_reason(error)) from error

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def _attempt(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        connection = self.connect()
        connection.before_data = partial(before_data, message)
        try:
            letter = envelope(message, self.server.sender, self.server.reply_to)
            connection.send_message(letter, to_addrs=message.only or None)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _kind(error)(_reason(error)) from error


@contextmanager
def mailer(url: str, reply_to: str | None = None) -> Iterator[Mailer]:
    """A mailer for the server that BAOCAO_SMTP_URL names; connects with the first message."""
    found = Mailer(server(url, reply_to))
    try:
        yield found
    finally:
        found.close()


def _connect(server: Server) -> _Session:
    # The trusted certificates take longer to read than a letter to send.
    context = ssl.create_default_context() if server.is_tls or server.is_starttls else None
    connection: _Session
    if server.is_tls:
        connection = _SessionOverTls(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = _Session(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.is_starttls:
            connection.starttls(context=context)
        if server.user is not None:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection


def _kind(error: Exception) -> type[Refused | Unreachable]:
    if _is_final(error):
        return Refused
    if isinstance(error, smtplib.SMTPRecipientsRefused) and CLOSING not in {
        code for code, _ in error.recipients.values()
    }:
        return Later
    return Unreachable


def _is_final(error: Exception) -> bool:
    """The server refused for good (5xx) to the recipients or to the text, or cannot write such an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError)


def _reason(error: Exception) -> str:
    """The server's answer, without addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        reason = "; ".join(f"{code} {reply.decode(errors='replace')}" for code, reply in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        reason = f"{error.smtp_code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
    else:
        reason = f"{type(error).__name__}: {error}"
    return ADDRESS.sub("…", reason)
