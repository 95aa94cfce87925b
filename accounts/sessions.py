"""Sessions on the server: the cookie holds a random token, the table its hash, and every end counts at once."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from accounts import events, registry, tokens
from accounts.events import Actor
from accounts.registry import Account
from warehouse import clock

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""OWASP ASVS 4.0, 3.3.2 (level 2)."""

INSERT = """
insert into ops.account_session (token_hash, account_id, began_at, used_at, expires_at)
values (%(token)s, %(account)s, %(now)s, %(now)s, %(expires)s)
returning session_id
"""
USE = """
update ops.account_session set used_at = %(now)s
where token_hash = %(token)s and ended_at is null and expires_at > %(now)s and used_at > %(idle_since)s
returning account_id
"""
FIND = "select account_id from ops.account_session where token_hash = %s and ended_at is null and expires_at > %s"
END = "update ops.account_session set ended_at = %s where token_hash = %s and ended_at is null returning account_id"
END_OTHERS = """
update ops.account_session set ended_at = %s where account_id = %s and ended_at is null and token_hash <> %s
"""
END_ONE = (
    "update ops.account_session set ended_at = %s where account_id = %s and ended_at is null and session_id::text = %s"
)
OPEN = """
select session.session_id, session.began_at, session.used_at, session.token_hash = %(token)s as is_current, (
    select event.address from ops.account_event as event
    where event.account_id = session.account_id and event.happened_at >= session.began_at
        and event.kind = 'signed_in' and event.detail ->> 'session' = session.session_id::text limit 1) as address
from ops.account_session as session
where session.account_id = %(account)s and session.ended_at is null and session.expires_at > %(now)s
    and session.used_at > %(idle_since)s
order by is_current desc, session.used_at desc, session.session_id desc
"""


class OpenSession(NamedTuple):
    """address: of the network, from the audit trail; None for a session of an earlier release."""

    session_id: int
    began_at: datetime
    used_at: datetime
    is_current: bool
    address: str | None


def begin(connection: psycopg.Connection, account: Account, address: str, **detail: str) -> str:
    """A new session, and its event; returns its token. Each sign-in gets one of its own, none is taken over.

    address: of the network. detail: of the event.
    """
    token, now = tokens.new(), clock.now()
    values = {"token": tokens.digest(token), "account": account.account_id, "now": now, "expires": now + LONGEST}
    row = connection.execute(INSERT, values).fetchone()
    assert row is not None
    actor = Actor(account.account_id, "page", address)
    events.add(connection, "signed_in", account.account_id, actor, session=row[0], **detail)
    return token


def use(connection: psycopg.Connection, token: str) -> Account | None:
    """The account of a session that is open, whose idle time begins anew; None for any other token."""
    now = clock.now()
    values = {"token": tokens.digest(token), "now": now, "idle_since": now - IDLE}
    row = connection.execute(USE, values).fetchone()
    account = registry.get(connection, row[0]) if row else None
    return account if account and account.state == "active" else None


def find(connection: psycopg.Connection, token: str) -> Account | None:
    """The account of a session that is in use by a form that took its time; None where it has ended meanwhile.

    The form is the use: a session does not become idle while one is on its way.
    """
    row = connection.execute(FIND, [tokens.digest(token), clock.now()]).fetchone()
    account = registry.get(connection, row[0]) if row else None
    return account if account and account.state == "active" else None


def end(connection: psycopg.Connection, token: str) -> UUID | None:
    """End a session; returns whose it was."""
    row = connection.execute(END, [clock.now(), tokens.digest(token)]).fetchone()
    return row[0] if row else None


def end_others(connection: psycopg.Connection, account: Account, token: str) -> int:
    """End all sessions of an account but this one; returns how many."""
    return connection.execute(END_OTHERS, [clock.now(), account.account_id, tokens.digest(token)]).rowcount


def end_chosen(connection: psycopg.Connection, account: Account, token: str, chosen: str, address: str) -> None:
    """End all sessions of the account but this one (`others`), or one by its number. One of somebody else is none."""
    with connection.transaction():
        if chosen == "others":
            ended = end_others(connection, account, token)
        else:
            values = [clock.now(), account.account_id, chosen]
            ended = connection.execute(END_ONE, values).rowcount
        if ended:
            actor = Actor(account.account_id, "page", address)
            events.add(connection, "session_ended", account.account_id, actor, sessions=ended)


def open_of(connection: psycopg.Connection, account: Account, token: str) -> list[OpenSession]:
    """The account's sessions that are open: this one first, then the one that was used last."""
    now = clock.now()
    values = {"account": account.account_id, "token": tokens.digest(token), "now": now, "idle_since": now - IDLE}
    return connection.cursor(row_factory=class_row(OpenSession)).execute(OPEN, values).fetchall()
