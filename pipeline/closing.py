"""Closing a period: a person has looked at it, and what is published then is the vintage that stays.

Reports that are accepted for it later count as ever, and are marked as after closing; nobody is reminded any more. The
figures of the closing are read as of its moment, for ever.
"""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import dict_row

from warehouse import catalogue, clock, database, moments
from warehouse.errors import BaocaoError, WrongCall

STANDING = """
select count(*) as obligations, count(*) filter (where accepted_at is not null) as accepted,
    count(*) filter (where status in ('missing', 'rejected')) as missing
from marts.fct_report_obligation where programme_code = %(programme)s and period = %(period)s and status <> 'exempt'
"""


@dataclass(frozen=True)
class Closed:
    """A closing, with how the period's reports stood: owed, accepted, and overdue with nothing accepted."""

    programme: str
    period: str
    closed_at: datetime
    obligations: int
    accepted: int
    missing: int


def standing(programme: str, period: str) -> Closed:
    """How a period stands that is about to be closed; closed_at is now.

    Raises WrongCall for an unknown or a closed period, BaocaoError where accepted reports are not in the marts yet.
    """
    with database.connect() as connection:
        found = catalogue.period(connection, programme, period)
        now = clock.now()
        if found.kind != "owed":
            raise WrongCall(f"{programme} {period} is a baseline: nothing is owed for it, and nothing is closed.")
        known = connection.execute(
            "select closed_at from ops.period_closing where programme_code = %s and period = %s", [programme, period]
        ).fetchone()
        if known:
            raise WrongCall(f"{programme} {period} was closed at {known[0].astimezone(clock.ZONE).isoformat()}.")
        built = connection.execute("select to_regclass('marts.fct_report_obligation') is not null").fetchone()
        if not built or not built[0]:
            raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
        moments.look_at(connection, now)
        row = (
            connection.cursor(row_factory=dict_row)
            .execute(STANDING, {"programme": programme, "period": period})
            .fetchone()
        )
    assert row is not None
    return Closed(programme, period, now, **row)


def close(programme: str, period: str, note: str = "") -> Closed:
    """Close a period; note: who approved it and why, for those who ask later. Raises as `standing` does."""
    closed = standing(programme, period)
    with database.connect() as connection:
        connection.execute(
            "insert into ops.period_closing (programme_code, period, closed_at, note) "
            "values (%s, %s, %s, nullif(%s, ''))",
            [programme, period, closed.closed_at, note],
        )
    return closed
