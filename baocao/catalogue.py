"""`baocao catalogue`: the plans as rows of CSV files."""

from dataclasses import asdict

import typer

from baocao.output import Json, write_document
from warehouse.errors import BaocaoError

app = typer.Typer(name="catalogue", help="The plans as rows of CSV files.", no_args_is_help=True)


@app.command()
def check(json: Json = False) -> None:
    """Check the rows of the catalogue, without a database and in a second.

    Each problem is named with file, row, column, value and what is allowed; the exit code is then 1. A programme whose
    rows are wrong stays as it was last loaded, and the others are built. A problem of a whole file, or of a row that
    belongs to no programme, stops every build.

    \b
    baocao catalogue check
    """
    from pipeline import building
    from warehouse.seeds import checks

    project = checks.read(building.DBT_PROJECT)
    found = checks.problems(project)
    rows = sum(len(table.rows) for table in project.tables.values())
    if json:
        write_document([asdict(problem) | {"programmes": sorted(problem.programmes)} for problem in found])
    elif found:
        typer.echo("\n".join(map(str, found)))
    else:
        typer.echo(f"{len(project.tables)} files with {rows} rows: nothing is wrong.")
    if found:
        raise BaocaoError(f"{len(found)} problems in the catalogue.")
