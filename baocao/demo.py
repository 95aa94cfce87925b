"""`baocao demo`: a whole reporting season in minutes, run by the real services."""

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from warehouse.environment import set_environment
from warehouse.settings import get_settings

if TYPE_CHECKING:
    from warehouse.airflow.api import Follower

app = typer.Typer()
DAGS = frozenset({"submissions", "figures", "deadlines", "publication"})
POLL_SECONDS = 0.5
LOG_WIDTH = 150
REPLAY = {"BAOCAO_INBOX_SCHEDULE": "none", "BAOCAO_DEADLINES_SCHEDULE": "none", "BAOCAO_MAILBOX_URL": ""}


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave PostgreSQL and Airflow running afterwards.")] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Remove reports, figures and logs of a demonstration's home, and end.")
    ] = False,
) -> None:
    """Run a demonstration: two real reports and a made-up season of 99 communes, from the inbox to the scorecard.

    --reset makes the home as it was before; a home that held reports before its first demonstration is refused.

    \b
    baocao demo --keep
    baocao demo --reset
    """
    from baocao import demo_home, demo_summary
    from baocao.demo_mailbox import mailbox
    from warehouse import database
    from warehouse.airflow import services

    if reset:
        demo_home.reset()
        typer.echo(f"{get_settings().home} is empty again; settings, passwords and the database's port are kept.")
        return
    signal.signal(signal.SIGTERM, _leave)  # so that a cancelled job stops its services too
    console = Console() if sys.stdout.isatty() else Console(width=LOG_WIDTH)
    log = _Log(console)
    folder = get_settings().home / "demo"
    try:
        with mailbox(folder / "mailbox") as smtp_url, set_environment(REPLAY | {"BAOCAO_SMTP_URL": smtp_url}):
            log.report("PostgreSQL and Airflow are starting; the plans and the map are loading")
            _prepare(log)
            _play(folder, log)
            services.stop()
        demo_summary.show(console, folder / "mailbox")
        if keep:
            services.start()
        demo_summary.show_addresses(console, is_running=keep)
    finally:
        if not keep:
            services.stop()
            database.cluster().stop()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)


class _Log:
    """Prints what happens, with the seconds since the start: a line at a time, for a terminal or a log."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.started = time.monotonic()

    def report(self, text: str) -> None:
        seconds = int(time.monotonic() - self.started)
        self.console.print(f"[dim]{seconds // 60}:{seconds % 60:02}[/dim]  {text}", highlight=False, soft_wrap=True)


def _prepare(log: _Log) -> None:
    """Airflow comes up in its own processes while this one loads the catalogue."""
    from baocao import demo_home
    from pipeline import building
    from warehouse import database
    from warehouse.airflow import environment, services

    services.stop()  # one that `baocao up` started would write to its own contacts, at its own hours
    database.prepare()
    demo_home.mark()
    services.start(wait=False)
    building.prepare_catalogue()
    log.report("the catalogue is loaded")
    services.start()
    log.report(f"Airflow is healthy at {environment.page()}")


def _play(folder: Path, log: _Log) -> None:
    """One wave after the other; figures and publication of a wave run beside the next wave's arrival."""
    from baocao import demo_season
    from warehouse.airflow.api import AirflowApi, Follower

    airflow = AirflowApi()
    waves = demo_season.waves(folder / "files")
    _import_contacts(folder / "contacts.csv", demo_season.units_that_owe())
    log.report(f"{sum(len(wave.files) for wave in waves)} files are written: two real reports, the others made up")
    airflow.wait_for_dags(DAGS)
    follower = Follower(airflow)
    for wave in waves:
        log.report(f"[bold]{wave.at[:16].replace('T', ' ')}[/bold]  {wave.description} ({len(wave.files)} files)")
        _drop(wave.files)
        run = airflow.trigger(wave.dag_id, wave.at)
        follower.add(run)
        while follower.is_busy(run):
            _report_changes(follower, log)
    while follower.is_busy():
        _report_changes(follower, log)


def _report_changes(follower: "Follower", log: _Log) -> None:
    for run in follower.poll():
        log.report(f"    {run.dag_id:<12} {run.state}")
    time.sleep(POLL_SECONDS)


def _import_contacts(file: Path, units: list[str]) -> None:
    """One made-up address a unit and for the province, under a domain that is reserved for examples."""
    from alerts import contacts
    from baocao.demo_season import PROVINCE

    rows = [f"{unit},UBND,reporter,bao-cao-{unit}@bacninh.example," for unit in units]
    rows += [f"{PROVINCE},UBND,{role},{role}@bacninh.example," for role in ("supervisor", "owner")]
    file.write_text("\n".join(["unit_code,agency,role,email,webhook", *rows, ""]))
    contacts.import_file(file)


def _drop(files: list[Path]) -> None:
    """Into the inbox, a folder or any fsspec address."""
    from fsspec.core import url_to_fs

    system, inbox = url_to_fs(get_settings().inbox)
    system.makedirs(inbox, exist_ok=True)
    for file in files:
        system.put_file(str(file), f"{inbox}/{file.name}")
