"""`baocao alerts`: send what is due now; the ledger of what was sent."""

from dataclasses import asdict

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database

app = typer.Typer(name="alerts", help="Who is told what, when, once.", no_args_is_help=True)

SHOWN = ("programme_code", "period", "unit_code", "agency_code", "deadline_at", "stage", "status", "settled_at")


@app.callback()
def alerts() -> None:
    """Who is told what, when, once."""


@app.command()
def run(json: Json = False) -> None:
    """Tell the units whose report is overdue; whoever was told is not told again."""
    from pipeline import reminding

    database.prepare()
    done = reminding.remind()
    if json:
        write_document(asdict(done))
    else:
        typer.echo(" · ".join(f"{name.replace('_', ' ')} {count}" for name, count in asdict(done).items()))


@app.command(name="list")
def list_ledger(json: Json = False) -> None:
    """The ledger of alerts, newest first."""
    from pipeline import reminding

    database.prepare()
    with database.connect("loader") as connection:
        rows = reminding.listed(connection)
    if json:
        write_document(rows)
    else:
        write_table(SHOWN, rows)
