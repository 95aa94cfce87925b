"""`baocao personal-data`: files that were refused for it, and erasure on request."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database
from warehouse.errors import WrongCall

app = typer.Typer(name="personal-data", help="Files with personal data, and erasure on request.", no_args_is_help=True)


@app.callback()
def personal_data() -> None:
    """Files with personal data, and erasure on request."""


@app.command(name="list")
def list_restricted(
    erased: Annotated[
        bool, typer.Option("--erased", help="What was erased instead: when, by whom, by which act.")
    ] = False,
    json: Json = False,
) -> None:
    """List the files that were refused for personal data and are still kept, and until when.

    They are in the folder BAOCAO_RESTRICTED under their hash, readable by the account that runs baocao alone. With
    --erased, the evidence of every erasure; --json of it is what `erase --from` takes, for a restored backup.

    \b
    baocao personal-data list
    baocao personal-data list --erased --json > erasures.json
    """
    from pipeline import erasing

    database.prepare()
    rows = [row._asdict() for row in (erasing.erasures() if erased else erasing.kept())]
    if json:
        write_document(rows)
    else:
        write_table(erasing.Erasure._fields if erased else erasing.Kept._fields, rows)


@app.command()
def erase(
    content: Annotated[
        str | None, typer.Argument(metavar="[SHA256]", help="The file, as `sha256` in its receipt.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who decided it.")] = "",
    act: Annotated[str, typer.Option(help="The decision: its number and date.")] = "",
    repeat: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Erasures of another time, to be repeated: a JSON list."),
    ] = None,
    json: Json = False,
) -> None:
    """Erase everything that is kept of a received file, and keep the evidence: hash, when, by whom, by which act.

    Deletes its lines, issues, verdicts, receipts and letters, the file itself and the workbook returned with it. Its
    accepted reports count no longer: the next build leaves them out, and their units owe them again. Backups that were
    taken before still hold it: delete them, or repeat the erasure after a restore (--from). It cannot be undone.

    \b
    baocao personal-data erase 9f86d081884c --by "Nguyễn Văn Mẫu" --act "12/QĐ-UBND, 2026-11-30"
    baocao personal-data erase --from erasures.json
    """
    from pipeline import erasing

    if (content is None) == (repeat is None):
        raise WrongCall("Name the file to be erased, or with --from the erasures that are to be repeated.")
    database.prepare()
    done = [erasing.erase(content, by=by, act=act)] if content else erasing.repeat(repeat or Path())
    if json:
        write_document([asdict(each) for each in done])
        return
    for each in done:
        deleted = ", ".join(f"{count} {name}" for name, count in each.counts.items())
        typer.echo(f"{each.sha256}: {deleted or 'nothing was left of it'}.")
        for report in each.accepted:
            typer.echo(f"  was accepted and counts no longer: {report}")


@app.command()
def expire(json: Json = False) -> None:
    """Delete the restricted files whose time is up (BAOCAO_RESTRICTED_DAYS), and records of sign-ins after 90 days, as
    the DAG `deadlines` does daily.

    \b
    baocao personal-data expire
    """
    from pipeline import expiring

    database.prepare()
    done = expiring.expire()
    if json:
        write_document({"deleted": done.files, "sign_in_records": done.sign_in_records})
    else:
        typer.echo(f"{done.files} files and {done.sign_in_records} records of sign-ins deleted.")
