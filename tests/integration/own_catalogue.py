"""A private copy of the dbt project with other rows: how a test adds a programme or draws another map.

    with own_catalogue() as catalogue:
        catalogue.append("programmes", [{"programme_code": "thu", ...}])
        catalogue.draw_map(units, lineage)
        building.build()

What is not named in a row is an empty cell, as in the seeds themselves. Together with the fixture `own_database`
nothing of it is seen by any other test.
"""

import csv
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import building
from warehouse.settings import get_settings

Row = Mapping[str, object]

ABOUT_THE_REAL_MAP = ("the_map_has_the_published_counts", "heirs_of_ended_units_are_as_the_lists_say")
NEEDED_BY_EVERY_PROGRAMME = ("gate_rules", "identity_patterns", "legal_acts")


@dataclass(frozen=True)
class OwnCatalogue:
    """The copied project; `folder` is its dbt_project."""

    folder: Path

    def append(self, seed: str, rows: Iterable[Row]) -> None:
        """More rows in a seed."""
        self._write(seed, self.rows(seed), rows)

    def replace(self, seed: str, rows: Iterable[Row] = ()) -> None:
        """Other rows in a seed; none without any."""
        self._write(seed, [], rows)

    def append_folder(self, folder: Path) -> None:
        """The rows of every CSV of a folder, each to the seed of its name."""
        for file in sorted(folder.glob("*.csv")):
            self.append(file.stem, read(file))

    def draw_map(self, units: Iterable[Row], lineage: Iterable[Row]) -> None:
        """Another map, and no programme left that is about the real one."""
        for file in self.folder.glob("seeds/*/*.csv"):
            if file.stem not in NEEDED_BY_EVERY_PROGRAMME:
                self.replace(file.stem)
        self.replace("org_units", units)
        self.replace("org_unit_lineage", lineage)
        for name in ABOUT_THE_REAL_MAP:
            (self.folder / "tests" / f"{name}.sql").unlink()

    def rows(self, seed: str) -> list[dict[str, str]]:
        return read(self._file(seed))

    def _file(self, seed: str) -> Path:
        (found,) = self.folder.glob(f"seeds/*/{seed}.csv")
        return found

    def _write(self, seed: str, kept: list[dict[str, str]], rows: Iterable[Row]) -> None:
        """Raises ValueError for a column that the seed does not have."""
        file = self._file(seed)
        with file.open(encoding="utf-8", newline="") as lines:
            columns = next(csv.reader(lines))
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
            writer.writerows(rows)


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@contextmanager
def own_catalogue() -> Iterator[OwnCatalogue]:
    """Inside the block every build reads a copy of the dbt project, which is gone afterwards.

    Each copy of a process is in the same place, so that dbt knows what it has parsed of the one before.
    """
    folder = Path(tempfile.gettempdir()) / f"baocao-catalogue-{os.getpid()}" / "dbt_project"
    shutil.copytree(building.DBT_PROJECT, folder, ignore=shutil.ignore_patterns("target", "logs"))
    with pytest.MonkeyPatch.context() as patched, parsed_apart():
        patched.setattr(building, "DBT_PROJECT", folder)
        try:
            yield OwnCatalogue(folder)
        finally:
            shutil.rmtree(folder.parent)


@contextmanager
def parsed_apart() -> Iterator[None]:
    """dbt remembers a file with its folder: what it parsed of copies is kept apart from what it parsed otherwise."""
    parsed = get_settings().home / "dbt"
    of_project, of_copies = parsed.with_name("dbt-of-project"), parsed.with_name("dbt-of-copies")
    _move(parsed, of_project)
    _move(of_copies, parsed)
    try:
        yield
    finally:
        _move(parsed, of_copies)
        _move(of_project, parsed)


def _move(folder: Path, to: Path) -> None:
    if folder.exists():
        folder.rename(to)
