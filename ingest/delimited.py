"""A CSV text becomes a grid, and what its shape gives away: a number that its decimal comma split in two."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from ingest import headers, tables
from ingest.grids import Grid, is_blank
from ingest.measures import Measures
from ingest.reports import Issue, Refused, Report

DELIMITERS = ",;\t"
HEADER_WITHIN = 60
"""Lines from the top in which the separator is looked for."""

JOIN = "\x1a"
"""A line of its own between two files that were joined within a line: the file itself has no end of a line there."""

csv.field_size_limit(1_000_000)


def read(
    text: str, measures: Measures, observe: Callable[[Grid, Sequence[Report]], object] = lambda grid, reports: None
) -> list[Report]:
    """Every report of a CSV text, in the order in which they first appear. Raises Refused for the file as a whole.

    observe: called with the text as a grid and the reports read from it.
    """
    found = grid(text)
    is_ended = text.endswith(("\n", "\r"))
    if not is_ended:
        _check_last_line(found)
    reports = tables.read(found, measures)
    observe(found, reports)
    if not reports:
        raise Refused("lines_missing")
    if not is_ended:
        _question_last_cell(found, reports)
    return reports


def grid(text: str, delimiter: str | None = None) -> Grid:
    """The records of a text, each with the line of the file it begins on. delimiter: None finds it out."""
    delimiter = delimiter or _delimiter(text)
    records = list(_records(text, delimiter))
    return Grid([cells for _, cells in records], lines=[line for line, _ in records], delimiter=delimiter)


def _check_last_line(found: Grid) -> None:
    """A last line that is not ended and has fewer cells than every other was cut off. Raises Refused."""
    *others, last = [cells for cells in found.rows if not is_blank(cells)] or [[]]
    usual = min(map(len, others), default=0)
    if len(last) < usual:
        raise Refused("csv_cut_off", line=found.lines[-1], count=len(last), usual=usual)


def _question_last_cell(found: Grid, reports: Sequence[Report]) -> None:
    """Digits at the very end may go on in what did not arrive, and a cell that all others fill may be missing.

    Some programs end no last line, so it is a warning. Below the lines of a report nothing can be missing from it.
    """
    rows = [(line, cells) for line, cells in zip(found.lines, found.rows, strict=True) if not is_blank(cells)]
    of_line = {line.row_no: report for report in reports for line in report.lines}
    own = of_line.get(rows[-1][0])
    if own is None:
        return
    others, last = [cells for _, cells in rows[1:-1]], rows[-1][1]
    is_missing = bool(others) and is_blank(last[-1:]) and not any(is_blank(cells[-1:]) for cells in others)
    if is_missing or str(last[-1]).strip()[-1:].isdigit():
        raw = (found.delimiter or "").join(map(str, last[-2:] if is_missing else last[-1:])).strip()
        own.issues.append(Issue("csv_end_unclear", raw=raw, line=found.lines[-1]))


def _delimiter(text: str) -> str:
    """The separator by which most column names are understood, in the line that understands most."""
    first = re.match(r"sep=([,;\t])\r?\n", text)
    if first:
        return first[1]
    top = text[:40_000].splitlines()[:HEADER_WITHIN]
    understood = {
        delimiter: max((headers.count([cell.strip(' "') for cell in line.split(delimiter)]) for line in top), default=0)
        for delimiter in DELIMITERS
    }
    return max(DELIMITERS, key=lambda delimiter: understood[delimiter])


def _records(text: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    inserted = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Refused("csv_quote_unclosed", line=line - inserted) from error
        if cells is None:
            return
        if cells == [JOIN]:
            inserted += 2
        else:
            yield line - inserted, cells
