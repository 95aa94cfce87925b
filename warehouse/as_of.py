"""The marts as of an earlier timestamp, the same for ever.

A session with an as_of gets from every mart what had been accepted until then. That is
answered only where nothing can change it any more: the moment has passed, no gate is still deciding reports of it,
and every report accepted until then is in the marts.
"""

from datetime import datetime

import psycopg

from warehouse import clock, database
from warehouse.errors import BaocaoError, WrongCall
from warehouse.logging import get_logger
from warehouse.settings import aware

log = get_logger(__name__)

NOT_BUILT = """
select exists (
    select from ops.decision
    where is_accepted and decided_at <= %(as_of)s and accepted_seq > coalesce((
        select accepted_through from ops.last_successful_run where step = 'build'), 0))
"""


LOADING = """
select exists (
    select from ops.pipeline_run where step = 'catalogue' and status = 'running' and as_of <= %(as_of)s)
"""


def parse_timestamp(text: str) -> datetime:
    """An ISO 8601 timestamp, Vietnamese time unless it says otherwise. Raises WrongCall for any other text."""
    try:
        return aware(text)
    except ValueError as error:
        raise WrongCall(f"{text} is no ISO 8601 timestamp, like 2026-11-30 or 2026-11-30T17:00.") from error


def set_session_as_of(connection: psycopg.Connection, as_of: datetime | None) -> None:
    """From here on this session reads the figures as of this timestamp; None: the newest.

    Raises WrongCall for a timestamp in the future, BaocaoError where reports accepted until then are not built yet.
    """
    if as_of is None:
        connection.execute("select set_config('baocao.as_of', '', false)")
        connection.execute(database.SEARCH_PATH)
        return
    if as_of > clock.now():
        raise WrongCall(f"{as_of:%Y-%m-%d %H:%M} has not come: what will be known then can still change.")
    _wait_for_the_gate()
    _wait_for_the_catalogue(connection, as_of)
    if not is_built_as_of(connection, as_of):
        raise BaocaoError("Reports accepted until then are not in the marts yet: run `baocao build` first.")
    set_session_as_of_unchecked(connection, as_of)


def is_built_as_of(connection: psycopg.Connection, as_of: datetime) -> bool:
    """Whether the lines of every report accepted until then are in the marts; who has reported is known without."""
    row = connection.execute(NOT_BUILT, {"as_of": as_of}).fetchone()
    return not (row and row[0])


def _wait_for_the_gate() -> None:
    """A gate at work may be deciding reports of an earlier time; none that begins now does."""
    with database.exclusive("gate"):
        log.debug("No gate is at work")


def _wait_for_the_catalogue(connection: psycopg.Connection, as_of: datetime) -> None:
    """A load under way may be recording rows of an earlier time; none that begins now does."""
    row = connection.execute(LOADING, {"as_of": as_of}).fetchone()
    if row and row[0]:
        with database.exclusive("catalogue"):
            log.debug("No load of the catalogue is under way")


def set_session_as_of_unchecked(connection: psycopg.Connection, as_of: datetime) -> None:
    """Set it without a check, for a step of the pipeline that builds the marts up to it first."""
    connection.execute("select set_config('baocao.as_of', %s, false)", [as_of.isoformat()])
    connection.execute("set search_path = marts_as_of, marts, public")
