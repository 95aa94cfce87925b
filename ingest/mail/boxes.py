"""A mailbox, whatever keeps it. A mail is moved, never deleted and never changed."""

from typing import Literal, Protocol

from warehouse.errors import BaocaoError

Folder = Literal["inbox", "done", "waiting"]
SUBFOLDERS: dict[Folder, tuple[str, str]] = {"done": ("baocao", "done"), "waiting": ("baocao", "waiting")}
"""Folders of the mailbox into which mails are moved, by level."""


class MailboxUnreachable(BaocaoError):
    """The mailbox cannot be opened or read now; the mails stay where they are for the next run."""


class Box(Protocol):
    """uid: names a mail within its folder as long as it is there."""

    def uids(self, folder: Folder) -> list[str]:
        """The mails of a folder, the oldest first; none where the folder does not exist yet."""

    def size(self, folder: Folder, uid: str) -> int:
        """In bytes."""

    def headers(self, folder: Folder, uid: str) -> bytes:
        """Up to the blank line; empty where the mail is gone."""

    def content(self, folder: Folder, uid: str) -> bytes:
        """The whole mail; empty where it is gone."""

    def move(self, uid: str, origin: Folder, target: Folder) -> None:
        """Into another folder, which is made if need be. Doing it again is harmless."""
