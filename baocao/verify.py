"""`baocao verify`: is everything as it was recorded; does a workbook follow from its lines."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from baocao.output import Json, stderr, write_document
from warehouse import database
from warehouse.errors import WrongCall

app = typer.Typer()

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "lines": "from the lines of their reports",
        "sum": "from the sum of their lines, which are not shown one by one",
        "parts": "from the numerator and denominator beside them",
        "added up": "by adding up the cells above or beside them",
        "stated": "not provable: their lines are not in the workbook, and they are as stated there",
        "suppressed": "suppressed, and still so",
    }
)


@app.command()
def verify(
    workbook: Annotated[
        Path | None,
        typer.Argument(metavar="[WORKBOOK.xlsx]", help="A published workbook: prove it alone, without a warehouse."),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="A head of the chain that was noted earlier: it has to be in it."),
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(metavar="HASH", help="Of the workbook, as its publisher says: it has to have it.")
    ] = None,
    json: Json = False,
) -> None:
    """Verify that nothing was changed, lost or added since it was recorded; exit code 1 if anything was.

    Compares the archive, receipts, published workbooks, releases, and the rows about reports, verdicts, closings, sent
    letters and releases with the audit chain, and the chain with itself. Names each difference. Prints the chain's
    head: noted elsewhere, on paper say, it proves later that nobody wrote the chain anew.

    With a workbook: computes each printed figure from the lines in the workbook itself, compares every other cell with
    its copy, and names each cell that does not hold. Needs no database, no home and no network.

    \b
    baocao verify
    baocao verify --head 812:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    baocao verify annex.xlsx
    """
    if workbook is not None:
        if head is not None:
            raise WrongCall("A head is one of the chain, which is in the home and not in a workbook: leave it out.")
        _prove(workbook, sha256, json)
    elif sha256 is not None:
        raise WrongCall("--sha256 is of a workbook: name it.")
    else:
        _verify(head, json)


def _verify(head: str | None, json: bool) -> None:
    from pipeline import verifying

    noted = None if head is None else verifying.parse_head(head)
    database.prepare()
    with stderr().status("Verifying …"):
        found = verifying.verify(noted)
    if json:
        write_document(asdict(found) | {"head": str(found.head) if found.head else None})
    else:
        for finding in found.findings:
            typer.echo(str(finding))
        checked = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
        typer.echo(f"{len(found.findings)} differences. Checked: {checked or 'nothing is recorded yet'}.")
        typer.echo(f"Head of the chain: {found.head or 'none'}")
    raise typer.Exit(1 if found.findings else 0)


def _prove(workbook: Path, sha256: str | None, json: bool) -> None:
    from publish import proving

    try:
        content = workbook.read_bytes()
    except OSError as error:
        raise WrongCall(f"{workbook} cannot be read: {error.strerror}.") from error
    proof = proving.prove(content)
    is_other = sha256 is not None and sha256.strip().lower() != proof.sha256
    if json:
        write_document(
            asdict(proof) | {"file": str(workbook), "is_expected_file": None if sha256 is None else not is_other}
        )
    else:
        for finding in proof.findings:
            typer.echo(str(finding))
        typer.echo(f"{len(proof.findings)} cells do not hold.")
        for source, count in sorted(proof.figures.items()):
            typer.echo(f"  {count} figures {SOURCES[source]}")
        typer.echo(f"  {proof.compared} other cells are as they were written")
        typer.echo(f"SHA-256 {proof.sha256}" + ("" if sha256 is None else f", {'not ' * is_other}the expected one"))
    raise typer.Exit(1 if proof.findings or is_other else 0)
