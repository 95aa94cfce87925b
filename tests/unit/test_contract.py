"""What SQL and Python agree on: Python reads marts and the contracted views of the schema app, and nothing between."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from warehouse.settings import PROJECT_ROOT

PACKAGES = (
    "accounts",
    "alerts",
    "baocao",
    "dags",
    "expectations",
    "ingest",
    "pages",
    "pipeline",
    "publish",
    "warehouse",
)
MIGRATIONS = PROJECT_ROOT / "warehouse" / "migrations"
MODELS = PROJECT_ROOT / "dbt_project" / "models"
SQL = re.compile(r"\b(select|insert into|update|delete from)\b", re.IGNORECASE)
SCREEN = 40
"""Lines of a query that one can read without scrolling."""


@cache
def _files(ending: str) -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((PROJECT_ROOT / package).rglob(f"*.{ending}"))]
    return [path for path in found if MIGRATIONS not in path.parents]


@cache
def _strings(path: Path) -> list[ast.Constant | ast.JoinedStr]:
    """Every text in a module; of an f-string the whole and its parts."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [
        node
        for node in nodes
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    ]


@cache
def _queries() -> dict[str, str]:
    """The texts in which Python may name a table: the strings of each module, and each file of SQL."""
    texts = {str(path): path.read_text(encoding="utf-8") for path in _files("sql")}
    for path in _files("py"):
        parts = [node.value for node in _strings(path) if isinstance(node, ast.Constant)]
        texts[str(path)] = "\n".join(str(part) for part in parts)
    return {str(Path(path).relative_to(PROJECT_ROOT)): text for path, text in texts.items()}


def _named(schema: str) -> set[str]:
    return {name for text in _queries().values() for name in re.findall(rf"\b{schema}\.([a-z]\w*)", text)}


def _models(folder: str) -> set[str]:
    return {path.stem for path in (MODELS / folder).glob("*.sql")}


def _functions() -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((MIGRATIONS / "versions").glob("*.py")))
    return set(re.findall(r"create function app\.(\w+)", text))


@pytest.mark.parametrize("schema", ["intermediate", "staging"])
def test_python_names_no_table_between_raw_and_marts(schema):
    texts = _queries()

    assert len(texts) > 100
    assert {file: found for file, text in texts.items() if (found := re.findall(rf"\b{schema}\.\w+", text))} == {}


def test_every_view_and_mart_that_python_names_is_a_model():
    functions = _functions()

    assert functions >= {"values_as_of", "is_valid_as_of"}
    assert _named("app") - _models("app") - functions == set()
    assert _named("marts") - _models("marts") == set()
    assert len(_named("marts")) > 10


def test_every_view_of_the_schema_app_is_read_by_python():
    assert _models("app") - _named("app") == set()
    assert len(_models("app")) > 5


def test_every_view_of_the_schema_app_and_every_column_of_it_is_described_in_both_languages():
    described = yaml.safe_load((MODELS / "app" / "_app__models.yml").read_text(encoding="utf-8"))["models"]
    blocks = "".join(path.read_text(encoding="utf-8") for path in sorted((MODELS / "docs").glob("*.md")))
    columns = {
        f"{model['name']}.{column['name']}": column["description"] for model in described for column in model["columns"]
    }
    texts = dict(re.findall(r"{% docs (\w+) %}\n(.+?)\n{% enddocs %}", blocks, re.DOTALL))

    assert {model["name"] for model in described} == _models("app")
    about = {model["name"]: model["description"] for model in described}
    about |= {name: texts.get(text[len("{{ doc('") : -len("') }}")], "") for name, text in columns.items()}
    assert [name for name, text in about.items() if not re.search(r"^\S.+\nVI: \S", text, re.DOTALL)] == []
    assert [model["name"] for model in described if not model["description"].startswith("One row per ")] == []


def test_a_query_longer_than_a_screen_has_a_file_of_its_own():
    strings = [(path, node) for path in _files("py") for node in _strings(path)]
    long = [(path, node) for path, node in strings if (node.end_lineno or 0) - node.lineno >= SCREEN]

    assert len(strings) > 1000
    assert [f"{path}:{node.lineno}" for path, node in long if SQL.search(ast.unparse(node))] == []


def test_every_file_of_sql_beside_a_module_is_loaded_by_it():
    beside = {path for path in _files("sql") if path.parent.name != "checked"}
    loaded = {
        path.with_name(f"{name}.sql")
        for path in _files("py")
        for name in re.findall(r'queries\.load\(__file__, "(\w+)"\)', path.read_text(encoding="utf-8"))
    }

    assert loaded
    assert beside == loaded
