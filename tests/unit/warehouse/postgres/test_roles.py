"""Who may do what, tried on the server itself."""

import psycopg
import pytest

from warehouse import database
from warehouse.postgres import passwords, roles


@pytest.fixture(scope="module", autouse=True)
def a_published_table(warehouse):
    """Made after the privileges were granted, as dbt makes its tables."""
    with database.connect() as owner:
        owner.execute("create table intermediate.int_tried as select 1 as figure")
        owner.execute("create view marts.fct_tried as select * from intermediate.int_tried")
        owner.execute("create view app.tried as select * from intermediate.int_tried")
        owner.execute("create table catalogue.tried as select 1 as row_no")
    yield
    with database.connect() as owner:
        owner.execute("drop view marts.fct_tried, app.tried")
        owner.execute("drop table intermediate.int_tried, catalogue.tried")


def test_the_reader_sees_a_mart_made_after_the_grants():
    with database.connect("bi") as reader:
        assert reader.execute("select figure from fct_tried").fetchone() == (1,)


@pytest.mark.parametrize(
    "table", ["raw.line", "ops.message", "ops.contact", "catalogue.tried", "intermediate.int_tried", "app.tried"]
)
def test_the_reader_sees_nothing_but_marts(table):
    with database.connect("bi") as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(f"select from {table}")


def test_the_reader_cannot_write_even_when_it_leaves_read_only_mode():
    with database.connect("bi") as reader:
        reader.execute("set default_transaction_read_only = off")
        reader.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("create table marts.mine ()")


def test_the_reader_has_a_time_limit():
    with database.connect("bi") as reader:
        assert reader.execute("show statement_timeout").fetchone() == ("1min",)


def test_the_reader_cannot_enter_the_database_of_airflow():
    address = database.url("bi").rpartition("/")[0] + f"/{roles.AIRFLOW}"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(address)


@pytest.mark.parametrize(
    "statement", ["update raw.file set file_name = ''", "delete from raw.line", "truncate raw.line"]
)
def test_the_loader_can_only_add_to_raw(statement):
    with database.connect("loader") as loader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        loader.execute(statement)


def test_the_loader_files_a_report_and_reads_what_it_must_be_checked_against(clean_warehouse):
    with database.connect("loader") as loader:
        loader.execute(
            "insert into raw.file values ('00', 'a.csv', 1, 'file:///a', gen_random_uuid(), now())"
            " on conflict do nothing"
        )
        loader.execute("update ops.message set attempts = attempts + 1")
        loader.execute("delete from ops.contact")
        assert loader.execute("select row_no from catalogue.tried").fetchone() == (1,)
        assert loader.execute("select figure from app.tried").fetchone() == (1,)
        assert loader.execute("select count(*) from raw.file").fetchone() == (1,)


@pytest.mark.parametrize("role", ["owner", "loader", "bi"])
def test_a_day_begins_at_midnight_in_vietnam(role):
    with database.connect(role) as connection:
        assert connection.execute("select '2026-11-30'::date::timestamptz::text").fetchone() == (
            "2026-11-30 00:00:00+07",
        )


def test_passwords_are_for_the_owner_of_the_files_alone(warehouse):
    folder = passwords.path("owner").parent
    assert folder.stat().st_mode & 0o777 == 0o700
    files = sorted(folder.iterdir())
    made_on_use = {"forms", "letters"}  # keys of the pages' forms and of letters' tokens, once there are any
    names = [file.name for file in files if file.name not in made_on_use]
    assert names == ["airflow", "bi", "loader", "owner", "postgres"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_no_password_stands_in_the_server_log(home, warehouse):
    log = (database.cluster().data / "server.log").read_text()
    assert "starting PostgreSQL" in log
    assert not [name for name in ("postgres", *roles.NAMES, "airflow") if passwords.get(name) in log]
