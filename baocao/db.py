"""`baocao db`: the way into the warehouse for other programs."""

import shlex
from enum import StrEnum
from typing import Annotated

import typer

from baocao.output import Json, write_document
from warehouse import database

app = typer.Typer(name="db", help="The warehouse's database.", no_args_is_help=True)


class Role(StrEnum):
    owner = "owner"
    bi = "bi"


@app.callback()
def db() -> None:
    """The warehouse's database."""


@app.command()
def url(
    role: Annotated[Role, typer.Option(help="owner: everything; bi: reads the schema marts only.")] = Role.owner,
    json: Json = False,
) -> None:
    """A working postgresql:// address, password included; starts the database if need be."""
    database.prepare()
    address = database.url(role.value)
    if json:
        write_document({"role": role.value, "url": address})
    else:
        typer.echo(address)


@app.command()
def env() -> None:
    """The lines of .env.example, filled in for this home's database, password included: for dbt's own command line."""
    from pipeline import building

    database.prepare()
    for name, value in building.connection_variables().items():
        typer.echo(f"{name}={shlex.quote(value)}")
