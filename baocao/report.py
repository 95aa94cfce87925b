"""`baocao report`: the plan's annex table or score sheet, filled in; and what changed between two timestamps."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from baocao.output import AsOf, Json, write_document
from warehouse import database, wording
from warehouse.as_of import parse_timestamp
from warehouse.errors import WrongCall

app = typer.Typer()


@app.command()
def report(
    programme: str,
    unit: Annotated[str, typer.Argument(help="A unit's code, or the province's.")],
    period: str,
    out: Annotated[Path | None, typer.Option(help="The workbook to write (.xlsx).")] = None,
    as_of: AsOf = None,
    notes: Annotated[
        bool, typer.Option("--notes", help="Add a sheet: footnotes, terms, the version of the catalogue.")
    ] = False,
    lines: Annotated[
        bool, typer.Option("--lines", help="Add a sheet of the lines of each figure, for `baocao verify annex.xlsx`.")
    ] = False,
    by_unit: Annotated[
        bool, typer.Option("--by-unit", help="One table of all units below, and the table of each on its own sheet.")
    ] = False,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="T1 T2", help="List what changed between two timestamps, and which file changed it."),
    ] = None,
    json: Json = False,
) -> None:
    """Write the plan's annex table, or its score sheet, with the figures of a unit or the province.

    The same --as-of always gives the same bytes, as long as the catalogue is unchanged. --compare lists the figures
    that changed between two timestamps instead, with the files, sheets and cells that changed them; --out then writes
    that list as a workbook.

    \b
    baocao report bacninh-2026-2030 07228 2025 --out annex.xlsx
    baocao report bacninh-2026-2030 24 2026 --by-unit --notes --out communes.xlsx
    baocao report bacninh-2026-2030 24 2026 --compare 2026-06-01 2026-07-01
    """
    database.prepare()
    if compare:
        if as_of or notes or by_unit or lines:
            raise WrongCall("--compare lists what changed between its own two times: leave other options out.")
        _compare(programme, unit, period, parse_timestamp(compare[0]), parse_timestamp(compare[1]), out, json)
    elif lines and by_unit:
        raise WrongCall("--lines are of one unit's own table: leave out --by-unit.")
    elif out is None:
        raise WrongCall("--out names the workbook to write.")
    else:
        from publish import reports

        written = reports.report(
            programme, unit, period, out, as_of, with_notes=notes, by_unit=by_unit, with_lines=lines
        )
        if json:
            write_document({"file": str(written), "as_of": as_of})
        else:
            typer.echo(written)


def _compare(
    programme: str, unit: str, period: str, before: datetime, after: datetime, out: Path | None, json: bool
) -> None:
    from publish.comparison import data as comparison_data
    from publish.comparison import workbook as comparison_workbook
    from publish.files import write_atomically

    with database.connect() as connection:
        compared = comparison_data.compare(connection, programme, unit, period, before, after)
    if out:
        write_atomically(out, comparison_workbook.render(compared))
    if json:
        write_document(asdict(compared))
        return
    title = (
        f"{compared.unit_name} · {wording.period(period)} · {wording.timestamp(before)} → {wording.timestamp(after)}"
    )
    typer.echo(title if compared.changes else f"{title}: không có số liệu nào thay đổi.")
    for line in comparison_data.display_lines(compared):
        typer.echo(line)
