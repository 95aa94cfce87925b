"""Invite somebody to the pages: an account, an invitation that works once, and the letter that carries it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from accounts import events, invitations, registry
from accounts.events import COMMAND, Actor
from accounts.registry import Account
from alerts import invitation
from alerts.invitation import Invitation
from pipeline import drafts
from warehouse import database
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import BaocaoError, WrongCall
from warehouse.settings import get_settings


@dataclass(frozen=True)
class Invited:
    """link: only where there is no mail server, for the operator to hand over; it opens the account once."""

    account: Account
    expires_at: datetime
    is_sent: bool
    link: str | None = field(default=None, repr=False)


def invite(
    unit_code: str,
    email: str,
    role: str,
    agency: str = DEFAULT_AGENCY,
    *,
    actor: Actor = COMMAND,
    may_move: Callable[[Account], bool] = lambda existing: True,
) -> Invited:
    """A new account and its letter. Where the letter cannot be sent the account is there: `reset` sends another.

    An account whose unit has ended is moved to the unit, if may_move says so of it, and leaves its drafts behind.
    Raises WrongCall for what the catalogue does not know and for an address that has an account.
    """
    invitation.require_address(email)
    _require_way(actor)
    with database.connect("loader") as connection:
        account = registry.add(connection, unit_code, email, role, agency, actor, may_move)
        drafts.delete_all(connection, account)
        token, expires_at = invitations.create(connection, account)
    return _hand_over(account, token, expires_at, is_renewal=False)


def reset(email: str, *, actor: Actor = COMMAND) -> Invited:
    """A new invitation for an account, also a disabled one: its password, codes and sessions are void at once.

    Raises WrongCall where there is no such account.
    """
    _require_way(actor)
    with database.connect("loader") as connection:
        account = _existing(connection, email)
        token, expires_at = invitations.create(connection, account)
        events.add(connection, "reset", account.account_id, actor)
    return _hand_over(account, token, expires_at, is_renewal=True)


def disable(email: str, *, actor: Actor = COMMAND) -> Account:
    """End an account and its sessions. Raises WrongCall where there is none."""
    with database.connect("loader") as connection:
        account = _existing(connection, email)
        registry.disable(connection, account, actor)
    return account


def _existing(connection: psycopg.Connection, email: str) -> Account:
    account = registry.find(connection, email)
    if account is None:
        raise WrongCall(f"Không có tài khoản nào của địa chỉ «{email}».")
    return account


def _require_way(actor: Actor) -> None:
    """A link is shown on the terminal of whoever runs the warehouse, and on no page."""
    if actor.via == "page" and not invitation.can_send():
        raise invitation.NoMailServer(invitation.NO_SERVER)


def _hand_over(account: Account, token: str, expires_at: datetime, *, is_renewal: bool) -> Invited:
    link = f"{get_settings().pages_url}/loi-moi/{token}"
    if not invitation.can_send():
        return Invited(account, expires_at, is_sent=False, link=link)
    letter = Invitation(account.email, account.unit_name, account.unit_code, account.role, is_renewal, link, expires_at)
    try:
        invitation.send(letter)
    except BaocaoError as error:
        raise BaocaoError(
            f"Không gửi được thư mời đến {account.email}: {error} Tài khoản đã có; khi gửi được thư, chạy: "
            f"baocao accounts reset {account.email}"
        ) from error
    return Invited(account, expires_at, is_sent=True)
