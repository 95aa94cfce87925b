"""Webhooks: signed JSON, in a body that Slack and Teams show as it is and that programs can take apart.

`https://host/path#key`: the key never leaves this machine; it signs the body. The header `X-Baocao-Signature` is
`sha256=` and the HMAC-SHA256 of the body in hex; `Idempotency-Key` is the message's id, the same in each attempt.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from alerts.channels import Refused, Unreachable
from alerts.ledger import Frozen

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 20
ATTEMPTS = 3
WAIT_SECONDS = 1.0
"""Before the second attempt; doubled before the third."""


def body(message: Frozen) -> bytes:
    """The JSON of a message: `text` for Slack and Teams, the parts for programs; the same message, the same bytes."""
    document = {
        "text": f"*{message.subject}*\n\n{message.body_text}",
        "title": message.subject,
        "message_id": message.message_id,
        "sent_on": message.frozen_at.isoformat(),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


def signature(content: bytes, key: str) -> str:
    """What the header says; an empty key signs too, and proves nothing."""
    return "sha256=" + hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


class Caller:
    """Posts messages over one client."""

    def __init__(self, client: "httpx.Client") -> None:
        self.client = client

    def send(self, message: Frozen, before_data: Callable[[Frozen], None]) -> None:
        """Posts to each address of the message; see channels.Channel."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

        again = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=WAIT_SECONDS),
            retry=retry_if_exception_type(Unreachable),
            reraise=True,
        )
        for address in message.recipient.split(" "):
            again(self._attempt, address, message, before_data)

    def _attempt(self, address: str, message: Frozen, before_data: Callable[[Frozen], None]) -> None:
        import httpx

        url, key = urldefrag(address)
        content = body(message)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Baocao-Signature": signature(content, key),
            "Idempotency-Key": message.message_id.strip("<>"),
        }
        before_data(message)
        try:
            answer = self.client.post(url, content=content, headers=headers)
        except httpx.TransportError as error:
            raise Unreachable(f"webhook: {type(error).__name__}") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Unreachable(f"webhook: {answer.status_code}")
        if not answer.is_success:
            raise Refused(f"webhook: {answer.status_code}")


@contextmanager
def caller() -> Iterator[Caller]:
    """A caller for the block; redirects are not followed, for they would carry the text to somebody else."""
    import httpx

    with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
        yield Caller(client)
