"""`baocao missing`: overdue reports."""

from typing import Annotated

import typer

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import database

app = typer.Typer()

SHOWN = ("programme_code", "period", "unit_code", "unit_name", "agency_code", "deadline_at", "status", "days_late")


@app.command()
def missing(
    programme: Annotated[str | None, typer.Option(help="Only this programme, even if it has ended.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this period.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Include ended programmes and closed periods.")] = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """List overdue reports: the deadline has passed and nothing was accepted.

    A report that was rejected is listed as `rejected` until a valid one arrives, one that waits for its approver as
    `awaiting_approval`. Ended programmes and closed periods
    are left out without --programme or --all. With a future --as-of: the reports that will be overdue then if nothing
    more is accepted.

    \b
    baocao missing
    baocao missing --programme angiang-emulation-2022 --as-of 2022-10-10
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
            f"Left out: {left_out} reports of plans that have ended or periods that were closed; --all shows them too.",
            err=json,
        )
