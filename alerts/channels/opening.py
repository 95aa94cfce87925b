"""Open the channels that the settings allow, by name: `email` and `webhook`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from alerts.channels import addresses
from alerts.channels.base import Channel
from alerts.message import QueuedMessage
from warehouse.errors import WrongCall
from warehouse.settings import get_settings

if TYPE_CHECKING:
    from alerts.channels.smtp import Mailer


class ByScheme:
    """The channel of a contact's `webhook`: http(s) takes signed JSON, any other scheme is a service of Apprise's."""

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
    from alerts.channels import services, webhook

    settings = get_settings()
    if settings.webhook_url and (reason := addresses.wrong_webhook(settings.webhook_url)):
        raise WrongCall(f"BAOCAO_WEBHOOK_URL: {reason}.")
    with ExitStack() as stack:
        channels: dict[str, Channel] = {
            "webhook": ByScheme(stack.enter_context(webhook.caller()), services.Notifier()),
        }
        if settings.smtp_url:
            channels["email"] = stack.enter_context(open_mailer())
        yield channels


@contextmanager
def open_mailer() -> Iterator["Mailer"]:
    """One connection to the mail server of BAOCAO_SMTP_URL, which has to be set; see open_channels."""
    from alerts.channels import smtp

    settings = get_settings()
    with smtp.mailer(settings.smtp_url or "", settings.mailbox_address) as mailer:
        yield mailer
