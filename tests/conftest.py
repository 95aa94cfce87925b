"""Fixtures of all tests: a home of its own, and in it an embedded PostgreSQL that ends with the tests.

home             (always there) BAOCAO_HOME is a throw-away folder, and no other BAOCAO_ variable is set
warehouse        the embedded server, prepared once a session: schemas raw, ops and the empty ones of dbt
clean_warehouse  the same with raw and ops emptied for this test (some milliseconds)
own_database     a database of its own for a module, reached through BAOCAO_DATABASE_URL: for tests that build marts;
                 the catalogue is in it already, copied from a database that was prepared once
empty_database   the same with nothing but the empty schemas: for tests that plant tables of their own
command          runs `baocao …` in this process: command("db", "url") gives code, out and err
own_home         a second home for one test: for what stops or kills a server
browser          Chromium, for the tests of a module
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from tests.processes import PROCESS
from warehouse import database, identity, pool
from warehouse.postgres import embedded
from warehouse.settings import get_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser


QUICKER = {"fsync": "off", "scram_iterations": "1"}
"""Of servers that tests start themselves: thousands of short sessions and transactions. A process that is killed loses
nothing without fsync, only a machine that stops."""
FIRST_PORT = embedded.FIRST_PORT + 100 * (1 + PROCESS)
"""Of the servers of this process of tests: no other takes the port of one that is stopped for a moment."""
PREPARED = "prepared"
PARSED = ("dbt", "dbt-loadable")
"""Where dbt keeps what it parsed, in a home."""


@contextmanager
def throw_away_home() -> Iterator[Path]:
    """A folder that PostgreSQL's account may enter (pytest's own are closed); whatever runs there is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="baocao-test-"))
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as environment:
        for option, value in QUICKER.items():
            environment.setitem(embedded.OPTIONS, option, value)
        environment.setattr(embedded, "FIRST_PORT", FIRST_PORT)
        for name in [name for name in os.environ if name.startswith("BAOCAO_")]:
            environment.delenv(name)
        environment.setenv("BAOCAO_HOME", str(folder))
        try:
            yield folder
        finally:
            database.Cluster(folder).stop()
            shutil.rmtree(folder)


@contextmanager
def database_of_its_own(environment: pytest.MonkeyPatch, template: str = "template1") -> Iterator[str]:
    """A new database on the running embedded server, migrated and named by BAOCAO_DATABASE_URL; yields its address.

    template: the database that it is copied from; nobody may be connected to it.
    """
    forget_database()
    with database.superuser() as connection:
        taken = {each for (each,) in connection.execute("select datname from pg_database")}
        # of few names, as dbt parses the project anew for a profile that it has not seen
        name = next(each for each in (f"test_{number}" for number in count()) if each not in taken)
        names = map(sql.Identifier, (name, database.roles.NAMES["owner"], template))
        connection.execute(sql.SQL("create database {} owner {} template {}").format(*names))
    address = database.url().rpartition("/")[0] + f"/{name}"
    environment.setenv("BAOCAO_DATABASE_URL", address)
    database.prepare()
    _parsed_for(name)
    try:
        yield address
    finally:
        database.engine().dispose()
        environment.delenv("BAOCAO_DATABASE_URL")
        forget_database()
        with database.superuser() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _parsed_for(name: str) -> None:
    """dbt keeps what it parsed for one database and parses anew for another: each name has its own, "" for no name."""
    home = get_settings().home
    whose = home / "parsed-for"
    before = whose.read_text() if whose.exists() else ""
    if before != name:
        _move(home, home / f"parsed-for-{before}")
        _move(home / f"parsed-for-{name}", home)
        whose.write_text(name)


def _move(source: Path, target: Path) -> None:
    for folder in PARSED:
        if (source / folder).exists():
            target.mkdir(exist_ok=True)
            (source / folder).rename(target / folder)


def forget_database() -> None:
    """The home then belongs to the database of the next command, as a home of tests does to many.

    Kept files go too: to `verify` a file that the next database does not know is one that was added.
    """
    pool.close_all()
    _parsed_for("")
    identity.file().unlink(missing_ok=True)
    for folder in (
        get_settings().archive,
        *(get_settings().home / name for name in ("receipts", "published", "public")),
    ):
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of minutes whose names come late begin early, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("begins_early") is None)


@pytest.fixture(scope="session", autouse=True)
def home() -> Iterator[Path]:
    with throw_away_home() as folder:
        yield folder


@pytest.fixture
def own_home(home: Path) -> Iterator[Path]:
    with throw_away_home() as folder:
        yield folder


@pytest.fixture(scope="session")
def warehouse(home: Path) -> None:
    database.prepare()


@pytest.fixture
def clean_warehouse(warehouse: None) -> None:
    with database.connect() as connection:
        found = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('raw', 'ops')"
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(*table) for table in found)
        connection.execute("alter table ops.audit_entry disable trigger append_only")
        connection.execute(sql.SQL("truncate {} restart identity").format(tables))
        connection.execute("alter table ops.audit_entry enable trigger append_only")


@pytest.fixture(scope="session")
def prepared_database(warehouse: None) -> Iterator[str]:
    """A database with the plans, the map and the schedule in it; yields its name. Nobody is connected to it."""
    from pipeline import building

    with pytest.MonkeyPatch.context() as environment, database_of_its_own(environment) as address:
        building.prepare_catalogue()
        database.engine().dispose()
        environment.delenv("BAOCAO_DATABASE_URL")
        forget_database()
        with database.superuser() as connection:  # its copy has the name that dbt has parsed the project for
            name = sql.Identifier(address.rpartition("/")[2])
            connection.execute(sql.SQL("alter database {} rename to {}").format(name, sql.Identifier(PREPARED)))
        yield PREPARED
        environment.setenv("BAOCAO_DATABASE_URL", address)


@pytest.fixture(scope="module")
def own_database(prepared_database: str) -> Iterator[str]:
    with (
        pytest.MonkeyPatch.context() as environment,
        database_of_its_own(environment, prepared_database) as address,
    ):
        yield address


@pytest.fixture(scope="module")
def empty_database(warehouse: None) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment, database_of_its_own(environment) as address:
        yield address


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    from baocao.main import main

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr("sys.argv", ["baocao", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return Outcome(int(left.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    assert program, "Pages are tested in Chromium, and there is none. Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
