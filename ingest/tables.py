"""The tables of a grid become reports, the same way from a CSV and from a workbook.

The keys of a report stand in labels above its table, or in columns beside each line (the long form), or partly in both.
What is no line is passed over only where it is sure to be none; a figure that is not read is always reported.
"""

from collections.abc import Sequence

from ingest import footers, headers, keys, lines, named, sections, shapes
from ingest.cells import Shown, Value, as_text, is_figure
from ingest.grids import Grid, Place, Range, is_blank
from ingest.headers import KEYS, PARTS
from ingest.lines import Row
from ingest.measures import Measures
from ingest.named import Written
from ingest.numerals import Unreadable
from ingest.reports import Issue, Refused, Report
from ingest.sections import IDENTIFYING, Section
from ingest.unread import UnreadColumns

NEEDED = (*IDENTIFYING, "indicator")


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
    """Two tables of one unit, programme and period are one report that cannot be told apart, and say so."""
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
        self.places = section.header.columns.places
        self.unread = UnreadColumns(grid, section.header)
        self.merged = [area for area in grid.merged if area[0] != area[1]]
        self.shown = {**grid.shown, **self._merged_parts()}
        self.found: dict[tuple[str | None, ...], Report] = {}
        self.by_keys: dict[tuple[Value, ...], Report] = {}
        self.indicators: dict[int, set[str | None]] = {}
        self.above: tuple[Written, ...] | None = None
        self.last: Report | None = None
        self.after = ""
        """What was seen since the last line: nothing, `blank` rows, or the `footer`."""
        self.rows_between: list[int] = []

    def reports(self) -> list[Report]:
        """Raises Refused when the records of a CSV have neither columns nor labels for their keys."""
        missing = [name for name in IDENTIFYING if name not in self.places and name not in self.section.labels]
        if missing and (self.header.is_keyed or (self.grid.delimiter and len(missing) == len(IDENTIFYING))):
            raise Refused("header_missing", self.grid.sheet, columns=", ".join(headers.missing(self.places, missing)))
        if not self.header.is_keyed:
            self._report(self._written_keys(self.header.last), self.header.last)
        self.usual_extra = self._usual_extra()
        for index in range(self.header.last + 1, self.section.end):
            self._take(index)
        self._refuse_stray_rows()
        return [self._finished(report) for report in self.found.values()]

    # --- one row ----------------------------------------------------------------------------------

    def _take(self, index: int) -> None:
        cells = self.grid.rows[index]
        if index in self.section.repeats:
            self._check_continuation(index)
        elif is_blank(cells):
            self.after = self.after or "blank"
        elif not footers.is_tagged(cells) and not self._is_numbering(index):
            self._take_written(index)

    def _take_written(self, index: int) -> None:
        row = self._row(index)
        is_line = self._is_line(row)
        if self.header.is_keyed and self._is_keyed(index, row, is_line):
            self._add(row, self._report(self._keys_of(index, is_line or row.has_figures), index))
        elif self.header.is_keyed or not is_line:
            self._take_text(index, row)
        else:
            self._add(row, next(iter(self.found.values())))

    def _is_keyed(self, index: int, row: Row, is_line: bool) -> bool:
        """Whether a row of the long form is a line, or a withdrawal that needs none."""
        cells = self.grid.rows[index]
        written = [not is_blank([self._value(index, name)]) for name in IDENTIFYING]
        is_footer = footers.begins(cells) or footers.is_total(cells)
        if (
            is_footer
            and keys.programme(self._value(index, "programme"), self.measures.codes) not in self.measures.codes
        ):
            return False
        if all(written):
            return is_line or row.has_figures or not is_blank([row.indicator]) or self._has_type(index)
        if is_line:
            return True
        if self._has_type(index) and any(written):
            return True
        return row.has_figures and not any(written)

    def _has_type(self, index: int) -> bool:
        return not is_blank([self._value(index, "submission_type")])

    def _add(self, row: Row, report: Report) -> None:
        if row.problem is None and is_blank([row.indicator]) and not row.has_figures:
            return
        line = lines.read(row, report.programme, report.unit_code, self.measures)
        report.lines.append(line)
        self.indicators.setdefault(id(report), set()).add(line.indicator)
        self.unread.count(report, row)
        self.last, self.after, self.rows_between = report, "", []

    def _is_line(self, row: Row) -> bool:
        """Whether the code of a row names a line, and no note under the table that is numbered like one."""
        codes = self._codes(row)
        if not _is_code(row.indicator, codes):
            return False
        if self.header.is_keyed:
            return True
        is_again = self._is_again(row, codes)
        if row.has_figures:
            return not (is_again and self.after == "footer")
        return not (is_again or self.after == "footer" or (self.after == "blank" and self._is_note(row)))

    def _is_note(self, row: Row) -> bool:
        """A number and words, and nothing else: under the table a note, in it a line that is not filled in."""
        return not any(self.grid.at(row.number_from_0, column) for column in self._part_places())

    def _codes(self, row: Row) -> frozenset[str]:
        report = self.last or next(iter(self.found.values()), None)
        return self.measures.of_programme(report.programme if report else None)

    def _is_again(self, row: Row, codes: frozenset[str]) -> bool:
        report = next(iter(self.found.values()))
        try:
            return keys.indicator(row.indicator, codes) in self.indicators.get(id(report), set())
        except Unreadable:
            return False

    def _take_text(self, index: int, row: Row) -> None:
        """A row that is no line: words are passed over; its figures are a line without a code, or are reported."""
        cells = self.grid.rows[index]
        self.rows_between.append(index)
        if footers.begins(cells):
            self.after = "footer"
        if not row.has_figures or footers.explains_numbers(cells):
            return
        report = self.last or next(iter(self.found.values()), None)
        figures = [part for part, value in zip(PARTS, row.parts, strict=True) if is_figure(value, row.shown.get(part))]
        is_outside = self.after == "footer" or (self.after == "blank" and len(figures) < 2) or footers.is_total(cells)
        if report is None or self.header.is_keyed or is_outside:
            self._report_figures(index, figures, report)
        else:
            self._add(row, report)

    def _report_figures(self, index: int, parts: Sequence[str], report: Report | None) -> None:
        raw = "; ".join(as_text(self.grid.at(index, self.places[part])) for part in parts)
        if report is not None:
            place = self.grid.place(index, self.places[parts[0]])
            report.issues.append(Issue("figure_outside_table", raw=raw, **place))

    # --- its cells --------------------------------------------------------------------------------

    def _row(self, index: int) -> Row:
        cells, problem = self.grid.rows[index], None
        if self.grid.delimiter:
            written = [str(cell) for cell in cells]
            width = len(self.header.cells)
            problem = shapes.problem(written, width, self.places, self.grid.delimiter, self.usual_extra)
        code, *parts, note = [self._value(index, name) for name in ("indicator", *PARTS, "note")]
        shown: dict[str, Shown] = {}
        if self.shown:
            shown = {name: kind for name, place in self.places.items() if (kind := self.shown.get((index, place)))}
        return Row(self.grid.number(index), code, parts, note, shown, problem, index)

    def _value(self, index: int, name: str) -> Value:
        """The cell of a column; of a key that is merged over its lines, the first."""
        column = self.places.get(name)
        if column is None:
            label = self.section.labels.get(name)
            return label.value if label else None
        if name in KEYS:
            index, column = self._first_of_merged((index, column))
        if self.grid.delimiter == ",":
            written = [str(cell) for cell in self.grid.rows[index]]
            cells = shapes.rejoined(written, len(self.header.cells), self.places)
            return cells[column] if column < len(cells) else ""
        return self.grid.at(index, column)

    def _first_of_merged(self, place: Place) -> Place:
        for (top, left), (bottom, right) in self.merged:
            if top <= place[0] <= bottom and left <= place[1] <= right and top > self.header.last:
                return top, left
        return place

    def _merged_parts(self) -> dict[Place, Shown]:
        """A merged cell of figures is one value for several lines or parts: whose, nobody can tell."""
        found: dict[Place, Shown] = {}
        for area in self.merged:
            (top, left), (bottom, right) = area
            columns = [place for place in self._part_places() if left <= place <= right]
            if columns and not self._is_one_cell(area, columns):
                rows = range(max(top, self.header.last + 1), min(bottom + 1, self.section.end))
                found |= {(row, column): "merged" for row in rows for column in columns}
        return found

    def _is_one_cell(self, area: Range, columns: Sequence[int]) -> bool:
        """Nothing is written in it, or it reaches from one part of one line over a note."""
        (top, left), (bottom, _) = area
        if top >= len(self.grid.rows) or is_blank([self.grid.at(top, left)]):
            return True
        return top == bottom and columns == [left]

    def _part_places(self) -> list[int]:
        return [self.places[part] for part in PARTS if part in self.places]

    def _is_numbering(self, index: int) -> bool:
        cells = self.grid.rows[index]
        numbered = [place for place, cell in enumerate(cells) if not is_blank([cell])]
        figures = {self.places[name] for name in ("indicator", *PARTS) if name in self.places}
        has_names = any(place not in figures and place < len(self.header.cells) for place in numbered)
        is_first = index == self.header.last + 1
        return footers.is_numbering(cells, is_first=is_first, has_names=has_names)

    def _usual_extra(self) -> int:
        if self.grid.delimiter != ",":
            return 0
        rows = self.grid.rows[self.header.last + 1 : self.section.end]
        records = [[str(cell) for cell in cells] for cells in rows if not is_blank(cells)]
        return shapes.usual_extra(records, len(self.header.cells))

    # --- whose it is ------------------------------------------------------------------------------

    def _written_keys(self, index: int) -> tuple[Written, ...]:
        return tuple(self._written(index, name) for name in KEYS)

    def _written(self, index: int, name: str) -> Written:
        label = self.section.labels.get(name)
        place = self._first_of_merged((index, self.places[name])) if name in self.places else label and label.place
        return Written(self._value(index, name), place, self.shown.get(place) if place else None)

    def _keys_of(self, index: int, can_inherit: bool) -> tuple[Written, ...]:
        """The keys of a row. Those that are written in a group's first row only count for the rows below it."""
        written = self._written_keys(index)
        if can_inherit and self.above is not None:
            blank = [is_blank([key.value]) for key in written]
            by_name = dict(zip(KEYS, blank, strict=True))
            if by_name["programme"] and by_name["period"]:
                is_same = by_name["unit_code"]
                inherited = KEYS if is_same else ("programme", "period")
                written = tuple(
                    above if name in inherited and is_empty else own
                    for name, own, above, is_empty in zip(KEYS, written, self.above, blank, strict=True)
                )
        self.above = written
        return written

    def _report(self, written: tuple[Written, ...], index: int) -> Report:
        """The report of a row. The same key cells, as written, are read once."""
        own = tuple(key.value for key in written)
        if own not in self.by_keys:
            report = named.report(self.grid, dict(zip(KEYS, written, strict=True)), index, self.measures)
            self.by_keys[own] = self._merged(report, index)
        report = self.by_keys[own]
        if self.header.is_keyed and report.unit_code is None and self.last is not None:
            self._question_report_above(self.last, index)
        return report

    def _question_report_above(self, report: Report, index: int) -> None:
        """A line without its unit may be one of the report above it: then neither is whole."""
        row = self._row(index)
        codes = self.measures.of_programme(report.programme)
        try:
            indicator = keys.indicator(row.indicator, codes)
        except Unreadable:
            return
        if report.unit_code is None or indicator in self.indicators.get(id(report), set()):
            return
        if not any(issue.rule == "key_missing" for issue in report.issues):
            values = {"key": headers.DISPLAY_NAMES["unit_code"]}
            report.issues.append(Issue("key_missing", values, **self.grid.place(index, self.places.get("unit_code"))))

    def _merged(self, report: Report, index: int) -> Report:
        first = self.found.setdefault(report.key, report)
        if first is report:
            report.part_columns = self._part_columns()
            return report
        if first.submission_type != report.submission_type:
            first.issues.append(
                Issue("submission_type_mixed", **self.grid.place(index, self.places.get("submission_type")))
            )
        first.is_made_up = first.is_made_up or report.is_made_up
        reported = {(issue.rule, issue.raw) for issue in first.issues}
        first.issues += [issue for issue in report.issues if (issue.rule, issue.raw) not in reported]
        return first

    def _part_columns(self) -> dict[str, str]:
        return {
            name: self.grid.column_name(place, self.header.cells)
            for name, place in self.places.items()
            if name in (*PARTS, "indicator")
        }

    # --- the end ----------------------------------------------------------------------------------

    def _check_continuation(self, index: int) -> None:
        """Between a table and its header again only pages and headings may stand, unless each row has its keys."""
        if self.header.is_keyed or index - 1 in self.section.repeats:
            return
        if not all(footers.is_between_pages(self.grid.rows[row]) for row in self.rows_between):
            self.section.stray = self.section.stray or index

    def _refuse_stray_rows(self) -> None:
        if self.section.stray is not None and self.found:
            report = next(iter(self.found.values()))
            values = {"row": self.grid.number(self.section.stray)}
            report.issues.append(Issue("second_table", values, **self.grid.place(self.section.stray)))

    def _finished(self, report: Report) -> Report:
        """A report without any line says so, unless it only withdraws or something else is wrong with it."""
        report.issues += self.unread.issues(report)
        report.lines = lines.carried(report.submission_type, report.lines)
        is_empty = not report.lines and report.submission_type != "retraction"
        if is_empty and not any(
            issue.rule not in ("column_not_read", "figure_outside_table") for issue in report.issues
        ):
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
