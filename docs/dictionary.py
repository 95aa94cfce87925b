"""The page of the marts: what each row and column is, in English and Vietnamese, its key, and who reads it."""

import re
from collections.abc import Mapping
from pathlib import Path

MODELS = Path(__file__).resolve().parents[1] / "dbt_project" / "models"
VIETNAMESE = "\nVI: "
ENTRY = re.compile(r"\{% docs (\w+) %\}\n(.*?)\n\{% enddocs %\}", re.DOTALL)
REFERENCE = re.compile(r"\{\{ doc\('(\w+)'\) \}\}")


def page() -> str:
    models = sorted(_written("marts/*__models.yml", "models"), key=lambda model: model["name"])
    exposures = _written("exposures.yml", "exposures")
    entries = _entries()
    sections = [_mart(model, entries, _readers(model["name"], exposures)) for model in models]
    intro = "The schema `marts`, read by the role `bi_reader`. Figures are not rounded; an empty cell is never zero."
    comments = "The same descriptions are comments in the database (`\\d+ marts.dim_period` in psql shows them)."
    return "\n".join(["# Marts", "", f"{intro} {comments}", "", *sections, _exposures(exposures)])


def _mart(model: Mapping, entries: Mapping[str, str], readers: list[str]) -> str:
    english, vietnamese = _languages(model["description"])
    key = ", ".join(f"`{column}`" for column in model["config"]["meta"]["grain"])
    facts = [english, "", vietnamese, "", f"Key: {key}."]
    facts += ["", f"Read by: {', '.join(readers)}."] if readers else []
    table = ["| column | type | English | Tiếng Việt |", "|---|---|---|---|"]
    table += [_column(column, entries) for column in model["columns"]]
    return "\n".join([f"## `{model['name']}`", "", *facts, "", *table, ""])


def _column(column: Mapping, entries: Mapping[str, str]) -> str:
    english, vietnamese = _languages(REFERENCE.sub(lambda match: entries[match[1]], column["description"]))
    return f"| `{column['name']}` | {column['data_type']} | {english} | {vietnamese} |"


def _exposures(exposures: list[Mapping]) -> str:
    rows = [
        f"| {exposure['label']} | {exposure['owner']['name']} | {' | '.join(_languages(exposure['description']))} |"
        for exposure in exposures
    ]
    return "\n".join(
        ["## Who reads them", "", "| exposure | owner | English | Tiếng Việt |", "|---|---|---|---|", *rows]
    )


def _readers(mart: str, exposures: list[Mapping]) -> list[str]:
    return [exposure["label"] for exposure in exposures if f"ref('{mart}')" in exposure["depends_on"]]


def _languages(description: str) -> tuple[str, str]:
    english, _, vietnamese = description.partition(VIETNAMESE)
    return " ".join(english.split()), " ".join(vietnamese.split())


def _written(pattern: str, kind: str) -> list[Mapping]:
    import yaml

    return [row for file in sorted(MODELS.glob(pattern)) for row in yaml.safe_load(file.read_text("utf-8"))[kind]]


def _entries() -> dict[str, str]:
    """The dictionary of columns: the name of a docs block → its text."""
    return dict(entry for file in MODELS.glob("docs/*.md") for entry in ENTRY.findall(file.read_text("utf-8")))
