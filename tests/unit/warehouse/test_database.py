"""Bringing the database up: on the embedded server and on somebody's own, migrations, locks."""

import subprocess
import sys
import time
import timeit
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ProgrammingError

from tests.conftest import database_of_its_own, forget_database, throw_away_home
from tests.waiting import wait_for
from warehouse import database, migrations
from warehouse.errors import BaocaoError, WrongCall
from warehouse.postgres import passwords, roles


@pytest.fixture
def spare_database(warehouse, monkeypatch):
    with database_of_its_own(monkeypatch) as address:
        yield address


def test_preparing_again_takes_a_moment(warehouse):
    assert min(timeit.repeat(database.prepare, timer=time.process_time, number=1, repeat=3)) < 0.3


def test_a_command_that_finds_everything_ready_does_not_wait_for_heavy_imports(warehouse):
    program = "import sys; from warehouse import database; database.prepare(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert "psycopg" in loaded
    assert not {"sqlalchemy", "alembic", "pandas", "airflow", "dbt", "great_expectations"} & set(loaded)


def test_the_newest_revision_is_the_one_that_alembic_finds():
    assert ScriptDirectory(str(migrations.HERE)).get_heads() == [migrations.head()]


def test_migrations_go_down_to_nothing_and_up_again(spare_database):
    migrations.downgrade(database.engine(), "base")
    with database.connect() as connection:
        found = connection.execute("select nspname from pg_namespace where nspname in ('raw', 'ops')").fetchall()
        left = connection.execute(
            "select count(*) from pg_default_acl where defaclrole = current_user::regrole"
        ).fetchone()
    assert found == []
    assert left == (0,)
    database.prepare()
    with database.connect("loader") as connection:
        assert connection.execute("select count(*) from ops.contact").fetchone() == (0,)


def test_a_migration_that_fails_changes_nothing(spare_database):
    migrations.downgrade(database.engine(), "base")
    with database.connect() as connection:
        connection.execute("create schema ops")
    with pytest.raises(ProgrammingError, match='schema "ops" already exists'):
        database.prepare()
    with database.connect() as connection:
        assert connection.execute("select to_regnamespace('raw')").fetchone() == (None,)
        connection.execute("drop schema ops")
    database.prepare()
    assert database.status().revision == migrations.head()


def test_every_role_has_an_address_of_its_own(warehouse):
    for role, name in roles.NAMES.items():
        address = urlsplit(database.url(role))
        assert (address.scheme, address.username, address.path) == ("postgresql", name, "/baocao")
        with database.connect(role) as connection:
            assert connection.execute("select current_user").fetchone() == (name,)


def test_sqlalchemy_reaches_the_same_place_through_psycopg_3(warehouse):
    engine = database.engine("loader")
    assert engine is database.engine("loader")
    assert engine.dialect.driver == "psycopg"
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select current_user").scalar() == "baocao_loader"


def test_airflow_has_a_database_of_its_own(warehouse):
    with psycopg.connect(database.airflow_url()) as connection:
        connection.execute("create table mine ()")
        connection.execute("drop table mine")
        assert connection.execute("select current_user, current_database()").fetchone() == ("airflow", "airflow")


def test_making_airflows_database_ready_changes_nothing_on_a_server_of_the_users(spare_database):
    database._make_roles.cache_clear()  # as in a process that has just begun
    database.airflow_url()
    with database.connect("loader") as connection:
        allowed = "select has_database_privilege('public', current_database(), 'temporary')"
        assert connection.execute(allowed).fetchone() == (True,)


# --- locks ---------------------------------------------------------------------------------------


def test_one_at_a_time_is_inside_and_a_killed_process_leaves(warehouse):
    program = "from warehouse import database\nwith database.exclusive('tried'): print('in', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "in\n"
    with database.exclusive("something else"), database.connect() as connection:
        found = connection.execute("select pg_try_advisory_lock(hashtextextended('baocao:tried', 0))").fetchone()
        assert found == (False,)
    other.kill()
    other.communicate()
    started = time.monotonic()
    with database.exclusive("tried"):
        assert time.monotonic() - started < 10


def test_the_statement_of_a_killed_process_ends(warehouse):
    """A build that was killed would keep its locks until its statement is done: the next one waits for minutes."""
    statement = "select pg_sleep(3600)"
    program = f"from warehouse import database\nwith database.connect() as session: session.execute({statement!r})"
    with subprocess.Popen([sys.executable, "-c", program]) as process, database.connect(autocommit=True) as connection:

        def count() -> int:
            (found,) = connection.execute(
                "select count(*) from pg_stat_activity where query = %s and state = 'active'", [statement]
            ).fetchone()
            return found

        wait_for(lambda: count() == 1, "The statement does not run.")
        process.kill()
        wait_for(lambda: count() == 0, "The statement runs on.")


def test_a_lock_that_was_lost_with_its_server_is_not_taken_for_held(warehouse):
    with pytest.raises(psycopg.OperationalError), database.exclusive("tried"), database.superuser() as administrator:
        administrator.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
            " and pid <> pg_backend_pid()"
        )


def test_waiting_for_a_lock_ends_at_no_time_limit(spare_database):
    with database.connect() as owner:
        name = owner.info.dbname
        owner.execute(f"alter role current_user in database {name} set lock_timeout = '100ms'")
    program = "from warehouse import database\nwith database.exclusive('tried'): print('in', flush=True)"
    with database.exclusive("tried"):
        other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(4)
    assert other.communicate(timeout=60) == ("in\n", None)


# --- a server of the user's ----------------------------------------------------------------------


def test_a_server_of_the_users_is_prepared_and_used(spare_database):
    assert database.url() == spare_database
    with database.connect("bi") as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("select from raw.file")
    with database.connect("loader") as loader:
        assert loader.execute("show timezone").fetchone() == ("Asia/Ho_Chi_Minh",)


def test_an_address_with_a_drivers_name_will_do(spare_database, monkeypatch):
    monkeypatch.setenv("BAOCAO_DATABASE_URL", spare_database.replace("postgresql", "postgresql+psycopg2"))
    assert database.url() == spare_database


def test_an_address_of_something_else_is_a_wrong_call(monkeypatch):
    monkeypatch.setenv("BAOCAO_DATABASE_URL", "mysql://localhost/baocao")
    with pytest.raises(WrongCall, match="postgresql://"):
        database.prepare()


def test_a_server_that_does_not_answer_is_named_without_its_password(monkeypatch):
    monkeypatch.setenv("BAOCAO_DATABASE_URL", "postgresql://office:hunter2@127.0.0.1:1/baocao")
    with pytest.raises(database.DatabaseUnavailable, match=r"office:\*\*\*@127.0.0.1:1") as error:
        database.prepare()
    assert "hunter2" not in str(error.value)
    assert database.status().state == "unavailable"


@pytest.fixture(scope="module")
def strangers_server(home):
    """A second server, without any role of ours; yields its administrator's connection."""
    with throw_away_home():
        database.cluster().ensure(passwords.get("postgres"))
        with database.superuser() as administrator:
            yield administrator


@pytest.fixture
def administrator(strangers_server, monkeypatch):
    """BAOCAO_DATABASE_URL names an ordinary user's database on that server; yields its administrator's connection."""
    strangers_server.execute("create role office login password 'pw'")
    strangers_server.execute("create database figures owner office")
    forget_database()
    monkeypatch.setenv("BAOCAO_DATABASE_URL", f"postgresql://office:pw@127.0.0.1:{strangers_server.info.port}/figures")
    yield strangers_server
    database.engine().dispose()
    strangers_server.execute("drop database figures with (force)")
    strangers_server.execute("drop role if exists office, baocao_loader, bi_reader, bi_area")


def test_on_a_server_without_our_roles_they_are_made_or_the_way_out_is_told(administrator):
    with pytest.raises(BaocaoError, match=r"may not create the role baocao_loader. Give it CREATEROLE"):
        database.prepare()

    administrator.execute("alter role office createrole")
    database.prepare()
    with database.connect("bi") as reader:
        assert reader.execute("show statement_timeout").fetchone() == ("1min",)

    passwords.path("bi").unlink()
    migrations.downgrade(database.engine(), "base")
    with pytest.raises(BaocaoError, match="does not hold its password"):
        database.prepare()


def test_a_user_who_may_not_create_schemas_is_told_how_to(administrator):
    administrator.execute("alter role office createrole")
    administrator.execute("alter database figures owner to postgres")
    with pytest.raises(BaocaoError, match="alter database figures owner to office"):
        database.prepare()
