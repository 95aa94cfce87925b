"""`baocao contacts`: the recipients of reminders."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database

app = typer.Typer(name="contacts", help="Recipients of reminders.", no_args_is_help=True)


@app.callback()
def contacts() -> None:
    """Recipients of reminders."""


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns unit_code,agency,role,email,webhook.")],
    json: Json = False,
) -> None:
    """Replace the contacts of the units in a file. Invalid rows are refused; the exit code is then 1.

    \b
    baocao contacts import contacts.csv
    """
    from pipeline import building, contact_changes

    database.prepare()
    building.prepare_catalogue()  # units and agencies are checked against it
    done = contact_changes.import_file(file)
    if json:
        write_document(asdict(done))
    else:
        typer.echo(f"{done.contacts} địa chỉ của {done.units} đơn vị.")
        for refusal in done.refused:
            typer.echo(f"{file}:{refusal.line}: {refusal.reason}", err=True)
    if done.refused:
        raise typer.Exit(1)


@app.command()
def undeliverable(json: Json = False) -> None:
    """List the contacts whose mail server returned a letter for good. Import the right addresses to end that.

    \b
    baocao contacts undeliverable
    """
    from pipeline.mailbox import returned

    database.prepare()
    rows = returned.listed()
    if json:
        write_document(rows)
    elif rows:
        shown = [
            row | {"since": f"{row['undeliverable_at']:%d/%m/%Y}", "reason": row["undeliverable_reason"]}
            for row in rows
        ]
        write_table(("unit_code", "role", "email", "since", "reason"), shown)
    else:
        typer.echo("No letter came back.")
