"""`baocao rates`: the shares of owed reports that are submitted, on time, accepted and complete."""

from typing import Annotated, Literal

import typer

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import database, wording

app = typer.Typer()

Level = Literal["commune", "district", "province", "country"]


@app.command()
def rates(
    programme: Annotated[str | None, typer.Option(help="Only this programme.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this period: 2026, 2026-H1, 2026-Q3 or 2026-06.")] = None,
    unit: Annotated[
        str | None, typer.Option(help="This unit with all units below it: 07228, 24; VN: the country.")
    ] = None,
    level: Annotated[Level | None, typer.Option(help="Every unit of this level, within --unit if it is given.")] = None,
    over_time: Annotated[bool, typer.Option("--over-time", help="A row for the end of each day.")] = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Show four reporting rates of a unit and those below it: submitted, on time, accepted, complete.

    Each rate is beside its count. On time is a share of the reports with a dated deadline, the other rates of all that
    are owed. Exempt reports are not counted, a retracted report counts as not submitted, and a complete one has every
    required line. Without --unit and --level only the highest unit is shown: the country where units of several
    provinces owe, else the province.

    \b
    baocao rates --programme bacninh-2026-2030 --period 2026
    baocao rates --programme bacninh-2026-2030 --period 2026 --unit 24 --level commune
    baocao rates --programme angiang-emulation-2022 --period 2022 --over-time --as-of 2022-12-31
    """
    from publish.reading import rates as reported

    database.prepare()
    with database.connect() as connection:
        rows = reported.of_units(connection, programme, period, unit, level, over_time, as_of)
    if json:
        write_document(rows)
    elif rows:
        then = f"như đã biết lúc {wording.timestamp(as_of)}" if as_of else None
        shown = reported.for_display(rows)
        write_table(tuple(shown[0]), shown, title=then, one_line="đơn vị")
    else:
        typer.echo("No report is owed.")
