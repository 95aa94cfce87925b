"""`baocao up`, `down`, `status`: start, stop and show PostgreSQL and Airflow."""

from dataclasses import asdict
from typing import Any

import typer

from baocao.output import Json, stderr, write_document
from warehouse import database
from warehouse.settings import ZONE, get_settings

app = typer.Typer()


@app.command()
def up() -> None:
    """Start PostgreSQL and Airflow, and leave them running: `baocao up`.

    If they run already with other settings, Airflow is started again with the present ones.
    """
    from warehouse.airflow import environment, services

    console = stderr()
    with console.status("PostgreSQL …"):
        database.prepare()
    if changed := services.changed_settings():
        typer.echo(f"Airflow is started again, because settings changed: {', '.join(changed)}", err=True)
        with console.status("Airflow …"):
            services.stop()
    with console.status("Airflow …"):
        services.start()
    where = database.status()
    typer.echo(f"PostgreSQL  {where.address}  (`baocao db url` for a program, `baocao db url --role bi` for a BI tool)")
    typer.echo(f"Airflow     {_airflow_login(environment.page())}")
    typer.echo(f"Inbox       {get_settings().inbox}")


@app.command()
def down() -> None:
    """Stop Airflow and the embedded PostgreSQL; the data is kept: `baocao down`."""
    from warehouse.airflow import services

    console = stderr()
    with console.status("Airflow …"):
        had_airflow = services.stop()
    with console.status("PostgreSQL …"):
        had_database = database.cluster().stop()
    stopped = [name for name, had in (("Airflow", had_airflow), ("PostgreSQL", had_database)) if had]
    typer.echo(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing was running.")


@app.command()
def worker() -> None:
    """Run a worker on a further machine, until Ctrl+C or SIGTERM: `baocao worker`.

    The machine has the home, the database's server, Redis and Airflow's API in common with the one where `baocao up`
    runs: docs/growing.md. There BAOCAO_WORKERS says how many workers are started.
    """
    from warehouse.airflow import services

    services.run_worker()


@app.command()
def status(json: Json = False) -> None:
    """Show which services run, and where, and the newest run of each step: `baocao status --json`."""
    from pipeline import runs
    from warehouse.airflow import environment, services
    from warehouse.audit import chain

    where, components = database.status(), services.status()
    newest = runs.newest() if where.revision else []
    head = chain.current_head() if where.revision else None
    address = environment.page() if any(component.pid for component in components) else None
    if json:
        write_document(
            {
                "home": str(get_settings().home),
                "database": asdict(where),
                "audit_head": str(head) if head else None,
                "airflow": {"address": address, "services": [asdict(each) for each in components]},
                "runs": newest,
            }
        )
        return
    typer.echo(f"{'PostgreSQL':<15}{where.state:<10}{where.address or ''}")
    for component in components:
        typer.echo(f"{component.name:<15}{component.state:<10}{component.log if component.pid else ''}")
    if address:
        typer.echo(f"{'Airflow':<15}{_airflow_login(address)}")
    if head:
        typer.echo(f"{'Audit chain':<15}{head}")
    if newest:
        typer.echo("\nNewest run of each step")
    for run in newest:
        typer.echo(_described(run))


def _described(run: dict[str, Any]) -> str:
    """`build  succeeded  2026-11-29 10:03  7.2 s, 61 rows`, bytes where files or tables were written."""
    counts = [f"{run['seconds']} s" if run["seconds"] is not None else None]
    counts += [f"{run[name]:,} {name.replace('_', ' ')}" for name in ("rows", "bytes", "wal_bytes") if run[name]]
    began = run["started_at"].astimezone(ZONE)
    return f"{run['step']:<15}{run['status']:<10}{began:%Y-%m-%d %H:%M}  {', '.join(filter(None, counts))}"


def _airflow_login(address: str) -> str:
    """Where people look, and how they get in; the password itself stays in its file."""
    from warehouse.airflow import environment

    return f"{address}  user {environment.USER}, password in {environment.home() / 'passwords.json'}"
