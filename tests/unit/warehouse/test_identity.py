"""A home knows its database: what leads to another one is refused before anything of it changes."""

import json

import pytest

from tests.conftest import database_of_its_own, forget_database
from warehouse import database, identity, migrations
from warehouse.errors import WrongCall


@pytest.fixture
def other(warehouse, monkeypatch):
    """A prepared database of somebody else; this home belongs to the embedded one again. Yields its address."""
    with database_of_its_own(monkeypatch) as address:
        monkeypatch.delenv("BAOCAO_DATABASE_URL")
        forget_database()
        database.prepare()
        yield address
        monkeypatch.setenv("BAOCAO_DATABASE_URL", address)


def test_a_home_remembers_its_database_without_a_password(warehouse):
    database.prepare()
    remembered = json.loads(identity.file().read_text())
    with database.connect() as connection:
        assert remembered == {
            "warehouse_id": identity.find(connection),
            "is_embedded": True,
            "address": f"postgresql://127.0.0.1:{connection.info.port}/baocao",
        }


def test_another_database_is_refused_and_stays_as_it_is(other, monkeypatch, command):
    database.engine().dispose()
    monkeypatch.setenv("BAOCAO_DATABASE_URL", other)
    with database.connect() as connection:
        connection.execute("comment on table public.alembic_version is null")
        connection.execute("update public.alembic_version set version_num = '0001'")
    outcome = command("missing")
    assert outcome.code == 1
    assert "/baocao; postgresql://127.0.0.1" in outcome.err and "(BAOCAO_DATABASE_URL: environment)" in outcome.err
    assert "remove" in outcome.err and str(identity.file()) in outcome.err
    with database.connect() as connection:
        assert identity.find(connection) is None
        assert connection.execute("select version_num from public.alembic_version").fetchone() == ("0001",)
        connection.execute("update public.alembic_version set version_num = %s", [migrations.head()])


def test_a_shell_without_the_address_of_a_server_starts_no_second_warehouse(own_home, command):
    memory = {"warehouse_id": "x", "is_embedded": False, "address": "postgresql://db.example.org:5432/baocao"}
    identity.file().write_text(json.dumps(memory))
    report = own_home / "report.csv"
    report.write_text("unit_code\n")
    for call in (["ingest", report], ["missing"], ["build"], ["status"]):
        outcome = command(*call)
        assert (outcome.code, outcome.out) == (1, ""), call
        assert "postgresql://db.example.org:5432/baocao" in outcome.err
        assert "baocao config set BAOCAO_DATABASE_URL" in outcome.err
    assert not database.cluster().is_made
    assert command("down").code == 0


def test_a_lost_data_folder_is_not_replaced_by_an_empty_database(own_home):
    identity.file().write_text(json.dumps({"warehouse_id": "x", "is_embedded": True, "address": "postgresql://a/b"}))
    with pytest.raises(identity.OtherDatabase, match="folder `postgres` is missing"):
        database.prepare()
    assert not database.cluster().is_made


def test_a_setting_of_the_home_leads_every_shell_to_its_server(other, monkeypatch, command):
    forget_database()
    from warehouse import settings

    try:
        assert command("config", "set", "BAOCAO_DATABASE_URL", other).code == 0
        assert command("db", "url").out.strip() == other
    finally:
        settings.store("BAOCAO_DATABASE_URL", None)
        database.engine().dispose()


def test_the_same_warehouse_at_another_address_is_the_same(warehouse, monkeypatch):
    database.prepare()
    monkeypatch.setenv("BAOCAO_DATABASE_URL", database.url().replace("127.0.0.1", "localhost"))
    database.prepare()
    monkeypatch.delenv("BAOCAO_DATABASE_URL")
    forget_database()
    database.prepare()


def test_a_database_of_an_earlier_release_gets_its_identity_once(other, monkeypatch):
    monkeypatch.setenv("BAOCAO_DATABASE_URL", other)
    forget_database()
    with database.connect() as connection:
        connection.execute("comment on table public.alembic_version is null")
    database.prepare()
    with database.connect() as connection:
        given = identity.find(connection)
    assert given
    forget_database()
    database.prepare()
    assert json.loads(identity.file().read_text())["warehouse_id"] == given


def test_a_setting_that_names_no_database_is_not_kept(own_home):
    from warehouse import settings

    with pytest.raises(WrongCall, match="BAOCAO_DATABASE_URL: Value error, must be a postgresql:// address"):
        settings.store("BAOCAO_DATABASE_URL", "mysql://localhost/baocao")
    assert not settings.stored_file().exists()
