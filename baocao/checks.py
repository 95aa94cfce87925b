"""`baocao checks` and `baocao issues`: what the last checks found, and what was wrong in reports."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from baocao.output import Csv, Json, stderr, write_csv, write_document, write_table
from warehouse import database
from warehouse.as_of import parse_timestamp
from warehouse.errors import WrongCall

app = typer.Typer()

SUITES = ("step", "suite", "checked_at", "rules", "rows", "broken")
RULES = ("suite", "rule", "severity", "rows", "failed", "programmes")
ISSUES = ("unit", "file", "place", "value", "severity", "rule")


@app.command()
def checks(
    programme: Annotated[str | None, typer.Option(help="Only rules that rows of this programme break.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="List the rules that are met too.")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show what the last checks found: which rule, how many rows were checked and how many failed, of which programme.

    The gate (step receive), the checks and dbt tests of the last build, the daily completeness check, and wrong rows of
    the catalogue. --json and --csv list every rule, with is_met.

    \b
    baocao checks
    baocao checks --programme bacninh-2026-2030 --json
    """
    from publish.reading import checks as reading

    database.prepare()
    with database.connect("loader") as connection:
        rows = reading.of_last_runs(connection, programme)
    if json or csv:
        (write_document if json else write_csv)(rows)
        return
    if not rows:
        typer.echo("Nothing has been checked yet." if programme is None else f"No rule is broken by {programme}.")
        return
    write_table(SUITES, reading.summary(rows))
    listed = [row for row in rows if everything or not row["is_met"]]
    in_catalogue = [row for row in listed if row["suite"] == reading.SEEDS]
    rules = reading.for_display(row for row in listed if row not in in_catalogue)
    if rules:
        write_table(RULES, rules, one_line="programmes")
    for row in in_catalogue:
        typer.echo(f"{', '.join(row['programmes'])}: {row['rule']}")
    if not listed:
        typer.echo("Every rule is met.")


@app.command()
def issues(
    programme: Annotated[str | None, typer.Option(help="Only this programme.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit with all units below it: 07228, 24.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule, such as not_a_number.")] = None,
    severity: Annotated[Literal["critical", "warning"] | None, typer.Option(help="Only this severity.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=parse_timestamp, metavar="TIMESTAMP", help="Only reports received from then on: ISO 8601."),
    ] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List what was wrong in reports: file, sheet, cell, value, rule and severity, the newest report first.

    --json and --csv add the messages to the sender and the verdict on the report.

    \b
    baocao issues
    baocao issues --unit 24 --rule not_a_number --since 2026-11-01 --csv
    """
    from publish.reading import issues as reading
    from warehouse import catalogue

    if rule is not None and rule not in catalogue.gate_rules():
        raise WrongCall(f"There is no rule {rule}; the rules are in docs/gate.md.")
    database.prepare()
    with database.connect("loader") as connection:
        rows = reading.of_reports(connection, programme, unit, rule, severity, since)
    if json or csv:
        (write_document if json else write_csv)(rows)
    elif rows:
        write_table(ISSUES, [reading.for_display(row) for row in rows], one_line="value")
        stderr().print(f"{len(rows)} issues; --json and --csv have the messages too.")
    else:
        typer.echo("No issue.")
