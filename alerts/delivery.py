"""Queued messages go out, each to each of its addresses; who does not answer holds up nobody else."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

import psycopg

from alerts.channels import addresses, opening
from alerts.channels.base import Channel, Later, Refused, Unreachable, Unusable
from alerts.ledger import outbox, retries
from alerts.message import Attachment, QueuedMessage
from warehouse import database
from warehouse.logging import get_logger

log = get_logger(__name__)

FAILURES_IN_A_ROW = 3
"""After so many messages that a server did not take it is left alone for this run, and its other messages wait."""


@dataclass
class Delivery:
    """One run's messages on their way, over one or more connections.

    attachments: makes what goes with a letter, when it is about to be sent; of one letter at a time. at_most: messages
    in a row that a server did not take, after which it is left alone for this run.
    sent, refused, given_up, waiting: messages that somebody took, that nobody ever will, that nobody took on too many
    days, and that nobody took now. failure: what the last of those that wait was told.
    """

    at: datetime
    attachments: Callable[[QueuedMessage], Sequence[Attachment]] = lambda message: ()
    at_most: int = FAILURES_IN_A_ROW
    sent: int = 0
    refused: int = 0
    given_up: int = 0
    waiting: int = 0
    failure: Unreachable | None = None
    is_mail_taken: bool = False
    _counting: Lock = field(default_factory=Lock)
    _making: Lock = field(default_factory=Lock)
    _failures: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _last_failures: dict[tuple[str, ...], Unreachable] = field(default_factory=dict)

    def deliver(
        self,
        messages: Sequence[QueuedMessage],
        connection: psycopg.Connection,
        usable: Mapping[str, Channel],
        connections: int = 1,
    ) -> None:
        """Hand all messages over, letters over up to so many connections to the mail server.

        The others are opened once a letter was taken: a server that is down is tried as over one. A recipient's letters
        go over one connection, so that they arrive in the order of their ledger.
        """
        sender = _Sender(self, connection, usable)
        letters = deque(message for message in messages if message.channel == "email")
        while letters and not (self.is_mail_taken and connections > 1):
            sender.send(letters.popleft())
        if letters:
            self._share(_by_recipient(letters), sender, connections)
        for message in messages:
            if message.channel != "email":
                sender.send(message)

    def _share(self, batches: deque[list[QueuedMessage]], sender: "_Sender", connections: int) -> None:
        """Where one of them breaks, each of the others ends with the recipient that it has."""
        connections = min(connections, len(batches))
        with ThreadPoolExecutor(connections) as pool:
            beside = [pool.submit(copy_context().run, self._send_beside, batches) for _ in range(connections - 1)]
            sender.send_all(batches)
        for each in beside:
            each.result()

    def _send_beside(self, batches: deque[list[QueuedMessage]]) -> None:
        """Over a connection of its own to the mail server, where that allows one, and one to the database."""
        with opening.open_mailer() as mailer:
            try:
                mailer.connect()
            except Unreachable as error:
                log.info("The mail server takes no further connection: %s", error)
                return
            with database.connect() as connection:
                _Sender(self, connection, {"email": mailer}).send_all(batches)

    def files_of(self, letter: QueuedMessage) -> Sequence[Attachment]:
        """What goes with a letter; where it cannot be made the letter goes without.

        Raises where the database is lost: the letter waits for the next run.
        """
        with self._making:
            try:
                return self.attachments(letter)
            except Exception as error:
                if database.is_lost(error):
                    raise
                log.exception("%s goes without its attachments", letter.message_id)
        return ()

    def reason_to_spare(self, server: tuple[str, ...]) -> Unreachable | None:
        """Why a server is left alone for this run; None as long as it is not."""
        with self._counting:
            return self._last_failures[server] if self._failures[server] >= self.at_most else None

    def note_response(self, server: tuple[str, ...]) -> None:
        with self._counting:
            self._failures[server] = 0

    def note_failure(self, server: tuple[str, ...], error: Unreachable) -> None:
        with self._counting:
            self._failures[server] += self.at_most if isinstance(error, Unusable) else 1
            self._last_failures[server] = error

    def note_left(self, error: Unreachable, *, is_queued: bool) -> None:
        with self._counting:
            self.waiting += is_queued
            self.given_up += not is_queued
            self.failure = error if is_queued else self.failure

    def note_settled(self, message: QueuedMessage, *, is_taken: bool) -> None:
        with self._counting:
            self.sent += is_taken
            self.refused += not is_taken
            self.is_mail_taken = self.is_mail_taken or (is_taken and message.channel == "email")


@dataclass
class _Sender:
    """Sends over one connection to the database; each step of a message is a commit."""

    delivery: Delivery
    connection: psycopg.Connection
    usable: Mapping[str, Channel]
    _attached: tuple[str, Sequence[Attachment]] = ("", ())

    def send_all(self, batches: deque[list[QueuedMessage]]) -> None:
        """Until none is left; after an error nobody takes another."""
        try:
            while True:
                try:
                    batch = batches.popleft()
                except IndexError:
                    return
                for letter in batch:
                    self.send(letter)
        except BaseException:
            batches.clear()
            raise

    def send(self, message: QueuedMessage) -> None:
        """Hand the message over, and settle it or leave it for the next run."""
        taken, refusals, failures = bool(message.taken_by), [], []
        posts = message.posts()
        for post in posts:
            try:
                self._hand_over(post)
            except Refused as error:
                refusals.append(str(error))
            except Unreachable as error:
                failures.append(error)
            else:
                taken = True
                if len(posts) > 1:
                    outbox.note_taken(self.connection, post.message_id, post.only)
                    self.connection.commit()
        if failures:
            self._leave(message, failures[-1])
        else:
            self._settle(message, taken, "; ".join(dict.fromkeys(refusals)))

    def _hand_over(self, post: QueuedMessage) -> None:
        """One post to one server, unless that failed too often in this run."""
        server = addresses.server(post.channel, post.recipient)
        if reason := self.delivery.reason_to_spare(server):
            raise reason
        try:
            self.usable[post.channel].send(self._with_attachments(post), self._note_attempt)
        except (Later, Refused):
            self.delivery.note_response(server)
            raise
        except Unreachable as error:
            self.delivery.note_failure(server, error)
            raise
        self.delivery.note_response(server)

    def _with_attachments(self, post: QueuedMessage) -> QueuedMessage:
        """A letter with its files, made once for all its addresses."""
        if post.channel != "email":
            return post
        if self._attached[0] != post.message_id:
            self._attached = post.message_id, self.delivery.files_of(post)
        return replace(post, attachments=self._attached[1])

    def _note_attempt(self, message: QueuedMessage) -> None:
        outbox.note_attempt(self.connection, message.message_id)
        self.connection.commit()

    def _leave(self, message: QueuedMessage, error: Unreachable) -> None:
        is_queued = retries.note_failure(self.connection, message, str(error), self.delivery.at)
        self.connection.commit()
        self.delivery.note_left(error, is_queued=is_queued)

    def _settle(self, message: QueuedMessage, taken: bool, refusals: str) -> None:
        status = "sent" if taken else "failed"
        outbox.settle(self.connection, message, status, self.delivery.at, refusals)
        self.connection.commit()
        self.delivery.note_settled(message, is_taken=taken)
        if refusals:
            log.warning("%s is refused for good: %s", message.message_id, refusals)


def _by_recipient(letters: Iterable[QueuedMessage]) -> deque[list[QueuedMessage]]:
    batches: dict[str, list[QueuedMessage]] = {}
    for letter in letters:
        batches.setdefault(letter.recipient, []).append(letter)
    return deque(batches.values())
