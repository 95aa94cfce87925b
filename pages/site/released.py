"""Releases as they are on disk: `baocao release` writes a folder for each programme. Nothing else is read."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from publish import formatting
from warehouse.errors import WrongCall

Row = dict[str, Any]

FIGURES, CERTIFICATE = "figures.csv", "certificate.json"
NUMBERS = frozenset(
    {"numerator", "denominator", "value_low", "value_high", "hard_min", "hard_max", "coverage_pct"}
    | {"target_low", "target_high"}
)
COUNTS = frozenset({"units_expected", "units_reporting", "target_year", "sort_order"})
FLAGS = frozenset(
    {"low_closed", "high_closed", "is_provisional", "is_estimated", "has_predecessors", "is_made_up", "is_exceeded"}
)
LEVELS = ("province", "unallocated", "district", "commune")
"""From the widest to the narrowest."""


@dataclass(frozen=True)
class Release:
    """rows: one per figure as reported, in the order of periods, units and the plan; those restated for today's map
    are in the file only. certificate: what the release says of it. annexes: the workbooks, by period and unit_code.
    """

    programme: str
    folder: Path
    rows: tuple[Row, ...]
    certificate: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.rows[0]["programme_name"])

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The newest first."""
        return tuple(sorted({row["period"] for row in self.rows}, reverse=True))

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """The first row of each, in the order of the plan."""
        return dict(sorted(_first(self.rows, "indicator_code").items(), key=lambda item: item[1]["sort_order"]))

    @cached_property
    def units(self) -> dict[str, Row]:
        """The first row of each by unit_id, the widest level first."""
        found = _first(self.rows, "unit_id")
        return dict(sorted(found.items(), key=lambda item: (LEVELS.index(item[1]["unit_level"]), item[1]["unit_code"])))

    @cached_property
    def annexes(self) -> dict[tuple[str, str], Path]:
        return {(path.parent.name, path.stem): path for path in sorted(self.folder.glob("*/*.xlsx"))}

    @property
    def is_made_up(self) -> bool:
        return any(row["is_made_up"] for row in self.rows)

    def of_unit(self, unit_id: str) -> dict[str, list[Row]]:
        """By period."""
        return _grouped((row for row in self.rows if row["unit_id"] == unit_id), "period")

    def of_indicator(self, code: str) -> dict[str, list[Row]]:
        """By unit_id, in the order of units."""
        found = _grouped((row for row in self.rows if row["indicator_code"] == code), "unit_id")
        return {unit: found[unit] for unit in self.units if unit in found}


def read_all(folder: Path) -> list[Release]:
    """The releases in a folder, by programme. Raises WrongCall where none is, or a file is not one of ours."""
    found = [read(path.parent) for path in sorted(folder.glob(f"*/{FIGURES}"))]
    if not found:
        raise WrongCall(f"No release is in {folder}: `baocao release PROGRAMME PERIOD` writes one.")
    return found


def read(folder: Path) -> Release:
    path = folder / FIGURES
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = tuple(_typed(row) for row in csv.DictReader(file) if row["boundary_basis"] == "as_reported")
        certificate = json.loads((folder / CERTIFICATE).read_text(encoding="utf-8"))
    except (KeyError, InvalidOperation, ValueError, OSError) as error:
        raise WrongCall(f"{path} was not written by `baocao release` of this version: release once more.") from error
    if not rows:
        raise WrongCall(f"{path} has no figures.")
    return Release(folder.name, folder, rows, certificate)


def _typed(row: dict[str, str]) -> Row:
    """Numbers, flags and None as a mart has them; is_suppressed for a figure whose numbers are replaced by the mark."""
    is_suppressed = row["verdict"] == formatting.SUPPRESSED
    typed: Row = {"is_suppressed": is_suppressed}
    for column, text in row.items():
        typed[column] = _value(column, "" if text == formatting.SUPPRESSED else text)
    low, high = typed["value_low"], typed["value_high"]
    typed["value"] = low if low == high else None
    typed["milestone"] = None
    return typed


def _value(column: str, text: str) -> Any:
    if column in FLAGS:
        return text == "true"
    if not text:
        return None
    return Decimal(text) if column in NUMBERS else int(text) if column in COUNTS else text


def _first(rows: Iterable[Row], column: str) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row[column], row)
    return found


def _grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
