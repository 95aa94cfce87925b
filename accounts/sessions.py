"""Sessions on the server: the cookie holds a random token, the table its hash, and every end counts at once."""

from datetime import timedelta
from uuid import UUID

import psycopg

from accounts import registry, tokens
from accounts.registry import Account
from warehouse import clock

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""OWASP ASVS 4.0, 3.3.2 (level 2)."""

INSERT = """
insert into ops.account_session (token_hash, account_id, began_at, used_at, expires_at)
values (%(token)s, %(account)s, %(now)s, %(now)s, %(expires)s)
"""
USE = """
update ops.account_session set used_at = %(now)s
where token_hash = %(token)s and ended_at is null and expires_at > %(now)s and used_at > %(idle_since)s
returning account_id
"""
END = "update ops.account_session set ended_at = %s where token_hash = %s and ended_at is null returning account_id"
END_OTHERS = """
update ops.account_session set ended_at = %s where account_id = %s and ended_at is null and token_hash <> %s
"""


def begin(connection: psycopg.Connection, account: Account) -> str:
    """A new session; returns its token. Each sign-in gets one of its own, none is taken over."""
    token, now = tokens.new(), clock.now()
    values = {"token": tokens.digest(token), "account": account.account_id, "now": now, "expires": now + LONGEST}
    connection.execute(INSERT, values)
    return token


def use(connection: psycopg.Connection, token: str) -> Account | None:
    """The account of a session that is open, whose idle time begins anew; None for any other token."""
    now = clock.now()
    values = {"token": tokens.digest(token), "now": now, "idle_since": now - IDLE}
    row = connection.execute(USE, values).fetchone()
    account = registry.get(connection, row[0]) if row else None
    return account if account and account.state == "active" else None


def end(connection: psycopg.Connection, token: str) -> UUID | None:
    """End a session; returns whose it was."""
    row = connection.execute(END, [clock.now(), tokens.digest(token)]).fetchone()
    return row[0] if row else None


def end_others(connection: psycopg.Connection, account: Account, token: str) -> None:
    """End all sessions of an account but this one."""
    connection.execute(END_OTHERS, [clock.now(), account.account_id, tokens.digest(token)])
