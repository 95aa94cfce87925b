"""`baocao close`: close a period after approval."""

from dataclasses import asdict
from typing import Annotated

import typer

from baocao.output import Json, write_document
from warehouse import database

app = typer.Typer()


@app.command()
def close(
    programme: str,
    period: str,
    note: Annotated[str, typer.Option(help="Who approved it and why; kept with the closing.")] = "",
    json: Json = False,
) -> None:
    """Close a period: its figures of now are the vintage that stays, and nobody is reminded any more.

    Corrections are still accepted, and marked as after closing. The closed figures are read with
    `baocao report … --as-of` the moment of the closing. The DAG `closing` does the same after an approval in Airflow.
    """
    from pipeline import closing

    database.prepare()
    closed = closing.close(programme, period, note)
    if json:
        write_document(asdict(closed))
        return
    typer.echo(closing.closed_message(closed))
    typer.echo(f"Số liệu lúc khoá: baocao report {programme} ĐƠN_VỊ {period} --as-of {closed.closed_at.isoformat()}")
