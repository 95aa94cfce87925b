"""`baocao rebuild`: all figures again from what was received and decided, compared with those before."""

from dataclasses import asdict
from typing import Annotated

import typer

from baocao.output import Json, stderr, write_document

app = typer.Typer()


@app.command()
def rebuild(
    from_archive: Annotated[
        bool,
        typer.Option("--from-archive", help="Read the archived files again first, and compare every cell with raw."),
    ] = False,
    drop_own_views: Annotated[
        bool, typer.Option("--drop-own-views", help="Also where views of your own read the marts: they are dropped.")
    ] = False,
    json: Json = False,
) -> None:
    """Empty everything that is derived, make it again from reports and decisions, and compare every mart.

    Exit code 1 if a mart is not the same, or with --from-archive a cell. Readers find no figures meanwhile. Stopped
    half-way, `baocao build` goes on.

    \b
    baocao rebuild --from-archive
    """
    from pipeline import rebuilding

    with stderr().status("Rebuild …") as shown:
        done = rebuilding.rebuild(
            from_archive=from_archive,
            drop_own_views=drop_own_views,
            progress=lambda text: shown.update(f"Rebuild: {text} …"),
        )
    if json:
        write_document(asdict(done))
    else:
        for difference in done.differences:
            typer.echo(difference)
        read = f", {done.files_read} archived files read again" if from_archive else ""
        typer.echo(
            f"{done.relations} tables and views made again{read}: {done.marts} marts compared, "
            f"{len(done.differences)} differences."
        )
    raise typer.Exit(1 if done.differences else 0)
