"""`baocao template`: write the workbook that a unit fills in."""

from pathlib import Path
from typing import Annotated

import typer

from warehouse import database
from warehouse.catalogue import DEFAULT_AGENCY

app = typer.Typer()


@app.command()
def template(
    programme: str,
    unit: Annotated[str, typer.Argument(help="The unit's code on the day of the deadline.")],
    period: str,
    out: Annotated[Path, typer.Option(help="The workbook to write (.xlsx).")],
    agency: Annotated[str, typer.Option(help="The agency that reports about the unit.")] = DEFAULT_AGENCY,
) -> None:
    """Write the workbook that a unit, or an agency about it, fills in for a programme and period.

    \b
    baocao template bacninh-2026-2030 07228 2026 --out da-mai.xlsx
    baocao template langson-child-friendly-2024 05971 2024 --agency CA --out cong-an.xlsx
    """
    from pipeline import building
    from publish.forms import prefill
    from publish.forms import queries as form_queries
    from publish.forms import workbook as form_workbook

    database.prepare()
    building.prepare_catalogue()
    with database.connect() as connection:
        empty = form_queries.form(connection, programme, unit, period, agency)
        (form,) = prefill.beside(connection, [empty])
    typer.echo(form_workbook.write(form, out))
