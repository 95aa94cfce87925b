"""Limits on attempts to sign in, counted in the database: by what was typed as the address, and by network address.

An account that does not exist is counted and locked as one that does, so that neither answer tells them apart.
"""

import hashlib
from datetime import datetime, timedelta

import psycopg

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
"""Failures in a row within the window; after them nothing is verified until the first is older than it."""
PER_ADDRESS = 50
"""Failures from one network address: an office may share one."""

LOCK = "select pg_advisory_xact_lock(hashtextextended('baocao:sign-in:' || %s, 0))"
INSERT = """
insert into ops.sign_in_attempt (attempted_at, email_hash, address, outcome)
values (%(at)s, %(email)s, %(address)s, 'pending') returning attempt_id
"""
FAILURES = """
select
    count(*) filter (where email_hash = %(email)s and attempt_id > coalesce(
        (select max(attempt_id) from ops.sign_in_attempt where email_hash = %(email)s and outcome = 'succeeded'), 0)),
    count(*) filter (where address = %(address)s)
from ops.sign_in_attempt
where attempted_at > %(since)s and outcome in ('pending', 'failed') and attempt_id < %(attempt)s
    and (email_hash = %(email)s or address = %(address)s)
"""
SETTLE = "update ops.sign_in_attempt set outcome = %s where attempt_id = %s"


def begin(connection: psycopg.Connection, email: str, address: str, at: datetime) -> int | None:
    """Count an attempt before anything is verified; None where there were too many.

    It is committed before the password is looked at, one after the other for an account: a hundred at once count one
    another.
    """
    values = {"at": at, "email": key(email), "address": address, "since": at - WINDOW}
    with connection.transaction():
        connection.execute(LOCK, [key(email).hex()])
        row = connection.execute(INSERT, values).fetchone()
        assert row is not None
        attempt: int = row[0]
        failures = connection.execute(FAILURES, values | {"attempt": attempt}).fetchone()
    if failures and failures[0] < PER_ACCOUNT and failures[1] < PER_ADDRESS:
        return attempt
    settle(connection, attempt, "refused")
    return None


def settle(connection: psycopg.Connection, attempt: int, outcome: str) -> None:
    """outcome: `succeeded`, `failed`, or `refused` where nothing was verified."""
    connection.execute(SETTLE, [outcome, attempt])


def key(email: str) -> bytes:
    """Of what was typed as an address, in any case and with blanks around it."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).digest()
