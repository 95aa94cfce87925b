"""How the packages are cut: tests beside their package, no SQL in the command line, no circle of files."""

import re
import tomllib

import pytest

from warehouse.settings import PROJECT_ROOT

UNIT = PROJECT_ROOT / "tests" / "unit"
PACKAGES = ("accounts", "alerts", "baocao", "expectations", "ingest", "pages", "pipeline", "publish", "warehouse")
SQL = re.compile(r"(?<!--)\bselect\b|\binsert into\b|\bexecute\(|\bdict_row\b", re.IGNORECASE)


def test_every_folder_of_unit_tests_has_the_path_of_a_package_or_is_dbts():
    folders = [folder for folder in UNIT.rglob("*") if folder.is_dir() and folder.name != "__pycache__"]
    paths = {folder.relative_to(UNIT) for folder in folders}

    assert {path.parts[0] for path in paths} == {*PACKAGES, "dbt_project"}
    others = [path for path in paths if path.parts[0] != "dbt_project"]
    assert [str(path) for path in others if not (PROJECT_ROOT / path / "__init__.py").exists()] == []
    assert [folder.name for folder in folders if not [*folder.rglob("test_*.py")]] == []


def test_every_package_of_the_tree_is_one_that_the_linters_and_the_installation_know():
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = {contract["name"]: contract for contract in project["importlinter"]["contracts"]}

    assert {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")} == set(PACKAGES)
    assert set(project["mypy"]["packages"]) == set(PACKAGES)
    assert project["mypy"]["strict"] is True
    assert set(project["importlinter"]["root_packages"]) == set(PACKAGES)
    assert set(contracts["no import cycles inside a package"]["ancestors"]) == set(PACKAGES)
    assert project["setuptools"]["packages"]["find"]["include"] == [
        name for package in sorted(PACKAGES) for name in (package, f"{package}.*")
    ]


@pytest.mark.parametrize("file", sorted((PROJECT_ROOT / "baocao").glob("*.py")), ids=lambda file: file.stem)
def test_the_command_line_reads_nothing_by_itself(file):
    """Its queries are in publish.reading and pipeline: no statement, no cursor."""
    assert SQL.findall(file.read_text(encoding="utf-8")) == []
