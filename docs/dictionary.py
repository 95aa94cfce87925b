"""The page of the marts: what each row and column is, in English and Vietnamese, its key, and who reads it."""

from collections.abc import Mapping

from warehouse import marts
from warehouse.marts import Column, Mart


def page() -> str:
    exposures = marts.written("exposures.yml", "exposures")
    sections = [_mart(mart, _readers(mart.name, exposures)) for mart in marts.marts().values()]
    intro = "The schema `marts`, read by the role `bi_reader`. Figures are not rounded; an empty cell is never zero."
    comments = "The same descriptions are comments in the database (`\\d+ marts.dim_period` in psql shows them)."
    return "\n".join(["# Marts", "", f"{intro} {comments}", "", *sections, _exposures(exposures)])


def _mart(mart: Mart, readers: list[str]) -> str:
    key = ", ".join(f"`{column}`" for column in mart.key)
    facts = [mart.en, "", mart.vi, "", f"Key: {key}."]
    facts += ["", f"Read by: {', '.join(readers)}."] if readers else []
    table = ["| column | type | English | Tiếng Việt |", "|---|---|---|---|", *map(_column, mart.columns)]
    return "\n".join([f"## `{mart.name}`", "", *facts, "", *table, ""])


def _column(column: Column) -> str:
    return f"| `{column.name}` | {column.data_type} | {column.en} | {column.vi} |"


def _exposures(exposures: list[Mapping]) -> str:
    rows = [
        f"| {exposure['label']} | {exposure['owner']['name']} | "
        f"{' | '.join(marts.languages(exposure['description']))} |"
        for exposure in exposures
    ]
    return "\n".join(
        ["## Who reads them", "", "| exposure | owner | English | Tiếng Việt |", "|---|---|---|---|", *rows]
    )


def _readers(mart: str, exposures: list[Mapping]) -> list[str]:
    return [exposure["label"] for exposure in exposures if f"ref('{mart}')" in exposure["depends_on"]]
