"""`baocao report`: the plan's own annex table, filled in."""

from pathlib import Path
from typing import Annotated

import typer

from warehouse import database

app = typer.Typer()


@app.command()
def report(
    programme: str,
    unit: Annotated[str, typer.Argument(help="A unit's code, or the province's.")],
    period: str,
    out: Annotated[Path, typer.Option(help="The workbook to write (.xlsx).")],
) -> None:
    """Write the plan's annex table with the figures of a unit or the province, as the last build left them."""
    from publish import annex

    database.prepare()
    typer.echo(annex.report(programme, unit, period, out))
