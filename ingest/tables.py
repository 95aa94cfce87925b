"""The tables of a grid become reports, the same way from a CSV and from a workbook.

The keys of a report stand in labels above its table, or in columns beside each line (the long form), or partly in both.
What is no line is passed over only where it is sure to be none; a figure that is not read is always reported.
"""

from collections.abc import Sequence
from datetime import date, time

from ingest import footers, headers, keys, lines, sections
from ingest.cells import Value, as_text, is_figure
from ingest.grids import Grid, Place, is_blank
from ingest.headers import PARTS
from ingest.lines import Row
from ingest.measures import Measures
from ingest.numerals import Unreadable
from ingest.report_keys import ReportKeys
from ingest.reports import Issue, Refused, Report
from ingest.sections import IDENTIFYING, Section
from ingest.table_cells import TableCells
from ingest.unread import UnreadColumns

NEEDED = (*IDENTIFYING, "indicator")
HARMLESS = ("column_not_read", "figure_outside_table", "figures_hidden")
"""Issues that do not explain why a report has no line."""


def read(grid: Grid, measures: Measures) -> list[Report]:
    """The reports of a grid, in the order in which they first appear. Raises Refused where no table is found."""
    found = sections.of(grid)
    if not found:
        raise Refused("header_missing", columns=", ".join(headers.missing(_likeliest(grid), _needed(grid))))
    reports: dict[tuple[str | None, ...], Report] = {}
    for section in found:
        for report in Table(grid, section, measures).reports():
            first = reports.setdefault(report.key, report)
            if first is not report:
                _combine(first, report, is_one=section.header.is_keyed)
    return list(reports.values())


def distinct(reports: Sequence[Report]) -> list[Report]:
    """Two tables of one unit, programme and period are an issue of the first."""
    found: dict[tuple[str | None, ...], Report] = {}
    for report in reports:
        first = found.setdefault(report.key, report)
        if first is not report:
            _combine(first, report, is_one=False)
    return list(found.values())


def _combine(first: Report, report: Report, *, is_one: bool) -> None:
    """A report that goes on below another header, where each line names it; else the same report a second time."""
    first.issues += report.issues
    if not is_one:
        first.issues.append(Issue("report_twice", sheet=report.sheet))
    elif first.submission_type != report.submission_type:
        first.issues.append(Issue("submission_type_mixed", sheet=report.sheet))
    else:
        first.lines += report.lines


def _needed(grid: Grid) -> Sequence[str]:
    return NEEDED if grid.delimiter else ("indicator",)


def _likeliest(grid: Grid) -> list[str]:
    """What the row that looks most like a header would mean."""
    rows = [[meant for meant in map(headers.meaning, row) if meant] for row in grid.rows[:200]]
    best = max(rows, key=len, default=[])
    return [meant.removesuffix(headers.OR_NAME) for meant in best] if len(best) > 1 or not grid.delimiter else []


class Table:
    """The rows of one section, gathered into the reports that they belong to."""

    def __init__(self, grid: Grid, section: Section, measures: Measures):
        self.grid = grid
        self.section = section
        self.measures = measures
        self.header = section.header
        self.cells = TableCells(grid, section)
        self.keys = ReportKeys(grid, self.cells, measures)
        self.unread = UnreadColumns(grid, section.header)
        self.after = ""
        """What was seen since the last line: nothing, `blank` rows, or the `footer`."""
        self.rows_between: list[int] = []
        self.hidden: dict[int, list[Place]] = {}
        """Of each report, by its id: its figures in rows and columns that are hidden."""

    def reports(self) -> list[Report]:
        """Raises Refused when the records of a CSV have neither columns nor labels for their keys."""
        places, labels = self.cells.places, self.section.labels
        missing = [name for name in IDENTIFYING if name not in places and name not in labels]
        if missing and (self.header.is_keyed or (self.grid.delimiter and len(missing) == len(IDENTIFYING))):
            raise Refused("header_missing", self.grid.sheet, columns=", ".join(headers.missing(places, missing)))
        if not self.header.is_keyed:
            self.keys.of_row(self.cells.row(self.header.last))
        for index in range(self.header.last + 1, self.section.end):
            self._take(index)
        self._refuse_stray_rows()
        return [self._finished(report) for report in self.keys.reports.values()]

    # --- rows -------------------------------------------------------------------------------------

    def _take(self, index: int) -> None:
        cells = self.grid.rows[index]
        if index in self.section.repeats:
            self._check_continuation(index)
        elif is_blank(cells):
            self.after = self.after or "blank"
        elif not footers.is_tagged(cells) and not self.cells.is_numbering(index):
            self._take_written(self.cells.row(index))

    def _take_written(self, row: Row) -> None:
        is_line = self._is_line(row)
        if not self.header.is_keyed:
            report = self.keys.current if is_line else None
        elif self._names_its_report(row, is_line):
            report = self.keys.of_row(row, can_inherit=is_line or row.has_figures)
        else:
            report = None
        if report is None:
            self._take_text(row)
        else:
            self._add(row, report)

    def _add(self, row: Row, report: Report) -> None:
        if row.problem is None and is_blank([row.indicator]) and not row.has_figures:
            return
        self.keys.add(report, lines.read(row, report.programme, report.unit_code, self.measures))
        self.unread.count(report, row)
        self._note_hidden(report, row)
        self.after, self.rows_between = "", []

    def _names_its_report(self, row: Row, is_line: bool) -> bool:
        """Whether a row of the long form is a line, or a withdrawal that needs none."""
        index = row.number_from_0
        if self._is_footer(index):
            return False
        written = [not self.cells.is_blank(index, name) for name in IDENTIFYING]
        has_type = not self.cells.is_blank(index, "submission_type")
        if all(written):
            return is_line or row.has_figures or not is_blank([row.indicator]) or has_type
        return is_line or (has_type and any(written)) or (row.has_figures and not any(written))

    def _is_footer(self, index: int) -> bool:
        programme = self.cells.value(index, "programme")
        if programme in self.measures.codes or keys.programme(programme, self.measures.codes) in self.measures.codes:
            return False
        cells = self.grid.rows[index]
        return footers.begins(cells) or footers.is_total(cells)

    def _is_line(self, row: Row) -> bool:
        """Whether the code of a row names a line, and no note under the table that is numbered like one."""
        if not _is_code(row.indicator, self.keys.codes):
            return False
        if self.header.is_keyed or self.keys.current is None:
            return True
        if isinstance(row.indicator, date | time) and not row.has_figures:
            return False  # the day of the report, or a code that carries nothing
        is_again = self.keys.has_line_of(self.keys.current, row)
        if row.has_figures:
            return not (is_again and self.after == "footer")
        is_note = self.after == "blank" and not self.cells.has_parts(row.number_from_0)
        return not (is_again or is_note or self.after == "footer")

    def _take_text(self, row: Row) -> None:
        """A row that is no line: text is passed over; its figures are a line without a code, or are reported."""
        cells = self.grid.rows[row.number_from_0]
        self.rows_between.append(row.number_from_0)
        if footers.begins(cells):
            self.after = "footer"
        report = self.keys.current
        if report is None or not row.has_figures or footers.explains_numbers(cells, is_below=bool(self.after)):
            return
        figures = [part for part, value in zip(PARTS, row.parts, strict=True) if is_figure(value, row.shown.get(part))]
        is_outside = self.after == "footer" or (self.after == "blank" and len(figures) < 2) or footers.is_total(cells)
        if self.header.is_keyed or is_outside:
            self._report_figures(row.number_from_0, figures, report)
        else:
            self._add(row, report)

    def _note_hidden(self, report: Report, row: Row) -> None:
        if not (self.grid.hidden_rows or self.grid.hidden_columns):
            return
        for part, value in zip(PARTS, row.parts, strict=True):
            place = row.number_from_0, self.cells.places.get(part, 0)
            is_hidden = place[0] in self.grid.hidden_rows or place[1] in self.grid.hidden_columns
            if is_hidden and is_figure(value, row.shown.get(part)):
                self.hidden.setdefault(id(report), []).append(place)

    # --- issues -----------------------------------------------------------------------------------

    def _report_figures(self, index: int, parts: Sequence[str], report: Report) -> None:
        raw = "; ".join(as_text(self.cells.value(index, part)) for part in parts)
        place = self.grid.place(index, self.cells.places[parts[0]])
        report.issues.append(Issue("figure_outside_table", raw=raw, **place))

    def _check_continuation(self, index: int) -> None:
        """Between a table and its header again only pages and headings may be, unless each row has its keys."""
        if self.header.is_keyed or index - 1 in self.section.repeats:
            return
        if not all(footers.is_between_pages(self.grid.rows[row]) for row in self.rows_between):
            self.section.stray = self.section.stray or index

    def _refuse_stray_rows(self) -> None:
        if self.section.stray is not None and self.keys.current is not None:
            values = {"row": self.grid.number(self.section.stray)}
            place = self.grid.place(self.section.stray)
            self.keys.current.issues.append(Issue("second_table", values, **place))

    def _finished(self, report: Report) -> Report:
        """A report without any line has an issue, unless it only withdraws or something else is wrong with it."""
        unread = self.unread.issues(report)
        if any(issue.rule == "column_unclear" for issue in unread):  # what is missing may be in that column
            report.lines = [line for line in report.lines if line.problems]
        report.issues += unread
        if hidden := self.hidden.get(id(report)):
            report.issues.append(Issue("figures_hidden", {"count": len(hidden)}, **self.grid.place(*hidden[0])))
        report.lines = lines.carried(report.submission_type, report.lines)
        others = [issue for issue in report.issues if issue.rule not in HARMLESS]
        if not report.lines and report.submission_type != "retraction" and not others:
            report.issues.append(Issue("lines_missing", sheet=self.grid.sheet))
        return report


def _is_code(value: Value, codes: frozenset[str]) -> bool:
    """Whether a cell of the code column names a line without figures, and is not a heading or a signature.

    Where the catalogue has the programme, only its codes do: the annexes number their headings too.
    """
    if value in codes:
        return True
    written = keys.text(value)
    if written is None or not codes:
        return written is not None and keys.looks_like_a_code(written)
    try:
        return keys.indicator(value, codes) in codes
    except Unreadable:
        return True
