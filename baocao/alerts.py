"""`baocao alerts`: send the reminders that are due; list the ledger."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database, wording
from warehouse.catalogue import DEFAULT_AGENCY

app = typer.Typer(name="alerts", help="Reminders for outstanding reports.", no_args_is_help=True)

SHOWN = ("unit", "report", "deadline", "stage", "status", "since")


@app.callback()
def alerts() -> None:
    """Reminders for outstanding reports."""


@app.command()
def run(
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="Also send failed alerts whose report is still outstanding: use it after correcting an address.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Send the reminders that are due now for outstanding reports, and receipts that wait. Nothing is sent twice.

    \b
    baocao alerts run
    baocao alerts run --retry-failed
    """
    from pipeline import mailing, reminding

    database.prepare()
    done = asdict(reminding.remind(retry_failed))
    done["receipts"] = mailing.mail_receipts(retry_failed).sent
    if json:
        write_document(done)
    else:
        typer.echo(" · ".join(f"{name.replace('_', ' ')} {count}" for name, count in done.items()))


@app.command(name="list")
def list_ledger(
    status: Annotated[str | None, typer.Option(help="Only this status: `failed`, `planned`, `no_contact`, …")] = None,
    json: Json = False,
) -> None:
    """List the alerts and receipts of the ledgers, the newest first.

    \b
    baocao alerts list --status failed
    """
    from pipeline import reminding

    database.prepare()
    with database.connect("loader") as connection:
        rows = reminding.listed(connection, status)
    if json:
        write_document(rows)
    else:
        write_table(SHOWN, [_shown(row) for row in rows])
        for (state, channel, error), count in _errors(rows).most_common():
            typer.echo(f"{count} {state}, {channel}: {error}")


def _errors(rows: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """How often each error occurred, by status and channel; a table's column is too narrow for it."""
    return Counter((row["status"], row["channel"], row["last_error"]) for row in rows if row["last_error"])


def _shown(row: dict[str, Any]) -> dict[str, str]:
    agency = "" if row["agency_code"] == DEFAULT_AGENCY else f" ({row['agency_code']})"
    return {
        "unit": row["unit_code"] + agency,
        "report": " ".join(filter(None, (row["programme_code"], row["period"]))),
        "deadline": wording.day(row["deadline_at"]) if row["deadline_at"] else "",
        "stage": row["stage"],
        "status": row["status"],
        "since": f"{row['settled_at'] or row['planned_at']:%d/%m/%Y %H:%M}",
    }
