"""How a message leaves the house: by mail or by webhook, one interface, and what can go wrong."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from alerts.ledger import Frozen
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings


class Unreachable(BaocaoError):
    """Nobody took the message now; it may be sent later."""


class Refused(BaocaoError):
    """The other side will never take this message: the address is wrong, say."""


class Channel(Protocol):
    def send(self, message: Frozen, before_data: Callable[[Frozen], None]) -> None:
        """Returns when the message was taken. before_data is called each time that the text is about to go out.

        Raises Refused where it never will be taken, Unreachable after some attempts.
        """


@contextmanager
def open_channels() -> Iterator[dict[str, Channel]]:
    """The channels that can be used now, by name; e-mail needs BAOCAO_SMTP_URL, webhooks need nothing."""
    from alerts import smtp, webhook

    with ExitStack() as stack:
        channels: dict[str, Channel] = {"webhook": stack.enter_context(webhook.caller())}
        if url := get_settings().smtp_url:
            channels["email"] = stack.enter_context(smtp.mailer(url))
        yield channels
