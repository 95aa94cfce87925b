"""`baocao db`: database access for other programs."""

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
    role: Annotated[Role, typer.Option(help="owner: all rights; bi: may read the schema marts only.")] = Role.owner,
    json: Json = False,
) -> None:
    """Print a working postgresql:// address with its password. Starts the database if necessary.

    \b
    baocao db url --role bi
    """
    database.prepare()
    address = database.url(role.value)
    if json:
        write_document({"role": role.value, "url": address})
    else:
        typer.echo(address)


@app.command()
def env() -> None:
    """Print the lines of .env.example for this home's database, with its password: for dbt's own command line.

    \b
    baocao db env
    """
    from pipeline import dbt_invocation

    database.prepare()
    for name, value in dbt_invocation.connection_variables().items():
        typer.echo(f"{name}={shlex.quote(value)}")
