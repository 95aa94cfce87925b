"""Columns that hold numbers and were not read: reported, and where a report's figures are in them alone, refused."""

from ingest import headers
from ingest.cells import Value, as_text, parse
from ingest.grids import Grid
from ingest.headers import PARTS
from ingest.lines import Row
from ingest.reports import Issue, Report
from ingest.sections import Header


class UnreadColumns:
    """Counts the numbers beside a table's lines in columns that are not read."""

    def __init__(self, grid: Grid, header: Header):
        self.grid = grid
        self.header = header
        self.unclear = header.columns.unclear
        width = max(map(len, grid.rows), default=0)
        behind = dict.fromkeys(range(len(header.cells), width), "") if not grid.delimiter else {}
        self.headings = {**header.columns.unread, **self.unclear, **behind}
        self.places = sorted(self.headings)
        self.counts: dict[tuple[int, int], list[int]] = {}
        self.numbers: dict[tuple[int, int], list[str]] = {}

    def count(self, report: Report, row: Row) -> None:
        """The numbers of one line, by whether it has figures of its own."""
        cells = self.grid.rows[row.number_from_0]
        for place in self.places if row.problem is None else ():
            if place < len(cells) and _is_number(cells[place]):
                with_and_without = self.counts.setdefault((id(report), place), [0, 0])
                with_and_without[0 if row.has_figures else 1] += 1
                self.numbers.setdefault((id(report), place), []).append(as_text(cells[place]).strip())

    def issues(self, report: Report) -> list[Issue]:
        """The issues about a report's columns."""
        found = []
        for place in self.places:
            with_figures, without = self.counts.get((id(report), place), [0, 0])
            if with_figures + without and not self._counts_lines(report, place):
                name = " ".join(self.headings[place].split()) or self.grid.column_name(place, [])
                rule = "column_unclear" if self._is_refused(place, with_figures) else "column_not_read"
                where = self.grid.place(self.header.last, place)
                found.append(Issue(rule, {"column": name, "count": with_figures + without}, **where))
        return found

    def _counts_lines(self, report: Report, place: int) -> bool:
        """1, 2, 3 … before the figures: the numbers of the lines, whatever their column is called."""
        numbers = self.numbers[id(report), place]
        first_part = min(self.header.columns.places[part] for part in PARTS if part in self.header.columns.places)
        return place < first_part and numbers == [str(number) for number in range(1, len(numbers) + 1)]

    def _is_refused(self, place: int, with_figures: int) -> bool:
        """A column that may be one of figures; or one whose lines have no other figures, if it speaks of no plan."""
        if place in self.unclear:
            return True
        heading = self.headings[place]
        return with_figures == 0 and not headers.is_of_another_thing(heading)


def _is_number(value: Value) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, str) and (len(value) > 40 or not any(map(str.isdigit, value))):
        return False
    return parse(value).interval is not None
