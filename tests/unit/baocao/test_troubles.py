"""What befalls a command from outside is a sentence that says what to do."""

import errno
import os

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import create_engine, exc, text

from baocao import troubles
from warehouse import database


def of_a_lost_connection(run) -> BaseException:
    """What `run` raises over a connection that the server ends."""
    with database.connect(autocommit=True) as connection, database.superuser() as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
        with pytest.raises(psycopg.Error) as raised:
            run(connection)
    return raised.value


def test_a_connection_that_is_lost_or_was_lost_before(warehouse):
    def twice(connection):
        with pytest.raises(psycopg.Error):
            connection.execute("select 1")
        connection.execute("select 1")

    for run in (lambda connection: connection.execute("select 1"), twice):
        sentence = troubles.sentence(of_a_lost_connection(run))
        assert sentence.startswith("The connection to the database was lost: ")
        assert "run the command again" in sentence


def test_it_is_found_in_the_error_of_sqlalchemy(warehouse):
    address = database.engine().url
    engine = create_engine(address)
    with engine.connect() as connection, database.superuser() as other:
        pid = connection.execute(text("select pg_backend_pid()")).scalar_one()
        other.execute("select pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(exc.OperationalError) as raised:
            connection.execute(text("select 1"))
    engine.dispose()
    assert "The connection to the database was lost" in troubles.sentence(raised.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk(number):
    sentence = troubles.sentence(OSError(number, os.strerror(number), "/inbox/a.csv"))
    assert sentence.startswith(f"There is no room on the disk for /inbox/a.csv ({os.strerror(number)}).")


def test_a_full_disk_of_the_database_and_too_many_connections():
    assert "The disk of the database is full: no space" in troubles.sentence(errors.DiskFull("no space\nHINT: none"))
    sentence = troubles.sentence(errors.InternalError_('could not write to log file "1" at offset 2: File too large'))
    assert sentence.startswith("The disk of the database is full: could not write to log file")
    assert "takes no more connections" in troubles.sentence(errors.TooManyConnections("sorry"))


@pytest.mark.parametrize("error", [ValueError("1"), OSError(errno.EACCES, "denied"), errors.UndefinedTable("no")])
def test_any_other_error_is_none_of_these(error):
    assert troubles.sentence(error) is None
