"""An IMAP account as a mailbox (RFC 3501; MOVE of RFC 6851 where the server has it, else UIDPLUS or a mark)."""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ingest.mail.boxes import SUBFOLDERS, Box, Folder, MailboxUnreachable
from warehouse.errors import WrongCall

TIMEOUT_SECONDS = 60
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NOT_DELETED = "UNDELETED"
"""What another program, or a server without MOVE, has marked is not there any more."""

FAILURES = (imaplib.IMAP4.error, OSError, UnicodeEncodeError)


@dataclass(frozen=True)
class Server:
    """Where the mailbox is. folder: the one that replies arrive in."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    is_tls: bool = True
    is_starttls: bool = False


def server(url: str) -> Server:
    """The account that BAOCAO_MAILBOX_URL names. Raises WrongCall without repeating it: it holds a password.

    A connection without TLS is for this machine alone.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"imap": 143, "imaps": 993}[parts.scheme]
    except (KeyError, ValueError):
        raise WrongCall(
            "BAOCAO_MAILBOX_URL: write imaps://user:password@host/INBOX, imap://…?starttls=1 or maildir:/path"
        ) from None
    if not parts.hostname or not parts.username or parts.password is None:
        raise WrongCall("BAOCAO_MAILBOX_URL: the host, the user or the password is missing.")
    is_starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] not in ("0", "false", "no")
    if parts.scheme == "imap" and not is_starttls and parts.hostname not in LOOPBACK:
        raise WrongCall("BAOCAO_MAILBOX_URL: write imaps:// or ?starttls=1; without TLS is for this machine only.")
    return Server(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        is_tls=parts.scheme == "imaps",
        is_starttls=is_starttls,
    )


@contextmanager
def opened(server: Server) -> Iterator["Imap"]:
    """Signed in for the block. Raises MailboxUnreachable."""
    try:
        connection = _connected(server)
    except FAILURES as error:
        raise MailboxUnreachable(f"The mailbox cannot be opened: {_reason(error)}") from error
    try:
        yield Imap(connection, server.folder)
    finally:
        with suppress(*FAILURES):
            connection.logout()


class Imap(Box):
    """Every operation names mails by their UID, which no other program's work changes."""

    def __init__(self, connection: imaplib.IMAP4, inbox: str) -> None:
        self.connection, self.inbox = connection, inbox
        self.prefix, self.separator = self._namespace()
        self.selected = ""

    def uids(self, folder: Folder) -> list[str]:
        """See Box."""
        if not self._select(folder):
            return []
        (found,) = self._uid("SEARCH", NOT_DELETED) or [b""]
        return sorted((found or b"").decode().split(), key=int)

    def size(self, folder: Folder, uid: str) -> int:
        """See Box."""
        self._select(folder)
        answer = b" ".join(_flat(self._uid("FETCH", uid, "(RFC822.SIZE)")))
        size = re.search(rb"RFC822\.SIZE (\d+)", answer)
        return int(size[1]) if size else 0

    def headers(self, folder: Folder, uid: str) -> bytes:
        """See Box."""
        return self._fetched(folder, uid, "(BODY.PEEK[HEADER])")

    def content(self, folder: Folder, uid: str) -> bytes:
        """See Box."""
        return self._fetched(folder, uid, "(BODY.PEEK[])")

    def move(self, uid: str, origin: Folder, target: Folder) -> None:
        """See Box. A kill between copying and marking leaves it in both folders, and the next run moves it again."""
        name = self._name(target)
        self._call("CREATE", self.connection.create, _quoted(name))  # refused where it is there
        self._select(origin)
        if "MOVE" in self.connection.capabilities:
            self._uid("MOVE", uid, _quoted(name))
            return
        self._uid("COPY", uid, _quoted(name))
        self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self.connection.capabilities:
            self._uid("EXPUNGE", uid)

    def _fetched(self, folder: Folder, uid: str, item: str) -> bytes:
        self._select(folder)
        for part in self._uid("FETCH", uid, item):
            if isinstance(part, tuple):
                return bytes(part[1])
        return b""

    def _call(
        self, command: str, operation: Callable[..., tuple[str, list[Any]]], *given: str
    ) -> tuple[str, list[Any]]:
        try:
            return operation(*given)
        except FAILURES as error:
            raise MailboxUnreachable(f"The mailbox does not respond to {command}: {_reason(error)}") from error

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        status, answer = self._call(command, self.connection.uid, command, *arguments)
        if status != "OK":
            raise MailboxUnreachable(f"The mailbox refuses {command}: {answer!r}"[:300])
        return answer

    def _select(self, folder: Folder) -> bool:
        name = self._name(folder)
        if self.selected != name:
            self.selected = ""
            status, answer = self._call("SELECT", self.connection.select, _quoted(name))
            if status != "OK":
                if folder != "inbox":
                    return False
                raise MailboxUnreachable(f"The mailbox has no folder {name}: {answer!r}"[:300])
            self.selected = name
        return True

    def _name(self, folder: Folder) -> str:
        if folder == "inbox":
            return self.inbox
        return self.prefix + self.separator.join(SUBFOLDERS[folder])

    def _namespace(self) -> tuple[str, str]:
        """Under which prefix the account's own folders are, and what separates levels: `INBOX.` and `.` for some."""
        if "NAMESPACE" in self.connection.capabilities:
            answer = self._call("NAMESPACE", self.connection.namespace)[1][0] or b""
            if found := re.match(rb'\(\("([^"]*)" "(.)"', answer):
                return found[1].decode(), found[2].decode()
        (answer,) = self._call("LIST", self.connection.list, '""', '""')[1][:1] or [b""]
        found = re.search(rb'\) "(.)" ', answer if isinstance(answer, bytes) else b"")
        return "", found[1].decode() if found else "/"


def _connected(server: Server) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    connection: imaplib.IMAP4
    if server.is_tls:
        connection = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=TIMEOUT_SECONDS)
    else:
        connection = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.is_starttls:
            connection.starttls(context)
        if "AUTH=PLAIN" in connection.capabilities:  # unlike LOGIN it takes any letter
            connection.authenticate("PLAIN", lambda _: f"\0{server.user}\0{server.password}".encode())
        else:
            connection.login(server.user, server.password)
        connection.capabilities = _capabilities(connection)
    except BaseException:
        connection.shutdown()
        raise
    return connection


def _capabilities(connection: imaplib.IMAP4) -> tuple[str, ...]:
    """As they are once somebody is signed in: servers have more then."""
    answer = connection.capability()[1][-1] or b""
    return tuple(answer.decode("ascii", "replace").upper().split())


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _flat(answer: list[Any]) -> Iterator[bytes]:
    for part in answer:
        yield from (each for each in (part if isinstance(part, tuple) else (part,)) if isinstance(each, bytes))


def _reason(error: BaseException) -> str:
    """The server's message; of a log-in that failed it names no user."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
