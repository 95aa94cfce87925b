"""Open the mailbox that is watched: `imaps://user:password@host/INBOX`, `imap://…?starttls=1` or `maildir:/path`."""

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.mail import imap, maildir
from ingest.mail.boxes import Box


@contextmanager
def opened(url: str) -> Iterator[Box]:
    """The mailbox that BAOCAO_MAILBOX_URL names.

    Raises WrongCall for an address that cannot be read, without repeating it; MailboxUnreachable where nobody answers.
    """
    if url.startswith("maildir:"):
        yield maildir.opened(url.removeprefix("maildir:").removeprefix("//"))
        return
    with imap.opened(imap.server(url)) as box:
        yield box
