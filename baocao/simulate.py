"""`baocao simulate`: made-up reports, marked as such."""

from pathlib import Path
from typing import Annotated

import typer

from baocao.output import stderr
from warehouse import database
from warehouse.errors import WrongCall

app = typer.Typer()


@app.command()
def simulate(
    programme: str,
    period: str,
    out: Annotated[Path, typer.Option(help="The folder to write the workbooks into.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same workbooks.")],
    units: Annotated[
        str, typer.Option(help="Unit codes, with commas; by default all whose figures are added up.")
    ] = "",
    defect: Annotated[list[str] | None, typer.Option(help="UNIT=DEFECT puts a defect in; may be repeated.")] = None,
    correction: Annotated[int, typer.Option(help="Write the n-th correction instead of full reports.")] = 0,
    lines: Annotated[str, typer.Option(help="Indicator codes that a correction carries, with commas.")] = "",
) -> None:
    """Write made-up reports of a programme's units, marked as made up in name, content and print."""
    from pipeline import building
    from publish import simulation

    database.prepare()
    building.prepare_catalogue()
    with stderr().status("Workbooks …"):
        written = simulation.simulate(
            programme,
            period,
            _listed(units) or None,
            seed=seed,
            out=out,
            defects=dict(map(_pair, defect or [])),
            correction=correction,
            lines=_listed(lines),
        )
    for path in written:
        typer.echo(path)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pair(text: str) -> tuple[str, str]:
    unit, equals, name = text.partition("=")
    if not equals:
        raise WrongCall(f"--defect {text}: write UNIT=DEFECT.")
    return unit.strip(), name.strip()
