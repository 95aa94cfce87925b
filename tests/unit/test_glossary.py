"""No name, heading, log line or docstring's first line uses a word that docs/glossary.md lists as not ours."""

import ast
import csv
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from docs.generate import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
HEADING_OF_THE_LIST = "## Words to avoid in names"
NAMES, NAMES_IN_SQL, EVERYWHERE = "names", "names in SQL", "names and lines"

HISTORY = "warehouse/migrations/versions/"
"""Migrations speak of tables as they were called when the migration was written."""

LOGGERS = {"log", "logger"}
LOGGED = {"debug", "info", "warning", "error", "exception", "critical"}
LOOKS_LIKE_SQL = re.compile(r"\s*(with|select|insert|update|delete|create|alter|truncate|merge)\s", re.IGNORECASE)
NO_NAMES_IN_SQL = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'|\"[^\"\n]*\"", re.DOTALL)


@dataclass(frozen=True)
class Text:
    """A name, or a line that is read like one, and where it is."""

    file: str
    line: int
    text: str
    is_name: bool
    is_sql: bool = False

    def is_in(self, scope: str) -> bool:
        """Whether the words of this scope are not to be used here."""
        return {NAMES: self.is_name, NAMES_IN_SQL: self.is_sql, EVERYWHERE: True}[scope]


@dataclass(frozen=True)
class Entry:
    """A row of the glossary's list."""

    phrase: str
    instead: str
    scope: str


@cache
def entries() -> list[Entry]:
    page = GLOSSARY.read_text(encoding="utf-8")
    section = page[page.index(HEADING_OF_THE_LIST) :].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return [
        Entry(phrase, instead, scope)
        for phrases, instead, scope in rows[2:]
        for phrase in re.findall(r"`([^`]+)`", phrases)
    ]


def split(text: str) -> str:
    """An identifier or a line in lower case, its parts between blanks: `asOf_unit` is ` as of unit `."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(["", *re.findall(r"[^\W\d_]+", parted.lower()), ""])


def findings(texts: Iterator[Text]) -> list[str]:
    """`file:line: identifier: word: what to use instead`, for every use of a listed word."""
    found = set()
    for each in texts:
        parts = split(each.text)
        for entry in entries():
            if f" {entry.phrase} " in parts and each.is_in(entry.scope):
                found.add((each.file, each.line, each.text.strip(), entry.phrase, entry.instead))
    return [f"{file}:{line}: {text}: “{phrase}”: {instead}" for file, line, text, phrase, instead in sorted(found)]


@cache
def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=True)
    files = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    assert files
    return files


def read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def names_of_files() -> Iterator[Text]:
    """Modules, packages, models, macros, seeds; a data test of dbt is named by a sentence."""
    for file in tracked("*.py", "*.sql", "*.csv", "*.md", "*.yml"):
        if Path(file).parent != Path("dbt_project/tests"):
            for part in Path(file).with_suffix("").parts:
                if not is_sentence(part):
                    yield Text(file, 0, part, True)


def is_sentence(name: str) -> bool:
    """A test's name is a sentence about behaviour and may use any word."""
    return name.startswith("test_")


def names_in_python() -> Iterator[Text]:
    for file in tracked("*.py"):
        if file.startswith(HISTORY):
            continue
        for node in ast.walk(ast.parse(read(file))):
            for name in names_of(node):
                if not is_sentence(name):
                    yield Text(file, getattr(node, "lineno", 0), name, True)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and LOOKS_LIKE_SQL.match(node.value):
                yield from names_in(file, node.lineno, node.value)


def names_of(node: ast.AST) -> list[str]:
    """The names that a node gives to something: a definition, a parameter, a variable, an attribute, an import."""
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return [node.name]
        case ast.arg():
            return [node.arg]
        case ast.Name(ctx=ast.Store()):
            return [node.id]
        case ast.Attribute(ctx=ast.Store()):
            return [node.attr]
        case ast.alias(asname=str(name)):
            return [name]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.ExceptHandler(name=str(name)):
            return [name]
        case _:
            return []


def names_in(file: str, first_line: int, statement: str) -> Iterator[Text]:
    """Every identifier of a statement or template; neither comments nor quoted values are names."""
    code = NO_NAMES_IN_SQL.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), statement)
    for number, line in enumerate(code.splitlines(), first_line):
        for name in re.findall(r"[^\W\d]\w*", line):
            yield Text(file, number, name, True, is_sql=True)


def names_in_sql() -> Iterator[Text]:
    for file in tracked("*.sql"):
        yield from names_in(file, 1, read(file))


def names_in_yaml() -> Iterator[Text]:
    """Models, seeds, sources, columns, macros and their arguments."""
    for file in tracked("dbt_project/*.yml"):
        yield from names_below(file, yaml.safe_load(read(file)))


def names_below(file: str, node: object) -> Iterator[Text]:
    if isinstance(node, list):
        for each in node:
            yield from names_below(file, each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "name" and isinstance(value, str):
                yield Text(file, 0, value, True, is_sql=True)
            elif key not in {"unit_tests", "tests", "data_tests"}:
                yield from names_below(file, value)


def columns_of_seeds() -> Iterator[Text]:
    for file in tracked("dbt_project/seeds/*.csv"):
        with (ROOT / file).open(encoding="utf-8", newline="") as rows:
            for column in next(csv.reader(rows)):
                yield Text(file, 1, column, True, is_sql=True)


def headings() -> Iterator[Text]:
    for file in tracked("*.md"):
        text = re.sub(r"^```.*?^```", lambda found: re.sub(r"[^\n]", "", found[0]), read(file), flags=re.M | re.S)
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("#"):
                yield Text(file, number, line.lstrip("# "), False)


def log_lines() -> Iterator[Text]:
    for file in tracked("*.py"):
        for node in ast.walk(ast.parse(read(file))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=logger), attr=level), args=[message, *_]):
                    if logger in LOGGERS and level in LOGGED:
                        for part in ast.walk(message):
                            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                                yield Text(file, part.lineno, part.value, False)


def first_lines_of_docstrings() -> Iterator[Text]:
    for file in tracked("*.py"):
        if file.startswith(HISTORY):
            continue
        for node in ast.walk(ast.parse(read(file))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = ast.get_docstring(node)
                if docstring:
                    yield Text(file, getattr(node, "lineno", 1), docstring.splitlines()[0], False)


def first_lines_of_models() -> Iterator[Text]:
    for file in tracked("dbt_project/*.sql", "expectations/*.sql"):
        for number, line in enumerate(read(file).splitlines(), 1):
            comment = re.match(r"\s*(?:--|\{#-?)\s*(.*?)(?:-?#\})?\s*$", line)
            if comment and comment[1]:
                yield Text(file, number, comment[1], False)
                break


READ = {
    "files": names_of_files,
    "python": names_in_python,
    "sql": names_in_sql,
    "dbt_yaml": names_in_yaml,
    "seed_columns": columns_of_seeds,
    "headings": headings,
    "log_lines": log_lines,
    "docstrings": first_lines_of_docstrings,
    "models": first_lines_of_models,
}


@pytest.mark.parametrize("read_from", READ.values(), ids=READ)
def test_no_name_and_no_line_uses_a_word_that_is_not_ours(read_from):
    texts = list(read_from())
    found = findings(iter(texts))

    assert len(texts) >= 5
    assert found == [], f"{len(found)} findings:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("lines_told", "reported"),
        ("LaidOut", "create check tables"),
        ("look_at", "set session as of"),
        ("family_id", "partition"),
        ("is_bare", "value only"),
        ("MOMENT", "timestamp"),
    ],
)
def test_a_listed_word_in_a_name_is_found_with_the_term_to_use_instead(name, instead):
    (found,) = findings(iter([Text("room/module.py", 7, name, True)]))

    assert found.startswith(f"room/module.py:7: {name}: ")
    assert instead in found


def test_a_word_within_a_word_is_another_word():
    names = ["understanding", "background", "replaced", "sword", "wordless", "known_from", "as_of", "barely", "basket"]

    assert findings(iter([Text("file", 1, name, True) for name in names])) == []


def test_a_word_that_is_listed_for_names_may_be_in_a_heading():
    assert findings(iter([Text("file", 1, "In one word", False)])) == []
    assert findings(iter([Text("file", 1, "in_one_word", True)])) != []


def test_a_word_that_is_listed_for_sql_may_be_in_a_name_of_python():
    assert findings(iter([Text("file", 1, "decimal_places", True)])) == []
    assert findings(iter([Text("file", 1, "places", True, is_sql=True)])) != []


def test_names_are_read_from_every_kind_of_definition():
    source = """
import json as told
class Told:
    told: int = 1
    def tell(self, told, *args, untold=None, **kwargs):
        self.told = told
        for said in args:
            stood = [came for came in args]
        with open("x") as held:
            return lambda frozen: frozen
"""
    names = {name for node in ast.walk(ast.parse(source)) for name in names_of(node)}

    assert {"told", "Told", "tell", "untold", "said", "stood", "came", "held", "frozen"} <= names
    assert "json" not in names


def test_names_are_read_from_sql_but_not_its_comments_and_values():
    sql = """-- told in a comment
    {# said in another #}
    with standing as (select 'came' as told_at from {{ ref("held") }})
    {% macro parcel(patience) %}"""
    found = {(text.line, text.text) for text in names_in("file", 1, sql)}

    assert {(3, "standing"), (3, "told_at"), (4, "parcel"), (4, "patience")} <= found
    assert {name for _, name in found} & {"told", "said", "came", "held"} == set()


def test_each_term_and_each_word_is_listed_once():
    page = GLOSSARY.read_text(encoding="utf-8")
    cells = [line.split("|")[1].strip() for line in page.splitlines() if line[:1] == "|"]
    terms = [cell for cell in cells if cell not in {"term", "form", "abbreviation", "word"} and set(cell) != {"-"}]
    phrases = [entry.phrase for entry in entries()]

    assert len(terms) > 80
    assert len(phrases) > 50
    assert [each for each in terms if terms.count(each) > 1] == []
    assert [each for each in phrases if phrases.count(each) > 1] == []
    assert {entry.scope for entry in entries()} == {NAMES, NAMES_IN_SQL, EVERYWHERE}


def test_no_term_of_the_glossary_uses_a_word_that_it_lists():
    page = GLOSSARY.read_text(encoding="utf-8").split(HEADING_OF_THE_LIST)[0]
    terms = [
        Text("glossary.md", number, line.split("|")[1], True)
        for number, line in enumerate(page.splitlines(), 1)
        if line[:1] == "|"
    ]

    assert findings(iter(terms)) == []
