"""`baocao close`: close a period."""

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
    note: Annotated[str, typer.Option(help="Who approved it and why; stored with the closing.")] = "",
    json: Json = False,
) -> None:
    """Close a period: no more reminders, and its figures of now can be reproduced at any time.

    Later corrections are accepted and marked as after closing. To read the closed figures, give the time of the
    closing to `baocao report … --as-of`. The DAG `closing` does the same after an approval in Airflow.

    \b
    baocao close bacninh-2026-2030 2026 --note "Quyết định số 12/QĐ-UBND"
    """
    from pipeline import closing

    database.prepare()
    closed = closing.close(programme, period, note)
    if json:
        write_document(asdict(closed))
        return
    typer.echo(closing.closed_message(closed))
    typer.echo(f"Số liệu lúc khoá: baocao report {programme} ĐƠN_VỊ {period} --as-of {closed.closed_at.isoformat()}")
