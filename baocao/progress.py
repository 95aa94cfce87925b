"""`baocao progress` and `baocao trace`: where a unit stands, and what a figure is made of."""

from typing import Annotated

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database

app = typer.Typer()

Unit = Annotated[str, typer.Argument(help="A unit's code: 07228 for Phường Đa Mai, 24 for Bắc Ninh.")]
Period = Annotated[str, typer.Argument(help="2026, 2026-H1, 2026-Q3 or 2026-06.")]


@app.command()
def progress(programme: str, unit: Unit, period: Period, json: Json = False) -> None:
    """A unit's indicators against the targets, as the last build left them.

    Each indicator stands against its own plan's target and against the province's. A figure that is only known to lie
    between two ends gets a verdict only where all of it agrees.
    """
    from publish import progress as figures

    database.prepare()
    with database.connect() as connection:
        rows = figures.of_unit(connection, programme, unit, period)
    if json:
        write_document(rows)
        return
    told = figures.in_words(rows)
    write_table(tuple(told[0]), told, title=f"{programme} · {unit} · {period}", one_line="chỉ tiêu")


@app.command()
def trace(programme: str, indicator: str, unit: Unit, period: Period, json: Json = False) -> None:
    """From a figure down to the file, sheet and cell of each report that it is made of."""
    from publish import tracing

    database.prepare()
    with database.connect() as connection:
        rows = tracing.parts(connection, programme, indicator, unit, period)
    if json:
        write_document(rows)
    elif rows:
        shown = ("unit_code", "numerator_raw", "denominator_raw", "value_raw", "file_name", "place")
        write_table(shown, rows, title=f"{programme} · {indicator} · {unit} · {period}", one_line="file_name")
    else:
        typer.echo("No accepted report says anything about it.")
