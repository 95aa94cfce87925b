"""`baocao access`: BI tools that read one province or commune."""

from typing import Annotated

import typer

from baocao.output import Json, write_document, write_table
from warehouse import database

app = typer.Typer(name="access", help="BI tools that read one province or commune.", no_args_is_help=True)

SHOWN = ("role", "unit", "name", "small counts", "password")

Role = Annotated[str, typer.Argument(help="A role of the database: bi_ and then small letters, digits and _.")]
Unit = Annotated[str, typer.Argument(help="Code of a province or commune of today.")]


@app.callback()
def access() -> None:
    """Roles of the database for BI tools that read one province or commune and nothing of the others.

    They find the marts in the schema area_marts, with their own rows alone. `bi_reader` reads everything.
    """


@app.command()
def grant(
    role: Role,
    unit: Unit,
    small_counts: Annotated[
        bool, typer.Option("--small-counts", help="It also sees figures of sensitive indicators that are not public.")
    ] = False,
    json: Json = False,
) -> None:
    """Let a role read a province or commune; called again, with or without small counts.

    The address of a new role is printed once: its password is kept nowhere.

    \b
    baocao access grant bi_bac_ninh 24
    baocao access grant bi_da_mai 07228 --small-counts
    """
    from pipeline import building
    from warehouse.access import registry

    database.prepare()
    building.prepare_catalogue()  # the unit is looked up in it
    granted = registry.grant(role, unit, sees_small_counts=small_counts)
    found = granted.access
    if json:
        write_document({"role": role, "unit": unit, "small_counts": small_counts, "address": granted.address})
        return
    typer.echo(f"{role}: {found.unit_code} {found.unit_name}")
    if granted.address:
        typer.echo(granted.address)


@app.command()
def revoke(
    role: Role,
    unit: Annotated[str | None, typer.Argument(help="Only this province or commune.")] = None,
) -> None:
    """Take a province or commune from a role. Without any left its sessions end and the role is removed.

    \b
    baocao access revoke bi_bac_ninh
    """
    from warehouse.access import registry

    database.prepare()
    is_gone = registry.revoke(role, unit)
    typer.echo(f"{role}: {'đã xóa' if is_gone else f'không còn đọc {unit}'}.")


@app.command()
def rotate(role: Role, json: Json = False) -> None:
    """Give a role a new password and print its address, once.

    \b
    baocao access rotate bi_bac_ninh
    """
    from warehouse.access import registry

    database.prepare()
    address = registry.rotate(role)
    if json:
        write_document({"role": role, "address": address})
    else:
        typer.echo(address)


@app.command(name="list")
def list_access(json: Json = False) -> None:
    """List the roles and what each reads.

    \b
    baocao access list
    """
    from warehouse.access import registry

    database.prepare()
    rows = [
        {
            "role": each.role,
            "unit": each.unit_code,
            "name": each.unit_name,
            "small counts": "yes" if each.sees_small_counts else "no",
            "password": "set" if each.can_sign_in else "none: rotate",
        }
        for each in registry.listed()
    ]
    if json:
        write_document([{name.replace(" ", "_"): value for name, value in row.items()} for row in rows])
    else:
        write_table(SHOWN, rows)
