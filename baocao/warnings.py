"""`baocao warnings`: what senders are to confirm or correct, and what they confirmed by telephone."""

from typing import Annotated, Any

import typer

from baocao.output import Csv, Json, write_csv, write_document, write_table
from warehouse import database, wording

app = typer.Typer(name="warnings", help="Warnings that senders confirm or correct.", no_args_is_help=True)

SHOWN = ("no", "unit", "period", "indicator", "warning", "confirmed")


@app.callback()
def warnings() -> None:
    """Warnings that senders confirm or correct."""


@app.command("list")
def list_warnings(
    programme: Annotated[str | None, typer.Option(help="Only of this programme.")] = None,
    period: Annotated[str | None, typer.Option(help="Only of this period.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only of this unit and those below it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that were confirmed too.")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the warnings about figures in force that wait for their senders.

    \b
    baocao warnings list --programme bacninh-2026-2030 --period 2026
    baocao warnings list --unit 07228 --all
    """
    from publish.reading import warnings as reading

    database.prepare()
    with database.connect("loader") as connection:
        rows = reading.in_force(connection, programme, period, unit, is_open=not everything)
    if json or csv:
        (write_document if json else write_csv)(rows)
        return
    if not rows:
        typer.echo("Nothing waits for a confirmation.")
        return
    write_table(SHOWN, [_shown(row) for row in rows], one_line="warning")


@app.command()
def confirm(
    number: Annotated[int, typer.Argument(help="The number in `baocao warnings list`.")],
    reason: Annotated[str, typer.Option(help="Why the figure is right. Name no person.")],
    by: Annotated[str, typer.Option(help="Which office said so, and how.")],
) -> None:
    """Record what a sender confirmed by telephone or letter; it stays with the figure.

    \b
    baocao warnings confirm 812 --reason "đã kiểm tra sổ tiêm chủng" --by "UBND phường Đa Mai, điện thoại"
    """
    from pipeline import confirming

    database.prepare()
    confirming.confirm_for(number, reason, by)
    typer.echo(f"Warning {number} is confirmed.")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    at = row["confirmed_at"]
    return {
        "no": row["issue_id"],
        "unit": row["unit_code"],
        "period": row["period"],
        "indicator": row["indicator_code"] or "",
        "warning": row["message_vi"],
        "confirmed": f"{row['reason']} ({wording.timestamp(at)})" if at else "",
    }
