"""Which report each row of a table belongs to, by the keys in its columns and in the labels above it."""

from typing import Any

from ingest import headers, keys, named
from ingest.grids import Grid, address, is_blank
from ingest.headers import KEYS
from ingest.lines import Row
from ingest.measures import Measures
from ingest.named import Written
from ingest.numerals import Unreadable
from ingest.reports import Issue, Line, Refused, Report
from ingest.table_cells import TableCells

MOST_REPORTS = 10_000
"""In one table: three times the communes of the nation."""

MOST_LINES = 1000
"""Of one report: ten times the indicators of the longest plan. Each line may be told of in a receipt several times."""

Keys = tuple[Written, ...]
"""In the order of KEYS."""


class ReportKeys:
    """The reports of a table, each begun by its first row."""

    def __init__(self, grid: Grid, cells: TableCells, measures: Measures):
        self.grid = grid
        self.cells = cells
        self.measures = measures
        self.reports: dict[tuple[str | None, ...], Report] = {}
        self.last: Report | None = None
        self._by_cells: dict[tuple[object, ...], Report] = {}
        self._indicators: dict[int, set[str | None]] = {}
        self._overlong: set[int] = set()
        self._above: Keys | None = None

    @property
    def current(self) -> Report | None:
        """The report of the last line, or before any line the table's first."""
        return self.last or next(iter(self.reports.values()), None)

    @property
    def codes(self) -> frozenset[str]:
        """The indicators of the current report's programme."""
        return self.measures.of_programme(self.current.programme if self.current else None)

    def of_row(self, row: Row, *, can_inherit: bool = False) -> Report:
        """The report of a row. The same key cells, as written, are read once."""
        written = self._inherited(row.number_from_0) if can_inherit else self._written(row.number_from_0)
        self._above = written
        own = tuple(key.value for key in written)
        if own not in self._by_cells:
            found = named.report(self.grid, dict(zip(KEYS, written, strict=True)), row.number_from_0, self.measures)
            self._by_cells[own] = self._begun(found, row.number_from_0)
        report = self._by_cells[own]
        if report.unit_code is None and self.last is not None:
            self._question(self.last, row)
        return report

    def add(self, report: Report, line: Line) -> None:
        """A line of a report; of one that has far too many the first are kept, and that is reported once."""
        self.last = report
        if len(report.lines) >= MOST_LINES:
            if id(report) not in self._overlong:
                self._overlong.add(id(report))
                sheet = self.grid.sheet
                place: dict[str, Any] = (
                    {"line": line.row_no} if sheet is None else {"sheet": sheet, "cell": address(line.row_no - 1, 0)}
                )
                report.issues.append(Issue("too_many_lines", {"limit": MOST_LINES}, **place))
            return
        report.lines.append(line)
        self._indicators.setdefault(id(report), set()).add(line.indicator)

    def has_line_of(self, report: Report, row: Row) -> bool:
        """Whether a report has a line of the same indicator already."""
        try:
            indicator = keys.indicator(row.indicator, self.measures.of_programme(report.programme))
        except Unreadable:
            return False
        return indicator in self._indicators.get(id(report), set())

    def _written(self, index: int) -> Keys:
        return tuple(self.cells.key(index, name) for name in KEYS)

    def _inherited(self, index: int) -> Keys:
        """Keys that are written in a group's first row only count for the rows below it."""
        written = self._written(index)
        if self._above is None:
            return written
        blank = {
            name: name not in self.cells.places or is_blank([key.value])
            for name, key in zip(KEYS, written, strict=True)
        }
        if not (blank["programme"] and blank["period"]):
            return written
        inherited = KEYS if blank["unit_code"] else ("programme", "period")
        return tuple(
            above if name in inherited and blank[name] else own
            for name, own, above in zip(KEYS, written, self._above, strict=True)
        )

    def _begun(self, report: Report, index: int) -> Report:
        """A report, or the one of the same keys that is there already, with what is wrong with this row's."""
        first = self.reports.setdefault(report.key, report)
        if len(self.reports) > MOST_REPORTS:
            raise Refused("too_many_reports", limit=MOST_REPORTS)
        if first is report:
            report.part_columns = self.cells.part_columns()
            return report
        if first.submission_type != report.submission_type:
            place = self.grid.place(index, self.cells.places.get("submission_type"))
            first.issues.append(Issue("submission_type_mixed", **place))
        first.is_made_up = first.is_made_up or report.is_made_up
        reported = {(issue.rule, issue.raw) for issue in first.issues}
        first.issues += [issue for issue in report.issues if (issue.rule, issue.raw) not in reported]
        return first

    def _question(self, above: Report, row: Row) -> None:
        """A line without its unit may be one of the report above it: then neither is whole."""
        if above.unit_code is None or self.has_line_of(above, row):
            return
        if not any(issue.rule == "key_missing" for issue in above.issues):
            place = self.grid.place(row.number_from_0, self.cells.places.get("unit_code"))
            above.issues.append(Issue("key_missing", {"key": headers.DISPLAY_NAMES["unit_code"]}, **place))
