"""Chats and notification services beyond mail and signed JSON: whatever Apprise knows, `tgram://…`, `matrixs://…`.

Every service gets the plain text; Apprise turns it into what the service shows. A text that is longer than a service
takes is cut at a line, and says how much is left out and where the whole is.
"""

import logging
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from alerts.channels import internal
from alerts.channels.backoff import until_taken
from alerts.channels.base import Refused, Unreachable
from alerts.channels.shortening import shortened
from alerts.message import QueuedMessage

if TYPE_CHECKING:
    import apprise

CODE = re.compile(r"\berror=(\d{3})\b")
"""How Apprise's plugins log the status of an HTTP answer; the rest of what they log may name a chat or a number."""


class Notifier:
    """Sends each message to the one service that its recipient names."""

    def send(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        """See base.Channel. Raises Refused for an address that Apprise cannot read, or that names a host inside."""
        if internal.wrong(message.recipient):
            raise Refused("it leads to an address inside (BAOCAO_INTERNAL_WEBHOOKS)")
        service = _service(message.recipient)
        if service is None:
            raise Refused("Apprise cannot read the address")
        until_taken(_attempt, service, message, before_data)


def supports(scheme: str) -> bool:
    """Whether Apprise has a service of that scheme that can run here."""
    return scheme.lower() in _schemes()


def can_use(address: str) -> bool:
    """Whether Apprise can make something of the whole address; no connection is made."""
    return _service(address) is not None


def body(service: "apprise.NotifyBase", message: QueuedMessage) -> str:
    """The plain text, as much as the service takes in one message. `?overflow=split` in the address: all of it."""
    from apprise import OverflowMode

    if service.overflow_mode == OverflowMode.SPLIT:
        return message.body_text
    title = len(message.subject) + 2 if service.title_maxlen <= 0 or service.overflow_amalgamate_title else 0
    return shortened(message.body_text, max(service.body_maxlen - title, 0), service.body_max_line_count)


def _attempt(
    service: "apprise.NotifyBase", message: QueuedMessage, before_data: Callable[[QueuedMessage], None]
) -> None:
    from apprise import Apprise, NotifyFormat

    text = body(service, message)
    before_data(message)
    result = Apprise(service, asset=service.asset).notify(
        body=text, title=message.subject, body_format=NotifyFormat.TEXT.value
    )
    attempts = [attempt for found in result.results for attempt in found.attempts]
    if attempts and attempts[-1]:
        return
    codes = [code for attempt in attempts for entry in attempt.logs for code in CODE.findall(str(entry))]
    if codes and codes[-1][0] == "4" and codes[-1] not in ("408", "425", "429"):
        raise Refused(f"{service.service_name}: {codes[-1]}")
    raise Unreachable(f"{service.service_name}: {codes[-1] if codes else 'no answer'}")


def _service(address: str) -> "apprise.NotifyBase | None":
    """The service that the address names, None where Apprise cannot read it."""
    from apprise import Apprise, AppriseAsset

    _hush()
    # One after another, nothing kept on disk, and no redirect: it would carry the text to somebody else.
    asset = AppriseAsset(
        app_id="baocao", app_desc="baocao", async_mode=False, storage_mode="memory", http_redirects=False
    )
    return Apprise.instantiate(address, asset=asset)


@cache
def _schemes() -> frozenset[str]:
    from apprise.manager_plugins import NotificationManager

    _hush()
    plugins = NotificationManager()
    return frozenset(scheme for scheme in plugins.schemas() if plugins[scheme].enabled)


@cache
def _hush() -> None:
    """What Apprise logs names hosts and chats; what matters of it is in our errors."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
