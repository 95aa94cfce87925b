"""For tests of the steps on a real database: the catalogue and the schedule, loaded once a session."""

import shutil
from collections.abc import Callable, Iterator, Sequence

import psycopg
import pytest

from pipeline import erasing
from tests.conftest import database_of_its_own, forget_database
from tests.integration import bi_season
from tests.integration.letterbox import Letterbox, free_port, listening
from warehouse import database
from warehouse.settings import get_settings

ARRIVED = (
    "raw.file",
    "raw.submission",
    "raw.line",
    "ops.submission_issue",
    "ops.submission_verdict",
    "ops.check_result",
    "ops.issued_receipt",
    "ops.quarantined_file",
    "ops.restricted_file",
    "ops.erasure",
)


@pytest.fixture(scope="session")
def catalogue(warehouse: None) -> None:
    """Programmes, map and schedule are in the session's warehouse."""
    from pipeline import building

    building.prepare_catalogue()


def forget_reports() -> None:
    with database.connect() as connection:
        connection.execute(f"truncate {', '.join(ARRIVED)} restart identity cascade")
        connection.execute("delete from ops.pipeline_run where step = 'receive'")
        connection.execute(erasing.FORGET_STATUSES)  # the numbers of decisions begin again
    for folder in ("inbox", "receipts", "restricted"):
        shutil.rmtree(get_settings().home / folder, ignore_errors=True)


@pytest.fixture
def nothing_arrived(catalogue: None) -> None:
    """The catalogue is there, and no report has ever come in."""
    forget_reports()


@pytest.fixture(scope="module")
def catalogue_without_reports(catalogue: None) -> None:
    """As nothing_arrived, once for the module."""
    forget_reports()


@pytest.fixture
def session(nothing_arrived: None) -> Iterator[psycopg.Connection]:
    """A connection of the loader's, each statement committed, to look at what a step left behind."""
    with database.connect("loader", autocommit=True) as connection:
        yield connection


@pytest.fixture
def whole_warehouse() -> Callable[[], dict[str, list[tuple]]]:
    """Every row of what arrived and what was decided, to compare before and after."""

    def rows() -> dict[str, list[tuple]]:
        with database.connect("loader") as connection:
            read = "select * from {} order by 1, 2, 3"
            return {table: connection.execute(read.format(table)).fetchall() for table in ARRIVED}

    return rows


@pytest.fixture(scope="session")
def marts(catalogue: None) -> None:
    """The marts are built in the session's warehouse."""
    from pipeline import building

    building.build()


@pytest.fixture(scope="session")
def played_season(
    prepared_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Sequence[bi_season.Delivery]]]:
    """A database with the season of bi_season in its marts, which nobody is connected to; its name and the files."""
    with pytest.MonkeyPatch.context() as environment, database_of_its_own(environment, prepared_database) as address:
        deliveries = bi_season.play(tmp_path_factory.mktemp("season"))
        database.engine().dispose()
        environment.delenv("BAOCAO_DATABASE_URL")
        forget_database()
        yield address.rpartition("/")[2], deliveries
        environment.setenv("BAOCAO_DATABASE_URL", address)


@pytest.fixture(scope="module")
def bi_warehouse(played_season: tuple[str, Sequence[bi_season.Delivery]]) -> Iterator[Sequence[bi_season.Delivery]]:
    """A copy of that database for the module; yields the files that arrived."""
    name, deliveries = played_season
    with pytest.MonkeyPatch.context() as environment, database_of_its_own(environment, name):
        yield deliveries


@pytest.fixture
def nobody_notified(catalogue: None) -> None:
    """No letter, no alert, no contact: whatever another module left in the session's warehouse."""
    with database.connect() as connection:
        connection.execute("truncate ops.alert_ledger, ops.message, ops.contact restart identity cascade")


@pytest.fixture
def season(marts: None, nothing_arrived: None, nobody_notified: None) -> Iterator[psycopg.Connection]:
    """The reporting season of 2026 in a warehouse that began in October; nothing was received, nobody was notified."""
    with database.connect(autocommit=True) as connection:
        connection.execute(
            "insert into ops.pipeline_run (run_id, step, status, as_of) overriding system value "
            "values (0, 'receive', 'succeeded', '2026-10-01+07')"
        )
        yield connection


@pytest.fixture
def letterbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    box = Letterbox()
    with listening(box, free_port()) as url:
        monkeypatch.setenv("BAOCAO_SMTP_URL", url)
        yield box
