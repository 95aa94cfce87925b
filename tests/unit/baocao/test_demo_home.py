"""Only the home of a demonstration is emptied."""

import pytest

from baocao import demo_home
from warehouse import database, settings
from warehouse.postgres import passwords


def test_a_home_that_no_demonstration_marked_is_not_emptied(clean_warehouse, home, command):
    outcome = command("demo", "--reset")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"{home} is not the home of a demonstration" in outcome.err
    assert database.cluster().running()


def test_a_home_with_reports_is_not_marked(clean_warehouse, home):
    with database.connect() as connection:
        connection.execute(
            "insert into raw.file (sha256, file_name, size_bytes, archive_uri, batch_id, received_at) "
            "values (repeat('0', 64), 'report.csv', 1, 'report.csv', gen_random_uuid(), now())"
        )
    demo_home.mark()
    assert not (home / "demo.json").exists()


def test_what_a_demonstration_left_is_removed_and_connections_still_hold(own_home, command):
    database.prepare()
    demo_home.mark()
    settings.store("BAOCAO_OPERATOR", "van-hanh@example.org")
    before = database.url("bi")
    place = database.cluster().data
    for name in ("inbox", "receipts", "demo"):
        (own_home / name).mkdir()
        (own_home / name / "report.csv").touch()
    (own_home / "my notes.txt").touch()
    outcome = command("demo", "--reset")
    assert (outcome.code, outcome.err) == (0, "")
    assert not place.exists()
    kept = {"my notes.txt", "postgres.lock", "postgres.port", "secrets", "settings.json"}
    assert {path.name for path in own_home.iterdir()} == kept
    assert command("demo", "--reset").code == 1
    database.prepare()
    assert database.url("bi") == before
    assert passwords.find("bi") in before


def test_a_database_on_a_server_is_never_a_demonstrations(clean_warehouse, home, monkeypatch):
    monkeypatch.setenv("BAOCAO_DATABASE_URL", database.url())
    demo_home.mark()
    assert not (home / "demo.json").exists()
    (home / "demo.json").write_text("{}")
    try:
        with pytest.raises(demo_home.BaocaoError, match="on your server"):
            demo_home.reset()
    finally:
        (home / "demo.json").unlink()
