"""The list of commands, and what a command imports."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_group
from typer.testing import CliRunner

import baocao
from baocao.commands import MODULES, description
from baocao.main import app

HEAVY = {"airflow", "alembic", "dbt", "great_expectations", "numpy", "pandas", "sqlalchemy"}
"""Seconds of imports; no module of a command imports one before the command runs."""
MODULES_OF = """
import sys
{code}
print(*sorted({{name.partition('.')[0] for name in sys.modules}}), file=sys.__stdout__)
"""


def imported_by(code: str) -> set[str]:
    """The top packages that a fresh process has after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", MODULES_OF.format(code=code)], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_list_of_commands_is_what_the_modules_declare():
    declared = {}
    for file in sorted(Path(baocao.__file__).parent.glob("*.py")):
        group = getattr(import_module(f"baocao.{file.stem}"), "app", None)
        if isinstance(group, typer.Typer) and group is not app:
            of_module = get_group(group)
            declared |= dict.fromkeys([of_module.name] if of_module.name else of_module.commands, file.stem)
    assert list(declared.items()) == list(MODULES.items())


def test_the_help_is_that_of_the_imported_commands(monkeypatch):
    listed = CliRunner().invoke(app, ["--help"]).output
    monkeypatch.setattr("baocao.commands.LazyGroup.format_help", TyperGroup.format_help)
    assert listed == CliRunner().invoke(app, ["--help"]).output
    assert "List overdue reports: the deadline has passed" in listed


@pytest.mark.parametrize("name", MODULES)
def test_a_command_is_described_by_its_own_docstring(name):
    assert description(name) == typer.main.get_command(app).commands[name].help


def test_the_help_imports_neither_a_database_driver_nor_the_settings():
    code = "from typer.testing import CliRunner\nfrom baocao.main import app\nCliRunner().invoke(app, ['--help'])"
    assert not imported_by(code) & (HEAVY | {"psycopg", "pydantic_settings"})


def test_a_command_is_imported_without_what_takes_seconds():
    code = "\n".join(f"import baocao.{module}" for module in MODULES.values()) + "\nimport publish.reading.missing"
    assert not imported_by(code) & HEAVY


def test_a_mistyped_command_is_answered_with_the_like_ones(command):
    outcome = command("mising")
    assert outcome.code == 2
    assert "Did you mean 'missing'" in outcome.err
