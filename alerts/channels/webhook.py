"""Webhooks: signed JSON, in a body that Slack and Teams show as it is and that programs can take apart.

`https://host/path#key`: the key never leaves this machine; it signs the body. The header `X-Baocao-Signature` is
`sha256=` and the HMAC-SHA256 of the body in hex; `Idempotency-Key` is the message's id, the same in each attempt.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from alerts.channels import internal
from alerts.channels.backoff import until_taken
from alerts.channels.base import Refused, Unreachable
from alerts.channels.shortening import shortened
from alerts.message import QueuedMessage

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 20
TEXT_BYTES = 16_000
"""Teams refuses bodies of somewhat more than 20 KB, Slack cuts beyond 40 000 characters; a longer text is shortened."""


def body(message: QueuedMessage) -> bytes:
    """The JSON of a message: `text` for Slack and Teams, the parts for programs; the same message, the same bytes."""
    text = shortened(message.body_text, TEXT_BYTES, size=lambda text: len(text.encode()))
    document = {
        # Slack takes <…> for a link, and asks for these three characters to be written so; Teams reads them alike
        "text": escape(f"*{message.subject}*\n\n{text}", quote=False),
        "title": message.subject,
        "message_id": message.message_id,
        "sent_on": message.queued_at.isoformat(),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


def signature(content: bytes, key: str) -> str:
    """What the header says; an empty key signs too, and proves nothing."""
    return "sha256=" + hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


class Caller:
    """Posts messages over one client, which is made with the first: most runs have none."""

    @cached_property
    def client(self) -> "httpx.Client":
        """Redirects are not followed, for they would carry the text to somebody else."""
        import httpx

        logging.getLogger("httpx").setLevel(logging.WARNING)  # below it, each call is logged with its whole address
        return httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def close(self) -> None:
        if "client" in self.__dict__:
            self.client.close()

    def send(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        """Posts to the message's address; see base.Channel."""
        until_taken(self._attempt, message, before_data)

    def _attempt(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        import httpx

        def watch(event: str, info: Mapping[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":  # its peer, whatever a name resolved to
                internal.check_peer(message.recipient, str(info["return_value"].get_extra_info("server_addr")[0]))
            if event.endswith("send_request_headers.started"):  # until then nobody can have taken the text
                before_data(message)

        url, key = urldefrag(message.recipient)
        content = body(message)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Baocao-Signature": signature(content, key),
            "Idempotency-Key": message.message_id.strip("<>"),
        }
        try:
            response = self.client.post(url, content=content, headers=headers, extensions={"trace": watch})
        except httpx.ConnectError as error:
            raise Unreachable(f"webhook: {error}") from error
        except httpx.TransportError as error:
            raise Unreachable(f"webhook: {type(error).__name__}") from error
        except httpx.InvalidURL as error:
            raise Refused("webhook: the address cannot be read") from error
        if response.status_code >= 500 or response.status_code == 429:
            raise Unreachable(f"webhook: {response.status_code}")
        if not response.is_success:
            raise Refused(f"webhook: {response.status_code}")


@contextmanager
def caller() -> Iterator[Caller]:
    """A caller for the block."""
    found = Caller()
    try:
        yield found
    finally:
        found.close()
