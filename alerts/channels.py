"""How a message leaves the house: by mail or by webhook, one interface, and what can go wrong.

What goes wrong is told without addresses, passwords and tokens: it is logged, and kept in the ledger.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from alerts import addresses
from alerts.ledger import QueuedMessage
from warehouse.errors import BaocaoError, WrongCall
from warehouse.settings import get_settings


class Unreachable(BaocaoError):
    """Nobody took the message now; it may be sent later."""


class Unusable(Unreachable):
    """The server answers and cannot be used as it is set: a wrong password, a certificate that is not trusted.

    To try again within a run is in vain; when it is mended, the message may be sent.
    """


class Later(Unreachable):
    """The server answers, and takes nothing for this recipient now: a mailbox that is full, an unknown sender whom it
    lets wait. Others may be taken; to try again within the run is in vain.
    """


class Refused(BaocaoError):
    """The other side will never take this message: the address is wrong, say."""


class Channel(Protocol):
    def send(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        """Returns when the message was taken. before_data is called each time that the text is about to go out.

        Raises Refused where it never will be taken, Unreachable after some attempts.
        """


class ByScheme:
    """What stands in a contact's `webhook`: http(s) takes signed JSON, any other scheme is a service of Apprise's."""

    def __init__(self, over_http: Channel, by_service: Channel) -> None:
        self.over_http, self.by_service = over_http, by_service

    def send(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        """See Channel."""
        channel = self.over_http if addresses.is_http(message.recipient) else self.by_service
        channel.send(message, before_data)


@contextmanager
def open_channels() -> Iterator[dict[str, Channel]]:
    """The channels that can be used now, by name; e-mail needs BAOCAO_SMTP_URL, webhooks need nothing.

    Raises WrongCall for a BAOCAO_SMTP_URL or BAOCAO_WEBHOOK_URL that cannot be read, without repeating it.
    """
    from alerts import services, smtp, webhook

    settings = get_settings()
    if settings.webhook_url and (reason := addresses.wrong_webhook(settings.webhook_url)):
        raise WrongCall(f"BAOCAO_WEBHOOK_URL: {reason}.")
    with ExitStack() as stack:
        channels: dict[str, Channel] = {
            "webhook": ByScheme(stack.enter_context(webhook.caller()), services.Notifier()),
        }
        if settings.smtp_url:
            channels["email"] = stack.enter_context(smtp.mailer(settings.smtp_url))
        yield channels
