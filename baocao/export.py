"""`baocao export`: marts as CSV files with a data contract beside each."""

from pathlib import Path
from typing import Annotated

import typer
from psycopg import IsolationLevel

from baocao.output import AsOf, Json, write_document
from warehouse import database
from warehouse.as_of import set_session_as_of

app = typer.Typer()


@app.command()
def export(
    marts: Annotated[list[str], typer.Argument(metavar="MART...", help="Names of marts: rpt_indicator_progress.")],
    out: Annotated[Path, typer.Option(help="The folder for the files.")],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Write marts as CSV, each with its data contract, for who cannot connect to the database.

    All files hold one state of the database. A contract (Open Data Contract Standard 3.1, YAML) names key, columns,
    types and meaning in English and Vietnamese. Every count is in the files, also of one child: keep them inside the
    administration; what is public is written by `baocao release`.

    \b
    baocao export rpt_indicator_progress rpt_reporting_status --out xuat
    baocao export fct_indicator_rollup --out xuat --as-of 2026-07-01
    """
    from baocao.main import project_version
    from publish.export import writing

    database.prepare()
    with database.connect() as connection:
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        set_session_as_of(connection, as_of)
        exported = writing.write(connection, marts, out, project_version())
    if json:
        write_document([{**vars(each), "path": str(each.path), "contract": str(each.contract)} for each in exported])
        return
    for each in exported:
        typer.echo(f"{each.path}  {each.rows} rows, contract {each.contract.name}")
