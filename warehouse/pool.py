"""Connections that a process keeps between requests: a new session of PostgreSQL costs more than most of their queries.

SQLAlchemy's pool keeps them. Whatever a request set for its session (a time, a search path, a lock, a transaction) is
discarded before the next one has it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from warehouse import database

if TYPE_CHECKING:
    from sqlalchemy.pool import Pool, PoolProxiedConnection

KEPT = 8
"""As many as answer at once; what is open beyond them under load is closed again."""


@contextmanager
def connection(role: str = "loader", *, autocommit: bool = False) -> Iterator[psycopg.Connection]:
    """As `database.connect`: commits when the block ends well. The connection is taken back, not closed."""
    kept = _taken(_pool(role))
    session = _driven(kept)
    try:
        session.autocommit = autocommit
        yield session
        session.commit()
    except BaseException:
        if not session.closed:
            session.rollback()
        raise
    finally:
        if session.closed:
            kept.invalidate()
        else:
            session.rollback()
            session.isolation_level = session.read_only = None
        kept.close()


def close_all() -> None:
    """Close what is kept: before the database goes, or another one has its address."""
    while _pools:
        _pools.popitem()[1].dispose()


_pools: dict[str, "Pool"] = {}
"""By the address that their connections lead to, with its user."""


def _pool(role: str) -> "Pool":
    from sqlalchemy.pool import QueuePool

    def connect() -> Any:
        session = database.connect(role, autocommit=True)
        session.prepare_threshold = None  # a build may replace what a prepared statement reads
        return session

    address = database.url(role)
    return _pools.setdefault(address, QueuePool(connect, pool_size=KEPT, max_overflow=-1, reset_on_return=None))


def _taken(pool: "Pool") -> "PoolProxiedConnection":
    """One that is alive and as new. The server may have been restarted since it was last used."""
    while True:
        kept = pool.connect()
        session = _driven(kept)
        try:
            session.autocommit = True
            session.execute("discard all")
            session.execute(database.SEARCH_PATH)
        except psycopg.OperationalError:
            kept.invalidate()
            kept.close()
        else:
            return kept


def _driven(kept: "PoolProxiedConnection") -> psycopg.Connection:
    session = kept.driver_connection
    assert isinstance(session, psycopg.Connection)
    return session
