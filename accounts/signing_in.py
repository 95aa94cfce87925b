"""Sign in, and confirm a password again: the same work and the same answer whether there is such an account or not."""

from typing import Literal, NamedTuple

import psycopg

from accounts import attempts, events, passwords, registry, second_factor, sessions
from accounts.events import Actor
from accounts.registry import Account
from warehouse import clock

REHASH = "update ops.account set password_hash = %s where account_id = %s and password_hash = %s"
TAKE_STEP = """
update ops.account set totp_step = %(step)s
where account_id = %(account)s and totp_secret = %(secret)s and (totp_step is null or totp_step < %(step)s)
"""


class SignedIn(NamedTuple):
    """session: its token, for the cookie."""

    account: Account
    session: str


Failure = Literal["wrong", "too_many"]


def sign_in(connection: psycopg.Connection, email: str, password: str, code: str, address: str) -> SignedIn | Failure:
    """connection: one that commits each statement. `wrong` names no reason: address, password and code are one answer.

    address: where the request comes from.
    """
    account = registry.find(connection, email)
    if failure := _verify(connection, account, email, password, code, address):
        return failure
    assert account is not None
    with connection.transaction():
        if not registry.hold(connection, account):
            return "wrong"
        session = sessions.begin(connection, account)
        events.add(connection, "signed_in", account.account_id, Actor(account.account_id, "page", address))
    _hash_anew(connection, account, password)
    return SignedIn(account, session)


def confirm(connection: psycopg.Connection, account: Account, password: str, address: str) -> Failure | None:
    """None where it is the account's password. Attempts are counted as at sign-in."""
    return _verify(connection, account, account.email, password, None, address)


def change_password(
    connection: psycopg.Connection, account: Account, password: str, session: str, address: str
) -> bool:
    """After `confirm`; False where the account is no longer what was confirmed. Every other session of it ends."""
    hashed = passwords.hashed(password)
    with connection.transaction():
        if not registry.hold(connection, account):
            return False
        connection.execute(
            "update ops.account set password_hash = %s where account_id = %s", [hashed, account.account_id]
        )
        sessions.end_others(connection, account, session)
        events.add(connection, "password_changed", account.account_id, Actor(account.account_id, "page", address))
    return True


def set_second_factor(
    connection: psycopg.Connection, account: Account, secret: str | None, step: int | None, address: str
) -> bool:
    """Switch codes on with a secret, or off; after `confirm`. False where the account is no longer what was confirmed.

    step: of the code that showed the secret on a telephone; that code is taken.
    """
    with connection.transaction():
        if not registry.hold(connection, account):
            return False
        connection.execute(
            "update ops.account set totp_secret = %s, totp_step = %s where account_id = %s",
            [secret, step, account.account_id],
        )
        kind = "second_factor_on" if secret else "second_factor_off"
        events.add(connection, kind, account.account_id, Actor(account.account_id, "page", address))
    return True


def _verify(
    connection: psycopg.Connection,
    account: Account | None,
    email: str,
    password: str,
    code: str | None,
    address: str,
) -> Failure | None:
    """code: None where none is required, such as from whoever is signed in."""
    attempt = attempts.begin(connection, email, address, clock.now())
    if attempt is None:
        return "too_many"
    usable = account if account and account.state == "active" else None
    is_right = passwords.is_right(usable.password_hash if usable else None, password)
    if usable and is_right and (code is None or _takes_code(connection, usable, code)):
        attempts.settle(connection, attempt, "succeeded")
        return None
    attempts.settle(connection, attempt, "failed")
    actor = Actor(None, "page", address)
    events.add(connection, "sign_in_failed", account.account_id if account else None, actor)
    return "wrong"


def _hash_anew(connection: psycopg.Connection, account: Account, password: str) -> None:
    """A password that was hashed with the parameters of an earlier release gets those of today."""
    if account.password_hash and passwords.is_outdated(account.password_hash):
        values = [passwords.hashed(password), account.account_id, account.password_hash]
        connection.execute(REHASH, values)


def _takes_code(connection: psycopg.Connection, account: Account, code: str) -> bool:
    """Whether the code is right, or none is switched on. Of two requests with the same code one is right."""
    if account.totp_secret is None:
        return True
    step = second_factor.step_of(account.totp_secret, code, clock.now(), account.totp_step)
    if step is None:
        return False
    values = {"step": step, "account": account.account_id, "secret": account.totp_secret}
    return connection.execute(TAKE_STEP, values).rowcount == 1
