"""`baocao alerts`: send what is due now; the ledger of what was sent."""

from dataclasses import asdict
from typing import Any

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database, wording

app = typer.Typer(name="alerts", help="Who is told what, when, once.", no_args_is_help=True)

SHOWN = ("unit", "report", "deadline", "stage", "status", "since")


@app.callback()
def alerts() -> None:
    """Who is told what, when, once."""


@app.command()
def run(json: Json = False) -> None:
    """Tell the units whose report is overdue; whoever was told is not told again."""
    from pipeline import reminding

    database.prepare()
    done = reminding.remind()
    if json:
        write_document(asdict(done))
    else:
        typer.echo(" · ".join(f"{name.replace('_', ' ')} {count}" for name, count in asdict(done).items()))


@app.command(name="list")
def list_ledger(json: Json = False) -> None:
    """The ledger of alerts, newest first."""
    from pipeline import reminding

    database.prepare()
    with database.connect("loader") as connection:
        rows = reminding.listed(connection)
    if json:
        write_document(rows)
    else:
        write_table(SHOWN, [_shown(row) for row in rows])


def _shown(row: dict[str, Any]) -> dict[str, str]:
    agency = "" if row["agency_code"] == "UBND" else f" ({row['agency_code']})"
    return {
        "unit": row["unit_code"] + agency,
        "report": f"{row['programme_code']} {row['period']}",
        "deadline": wording.day(row["deadline_at"]),
        "stage": row["stage"],
        "status": row["status"],
        "since": f"{row['settled_at'] or row['planned_at']:%d/%m/%Y %H:%M}",
    }
