"""The letter that invites somebody to the pages. It goes out at once and is kept nowhere, for its link opens one."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid

from alerts import templating
from alerts.channels import addresses, opening
from alerts.message import QueuedMessage
from warehouse import clock
from warehouse.errors import BaocaoError, WrongCall
from warehouse.settings import get_settings

SUBJECT = "Thư mời dùng trang báo cáo: {unit}"
NO_SERVER = "Chưa có máy chủ thư: đặt BAOCAO_SMTP_URL để gửi được thư mời."


class NoMailServer(BaocaoError):
    """BAOCAO_SMTP_URL is not set."""


@dataclass(frozen=True)
class Invitation:
    """is_renewal: the account was there, and its former password is void. link: works once, until expires_at."""

    email: str
    unit_name: str
    unit_code: str
    role: str
    is_renewal: bool
    link: str
    expires_at: datetime


def require_address(email: str) -> None:
    """Raises WrongCall for what is no e-mail address."""
    if not addresses.is_email(email.strip()):
        raise WrongCall(f"«{email}» không phải là địa chỉ thư điện tử.")


def can_send() -> bool:
    """Whether there is a mail server."""
    return get_settings().smtp_url is not None


def send(invitation: Invitation) -> None:
    """Hand the letter to the mail server. Raises NoMailServer, base.Unreachable or base.Refused."""
    if not can_send():
        raise NoMailServer(NO_SERVER)
    text = templating.render("invitation", SUBJECT.format(unit=invitation.unit_name), vars(invitation))
    number = make_msgid(domain="baocao.invalid")
    letter = QueuedMessage(number, "email", invitation.email, text.subject, text.plain, text.html, clock.now())
    with opening.open_mailer() as mailer:
        mailer.send(letter, lambda message: None)
