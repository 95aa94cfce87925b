"""Notify the people who run the warehouse: a pipeline that is late, say. Reports have their ladder and ledger.

BAOCAO_OPERATOR is one address: an e-mail address, for which BAOCAO_SMTP_URL names the server, or one that takes
messages by itself, as a contact's `webhook` does.
"""

from email.utils import make_msgid
from html import escape

from alerts.channels import addresses, opening
from alerts.message import QueuedMessage
from warehouse import clock
from warehouse.errors import WrongCall
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)


def notify(subject: str, text: str) -> bool:
    """Log the warning, and send it to BAOCAO_OPERATOR; returns whether a server took it, False where none is set.

    subject: one line; text: plain, of any length. Nothing is kept: two calls send two messages.
    Raises WrongCall for an address that nobody can be written to at, base.Unreachable when nobody answers after
    some attempts, base.Refused when the other side never will take it. The warning is in the log in any case.
    """
    log.warning("%s\n%s", subject, text)
    address = get_settings().operator
    if address is None:
        return False
    name = _channel(address)
    with opening.open_channels() as usable:
        if name not in usable:
            log.warning("BAOCAO_OPERATOR is an e-mail address and BAOCAO_SMTP_URL is not set: nothing is sent.")
            return False
        usable[name].send(_message(name, address, subject, text), lambda message: None)
    return True


def _channel(address: str) -> str:
    if addresses.is_email(address):
        return "email"
    if reason := addresses.wrong_webhook(address):
        raise WrongCall(f"BAOCAO_OPERATOR: không phải email; {reason}.")
    return "webhook"


def _message(channel: str, address: str, subject: str, text: str) -> QueuedMessage:
    html = f'<pre style="font-family: inherit; white-space: pre-wrap">{escape(text)}</pre>'
    return QueuedMessage(make_msgid(domain="baocao.invalid"), channel, address, subject, text, html, clock.now())
