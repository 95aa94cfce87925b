"""How tables and columns of the catalogue are called in Vietnamese, for those who keep a plan in a workbook."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Label:
    """A heading, and what a person who fills in the cells has to know; may be empty."""

    text: str
    help: str


def seeds() -> list[str]:
    """The seeds that are kept in a workbook, in the order of its sheets."""
    return list(_tables())


def table(seed: str) -> Label | None:
    """None for a seed that is not kept in a workbook, such as the map."""
    return _tables().get(seed)


def column(seed: str, name: str) -> Label:
    """The seed's own label of the column, else the one that all seeds share. Raises KeyError where there is none."""
    labels = _columns()
    return labels[seed, name] if (seed, name) in labels else labels["", name]


@cache
def _tables() -> dict[str, Label]:
    return {row["seed"]: Label(row["label_vi"], row["help_vi"]) for row in _rows("tables")}


@cache
def _columns() -> dict[tuple[str, str], Label]:
    return {(row["seed"], row["column"]): Label(row["label_vi"], row["help_vi"]) for row in _rows("columns")}


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
