"""`baocao release`: what of a programme goes to the public, and the proof that no small count is given away."""

from pathlib import Path
from typing import Annotated

import typer

from baocao.output import Json, write_document
from warehouse import database

app = typer.Typer()


@app.command()
def release(
    programme: str,
    periods: Annotated[list[str], typer.Argument(help="Periods of the programme: 2026, 2026-Q3.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder in which the programme's own is replaced; BAOCAO_HOME/public.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide and check, write nothing.")] = False,
    json: Json = False,
) -> None:
    """Release the figures of a programme to the public, with small counts of sensitive indicators suppressed.

    Further figures are suppressed so that no subtraction recovers one: between levels, maps, periods, measures, and all
    releases so far. Nothing is released if an attacker recovers one all the same. Periods that were released before are
    released again, with their corrections.

    \b
    baocao release bacninh-2026-2030 2026 --dry-run
    baocao release bacninh-2026-2030 2026 --out public
    """
    from pipeline import releasing

    database.prepare()
    done = releasing.release(programme, periods, out, dry_run=dry_run)
    found = done.certificate
    if json:
        write_document({"release": done.release_id, "folder": done.folder, "periods": done.periods} | found)
        return
    typer.echo(
        f"{programme} · {', '.join(done.periods)}: {found['figures']} figures of sensitive indicators, "
        f"{found['primary']} suppressed as small, {found['complementary']} beside them."
    )
    typer.echo(
        f"An attacker recovers {found['recovered']} of {found['attacked']} suppressed counts of all releases"
        + (f"; the narrowest interval is {found['least_width']} wide." if found["attacked"] else ".")
    )
    typer.echo(f"Release {done.release_id}: {done.folder}" if done.folder else "Nothing was written.")
