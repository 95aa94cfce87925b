"""The command line itself: exit codes, what goes where, and that nobody sees a stack trace."""

import json

import psycopg
import pytest
import typer

from baocao import main
from warehouse import database


@pytest.fixture
def failing(monkeypatch):
    """Adds a command that raises what it is told to, for this test."""

    def add(error: Exception) -> None:
        @main.app.command("fail")
        def fail() -> None:
            raise error

    before = list(main.app.registered_commands)
    yield add
    main.app.registered_commands[:] = before


def test_a_program_gets_a_working_address(warehouse, command):
    for role, user in (("owner", "baocao_owner"), ("bi", "bi_reader")):
        told = command("db", "url", "--role", role)
        assert told.code == 0
        with psycopg.connect(told.out.strip()) as connection:
            assert connection.execute("select current_user").fetchone() == (user,)
        assert json.loads(command("db", "url", "--role", role, "--json").out) == {"role": role, "url": told.out.strip()}


@pytest.mark.parametrize("call", [["db", "url", "--role", "loader"], ["nonsense"], ["db", "url", "--nonsense"]])
def test_a_wrong_call_exits_2_with_nothing_on_stdout(command, call):
    told = command(*call)
    assert (told.code, told.out) == (2, "")
    assert told.err


def test_status_is_one_document_and_starts_nothing(own_home, command):
    told = command("status", "--json")
    document = json.loads(told.out)
    assert told.code == 0
    assert document["home"] == str(own_home)
    assert document["database"] == {"is_embedded": True, "state": "stopped", "address": None, "revision": None}
    assert [service["state"] for service in document["airflow"]["services"]] == ["stopped"] * 3
    assert document["airflow"]["address"] is None
    assert not database.cluster().is_made


def test_down_without_anything_running_says_so(own_home, command):
    assert command("down").out == "Nothing was running.\n"


def test_a_borrowed_now_is_said_on_stderr(warehouse, command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "2026-12-01")
    told = command("status", "--json")
    assert "2026-12-01T00:00:00+07:00" in told.err
    assert json.loads(told.out)


def test_a_bad_setting_is_a_wrong_call(command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "soon")
    told = command("status")
    assert told.code == 2
    assert "BAOCAO_NOW" in told.err
    assert "Traceback" not in told.err


def test_an_expected_failure_is_a_sentence_and_exits_1(command, failing):
    failing(main.BaocaoError("The server postgresql://a:hunter2@h/d is down."))
    told = command("fail")
    assert (told.code, told.out, told.err) == (1, "", "The server postgresql://a:***@h/d is down.\n")


def test_an_unexpected_failure_is_a_sentence_too_and_its_trace_is_kept(own_home, command, failing):
    failing(ZeroDivisionError("division by zero"))
    told = command("fail")
    assert (told.code, told.out) == (1, "")
    assert "Traceback" not in told.err
    assert "ZeroDivisionError" in told.err
    assert "Traceback" in (own_home / "logs" / "errors.log").read_text()


def test_a_failure_of_the_home_itself_is_a_sentence(own_home, command, failing, monkeypatch):
    (own_home / "a file").touch()
    monkeypatch.setenv("BAOCAO_HOME", str(own_home / "a file" / "home"))
    failing(NotADirectoryError("no folder"))
    told = command("fail")
    assert told.code == 1
    assert "The trace could not be written" in told.err
    assert "Traceback" not in told.err


def test_every_command_has_a_sentence_of_help():
    group = typer.main.get_command(main.app)
    commands = dict(group.commands)
    for name in ("alerts", "contacts", "db"):
        commands |= {f"{name} {inner}": found for inner, found in group.commands[name].commands.items()}
    assert len(commands) > 10
    assert [name for name, found in commands.items() if not found.help] == []
