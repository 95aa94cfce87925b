"""`baocao build` and `baocao run`: make the figures, or do everything that the DAGs do."""

from contextlib import suppress
from typing import Annotated

import typer

from baocao.output import stderr
from warehouse import database

app = typer.Typer()


@app.command()
def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Drop and make again every table, and every view upon them.")
    ] = False,
) -> None:
    """Raw to marts, and the checks on the marts.

    Makes again what is made of other reports, rows or models than the tables hold. Ends with 1 where a broken check
    holds the publication of a programme; the others can be published.
    """
    from expectations.checks import NotFitToPublish
    from pipeline import building

    database.prepare()
    with stderr().status("Building the marts…"):
        result = building.build(full_refresh)
    made = sum(node.node_id.startswith("model.") for node in result.nodes)
    tests = sum(node.node_id.startswith("test.") for node in result.nodes)
    typer.echo(f"{made} models built, {tests} tests passed.")
    if result.blocked:
        raise NotFitToPublish(result.blocked)


@app.command()
def run() -> None:
    """Receive the inbox, build, check who has not reported, remind and publish: what the DAGs run, once.

    A report that is missing stops nothing. Where something cannot be true, letters go out all the same, and nothing of
    its programme is published: the others are, and the command ends with 1 and says so.
    """
    from expectations.checks import NotFitToPublish
    from pipeline import building, completeness, publishing, receiving, reminding

    database.prepare()
    with stderr().status("Receiving what is in the inbox…") as status:
        receipts = receiving.receive()
        status.update("Building the marts…")
        building.build()
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
