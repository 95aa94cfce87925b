"""`baocao progress` and `baocao trace`: where a unit stands, and what a figure is made of."""

from dataclasses import asdict
from typing import Annotated

import typer

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import database, wording
from warehouse.as_of import set_session_as_of

app = typer.Typer()

Unit = Annotated[str, typer.Argument(help="A unit's code: 07228 for Phường Đa Mai, 24 for Bắc Ninh.")]
Period = Annotated[str, typer.Argument(help="2026, 2026-H1, 2026-Q3 or 2026-06.")]
Basis = Annotated[str, typer.Option(help="as_reported: the units of that period. current: restated to today's map.")]


@app.command()
def progress(programme: str, unit: Unit, period: Period, as_of: AsOf = None, json: Json = False) -> None:
    """A unit's indicators against the targets, as the last build left them or as they were known at a moment.

    Each indicator stands against its own plan's target and against the province's. A figure that is only known to lie
    between two ends gets a verdict only where all of it agrees.
    """
    from publish.reading import progress as figures

    database.prepare()
    with database.connect() as connection:
        set_session_as_of(connection, as_of)
        rows = figures.of_unit(connection, programme, unit, period)
    if json:
        write_document(rows)
        return
    shown = figures.for_display(rows)
    then = f" · như đã biết lúc {wording.timestamp(as_of)}" if as_of else ""
    write_table(tuple(shown[0]), shown, title=f"{programme} · {unit} · {period}{then}", one_line="chỉ tiêu")


@app.command()
def trace(
    programme: str,
    indicator: str,
    unit: Unit,
    period: Period,
    basis: Basis = "as_reported",
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """From a figure down to the file, sheet and cell of each report that it is made of.

    The unit may be a province, a district, a commune, or what could not be placed below a province (24/unallocated).
    """
    from publish.reading import tracing

    database.prepare()
    with database.connect() as connection:
        set_session_as_of(connection, as_of)
        traced = tracing.trace(connection, programme, indicator, unit, period, basis, as_of)
    if json:
        write_document(asdict(traced))
        return
    title = f"{programme} · {indicator} · {unit} · {period}"
    if traced.parts:
        shown = tracing.for_display(traced)
        write_table(tuple(shown[0]), shown, title=title, one_line="tệp")
    else:
        typer.echo(f"{title}: không có báo cáo nào đã được nhận nói về chỉ tiêu này.")
    for line in tracing.summary(traced):
        typer.echo(line)
