"""`baocao missing`: who has not reported."""

from datetime import datetime
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import catalogue, clock, database, moments
from warehouse.errors import BaocaoError

app = typer.Typer()

OVERDUE = """
select * from marts.rpt_missing_reports where {asked} order by programme_code, period, unit_code, agency_code
"""

SHOWN = ("programme_code", "period", "unit_code", "unit_name", "agency_code", "deadline_at", "status", "days_late")


@app.command()
def missing(
    programme: Annotated[str | None, typer.Option(help="Only this programme, though it may have ended.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this period.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Ended plans and closed periods too.")] = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Who owes a report whose deadline has passed with nothing accepted.

    A report that came and was refused is listed as rejected until a good one comes. Plans that have ended and periods
    that were closed are left out unless --programme names one or --all asks for everything. For a moment still to come
    the answer is who will be overdue then if nothing more is accepted.
    """
    database.prepare()
    with database.connect("loader") as connection:
        found = overdue(connection, programme, period, as_of)
    rows = found if programme or everything else [row for row in found if row["is_open"]]
    if json:
        write_document(rows)
    elif rows:
        write_table(SHOWN, rows)
    else:
        typer.echo("No report is overdue.")
    if len(rows) < len(found):
        typer.echo(
            f"Left out: {len(found) - len(rows)} reports of plans that have ended or periods that were closed; "
            f"--all tells them too.",
            err=json,
        )


def overdue(
    connection: psycopg.Connection, programme: str | None, period: str | None, as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """The rows of rpt_missing_reports at a moment, else at the clock's."""
    built = connection.execute("select to_regclass('marts.rpt_missing_reports') is not null").fetchone()
    if not built or not built[0]:
        raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
    if programme and period:
        catalogue.period(connection, programme, period)
    elif programme:
        catalogue.programme(connection, programme)
    if as_of and as_of <= clock.now():
        moments.look_at(connection, as_of)
    else:
        moments.set_moment(connection, as_of or clock.now())
    cursor = connection.cursor(row_factory=dict_row)
    # only what is asked for: a condition that is always true is planned as if it left one row in two hundred
    asked = {name: code for name, code in (("programme_code", programme), ("period", period)) if code}
    query = OVERDUE.format(asked=" and ".join([f"{name} = %({name})s" for name in asked] or ["true"]))
    return cursor.execute(query, asked).fetchall()
