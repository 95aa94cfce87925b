"""`baocao verify`: is everything as it was recorded."""

from dataclasses import asdict
from typing import Annotated

import typer

from baocao.output import Json, stderr, write_document
from warehouse import database

app = typer.Typer()


@app.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="A head of the chain that was noted earlier: it has to be in it."),
    ] = None,
    json: Json = False,
) -> None:
    """Verify that nothing was changed, lost or added since it was recorded; exit code 1 if anything was.

    Compares the archive, receipts, published workbooks, releases, and the rows about reports, verdicts, closings, sent
    letters and releases with the audit chain, and the chain with itself. Names each difference. Prints the chain's
    head: noted elsewhere, on paper say, it proves later that nobody wrote the chain anew.

    \b
    baocao verify
    baocao verify --head 812:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    """
    from pipeline import verifying

    noted = verifying.parse_head(head) if head else None
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
