"""A workbook: label and value pairs above a table with one line for each indicator. Each visible table is a report.

Cells are read by calamine, which runs nothing. It does not tell formulas, errors and number formats: a workbook that
may hold any (opening.py looks) is read a second time with openpyxl for those alone.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingest import headers, keys, lines
from ingest.cells import Shown, Value
from ingest.headers import PARTS
from ingest.lines import Row
from ingest.measures import Measures
from ingest.numerals import Unreadable
from ingest.opening import Unpacked
from ingest.reports import Issue, Refused, Report

Place = tuple[int, int]
"""Row and column, from 0."""
Grid = Sequence[Sequence[Value]]

ROW = ("indicator", *PARTS, "note")
LABELS_WITHIN = 2
"""Labels stand in the first columns, each with its value in the next."""


def read(unpacked: Unpacked, measures: Measures) -> list[Report]:
    """The reports of a workbook, in the order of its sheets. Raises Refused for the workbook as a whole."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(unpacked.data))
        shown = shown_cells(unpacked.data) if unpacked.is_special else {}
        return _reports(book, shown, measures)
    except CalamineError as error:
        raise Refused("file_damaged") from error


def _reports(book: CalamineWorkbook, shown: dict[str, dict[Place, Shown]], measures: Measures) -> list[Report]:
    """Raises Refused when no visible sheet holds a table."""
    reports: list[Report] = []
    hidden: list[str] = []
    nearest: list[str] = []
    for sheet in book.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        source = book.get_sheet_by_name(sheet.name)
        grid: Grid = source.to_python(skip_empty_area=False)
        header = next((row for row, cells in enumerate(grid) if headers.looks_like_a_table(cells)), None)
        if header is None:
            nearest = max([nearest, *map(_meanings, grid)], key=len)
        elif sheet.visible == SheetVisibleEnum.Visible:
            table = Table(sheet.name, grid, header, shown.get(sheet.name, {}), measures)
            table.mark_merged(source.merged_cell_ranges or [])
            reports.append(table.report())
        else:
            hidden.append(sheet.name)
    if not reports and hidden:
        raise Refused("sheet_hidden", sheet=hidden[0])
    if not reports:
        raise Refused("header_missing", columns=", ".join(headers.missing(nearest, ["indicator"])))
    reports[0].issues += [Issue("hidden_sheet_ignored", {"sheet": name}, sheet=name) for name in hidden]
    return _distinct(reports)


def _distinct(reports: list[Report]) -> list[Report]:
    """Two sheets of one unit, programme and period are one report that cannot be told apart, and say so."""
    found: dict[tuple[str | None, ...], Report] = {}
    for report in reports:
        first = found.setdefault(report.key, report)
        if first is not report:
            first.issues += report.issues
            first.issues.append(Issue("report_twice", sheet=report.sheet))
    return list(found.values())


def _meanings(row: Sequence[Value]) -> list[str]:
    """What a row would mean as a header."""
    found = [meant for meant in map(headers.meaning, row) if meant]
    return ["indicator" if meant == "indicator_or_name" else meant for meant in found]


class Table:
    """A worksheet as a grid from A1: labels above the header row, lines below it.

    shown: what cells are beside their values. Raises Refused when a column stands twice in the header.
    """

    def __init__(self, name: str, grid: Grid, header: int, shown: dict[Place, Shown], measures: Measures):
        self.name = name
        self.grid = grid
        self.header = header
        self.shown = shown
        self.measures = measures
        self.columns = headers.columns(grid[header], sheet=name)
        self.places = [self.columns.get(meant) for meant in ROW]

    def mark_merged(self, ranges: list[tuple[Place, Place]]) -> None:
        """A merged cell below the header holds one value for several lines or parts: whose, nobody can tell."""
        parts = [self.columns[part] for part in PARTS if part in self.columns]
        for (top, left), (bottom, right) in ranges:
            for row in range(max(top, self.header + 1), min(bottom + 1, len(self.grid))):
                self.shown |= {(row, column): "merged" for column in parts if left <= column <= right}

    def report(self) -> Report:
        report = self._labelled()
        report.part_columns = {
            name: letters(column) for name, column in self.columns.items() if name in (*PARTS, "indicator")
        }
        known = self.measures.of_programme(report.programme)
        for row in map(self._row, range(self.header + 1, len(self.grid))):
            if _is_code(row.indicator, known) or row.has_figures:
                report.lines.append(lines.read(row, report.programme, report.unit_code, self.measures))
        report.lines = lines.carried(report.submission_type, report.lines)
        if not report.lines and report.submission_type != "retraction" and not report.issues:
            report.issues.append(Issue("lines_missing", sheet=self.name))
        return report

    def _row(self, index: int) -> Row:
        cells = self.grid[index]  # as wide as the sheet, like every row of it
        code, *parts, note = [None if place is None else cells[place] for place in self.places]
        return Row(index + 1, code, parts, note, self._shown_in(index) if self.shown else {})

    def _shown_in(self, index: int) -> dict[str, Shown]:
        places = {name: (index, column) for name, column in self.columns.items()}
        return {name: self.shown[place] for name, place in places.items() if place in self.shown}

    def _labelled(self) -> Report:
        """The report that the labels above the table name."""
        report = Report(sheet=self.name)
        found = dict(reversed(list(self._labels())))
        report.programme = keys.text(self._key(found, "programme", report))
        report.unit_code = keys.unit(self._key(found, "unit_code", report))
        report.agency = keys.agency(self._key(found, "agency", report))
        report.is_made_up = keys.made_up(self._key(found, "made_up", report))
        for name, read_key in (("period", keys.period), ("submission_type", keys.submission_type)):
            value = self._key(found, name, report)
            try:
                setattr(report, name, read_key(value) or getattr(report, name))
            except Unreadable as problem:
                raw = keys.text(value) or ""
                values = {"key": headers.PEOPLE_SAY[name], "raw": raw}
                report.issues.append(Issue(problem.rule, values, self.name, address(*found[name]), raw=raw))
        unreadable = {issue.cell for issue in report.issues}
        for name in ("programme", "period", "unit_code"):
            place = found.get(name)
            if not getattr(report, name) and (place is None or address(*place) not in unreadable):
                values = {"key": headers.PEOPLE_SAY[name]}
                report.issues.append(Issue("key_missing", values, self.name, place and address(*place)))
        return report

    def _labels(self) -> Iterator[tuple[str, Place]]:
        """Key name and the place of its value; the first label of a name counts."""
        for row, cells in enumerate(self.grid[: self.header]):
            for column, cell in enumerate(cells[:LABELS_WITHIN]):
                meant = headers.meaning(cell)
                if meant in headers.KEYS:
                    yield meant, (row, column + 1)

    def _key(self, found: dict[str, Place], name: str, report: Report) -> Value:
        """The value beside a label; a formula's last result may be stale, so it is not taken."""
        if name not in found:
            return None
        row, column = found[name]
        shown = self.shown.get((row, column))
        if shown in ("formula", "error"):
            report.issues.append(Issue("formula_in_cell", sheet=self.name, cell=address(row, column)))
            return None
        return _at(self.grid[row], column)


def shown_cells(data: bytes) -> dict[str, dict[Place, Shown]]:
    """By sheet, the cells that are formulas, errors, or numbers under a percent format. Formulas are not computed."""
    from openpyxl import load_workbook
    from openpyxl.cell.read_only import EmptyCell

    found: dict[str, dict[Place, Shown]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of extensions it drops; we read none of them
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            places = found.setdefault(sheet.title, {})
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell, EmptyCell):
                        continue
                    if cell.value is not None and (kind := _shown(cell.data_type, cell.number_format)):
                        places[cell.row - 1, cell.column - 1] = kind
    return found


def _shown(data_type: str, number_format: str) -> Shown | None:
    if data_type == "f":
        return "formula"
    if data_type == "e":
        return "error"
    return "percent" if data_type == "n" and is_percent_format(number_format) else None


def is_percent_format(code: str) -> bool:
    """Whether a format shows its number a hundredfold: `0.0%` does, `0.0"%"` and `0.0\\%` only write the sign."""
    return "%" in re.sub(r'"[^"]*"|\\.|_.', "", code.split(";")[0])


def letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """(13, 4) → E14."""
    return f"{letters(column)}{row + 1}"


def _at(cells: Sequence[Value], column: int | None) -> Value:
    return cells[column] if column is not None and column < len(cells) else None


def _is_code(value: Value, known: frozenset[str]) -> bool:
    """Whether a cell of the code column names a line without figures, and is not a heading or a signature.

    Where the catalogue knows the programme, only its codes do: the annexes number their headings too.
    """
    if value in known:
        return True
    written = keys.text(value)
    if written is None or not known:
        return written is not None and keys.looks_like_a_code(written)
    try:
        return keys.indicator(value, known) in known
    except Unreadable:
        return True
