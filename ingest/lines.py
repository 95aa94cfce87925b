"""One row of a table becomes a line of typed cells, the same way from a CSV and from a workbook."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ingest import cells, keys
from ingest.cells import Expects, Shown, TypedCell, Value
from ingest.headers import PARTS
from ingest.measures import Measures
from ingest.numerals import Unreadable
from ingest.reports import Line


class Row(NamedTuple):
    """The cells of a row that count, as the file has them. shown: what a part's cell is beside its value.

    number: as the sender counts; number_from_0: in its grid.
    """

    number: int
    indicator: Value
    parts: Sequence[Value]
    note: Value
    shown: Mapping[str, Shown] = {}
    problem: str | None = None
    number_from_0: int = 0

    @property
    def has_figures(self) -> bool:
        """Whether any of its parts is more than text or a blank."""
        return any(cells.is_figure(value, self.shown.get(part)) for part, value in zip(PARTS, self.parts, strict=True))


def read(row: Row, programme: str | None, unit_code: str | None, measures: Measures) -> Line:
    """A row as a line; whatever is wrong with it is in the line's problems."""
    problems: dict[str, str] = {}
    indicator = _indicator(row, measures.of_programme(programme), problems)
    if row.problem is not None:
        problems["row"] = row.problem
        read_parts = [TypedCell("unreadable", raw=cells.as_text(part)) for part in row.parts]
    else:
        read_parts = []
        expected: tuple[Expects, ...] = ("count", "count", measures.of_value(programme, indicator, unit_code))
        for part, content, expects in zip(PARTS, row.parts, expected, strict=True):
            cell = cells.parse(content, expects, row.shown.get(part))
            read_parts.append(cell)
            if cell.problem:
                problems[part] = cell.problem
    numerator, denominator, value = read_parts
    return Line(row.number, indicator, numerator, denominator, value, problems, _note(row.note))


def carried(submission_type: str, lines: list[Line]) -> list[Line]:
    """A correction carries the lines in which something is written; the template's other lines are blank in it."""
    if submission_type != "correction":
        return lines
    return [line for line in lines if line.problems or line.numerator.raw or line.denominator.raw or line.value.raw]


def _indicator(row: Row, codes: frozenset[str], problems: dict[str, str]) -> str | None:
    """The code; one that cannot be read is kept as written, so that its receipt can show it."""
    try:
        indicator = keys.indicator(row.indicator, codes)
    except Unreadable as problem:
        problems["indicator"] = problem.rule
        return keys.text(row.indicator)
    shown = row.shown.get("indicator")
    if shown is not None:
        problems["indicator"] = cells.SHOWN_RULES.get(shown, "indicator_became_number")  # 5.1 as 510%
    elif indicator is None:
        problems["indicator"] = "indicator_missing"
    return indicator


def _note(value: Value) -> str | None:
    if not value:
        return None
    return unicodedata.normalize("NFC", cells.as_text(value)).strip() or None
