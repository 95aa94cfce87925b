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
    """dbt with these arguments, on this home's database: `baocao dbt build --select fct_indicator_rollup+`.

    Project, profile, connection and the folders under BAOCAO_HOME are set; the database is started if need be. Figures
    made so are checked and published by the next `baocao build` and `baocao run`.
    """
    from pipeline import building

    database.prepare()
    if not building.run_dbt_by_hand(context.args):
        raise typer.Exit(1)
