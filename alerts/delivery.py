"""Queued messages go out, each to each of its addresses; who does not answer holds up nobody else."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import psycopg

from alerts.channels import addresses
from alerts.channels.base import Channel, Later, Refused, Unreachable, Unusable
from alerts.ledger import outbox, retries
from alerts.message import Attachment, QueuedMessage
from warehouse.logging import get_logger

log = get_logger(__name__)

FAILURES_IN_A_ROW = 3
"""After so many messages that a server did not take it is left alone for this run, and its other messages wait."""


@dataclass
class Delivery:
    """Sends over one connection to the database; each step of a message is a commit.

    attachments: makes what goes with a letter, when it is about to be sent. at_most: messages in a row that a server
    did not take, after which it is left alone for this run.
    sent, refused, given_up, waiting: messages that somebody took, that nobody ever will, that nobody took on too many
    days, and that nobody took now. failure: what the last of those that wait was told.
    """

    connection: psycopg.Connection
    at: datetime
    usable: Mapping[str, Channel]
    attachments: Callable[[QueuedMessage], Sequence[Attachment]] = lambda message: ()
    at_most: int = FAILURES_IN_A_ROW
    sent: int = 0
    refused: int = 0
    given_up: int = 0
    waiting: int = 0
    failure: Unreachable | None = None
    _failures: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _last_failures: dict[tuple[str, ...], Unreachable] = field(default_factory=dict)
    _attached: tuple[str, Sequence[Attachment]] = ("", ())

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
        self.connection.commit()

    def _hand_over(self, post: QueuedMessage) -> None:
        """One post to one server, unless that failed too often in this run."""
        server = addresses.server(post.channel, post.recipient)
        if self._failures[server] >= self.at_most:
            raise self._last_failures[server]
        try:
            self.usable[post.channel].send(self._with_attachments(post), self._note_attempt)
        except (Later, Refused):
            self._failures[server] = 0
            raise
        except Unreachable as error:
            self._failures[server] += self.at_most if isinstance(error, Unusable) else 1
            self._last_failures[server] = error
            raise
        self._failures[server] = 0

    def _with_attachments(self, post: QueuedMessage) -> QueuedMessage:
        """A letter with its files, made once for all its addresses; where they cannot be made it goes without."""
        if post.channel != "email":
            return post
        if self._attached[0] != post.message_id:
            self._attached = post.message_id, ()
            try:
                self._attached = post.message_id, self.attachments(post)
            except Exception:
                log.exception("%s goes without its attachments", post.message_id)
        return replace(post, attachments=self._attached[1])

    def _note_attempt(self, message: QueuedMessage) -> None:
        outbox.note_attempt(self.connection, message.message_id)
        self.connection.commit()

    def _leave(self, message: QueuedMessage, error: Unreachable) -> None:
        if retries.note_failure(self.connection, message, str(error), self.at):
            self.waiting += 1
            self.failure = error
        else:
            self.given_up += 1

    def _settle(self, message: QueuedMessage, taken: bool, refusals: str) -> None:
        outbox.settle(self.connection, message, "sent" if taken else "failed", self.at, refusals)
        if taken:
            self.sent += 1
        else:
            self.refused += 1
        if refusals:
            log.warning("%s is refused for good: %s", message.message_id, refusals)
