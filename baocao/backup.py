"""`baocao backup` and `baocao restore`: a copy of the whole home, and a home of a copy."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from baocao.output import Json, stderr, write_document
from warehouse import database

app = typer.Typer()

Key = Annotated[
    Path | None,
    typer.Option(help="The file with the key that encrypts the backup. Keep it apart from the backup."),
]


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder, outside the home.")],
    key: Key = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Restore it into a second home and server, and compare every mart.")
    ] = False,
    json: Json = False,
) -> None:
    """Back up database, archive, inbox, receipts, workbooks, settings and passwords into a new folder.

    The services may run. The database is in it as of one instant, which is printed; what happens later is not in it.
    With --key everything is encrypted; the key is made if the file is not there. Exit code 1 if received files are
    missing from the archive, or --verify finds a difference.

    \b
    baocao backup backup-2026-11-30 --key backup.key --verify
    """
    from pipeline import backing_up

    database.prepare()
    with stderr().status("Backup …") as shown:
        done = backing_up.back_up(
            folder, key, is_verified=verify, progress=lambda text: shown.update(f"Backup: {text} …")
        )
    if json:
        write_document(asdict(done))
    else:
        typer.echo(f"{done.folder}: {done.files} files, {done.size_bytes:,} bytes, as of {done.point_in_time}.")
        typer.echo(f"Head of the audit chain: {done.head or 'none'}")
        if done.is_verified:
            typer.echo(f"Restored into a second home: all {done.marts} marts are the same.")
    if done.missing:
        typer.echo(f"The archive lacks {len(done.missing)} received files, see `baocao verify`.", err=True)
        raise typer.Exit(1)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `baocao backup` wrote.")],
    key: Key = None,
    json: Json = False,
) -> None:
    """Restore a backup into BAOCAO_HOME, which must be without data, and compare every mart with the original.

    The database goes into the embedded server, or into the empty database that BAOCAO_DATABASE_URL of the environment
    names. The addresses of database, inbox and archive in the original's settings are left out. Exit code 1 if
    anything is not as it was backed up.

    \b
    BAOCAO_HOME=second-home baocao restore backup-2026-11-30 --key backup.key
    """
    from pipeline import restoring

    with stderr().status("Restoring …") as shown:
        done = restoring.restore(folder, key, progress=lambda text: shown.update(f"Restoring: {text} …"))
    if json:
        write_document(asdict(done))
    else:
        typer.echo("\n".join(restoring.lines(done)))
    raise typer.Exit(1 if done.differences or done.findings else 0)
