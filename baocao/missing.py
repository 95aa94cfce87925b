"""`baocao missing`: who has not reported."""

from typing import Annotated

import typer

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import database

app = typer.Typer()

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
    from publish.reading import missing

    database.prepare()
    with database.connect("loader") as connection:
        rows, left_out = missing.overdue(connection, programme, period, as_of, include_closed=everything)
    if json:
        write_document(rows)
    elif rows:
        write_table(SHOWN, rows)
    else:
        typer.echo("No report is overdue.")
    if left_out:
        typer.echo(
            f"Left out: {left_out} reports of plans that have ended or periods that were closed; --all tells them too.",
            err=json,
        )
