"""How a problem is answered: severity and wording are rows of seeds/catalogue/gate_rules.csv."""

import csv
from functools import cache
from typing import NamedTuple

from ingest.reports import Issue
from warehouse.settings import PROJECT_ROOT

ROWS = PROJECT_ROOT / "dbt_project" / "seeds" / "catalogue" / "gate_rules.csv"


class Answer(NamedTuple):
    """An issue in words for its sender."""

    severity: str
    message_vi: str
    message_en: str


def answer(issue: Issue) -> Answer:
    """The row of an issue's rule with its values filled in. Raises KeyError for a rule without a row."""
    row = _rows()[issue.rule]
    values = {"line": issue.line, "sheet": issue.sheet, "raw": issue.raw} | issue.values
    return Answer(row.severity, row.message_vi.format(**values), row.message_en.format(**values))


@cache
def _rows() -> dict[str, Answer]:
    with ROWS.open(encoding="utf-8", newline="") as rows:
        return {
            row["rule_code"]: Answer(row["severity"], row["message_vi"], row["message_en"])
            for row in csv.DictReader(rows)
        }
