"""The command line itself: exit codes, what goes where, and that nobody sees a stack trace."""

import json

import psycopg
import pytest
import typer

from baocao import main
from warehouse import database


@pytest.fixture
def failing(monkeypatch):
    """Adds a command that raises a given error, for this test."""

    def add(error: Exception) -> None:
        @main.app.command("fail")
        def fail() -> None:
            raise error

    before = list(main.app.registered_commands)
    yield add
    main.app.registered_commands[:] = before


def test_a_program_gets_a_working_address(warehouse, command):
    for role, user in (("owner", "baocao_owner"), ("bi", "bi_reader")):
        outcome = command("db", "url", "--role", role)
        assert outcome.code == 0
        with psycopg.connect(outcome.out.strip()) as connection:
            assert connection.execute("select current_user").fetchone() == (user,)
        assert json.loads(command("db", "url", "--role", role, "--json").out) == {
            "role": role,
            "url": outcome.out.strip(),
        }


@pytest.mark.parametrize("call", [["db", "url", "--role", "loader"], ["nonsense"], ["db", "url", "--nonsense"]])
def test_a_wrong_call_exits_2_with_nothing_on_stdout(command, call):
    outcome = command(*call)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err


def test_status_is_one_document_and_starts_nothing(own_home, command):
    outcome = command("status", "--json")
    document = json.loads(outcome.out)
    assert outcome.code == 0
    assert document["home"] == str(own_home)
    assert document["database"] == {"is_embedded": True, "state": "stopped", "address": None, "revision": None}
    assert [service["state"] for service in document["airflow"]["services"]] == ["stopped"] * 5
    assert document["airflow"]["address"] is None
    assert not database.cluster().is_made


def test_importing_contacts_starts_the_database_like_every_other_command(own_home, command, monkeypatch):
    def stop() -> None:
        raise main.BaocaoError("The catalogue is wrong.")

    monkeypatch.setattr("pipeline.building.prepare_catalogue", stop)
    assert command("contacts", "import", "contacts.csv").err.endswith("The catalogue is wrong.\n")
    assert database.cluster().running()


def test_down_without_anything_running_says_so(own_home, command):
    assert command("down").out == "Nothing was running.\n"


def test_a_borrowed_now_is_said_on_stderr(warehouse, command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "2026-12-01")
    outcome = command("status", "--json")
    assert "2026-12-01T00:00:00+07:00" in outcome.err
    assert json.loads(outcome.out)


def test_a_bad_setting_is_a_wrong_call(command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "soon")
    outcome = command("status")
    assert outcome.code == 2
    assert "BAOCAO_NOW" in outcome.err
    assert "Traceback" not in outcome.err


def test_an_expected_failure_is_a_sentence_and_exits_1(command, failing):
    failing(main.BaocaoError("The server postgresql://a:hunter2@h/d is down."))
    outcome = command("fail")
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "The server postgresql://a:***@h/d is down.\n")


def test_an_unexpected_failure_is_a_sentence_too_and_its_trace_is_kept(own_home, command, failing):
    failing(ZeroDivisionError("division by zero"))
    outcome = command("fail")
    assert (outcome.code, outcome.out) == (1, "")
    assert "Traceback" not in outcome.err
    assert "ZeroDivisionError" in outcome.err
    assert "Traceback" in (own_home / "logs" / "errors.log").read_text()


def test_a_failure_of_the_home_itself_is_a_sentence(own_home, command, failing, monkeypatch):
    (own_home / "a file").touch()
    monkeypatch.setenv("BAOCAO_HOME", str(own_home / "a file" / "home"))
    failing(NotADirectoryError("no folder"))
    outcome = command("fail")
    assert outcome.code == 1
    assert "The trace could not be written" in outcome.err
    assert "Traceback" not in outcome.err


def test_every_command_has_a_sentence_of_help():
    group = typer.main.get_command(main.app)
    commands = dict(group.commands)
    for name in ("alerts", "config", "contacts", "db"):
        commands |= {f"{name} {inner}": found for inner, found in group.commands[name].commands.items()}
    assert len(commands) > 10
    assert [name for name, found in commands.items() if not found.help] == []
