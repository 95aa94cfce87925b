"""A copy of the seeds with the units only that the plans name: to check the whole map takes a second a test."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.building import DBT_PROJECT


def copy_seeds(folder: Path) -> Path:
    """The project below the folder."""
    copy = folder / "dbt_project"
    shutil.copytree(DBT_PROJECT / "seeds", copy / "seeds")
    shutil.copytree(DBT_PROJECT / "macros", copy / "macros")
    named = set()
    for file in copy.glob("seeds/catalogue/*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            named.update(cell for row in csv.reader(lines) for cell in row)
    units = copy / "seeds" / "geography" / "org_units.csv"
    with units.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    kept = [row for row in rows if row[header.index("unit_code")] in named]
    for row in kept:
        row[header.index("parent_code")] = ""
    with units.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *kept])
    edit(copy, "org_unit_lineage", lambda text: text.partition("\n")[0] + "\n")
    return copy


def edit(project: Path, seed: str, change: Callable[[str], str], encoding: str = "utf-8") -> None:
    (file,) = project.glob(f"seeds/*/{seed}.csv")
    file.write_text(change(file.read_text(encoding="utf-8")), encoding=encoding, newline="")
