"""`baocao mail`: reports that arrive as answers to letters, and the mails that a person decides about."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from alerts.answer import REASONS
from baocao.output import Json, write_document, write_table
from warehouse import database, wording

app = typer.Typer(name="mail", help="Reports that arrive as answers to letters.", no_args_is_help=True)

SHOWN = ("no", "noted", "sender", "reason", "about")

Number = Annotated[int, typer.Argument(help="The number in `baocao mail waiting`.")]
By = Annotated[str, typer.Option(help="Who decides: an office or a function, no person's name.")]


@app.callback()
def mail() -> None:
    """Reports that arrive as answers to letters."""


@app.command()
def fetch(json: Json = False) -> None:
    """Take what has arrived in the mailbox of BAOCAO_MAILBOX_URL: receive its reports, and send receipts and answers.

    \b
    baocao mail fetch
    """
    from pipeline.mailbox import fetching

    database.prepare()
    done = asdict(fetching.fetch())
    if json:
        write_document(done)
    else:
        typer.echo(" · ".join(f"{name} {count}" for name, count in done.items()))


@app.command("waiting")
def list_waiting(json: Json = False) -> None:
    """List the mails that a person decides about, with the reason. Each is in the folder baocao/waiting of the mailbox.

    \b
    baocao mail waiting
    """
    from pipeline.mailbox import waiting

    database.prepare()
    rows = [_shown(row._asdict()) for row in waiting.listed()]
    if json:
        write_document(rows)
    elif rows:
        write_table(SHOWN, rows)
    else:
        typer.echo("No mail waits for a decision.")


@app.command()
def accept(number: Number, by: By) -> None:
    """Receive the files of a mail that waits; the gate decides about them, and its sender gets the receipt.

    \b
    baocao mail accept 12 --by "Sở Y tế, đã gọi điện cho phường"
    """
    from pipeline.mailbox import waiting

    database.prepare()
    row = waiting.accept(number, by)
    typer.echo(f"Mail {number}: {'nothing new in it' if row.reason == 'duplicate' else 'received'}.")


@app.command()
def decline(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option(help="Why nothing of it is received. Its sender is not notified.")],
) -> None:
    """Receive nothing of a mail that waits; it is kept in the mailbox.

    \b
    baocao mail decline 12 --by "Sở Y tế" --reason "thư quảng cáo"
    """
    from pipeline.mailbox import waiting

    database.prepare()
    waiting.decline(number, by, reason)
    typer.echo(f"Mail {number} is declined.")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "no": row["mail_no"],
        "noted": wording.timestamp(row["noted_at"]),
        "sender": row["sender"],
        "reason": REASONS[row["reason"]].english,
        "about": row["detail"],
    }
