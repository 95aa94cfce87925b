"""What the codes of the marts are called for people, in Vietnamese and English.

The rows of dbt_project/seeds/catalogue/code_labels.csv, read from the file: texts are needed before any database is.
In the database they are marts.dim_code_label.
"""

import csv
from dataclasses import dataclass
from functools import cache

from warehouse.settings import PROJECT_ROOT

CODE_LABELS = PROJECT_ROOT / "dbt_project" / "seeds" / "catalogue" / "code_labels.csv"


@dataclass(frozen=True)
class Label:
    vi: str
    en: str


def labels(code_list: str) -> dict[str, Label]:
    """The labels of a list of codes, in its order.

    Raises KeyError for a list that is not there.
    """
    return dict(_lists()[code_list])


def vietnamese(code_list: str) -> dict[str, str]:
    """As labels(), in Vietnamese alone."""
    return {code: label.vi for code, label in labels(code_list).items()}


@cache
def _lists() -> dict[str, dict[str, Label]]:
    with CODE_LABELS.open(encoding="utf-8-sig", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: int(row["sort_order"]))
    found: dict[str, dict[str, Label]] = {}
    for row in rows:
        found.setdefault(row["code_list"], {})[row["code"]] = Label(row["label_vi"], row["label_en"])
    return found
