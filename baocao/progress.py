"""`baocao progress` and `baocao trace`: a unit's figures against its targets; the source of a figure."""

from dataclasses import asdict
from typing import Annotated

import typer

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import database, wording
from warehouse.as_of import set_session_as_of

app = typer.Typer()

Unit = Annotated[str, typer.Argument(help="A unit's code: 07228 for Phường Đa Mai, 24 for Bắc Ninh.")]
Period = Annotated[str, typer.Argument(help="2026, 2026-H1, 2026-Q3 or 2026-06.")]
Basis = Annotated[str, typer.Option(help="as_reported: the units of that period; current: restated for today's units.")]


@app.command()
def progress(programme: str, unit: Unit, period: Period, as_of: AsOf = None, json: Json = False) -> None:
    """Compare a unit's indicators with its own targets and the province's.

    A figure that is an interval gets a verdict only if the whole interval agrees. For a unit without figures: which
    reports are owed, by when.

    \b
    baocao progress bacninh-2026-2030 07228 2025
    baocao progress bacninh-2026-2030 24 2026 --as-of 2026-07-01 --json
    """
    from publish.reading import owed
    from publish.reading import progress as figures

    database.prepare()
    with database.connect() as connection:
        set_session_as_of(connection, as_of)
        rows = figures.of_unit(connection, programme, unit, period)
        reports = [] if rows else owed.of_unit(connection, programme, unit, period)
    if json:
        write_document(rows)
        return
    if not rows:
        lines = [f"{programme} · {unit} · {period}: chưa có báo cáo nào được nhận.", *owed.for_display(reports)]
        typer.echo("\n".join(lines))
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
    """Trace a figure to the file, sheet and cell of each report that it consists of.

    The unit may be a province, a district, a commune, or the unallocated part of a province (24/unallocated). Where no
    report has the line: which reports are owed, by when.

    \b
    baocao trace bacninh-2026-2030 3.2 07228 2025
    baocao trace bacgiang-maternal-child-2025 I.1 24 2023 --basis current
    """
    from publish.reading import owed, tracing

    database.prepare()
    with database.connect() as connection:
        set_session_as_of(connection, as_of)
        traced = tracing.trace(connection, programme, indicator, unit, period, basis, as_of)
        reports = [] if traced.parts else owed.of_unit(connection, programme, unit.split("/")[0], period)
    if json:
        write_document(asdict(traced))
        return
    title = f"{programme} · {indicator} · {unit} · {period}"
    if traced.parts:
        shown = tracing.for_display(traced)
        write_table(tuple(shown[0]), shown, title=title, one_line="tệp")
    else:
        lines = [f"{title}: không có báo cáo nào đã được nhận nói về chỉ tiêu này.", *owed.for_display(reports)]
        typer.echo("\n".join(lines))
    for line in tracing.summary(traced):
        typer.echo(line)
