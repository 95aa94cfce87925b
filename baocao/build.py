"""`baocao build` and `baocao run`: build the marts, or run every step once."""

from contextlib import suppress
from typing import Annotated

import typer

from baocao.output import stderr
from warehouse import database

app = typer.Typer()


@app.command()
def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Drop and rebuild all tables, and every view that reads them.")
    ] = False,
) -> None:
    """Build the marts from the accepted reports, and run the publication checks.

    Only what changed is rebuilt: by new reports, catalogue rows or models. The exit code is 1 if a failed check
    blocks the publication of a programme; the others can be published.

    \b
    baocao build
    """
    from expectations.checks import NotFitToPublish
    from pipeline import building

    database.prepare()
    with stderr().status("Building the marts…"):
        result = building.build(full_refresh)
    made = sum(node.node_id.startswith("model.") for node in result.nodes)
    tests = sum(node.node_id.startswith("test.") for node in result.nodes)
    if result.nodes:
        typer.echo(f"{made} models built, {tests} tests passed.")
    else:
        typer.echo("Nothing to build: the marts are up to date.")
    if result.blocked:
        raise NotFitToPublish(result.blocked)


@app.command()
def run() -> None:
    """Run every step once, as the DAGs do: receive mailbox and inbox, build, check, send reminders, publish.

    Missing reports stop nothing. If a critical check fails, reminders are still sent and nothing of that programme is
    published; the others are, and the exit code is 1 with the reason.

    \b
    baocao run
    """
    from expectations.checks import NotFitToPublish
    from pipeline import building, completeness, expiring, mailing, publishing, receiving, reminding
    from pipeline.mailbox import fetching

    database.prepare()
    with stderr().status("Receiving what is in mailbox and inbox…") as status:
        fetching.try_to_fetch()
        receipts = receiving.receive()
        mailing.try_to_mail_receipts()
        expiring.expire()
        status.update("Building the marts…")
        built = building.build()
        status.update("Checking who has not reported…")
        try:
            with suppress(NotFitToPublish):  # publish() holds the programme and says why
                completeness.check()
        finally:
            status.update("Writing to those who have not reported…")
            reminding.remind()
        status.update("Publishing…")
        published = publishing.publish()
    typer.echo(f"{len(receipts)} files answered, {len(published.written)} workbooks published.")
    if built.blocked:
        raise NotFitToPublish(built.blocked)
