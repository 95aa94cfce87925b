"""`baocao site`: what was released to the public as pages in a folder."""

from pathlib import Path
from typing import Annotated

import typer

from baocao.output import Json, write_document
from warehouse.settings import get_settings

app = typer.Typer()


@app.command()
def site(
    source: Annotated[
        Path | None, typer.Option("--from", help="The folder of the releases; BAOCAO_HOME/public.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder of the site, replaced whole; BAOCAO_HOME/site.")] = None,
    json: Json = False,
) -> None:
    """Make a static site of what `baocao release` wrote: pages in Vietnamese and English that need no server.

    A page for each programme, unit and indicator, every table as CSV and XLSX, the annex tables, and the certificate.
    It reads the released files and no database, so it shows nothing that is not public.

    \b
    baocao release bacninh-2026-2030 2026
    baocao site --out site
    """
    from pages.site import writing

    home = get_settings().home
    done = writing.write(source or home / "public", out or home / "site")
    if json:
        write_document(done.__dict__)
        return
    for line in writing.describe(done):
        typer.echo(line)
