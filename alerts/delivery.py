"""Queued messages go out, each to each of its addresses; who does not answer holds up nobody else."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from alerts.channels import addresses
from alerts.channels.base import Channel, Later, Refused, Unreachable, Unusable
from alerts.ledger import outbox, retries
from alerts.message import QueuedMessage
from warehouse.logging import get_logger

log = get_logger(__name__)

FAILURES_IN_A_ROW = 3
"""After so many messages that a server did not take it is left alone for this run, and its other messages wait."""


@dataclass
class Delivery:
    """Sends over one connection to the database; each step of a message is a commit.

    sent, refused, given_up, waiting: messages that somebody took, that nobody ever will, that nobody took on too many
    days, and that nobody took now. failure: what the last of those that wait was told.
    """

    connection: psycopg.Connection
    at: datetime
    usable: Mapping[str, Channel]
    sent: int = 0
    refused: int = 0
    given_up: int = 0
    waiting: int = 0
    failure: Unreachable | None = None
    _failures: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _last_failures: dict[tuple[str, ...], Unreachable] = field(default_factory=dict)

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
        if self._failures[server] >= FAILURES_IN_A_ROW:
            raise self._last_failures[server]
        try:
            self.usable[post.channel].send(post, self._note_attempt)
        except (Later, Refused):
            self._failures[server] = 0
            raise
        except Unreachable as error:
            self._failures[server] += FAILURES_IN_A_ROW if isinstance(error, Unusable) else 1
            self._last_failures[server] = error
            raise
        self._failures[server] = 0

    def _note_attempt(self, message: QueuedMessage) -> None:
        outbox.note_attempt(self.connection, message.message_id)
        self.connection.commit()

    def _leave(self, message: QueuedMessage, error: Unreachable) -> None:
        if retries.note_failure(self.connection, message.message_id, str(error), self.at):
            self.waiting += 1
            self.failure = error
        else:
            self.given_up += 1

    def _settle(self, message: QueuedMessage, taken: bool, refusals: str) -> None:
        outbox.settle(self.connection, message.message_id, "sent" if taken else "failed", self.at, refusals)
        if taken:
            self.sent += 1
        else:
            self.refused += 1
        if refusals:
            log.warning("%s is refused for good: %s", message.message_id, refusals)
