"""The command `baocao`: shows errors as sentences. Its commands are listed in `baocao/commands.py`.

Exit codes: 0 done, 1 the work failed, 2 the call is wrong.
"""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from baocao.commands import LazyGroup
from warehouse.errors import BaocaoError, WrongCall
from warehouse.logging import configure, mask

PROJECT = Path(__file__).parents[1] / "pyproject.toml"

app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def project_version() -> str:
    """The version in pyproject.toml; the metadata of an editable install would keep the one of the last set-up."""
    import tomllib

    with PROJECT.open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"baocao {project_version()}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """baocao: reports of Vietnam's administrations, from the received file to the published figure.

    A first report, in six steps:

    \b
    baocao template bacninh-2026-2030 07228 2026 --out da-mai.xlsx
    baocao ingest docs/examples/da-mai-2025.csv
    baocao build
    baocao progress bacninh-2026-2030 07228 2025
    baocao report bacninh-2026-2030 07228 2025 --out annex.xlsx
    baocao missing
    """
    from warehouse.settings import check_home, get_settings

    check_home()
    pinned = get_settings().now
    if pinned:
        typer.echo(f"Now is taken to be {pinned.isoformat()} (BAOCAO_NOW).", err=True)


def main() -> None:
    """Run the command line and exit; errors are sentences, never stack traces."""
    configure()
    try:
        app(prog_name="baocao")
    except WrongCall as error:
        _leave(2, str(error))
    except BaocaoError as error:
        _leave(1, str(error))
    except Exception as error:
        _leave(1, _explain(error))


def _explain(error: Exception) -> str:
    """A relation or column that is missing before the first build, or the first of a new release, is no fault."""
    from psycopg import errors

    from baocao import troubles
    from pipeline import upgrading

    trace = _keep_trace()
    if sentence := troubles.sentence(error):
        return f"{sentence}\n{trace}"
    missing = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction, errors.InvalidSchemaName)
    if isinstance(error, missing) and not upgrading.is_built():
        return "Nothing is built yet, or it was built by another release: run `baocao build` first."
    return f"This should not have happened: {type(error).__name__}: {error}\n{trace}"


def _leave(code: int, message: str) -> None:
    typer.echo(mask(message), err=True)
    sys.exit(code)


def _keep_trace() -> str:
    """Writes the trace into the home; says where, or why not: the home may be what has failed."""
    from warehouse.settings import get_settings

    file = get_settings().home / "logs" / "errors.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as log:
            log.write(f"baocao {' '.join(sys.argv[1:])}\n{mask(traceback.format_exc())}\n")
    except OSError as error:
        return f"The trace could not be written: {error}"
    return f"The trace is in {file}"
