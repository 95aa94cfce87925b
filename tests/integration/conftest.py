"""For tests of the steps on a real database: the catalogue and the schedule, loaded once a session."""

import psycopg
import pytest

from warehouse import database

ARRIVED = "raw.file, raw.submission, raw.line, ops.submission_issue, ops.submission_verdict, ops.check_result"


@pytest.fixture(scope="session")
def catalogue(warehouse: None) -> None:
    """Programmes, map and schedule are in the session's warehouse."""
    from pipeline import building

    building.prepare_catalogue()


@pytest.fixture
def nothing_arrived(catalogue: None) -> None:
    """The catalogue is there, and no report has ever come in."""
    with database.connect() as connection:
        connection.execute(f"truncate {ARRIVED} restart identity cascade")
        connection.execute("delete from ops.pipeline_run where step = 'receive'")


@pytest.fixture
def session(nothing_arrived: None) -> psycopg.Connection:
    """A connection of the loader's, each statement committed, to look at what a step left behind."""
    with database.connect("loader", autocommit=True) as connection:
        yield connection
