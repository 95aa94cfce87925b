"""`baocao db`: the way into the warehouse for other programs."""

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
