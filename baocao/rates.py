"""`baocao rates`: how many of the reports that are owed came, came on time, were accepted and are complete."""

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
    unit: Annotated[str | None, typer.Option(help="This unit with all below it: 07228, 24; VN: the country.")] = None,
    level: Annotated[Level | None, typer.Option(help="Every unit of this level, within --unit if it is given.")] = None,
    over_time: Annotated[bool, typer.Option("--over-time", help="A row for the end of each day.")] = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Four rates of the reports that a unit and those below it owe: submitted, on time, accepted, complete.

    Each rate stands beside its count. On time is a share of the reports whose deadline has a date, the others of all
    that are owed. Exempt reports are not counted, a retracted one counts as if it had not come, and complete is who
    answered every required line. Without --unit and --level only the highest place is told: the country where units of
    several provinces owe, else the province.

    \b
    baocao rates --programme bacninh-2026-2030 --period 2026
    baocao rates --programme bacninh-2026-2030 --period 2026 --unit 24 --level commune
    baocao rates --programme bacninh-2026-2030 --period 2026 --over-time --as-of 2026-12-31
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
