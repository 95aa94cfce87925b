"""`baocao targets`: whether the plans of the units below add up to a unit's own targets."""

from typing import Annotated

import typer

from baocao.output import AsOf, Json, write_document, write_table
from warehouse import database, wording
from warehouse.as_of import set_session_as_of

app = typer.Typer()


@app.command()
def targets(
    programme: str,
    unit: Annotated[str, typer.Argument(help="A province's or district's code: 24 for Bắc Ninh.")],
    period: Annotated[str, typer.Argument(help="The period whose reported denominators are used: 2026.")],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Show a unit's targets beside what the plans of the units below it promise together.

    Counts are added up. A percentage is promised of the denominator that its unit reported in the period; cases and
    denominators are added and divided once, and a percentage is never averaged. Where nothing can be added, it says so.

    \b
    baocao targets bacninh-2026-2030 24 2026
    baocao targets bacninh-2026-2030 24 2026 --json
    """
    from publish.reading import target_sums

    database.prepare()
    with database.connect() as connection:
        set_session_as_of(connection, as_of)
        rows = target_sums.of_unit(connection, programme, unit, period)
    if json:
        write_document(rows)
        return
    if not rows:
        typer.echo(f"{programme} · {unit} · {period}: không đơn vị nào bên dưới có kế hoạch riêng cho cùng chỉ tiêu.")
        return
    shown = target_sums.for_display(rows)
    then = f" · như đã biết lúc {wording.timestamp(as_of)}" if as_of else ""
    write_table(tuple(shown[0]), shown, title=f"{programme} · {unit} · {period}{then}", one_line="chỉ tiêu")
