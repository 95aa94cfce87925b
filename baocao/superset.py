"""`baocao superset`: dashboards in Superset, on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from baocao.output import Json, stderr, write_document

if TYPE_CHECKING:
    from warehouse.superset.environment import Progress
    from warehouse.superset.services import Status

app = typer.Typer(name="superset", help="Dashboards in Apache Superset, on this machine.", no_args_is_help=True)
LONGEST_LINE = 100


@app.callback()
def superset() -> None:
    """Dashboards in Apache Superset, on this machine."""


@app.command()
def up(
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; remembered. 8088 or the next free one.", min=1, max=65535)
    ] = None,
) -> None:
    """Install Superset if need be, start it, and import the datasets, charts and dashboards of the project.

    The first call downloads about 260 MB into BAOCAO_HOME/superset and takes some minutes; later ones take seconds.
    It listens on this machine only and asks nothing of other hosts. Objects of ours are replaced when they changed;
    what you made yourself in Superset stays. Everybody who signs in reads all figures of the marts.

    \b
    baocao superset up
    """
    from warehouse.superset import services

    with _progress() as progress:
        found = services.up(progress, port)
    _show(found)


@app.command()
def down() -> None:
    """Stop Superset; what it holds is kept: `baocao superset down`."""
    from warehouse.superset import services

    typer.echo("Stopped: Superset" if services.stop() else "Superset was not running.")


@app.command()
def status(json: Json = False) -> None:
    """Show whether Superset runs, where, and how many of our objects are in it: `baocao superset status --json`."""
    from warehouse.superset import services

    found = services.status()
    if json:
        write_document(asdict(found))
    else:
        _show(found)


@app.command()
def check(json: Json = False) -> None:
    """Run every chart's query in Superset and compare the rows with the marts. Exit code 1 if any differs.

    \b
    baocao superset check
    """
    from warehouse.superset import comparison

    with stderr().status("Superset …"):
        compared = list(comparison.compare())
    if json:
        write_document([asdict(each) for each in compared])
    else:
        for each in compared:
            typer.echo(f"{'equal' if each.is_equal else 'DIFFERS':<9}{each.rows:>6} rows  {each.chart}: {each.title}")
            for side, rows in (("Superset", each.only_in_superset), ("the marts", each.only_in_marts)):
                for row in rows:
                    typer.echo(f"         only in {side}: {row}")
    if not all(each.is_equal for each in compared):
        raise typer.Exit(1)


def _show(found: "Status") -> None:
    from warehouse.superset import environment

    typer.echo(f"Superset  {found.state:<9} {found.address}")
    if found.objects:
        typer.echo(f"          {', '.join(f'{count} {kind}' for kind, count in found.objects.items())}")
        typer.echo(f"          user {environment.USER}, password in {environment.home() / 'passwords.json'}")


@contextmanager
def _progress() -> Iterator["Progress"]:
    """A line that changes on a terminal, a line each in a log."""
    console = stderr()
    with console.status("Superset …") as shown:
        if console.is_terminal:
            yield lambda text: shown.update(f"Superset: {text[:LONGEST_LINE]} …")
        else:
            yield lambda text: typer.echo(f"Superset: {text}", err=True)
