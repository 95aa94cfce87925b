"""Records of sign-ins are kept for a time: attempts, sessions and invitations that are over. The audit trail stays."""

from datetime import timedelta

import psycopg

from warehouse import clock

KEPT_FOR = timedelta(days=90)
"""A sign-in that looks odd is asked about after a quarter's reports at the latest; limits on attempts need minutes."""

DELETE = (
    "delete from ops.sign_in_attempt where attempted_at <= %(before)s",
    "delete from ops.account_session where coalesce(ended_at, expires_at) <= %(before)s",
    "delete from ops.account_invitation where coalesce(ended_at, expires_at) <= %(before)s",
)


def expire(connection: psycopg.Connection) -> int:
    """Delete what has been over for longer; returns how many rows."""
    values = {"before": clock.now() - KEPT_FOR}
    return sum(connection.execute(statement, values).rowcount for statement in DELETE)
