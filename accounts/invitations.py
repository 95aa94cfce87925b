"""Invitations by letter: a link that works once, within some days, and sets the first or a new password."""

from datetime import datetime, timedelta

import psycopg

from accounts import events, passwords, registry, tokens
from accounts.events import Actor
from accounts.registry import Account
from warehouse import clock

VALID_FOR = timedelta(days=7)

INSERT = "insert into ops.account_invitation (token_hash, account_id, created_at, expires_at) values (%s, %s, %s, %s)"
OPEN = """
select account_id from ops.account_invitation
where token_hash = %(token)s and ended_at is null and expires_at > %(now)s
"""
HOLD = """
select from ops.account
where account_id = (select account_id from ops.account_invitation where token_hash = %s) for update
"""
"""The account before its invitation, in the order in which whoever disables it takes them."""
END = """
update ops.account_invitation set ended_at = %(now)s
where token_hash = %(token)s and ended_at is null and expires_at > %(now)s returning account_id
"""


def create(connection: psycopg.Connection, account: Account) -> tuple[str, datetime]:
    """The token of a new invitation and until when it is good; whatever the account had before is void."""
    registry.forget_secrets(connection, account)
    connection.execute("update ops.account set disabled_at = null where account_id = %s", [account.account_id])
    token, now = tokens.new(), clock.now()
    expires_at = now + VALID_FOR
    connection.execute(INSERT, [tokens.digest(token), account.account_id, now, expires_at])
    return token, expires_at


def read(connection: psycopg.Connection, token: str) -> Account | None:
    """Whose invitation it is, None for one that is used, replaced, too old or invented. Reading it uses nothing up:
    mail programs open links before their reader does.
    """
    row = connection.execute(OPEN, {"token": tokens.digest(token), "now": clock.now()}).fetchone()
    return registry.get(connection, row[0]) if row else None


def accept(connection: psycopg.Connection, token: str, password: str, actor: Actor) -> Account | None:
    """Set the password and use the invitation up; None where somebody else already has, or it was none."""
    hashed = passwords.hashed(password)
    connection.execute(HOLD, [tokens.digest(token)])
    row = connection.execute(END, {"token": tokens.digest(token), "now": clock.now()}).fetchone()
    if row is None:
        return None
    connection.execute("update ops.account set password_hash = %s where account_id = %s", [hashed, row[0]])
    events.add(connection, "invitation_accepted", row[0], actor)
    return registry.get(connection, row[0])
