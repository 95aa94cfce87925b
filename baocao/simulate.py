"""`baocao simulate`: write made-up reports, marked as such."""

import shlex
from collections.abc import Sequence
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
    out: Annotated[Path, typer.Option(help="The folder to write the reports into.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")],
    programme: Annotated[str, typer.Argument()] = "",
    period: Annotated[str, typer.Argument()] = "",
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
    national: Annotated[
        bool, typer.Option("--national", help="A history of all programmes and of everybody who owes, as CSV files.")
    ] = False,
    first_year: Annotated[int | None, typer.Option("--from", help="With --national: the first year.")] = None,
    last_year: Annotated[int | None, typer.Option("--to", help="With --national: the last year.")] = None,
    periods: Annotated[
        int | None, typer.Option(help="With --national: at most so many periods of each programme.", min=1)
    ] = None,
) -> None:
    """Write made-up reports of a programme, marked as made up in file name, content and print.

    Reports with figures are workbooks for `baocao ingest OUT`. Reports without figures are texts in the folder
    OUT-ho-so beside it; the commands that receive them are printed at the end.

    With --national the reports of all programmes and periods, as many CSV files as the history takes: on time, late,
    wrong, sent again, corrected, retracted, with missing, censored, nil and not applicable lines. OUT-manifest.csv
    lists the files in the order in which they arrive, each with its time of arrival.

    \b
    baocao simulate bacninh-2026-2030 2026 --seed 7 --out made-up/
    baocao simulate bacninh-2026-2030 2026 --units 07228 --seed 7 --defect 07228=negative_count --out made-up/
    baocao simulate --national --from 2024 --to 2026 --seed 7 --out history/
    """
    from pipeline import building

    of_one_programme = programme, period, units, agency, defect, correction, lines
    _check_call(national, of_one_programme, (first_year, last_year, periods))
    database.prepare()
    building.prepare_catalogue()
    if national:
        _national(out, seed, first_year, last_year, periods)
        return
    from publish.simulation import simulate

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


def _check_call(national: bool, of_one_programme: Sequence[object], of_the_nation: Sequence[object]) -> None:
    if national and any(of_one_programme):
        raise WrongCall("--national writes all programmes: it takes --from, --to, --periods, --seed and --out alone.")
    if not national and not all(of_one_programme[:2]):
        raise WrongCall("Name a programme and a period, or use --national.")
    if not national and any(given is not None for given in of_the_nation):
        raise WrongCall("--from, --to and --periods belong to --national.")


def _national(out: Path, seed: int, first_year: int | None, last_year: int | None, periods: int | None) -> None:
    """Writes the history; each file is announced on stderr when it is there."""
    from publish.simulation import national

    files = lines = 0
    with stderr().status("Reports …") as status:
        for written in national.simulate(out, seed, first_year=first_year, last_year=last_year, periods=periods):
            files, lines = files + 1, lines + written.lines
            status.update(f"{written.programme_code} {written.period} {written.wave}: {lines:,} lines")
    typer.echo(f"{files:,} files, {lines:,} lines", err=True)
    typer.echo(national.manifest(out))


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
