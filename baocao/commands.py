"""Which module has which command: a command imports its own module and no other.

Help that lists the commands reads their descriptions from the modules' source: importing all of them takes longer than
anybody waits for a list.
"""

import ast
from collections import UserDict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

MODULES = {
    "access": "access",
    "accounts": "accounts",
    "airflow": "airflow",
    "alerts": "alerts",
    "approvals": "approvals",
    "backup": "backup",
    "restore": "backup",
    "build": "build",
    "run": "build",
    "catalogue": "catalogue",
    "checks": "checks",
    "issues": "checks",
    "close": "close",
    "config": "config",
    "contacts": "contacts",
    "db": "db",
    "dbt": "dbt",
    "demo": "demo",
    "export": "export",
    "ingest": "ingest",
    "receive-document": "ingest",
    "mail": "mail",
    "missing": "missing",
    "personal-data": "personal_data",
    "progress": "progress",
    "trace": "progress",
    "rates": "rates",
    "rebuild": "rebuild",
    "release": "release",
    "report": "report",
    "score": "score",
    "serve": "serve",
    "up": "services",
    "down": "services",
    "worker": "services",
    "status": "services",
    "simulate": "simulate",
    "site": "site",
    "superset": "superset",
    "targets": "targets",
    "template": "template",
    "verify": "verify",
    "warnings": "warnings",
}
"""In the order of the help. A module has an `app = typer.Typer(...)`: with a name it is a group of commands (`baocao db
url`), without one its commands are at the top (`baocao up`)."""


class LazyCommands(UserDict[str, Any]):
    """The commands by name, each made when somebody looks it up."""

    def __getitem__(self, name: str) -> Any:
        if name in MODULES and name not in self.data:
            self.data[name] = _imported(name)
        return self.data[name]

    def __contains__(self, name: object) -> bool:
        return name in MODULES or name in self.data

    def __iter__(self) -> Iterator[str]:
        return iter({**MODULES, **self.data})

    def __len__(self) -> int:
        return len({**MODULES, **self.data})


class LazyGroup(TyperGroup):
    """The commands of MODULES beside its own; to list them imports none."""

    def __init__(self, *, commands: dict[str, Any], **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyCommands(commands)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help of the group, its commands described as their source says."""
        commands = self.commands
        described = {name: TyperCommand(name, help=description(name)) for name in MODULES}
        self.commands = {name: described.get(name) or commands[name] for name in commands}
        try:
            super().format_help(ctx, formatter)
        finally:
            self.commands = commands


def description(name: str) -> str | None:
    """What the help of a command begins with: the help of its Typer, or the docstring of its function."""
    tree = ast.parse(Path(__file__).with_name(f"{MODULES[name]}.py").read_text())
    text = None
    for statement in tree.body:
        match statement:
            case ast.Assign(value=ast.Call(keywords=given)):
                of_group = {each.arg: each.value.value for each in given if isinstance(each.value, ast.Constant)}
                if of_group.get("name") == name:
                    return str(of_group["help"])
            case ast.FunctionDef(name=function) if function == name.replace("-", "_"):
                text = ast.get_docstring(statement)
    return text


def _imported(name: str) -> Any:
    group = get_group(import_module(f"baocao.{MODULES[name]}").app)
    return group if group.name == name else group.commands[name]
