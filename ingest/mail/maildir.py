"""A maildir as a mailbox: what a mail server of this machine delivers into, or a program fetches into."""

import glob
import mailbox
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ingest.mail.boxes import SUBFOLDERS, Box, Folder, MailboxUnreachable
from warehouse.errors import WrongCall


class Maildir(Box):
    """Its folders are subfolders in the way of Maildir++: `.baocao.done`, `.baocao.waiting`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = mailbox.Maildir(path, factory=None, create=False)

    def uids(self, folder: Folder) -> list[str]:
        """See Box."""
        found = self._folder(folder)
        return sorted(found.keys()) if found is not None else []

    def size(self, folder: Folder, uid: str) -> int:
        """See Box."""
        return len(self.content(folder, uid))

    def headers(self, folder: Folder, uid: str) -> bytes:
        """See Box."""
        return self.content(folder, uid)

    def content(self, folder: Folder, uid: str) -> bytes:
        """See Box."""
        found = self._folder(folder)
        try:
            return found.get_bytes(uid) if found is not None else b""
        except KeyError:
            return b""

    def move(self, uid: str, origin: Folder, target: Folder) -> None:
        """See Box. The file itself is renamed: its bytes and flags stay, whatever is in it, and a kill leaves one."""
        source = self._file(origin, uid)
        if source is None:
            return
        if self._folder(target) is None:
            self.root.add_folder(".".join(SUBFOLDERS[target]))
        name, _, info = source.name.partition(":")
        free = (self._path(target) / "cur" / f"{each}:{info or '2,'}" for each in self._names(target, name))
        source.rename(next(free))

    def _names(self, folder: Folder, name: str) -> Iterator[str]:
        """The name, or with a number where a mail has it already: nothing is overwritten."""
        for number in count():
            given = f"{name}-{number}" if number else name
            if self._file(folder, given) is None:
                yield given

    def _file(self, folder: Folder, uid: str) -> Path | None:
        """Where a mail lies: programs change the flags behind its name."""
        for part in ("cur", "new"):
            for path in (self._path(folder) / part).glob(f"{glob.escape(uid)}*"):
                if path.name.partition(":")[0] == uid:
                    return path
        return None

    def _path(self, folder: Folder) -> Path:
        return self.path if folder == "inbox" else self.path / f".{'.'.join(SUBFOLDERS[folder])}"

    def _folder(self, folder: Folder) -> "mailbox.Maildir | None":
        if folder == "inbox":
            return self.root
        try:
            return self.root.get_folder(".".join(SUBFOLDERS[folder]))
        except mailbox.NoSuchMailboxError:
            return None


def opened(path: str) -> Maildir:
    """Raises WrongCall for a relative path, MailboxUnreachable where there is no maildir."""
    folder = Path(path)
    if not folder.is_absolute():
        raise WrongCall("BAOCAO_MAILBOX_URL: write maildir: and an absolute path, maildir:/var/mail/bao-cao")
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise MailboxUnreachable("BAOCAO_MAILBOX_URL names no maildir: it has to hold the folders new and cur")
    return Maildir(folder)
