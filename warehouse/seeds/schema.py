"""What the yml of the seeds allows: columns, types and data tests, as dbt reads them too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REFERENCE = re.compile(r"ref\(['\"](\w+)['\"]\)")
PERIOD_GRAMMAR = re.compile(r"macro period_grammar\(\) -?%\}\s*'([^']+)'")


@dataclass(frozen=True)
class DataTest:
    """A generic data test of the yml: its name, the columns that it is about, its arguments."""

    name: str
    columns: tuple[str, ...]
    arguments: Mapping[str, Any]

    @property
    def referenced_seed(self) -> str:
        """The seed that a foreign key refers to."""
        found = REFERENCE.search(str(self.arguments.get("to", "")))
        return found[1] if found else ""


@dataclass(frozen=True)
class Seed:
    """A seed: its CSV file, the type of each column, its data tests."""

    name: str
    path: Path
    column_types: Mapping[str, str]
    data_tests: tuple[DataTest, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row: those of its first test of uniqueness, all of them where it has none."""
        unique = (test.columns for test in self.data_tests if test.name in ("is_unique_key", "unique"))
        return next(unique, tuple(self.column_types))


def read(project: Path) -> list[Seed]:
    """The seeds of a dbt project that its yml describes."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [
        _seed(file.parent, described)
        for file in sorted((project / "seeds").rglob("*.yml"))
        for described in (yaml.load(file.read_bytes(), Loader=loader) or {}).get("seeds", [])
    ]


def period_grammar(project: Path) -> str:
    """The regular expression of a period's code; the macro of the same name has it."""
    found = PERIOD_GRAMMAR.search((project / "macros" / "periods.sql").read_text(encoding="utf-8"))
    assert found, "macros/periods.sql defines period_grammar()"
    return found[1]


def _seed(folder: Path, described: Mapping[str, Any]) -> Seed:
    column_types = described.get("config", {}).get("column_types", {})
    tests = [test for given in described.get("data_tests", []) for test in _tests(given, ())]
    for column in described.get("columns", []):
        tests += [test for given in column.get("data_tests", []) for test in _tests(given, (column["name"],))]
    return Seed(described["name"], folder / f"{described['name']}.csv", column_types, tuple(tests))


def _tests(given: str | Mapping[str, Any], columns: Sequence[str]) -> Iterator[DataTest]:
    by_name: Mapping[str, Any] = {given: {}} if isinstance(given, str) else given
    for name, settings in by_name.items():
        arguments = (settings or {}).get("arguments", {})
        yield DataTest(name, tuple(columns or arguments.get("columns", ())), arguments)
