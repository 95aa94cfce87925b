"""`baocao approvals`: reports that wait for an approver, and what an approver decided by letter or telephone."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from baocao.output import Csv, Json, write_csv, write_document, write_table
from warehouse import database, wording
from warehouse.catalogue import DEFAULT_AGENCY

if TYPE_CHECKING:
    import psycopg

app = typer.Typer(name="approvals", help="Reports that wait for an approval.", no_args_is_help=True)

SHOWN = ("programme", "period", "unit", "agency", "before", "version", "approver", "waits since", "until")

Programme = Annotated[str, typer.Argument(help="The programme's code.")]
Period = Annotated[str, typer.Argument(help="The period.")]
Unit = Annotated[str, typer.Argument(help="The unit's code.")]
Agency = Annotated[str, typer.Option(help="The agency that reported.")]
By = Annotated[str, typer.Option(help="Who decided, an office and no person, and how.")]
Version = Annotated[str, typer.Option(help="The version that was looked at, as `baocao approvals list` names it.")]
Stage = Annotated[Literal["counting", "publication"], typer.Option("--before", help="What the approval is needed for.")]


@app.callback()
def approvals() -> None:
    """Reports that wait for an approval."""


@app.command("list")
def list_approvals(
    programme: Annotated[str | None, typer.Option(help="Only of this programme.")] = None,
    period: Annotated[str | None, typer.Option(help="Only of this period.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only of this unit and those below it.")] = None,
    decided: Annotated[bool, typer.Option("--decided", help="The newest decisions instead.")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the reports that wait for their approver, the oldest first.

    \b
    baocao approvals list --programme bacninh-2026-2030 --period 2026
    baocao approvals list --decided --json
    """
    from publish.reading import approvals as reading

    database.prepare()
    with database.connect("loader") as connection:
        rows = reading.decided(connection) if decided else _listed(connection, programme, period, unit)
    if json or csv:
        (write_document if json else write_csv)(rows)
    elif not rows:
        typer.echo("Nothing was decided." if decided else "Nothing waits for an approval.")
    elif decided:
        write_table(("at", "programme", "period", "unit", "before", "decision", "by"), [_decided(row) for row in rows])
    else:
        write_table(SHOWN, [_waiting(row) for row in rows])


@app.command()
def approve(
    programme: Programme,
    period: Period,
    unit: Unit,
    version: Version,
    by: By,
    agency: Agency = DEFAULT_AGENCY,
    before: Stage = "counting",
) -> None:
    """Record that an approver approved a report by letter or telephone; it counts from now on.

    Refused when a newer version has arrived since the list: nobody has looked at that one.

    \b
    baocao approvals list
    baocao approvals approve bacninh-2026-2030 2026 07228 --version 0c5b2f8a91d3 --by "Chủ tịch UBND phường, công văn"
    """
    from pipeline import approving

    database.prepare()
    approving.decide_for(programme, period, unit, agency, before, "approved", "", by, version)
    typer.echo("The report is approved; figures follow with the next build.")


@app.command("return")
def return_report(
    programme: Programme,
    period: Period,
    unit: Unit,
    version: Version,
    reason: Annotated[str, typer.Option(help="What the sender is to correct. Name no person.")],
    by: By,
    agency: Agency = DEFAULT_AGENCY,
    before: Stage = "counting",
) -> None:
    """Record that an approver returned a report to its sender, and why. What counted before keeps counting.

    \b
    baocao approvals return bacninh-2026-2030 2026 07228 --version 0c5b2f8a91d3 --reason "thiếu 5.1" --by "Chủ tịch"
    """
    from pipeline import approving, mailing

    database.prepare()
    approving.decide_for(programme, period, unit, agency, before, "returned", reason, by, version)
    mailing.try_to_mail_receipts()
    typer.echo("The report is returned; its sender sees the reason at My reports.")


def _listed(
    connection: "psycopg.Connection", programme: str | None, period: str | None, unit: str | None
) -> list[dict[str, Any]]:
    """Those that wait, each with the name of its version."""
    from publish.reading import approvals as reading

    rows = reading.waiting(connection, programme, period, within=unit)
    return [row | {"version": reading.version(row["submission_id"])} for row in rows]


def _waiting(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "programme": row["programme_code"],
        "period": row["period"],
        "unit": f"{row['unit_name']} ({row['unit_code']})",
        "agency": row["agency_code"],
        "before": row["stage"],
        "version": row["version"],
        "approver": row["approver"],
        "waits since": wording.timestamp(row["requested_at"]),
        "until": wording.timestamp(row["due_at"]) if row["due_at"] else "",
    }


def _decided(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": wording.timestamp(row["decided_at"]),
        "programme": row["programme_code"],
        "period": row["period"],
        "unit": row["unit_code"],
        "before": row["stage"],
        "decision": f"{row['decision']} ({row['reason']})" if row["reason"] else row["decision"],
        "by": row["decided_by"],
    }
