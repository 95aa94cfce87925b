"""`baocao dbt`: dbt's own command line on this home's database."""

import typer

from warehouse import database

app = typer.Typer()


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
    options_metavar="ARGS...",
)
def dbt(context: typer.Context) -> None:
    """Run dbt with these arguments on this home's database.

    Project, profile, connection and the folders under BAOCAO_HOME are set; the database is started if necessary. The
    next `baocao build` and `baocao run` check and publish what was built.

    \b
    baocao dbt build --select fct_indicator_rollup+
    baocao dbt docs generate --static
    """
    from pipeline import building

    database.prepare()
    if not building.run_dbt_by_hand(context.args):
        raise typer.Exit(1)
