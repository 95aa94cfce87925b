"""`baocao airflow`: Airflow's own command line in this home."""

import typer

from warehouse import database

app = typer.Typer()


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
    options_metavar="ARGS...",
)
def airflow(context: typer.Context) -> None:
    """Run Airflow's command line with these arguments, on this home's Airflow.

    Its database, keys and folders are set, as for the services that `baocao up` starts; PostgreSQL is started if
    necessary.

    \b
    baocao airflow dags list
    baocao airflow config get-value api base_url
    """
    from warehouse.airflow import services

    database.prepare()
    if code := services.run_command(context.args):
        raise typer.Exit(code)
