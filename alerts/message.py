"""A message as it was or will be sent, whatever the channel."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

Kind = Literal["digest", "receipt", "answer", "approval", "warning", "account"]


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter. media_type: `text/plain`, say."""

    name: str
    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True)
class QueuedMessage:
    """A message as it was or will be sent.

    recipient: of a letter all its addresses ("a@x, b@x"), of a webhook those of its posts ("https://x https://y").
    taken_by: its addresses that took it already. only: the one that it goes to now; of a letter, which names them all.
    attachments: made when a letter is about to be sent, and not kept.
    audit_head: of the audit chain when it was queued. takes_replies: reports may be handed in by answering it.
    in_reply_to: the Message-ID of the mail that it answers; thread: those before it, the oldest first.
    """

    message_id: str
    channel: str
    recipient: str = field(repr=False)
    subject: str
    body_text: str
    body_html: str
    queued_at: datetime
    taken_by: Sequence[str] = field(default=(), repr=False)
    kind: Kind = "digest"
    only: str = field(default="", repr=False)
    attachments: Sequence[Attachment] = field(default=(), repr=False)
    audit_head: str | None = None
    takes_replies: bool = False
    in_reply_to: str | None = None
    thread: Sequence[str] = ()

    def posts(self) -> list["QueuedMessage"]:
        """What is handed over one by one: of several addresses one may have to wait, or be wrong."""
        if self.channel == "email":
            waiting = [one for one in self.recipient.split(", ") if one not in self.taken_by]
            return [replace(self, only=one) for one in waiting]
        waiting = [one for one in self.recipient.split(" ") if one not in self.taken_by]
        return [replace(self, recipient=one, only=one) for one in waiting]
