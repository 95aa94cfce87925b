"""Connections that are kept between requests: each request finds them as new, whatever the one before did."""

import psycopg
import pytest

from warehouse import database, pool

SETTINGS = ("search_path", "baocao.as_of", "transaction_isolation", "transaction_read_only", "lock_timeout")
LOCK = "select pg_try_advisory_lock(815)"


@pytest.fixture(autouse=True)
def nothing_kept(warehouse):
    pool.close_all()
    yield
    pool.close_all()


def settings(connection: psycopg.Connection) -> list[object]:
    return [connection.execute("select current_setting(%s, true)", [name]).fetchone() for name in SETTINGS]


def session_of(connection: psycopg.Connection) -> int:
    return connection.info.backend_pid


def test_a_connection_is_used_again_and_is_as_new():
    with pool.connection() as connection:
        first, before = session_of(connection), settings(connection)
    with pytest.raises(psycopg.errors.UndefinedTable), pool.connection() as connection:
        connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        connection.read_only = True
        connection.execute("set search_path = marts_as_of")
        connection.execute(
            "select set_config('baocao.as_of', '2026-01-01', false), set_config('lock_timeout', '1', false)"
        )
        assert connection.execute(LOCK).fetchone() == (True,)
        connection.execute("select * from marts.there_is_none")
    with pool.connection() as connection:
        # a value of ours that was set once is empty afterwards, which is none
        found = [(row[0] or None,) for row in settings(connection)]
        assert (session_of(connection), found) == (first, before)
        with database.connect() as other:
            assert other.execute(LOCK).fetchone() == (True,)


def test_what_a_block_changed_is_stored_and_what_failed_is_not():
    for autocommit in (True, False):
        with pool.connection(autocommit=autocommit) as connection:
            assert connection.autocommit is autocommit
    with pool.connection("owner") as connection:
        connection.execute("create table ops.kept_a_while (number integer)")
        connection.execute("insert into ops.kept_a_while values (1)")
    with pytest.raises(RuntimeError), pool.connection("owner") as connection:
        connection.execute("insert into ops.kept_a_while values (2)")
        raise RuntimeError
    with pool.connection("owner") as connection:
        assert connection.execute("select number from ops.kept_a_while").fetchall() == [(1,)]
        connection.execute("drop table ops.kept_a_while")


def test_a_session_that_the_server_ended_is_replaced():
    with pool.connection() as one, pool.connection() as other:
        ended = {session_of(one), session_of(other)}
    with database.superuser() as connection:
        for number in ended:
            connection.execute("select pg_terminate_backend(%s, 5000)", [number])
    with pool.connection() as connection:
        assert session_of(connection) not in ended
    with pytest.raises(psycopg.OperationalError), pool.connection() as connection, database.superuser() as superuser:
        superuser.execute("select pg_terminate_backend(%s, 5000)", [session_of(connection)])
        connection.execute("select 1")
    with pool.connection() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_view_that_was_replaced_since_is_read_as_it_is():
    with database.connect() as connection:
        connection.execute("create view ops.replaced as select 1 as number")
        connection.execute("grant select on ops.replaced to public")
    for _ in range(3):
        with pool.connection() as connection:
            for _ in range(10):
                assert connection.execute("select * from ops.replaced").fetchall() == [(1,)]
    with database.connect() as connection:
        connection.execute("drop view ops.replaced")
        connection.execute("create view ops.replaced as select 'one' as name, 1 as number")
        connection.execute("grant select on ops.replaced to public")
    with pool.connection() as connection:
        assert connection.execute("select * from ops.replaced").fetchall() == [("one", 1)]
    with database.connect() as connection:
        connection.execute("drop view ops.replaced")
