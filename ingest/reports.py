"""What reading a file gives: reports of lines of typed cells, and what is wrong with them."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ingest.cells import TypedCell
from warehouse.catalogue import DEFAULT_AGENCY


class Refused(Exception):
    """A whole file, or a whole sheet, that cannot be read; `rule` is a row of gate_rules.csv."""

    def __init__(self, rule: str, sheet: str | None = None, line: int | None = None, **values: Any):
        super().__init__(rule)
        self.issue = Issue(rule, values=values, sheet=sheet, line=line)


@dataclass(frozen=True)
class Issue:
    """One thing wrong with a report as a whole; what is wrong with a cell is in its line."""

    rule: str
    values: dict[str, Any] = field(default_factory=dict)
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    raw: str | None = None


class Line(NamedTuple):
    """One indicator line. row_no: as the sender counts, from 1. problems: rule by part (`indicator`, `row`, a part)."""

    row_no: int
    indicator: str | None
    numerator: TypedCell
    denominator: TypedCell
    value: TypedCell
    problems: dict[str, str]
    note: str | None


@dataclass
class Report:
    """One unit's report in a file; keys are None where they could not be read."""

    programme: str | None = None
    period: str | None = None
    unit_code: str | None = None
    agency: str = DEFAULT_AGENCY
    submission_type: str = "full"
    form: str = "figures"
    is_made_up: bool = False
    unit_id: str | None = None
    unit_name: str | None = None
    sheet: str | None = None
    part_columns: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def key(self) -> tuple[str | None, str | None, str | None, str]:
        return self.programme, self.period, self.unit_code, self.agency


def refused(issue: Issue) -> Report:
    """The report of a file that could not be read."""
    return Report(sheet=issue.sheet, issues=[issue])
