"""`baocao contacts`: who is written to."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from alerts import contacts as book
from baocao.output import Json, write_document

app = typer.Typer(name="contacts", help="Who is written to.", no_args_is_help=True)


@app.callback()
def contacts() -> None:
    """Who is written to."""


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV: unit_code,agency,role,email,webhook")],
    json: Json = False,
) -> None:
    """Replace the contacts of the units in the file; malformed rows are refused, and the exit code is then 1."""
    from pipeline import building

    building.prepare_catalogue()  # units and agencies are checked against it
    done = book.import_file(file)
    if json:
        write_document(asdict(done))
    else:
        typer.echo(f"{done.contacts} địa chỉ của {done.units} đơn vị.")
        for refusal in done.refused:
            typer.echo(f"{file}:{refusal.line}: {refusal.reason}", err=True)
    if done.refused:
        raise typer.Exit(1)
