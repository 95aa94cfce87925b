"""`baocao simulate`: write made-up reports, marked as such."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from baocao.output import stderr
from warehouse import database
from warehouse.errors import WrongCall

if TYPE_CHECKING:
    from publish.simulation.simulate import Document

app = typer.Typer()


@app.command()
def simulate(
    programme: str,
    period: str,
    out: Annotated[Path, typer.Option(help="The folder to write the reports into.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")],
    units: Annotated[str, typer.Option(help="Unit codes, separated by commas; by default all that owe a report.")] = "",
    agency: Annotated[
        list[str] | None,
        typer.Option(help="Agency codes, separated by commas or repeated; by default all that owe a report."),
    ] = None,
    defect: Annotated[
        list[str] | None, typer.Option(help="UNIT=DEFECT adds an error to the unit's report; may be repeated.")
    ] = None,
    correction: Annotated[int, typer.Option(help="Write the n-th correction instead of full reports.")] = 0,
    lines: Annotated[str, typer.Option(help="Indicator codes of a correction, separated by commas.")] = "",
) -> None:
    """Write made-up reports of a programme, marked as made up in file name, content and print.

    Reports with figures are workbooks for `baocao ingest OUT`. Reports without figures are texts in the folder
    OUT-ho-so beside it; the commands that receive them are printed at the end.

    \b
    baocao simulate bacninh-2026-2030 2026 --seed 7 --out made-up/
    baocao simulate bacninh-2026-2030 2026 --units 07228 --seed 7 --defect 07228=negative_count --out made-up/
    """
    from pipeline import building
    from publish.simulation import simulate

    database.prepare()
    building.prepare_catalogue()
    who = (programme, period, _listed(units) or None, _listed(",".join(agency or [])) or None)
    with stderr().status("Reports …"):
        written = simulate.simulate(
            *who,
            seed=seed,
            out=out,
            defects=dict(map(_pair, defect or [])),
            correction=correction,
            lines=_listed(lines),
        )
        documents = [] if correction else simulate.documents(*who, seed=seed, out=out)
    for path in written:
        typer.echo(path)
    for document in documents:
        typer.echo(_receiving(document))


def _receiving(document: "Document") -> str:
    """The command by which a report without figures is received."""
    report = [document.programme_code, document.period, document.unit_code, str(document.path)]
    return shlex.join(["baocao", "receive-document", *report, "--agency", document.agency_code, "--made-up"])


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pair(text: str) -> tuple[str, str]:
    unit, equals, name = text.partition("=")
    if not equals:
        raise WrongCall(f"--defect {text}: write UNIT=DEFECT.")
    return unit.strip(), name.strip()
