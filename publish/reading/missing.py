"""Overdue reports: whose deadline has passed with nothing accepted, as of a timestamp."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish.reading import units
from warehouse import catalogue, clock
from warehouse.as_of import set_session_as_of, set_session_as_of_unchecked
from warehouse.errors import BaocaoError

OVERDUE = """
select * from marts.rpt_missing_reports where {condition} order by programme_code, period, unit_code, agency_code
"""


def overdue(
    connection: psycopg.Connection,
    programme: str | None,
    period: str | None,
    as_of: datetime | None = None,
    *,
    include_closed: bool = False,
    within: list[str] | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """The rows of rpt_missing_reports as of a timestamp, else as of now, and how many were left out.

    Left out are plans that have ended and closed periods, unless a programme is named or include_closed.
    within: only reports of these unit_ids (publish.reading.units).
    Raises BaocaoError before the first build, WrongCall for an unknown programme or period.
    """
    built = connection.execute("select to_regclass('marts.rpt_missing_reports') is not null").fetchone()
    if not built or not built[0]:
        raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
    if programme and period:
        catalogue.period(connection, programme, period)
    elif programme:
        catalogue.programme(connection, programme)
    if as_of and as_of <= clock.now():
        set_session_as_of(connection, as_of)
    else:
        set_session_as_of_unchecked(connection, as_of or clock.now())
    cursor = connection.cursor(row_factory=dict_row)
    # only what is asked for: a condition that is always true is planned as if it left one row in two hundred
    filters = {name: code for name, code in (("programme_code", programme), ("period", period)) if code}
    conditions = [*(f"{name} = %({name})s" for name in filters), units.condition("unit_id", within)]
    query = OVERDUE.format(condition=" and ".join(conditions))
    found = cursor.execute(query.encode(), filters | {"units": within}).fetchall()
    rows = found if programme or include_closed else [row for row in found if row["is_open"]]
    return rows, len(found) - len(rows)
