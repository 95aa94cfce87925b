"""What the marts are: key, columns and descriptions in English and Vietnamese, as dbt's files write them.

dbt_project/models/marts/*__models.yml, with the dictionary of columns in dbt_project/models/docs/. The same texts are
comments in the database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from warehouse.errors import WrongCall
from warehouse.settings import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models"
VIETNAMESE = "\nVI: "
ENTRY = re.compile(r"\{% docs (\w+) %\}\n(.*?)\n\{% enddocs %\}", re.DOTALL)
REFERENCE = re.compile(r"\{\{ doc\('(\w+)'\) \}\}")


@dataclass(frozen=True)
class Column:
    """data_type: as PostgreSQL calls it. en, vi: its description. may_be_empty: false for a column of the key."""

    name: str
    data_type: str
    en: str
    vi: str
    may_be_empty: bool = True


@dataclass(frozen=True)
class Mart:
    """key: the columns that identify a row. nullable: those of them that may be empty, an empty one being a value."""

    name: str
    en: str
    vi: str
    key: tuple[str, ...]
    nullable: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def grain(self) -> str:
        """The first sentence of the description: "One row per …"."""
        return self.en.partition(". ")[0].rstrip(".") + "."


@cache
def marts() -> dict[str, Mart]:
    """All marts by name, sorted."""
    entries = dict(entry for file in MODELS.glob("docs/*.md") for entry in ENTRY.findall(file.read_text("utf-8")))
    models = sorted(written("marts/*__models.yml", "models"), key=lambda model: model["name"])
    return {model["name"]: _mart(model, entries) for model in models}


def mart(name: str) -> Mart:
    """Raises WrongCall, which names the marts there are, for any other name."""
    if name not in marts():
        raise WrongCall(f"There is no mart {name}; there are {', '.join(marts())}.")
    return marts()[name]


def written(pattern: str, kind: str) -> list[Mapping[str, Any]]:
    """The entries of a kind (models, exposures) in dbt's files below models/."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted(MODELS.glob(pattern))
    return [entry for file in files for entry in yaml.load(file.read_bytes(), Loader=loader)[kind]]


def languages(description: str) -> tuple[str, str]:
    """English and Vietnamese of a description, each on one line."""
    english, _, vietnamese = description.partition(VIETNAMESE)
    return " ".join(english.split()), " ".join(vietnamese.split())


def _mart(model: Mapping[str, Any], entries: Mapping[str, str]) -> Mart:
    key = tuple(model["config"]["meta"]["grain"])
    tests = [test["is_grain"]["arguments"] for test in model["data_tests"] if "is_grain" in test]
    nullable = tuple(tests[0].get("nullable", ()))
    columns = tuple(_column(column, entries, key, nullable) for column in model["columns"])
    return Mart(model["name"], *languages(model["description"]), key, nullable, columns)


def _column(
    column: Mapping[str, Any], entries: Mapping[str, str], key: tuple[str, ...], nullable: tuple[str, ...]
) -> Column:
    texts = languages(REFERENCE.sub(lambda match: entries[match[1]], column["description"]))
    name = column["name"]
    return Column(name, column["data_type"], *texts, may_be_empty=name not in key or name in nullable)
