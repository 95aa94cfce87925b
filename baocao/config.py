"""`baocao config`: the settings of a home, each with where it comes from."""

import sys
from typing import Annotated
from urllib.parse import urlsplit

import typer

from baocao.output import Json, write_document, write_table
from warehouse import settings
from warehouse.logging import mask

app = typer.Typer(name="config", help="The settings of this home.")
Name = Annotated[
    str, typer.Argument(help="A variable of the settings, or one of Airflow or OpenTelemetry (AIRFLOW__…, OTEL_…).")
]
MAIL_OR_DATABASE = ("smtp", "smtps", "postgresql")
SECRET_PARTS = ("KEY", "SECRET", "PASSWORD", "TOKEN", "CONN", "HEADERS")


@app.callback(invoke_without_command=True)
def config(context: typer.Context, json: Json = False) -> None:
    """Show the settings of this home, each with its origin: environment, settings.json or default.

    The environment overrides the file `settings.json` of the home. Passwords and tokens are masked.

    \b
    baocao config
    baocao config set BAOCAO_OPERATOR van-hanh@example.org
    baocao config unset BAOCAO_OPERATOR
    """
    if context.invoked_subcommand:
        return
    rows = [{"name": name, "value": shown, "origin": settings.origin(name)} for name, shown in _shown().items()]
    if json:
        write_document(rows)
    else:
        write_table(("name", "value", "origin"), rows)


@app.command(name="set")
def set_value(
    name: Name,
    value: Annotated[
        str, typer.Argument(help="The value; - reads it from standard input, out of the shell's history.")
    ],
) -> None:
    """Keep a setting in the home, for every later command and service.

    \b
    baocao config set BAOCAO_SMTP_URL smtp://localhost:25
    """
    settings.store(name, sys.stdin.readline().strip() if value == "-" else value)
    typer.echo(f"{name} is kept in {settings.stored_file()}. `baocao up` applies it to services that run.")
    if settings.origin(name) == "environment":
        typer.echo(f"{name} is also set in this environment, which overrides the file.", err=True)


@app.command()
def unset(name: Name) -> None:
    """Remove a setting from the home; the environment or the default then decides.

    \b
    baocao config unset BAOCAO_SMTP_URL
    """
    if name not in settings.stored():
        typer.echo(f"{settings.stored_file()} does not hold {name}.")
        return
    settings.store(name, None)
    typer.echo(f"{name} is removed from {settings.stored_file()}. `baocao up` applies it to services that run.")


def _shown() -> dict[str, str]:
    now = settings.get_settings()
    ours = {name: getattr(now, name.removeprefix(settings.PREFIX).lower()) for name in settings.names()}
    shown = {name: "" if value is None else _masked(name, str(value)) for name, value in ours.items()}
    return shown | {name: _masked(name, value) for name, value in sorted(settings.passed_variables().items())}


def _masked(name: str, value: str) -> str:
    """What can be shown: of a mail server or database the address, of any other service its scheme alone."""
    if name.startswith(settings.PASSED_PREFIXES):
        return "***" if any(part in name for part in SECRET_PARTS) else mask(value)
    if value and "SECRET" in name:
        return "***"
    field = settings.Settings.model_fields[name.removeprefix(settings.PREFIX).lower()]
    scheme, separator, _ = value.partition("://")
    if field.repr or not separator:
        return mask(value)
    return (
        mask(urlsplit(value)._replace(query="", fragment="").geturl())
        if scheme in MAIL_OR_DATABASE
        else f"{scheme}://***"
    )
