"""A mail server that keeps every letter it took, and calls a function when it has one."""

from collections.abc import Callable
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.integration.letterbox import Letterbox


class Postbox(Letterbox):
    """taken: letters as bytes. on_letter: called when a letter is here and not confirmed yet."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[bytes] = []

    def forget(self) -> None:
        self.taken.clear()
        self.on_letter: Callable[[], None] = lambda: None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.on_letter()
        return self.answer

    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(content, policy=default)["Message-ID"]) for content in self.taken]
