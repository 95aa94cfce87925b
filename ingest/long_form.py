"""The long form: CSV with one line for each indicator of each unit. Many units may stand in one file."""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from ingest import headers, keys, lines
from ingest.headers import PARTS
from ingest.lines import Row
from ingest.measures import Measures
from ingest.numerals import Unreadable
from ingest.reports import Issue, Refused, Report

DELIMITERS = ",;\t"
NEEDED = ("programme", "period", "unit_code", "indicator")
HEADER_WITHIN = 30
"""Records above the table that may hold a title."""

csv.field_size_limit(1_000_000)


class Record(NamedTuple):
    """One CSV record and the line of the file it begins on, from 1."""

    line: int
    cells: list[str]


def read(text: str, measures: Measures) -> list[Report]:
    """Every report of a CSV text, in the order in which they first appear. Raises Refused for the file as a whole."""
    delimiter = _delimiter(text)
    records = _records(text, delimiter)
    table = Table(*_header(records), delimiter, measures)
    for record in records:
        if any(cell.strip() for cell in record.cells):
            table.take(record)
    if not table.reports:
        raise Refused("lines_missing")
    return table.finished()


def _delimiter(text: str) -> str:
    """The separator by which most column names are understood, in the line that understands most."""
    first = re.match(r"sep=([,;\t])\r?\n", text)
    if first:
        return first[1]
    top = text[:20_000].splitlines()[:HEADER_WITHIN]
    understood = {
        delimiter: max((sum(map(bool, map(headers.meaning, line.split(delimiter)))) for line in top), default=0)
        for delimiter in DELIMITERS
    }
    return max(DELIMITERS, key=lambda delimiter: understood[delimiter])


def _records(text: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Refused("csv_quote_unclosed", line=line) from error
        if cells is None:
            return
        yield Record(line, cells)


def _header(records: Iterator[Record]) -> tuple[Record, dict[str, int]]:
    """The header and where each meaning stands. Raises Refused that names what is missing from the likeliest row."""
    likeliest: dict[str, int] = {}
    for record, _ in zip(records, range(HEADER_WITHIN), strict=False):
        columns = headers.columns(record.cells) if sum(map(bool, map(headers.meaning, record.cells))) > 1 else {}
        if not headers.missing(columns, NEEDED):
            return record, columns
        likeliest = max(likeliest, columns, key=len)
    raise Refused("header_missing", columns=", ".join(headers.missing(likeliest, NEEDED)))


class Table:
    """The records below a header, gathered into the reports that their key cells name."""

    def __init__(self, header: Record, columns: dict[str, int], delimiter: str, measures: Measures):
        self.width = len(header.cells)
        self.columns = columns
        self.delimiter = delimiter
        self.measures = measures
        self.part_columns = {
            name: header.cells[index].strip() for name, index in columns.items() if name in (*PARTS, "indicator")
        }
        self.reports: dict[tuple[str | None, ...], Report] = {}
        self.seen: dict[tuple[str, ...], Report] = {}

    def take(self, record: Record) -> None:
        """One record into its report, which begins with its first record."""
        report = self._report(record)
        problem = self._shape_problem(record)
        parts = [self._cell(record, part) for part in PARTS]
        indicator, note = self._cell(record, "indicator"), self._cell(record, "note")
        row = Row(record.line, indicator, parts, note, problem=problem)
        if problem or indicator.strip() or row.has_figures:
            report.lines.append(lines.read(row, report.programme, report.unit_code, self.measures))

    def finished(self) -> list[Report]:
        """The reports; one without any line says so, unless it only withdraws."""
        for report in self.reports.values():
            report.lines = lines.carried(report.submission_type, report.lines)
            if not report.lines and report.submission_type != "retraction" and not report.issues:
                report.issues.append(Issue("lines_missing"))
        return list(self.reports.values())

    def _cell(self, record: Record, name: str) -> str:
        index = self.columns.get(name)
        return record.cells[index] if index is not None and index < len(record.cells) else ""

    def _report(self, record: Record) -> Report:
        """The report of a record. The same key cells, as written, are read once."""
        written = tuple(self._cell(record, name) for name in headers.KEYS)
        if written not in self.seen:
            named = _named(dict(zip(headers.KEYS, written, strict=True)), record.line)
            self.seen[written] = self._merged(named, record.line)
        return self.seen[written]

    def _merged(self, named: Report, line: int) -> Report:
        report = self.reports.setdefault(named.key, named)
        if report is named:
            report.part_columns = self.part_columns
            return report
        if report.submission_type != named.submission_type:
            report.issues.append(Issue("submission_type_mixed", line=line))
        report.is_made_up = report.is_made_up or named.is_made_up
        told = {(issue.rule, issue.raw) for issue in report.issues}
        report.issues += [issue for issue in named.issues if (issue.rule, issue.raw) not in told]
        return report

    def _shape_problem(self, record: Record) -> str | None:
        """A decimal comma without quotes splits its number in two, and every later cell moves one to the right."""
        if len(record.cells) > self.width:
            return "decimal_comma_unquoted" if self.delimiter == "," else "row_too_long"
        if self.delimiter == "," and self.columns.get("note") == self.columns.get("value", -2) + 1:
            halves = self._cell(record, "value"), self._cell(record, "note")
            if all(re.fullmatch(r"[<>≤≥]?[0-9]+", half.strip()) for half in halves):
                return "decimal_comma_unquoted"
        return None


def _named(written: dict[str, str], line: int) -> Report:
    """An empty report under the key cells of a record, with what is missing or unreadable among them."""
    report = Report(
        programme=keys.text(written["programme"]),
        unit_code=keys.unit(written["unit_code"]),
        agency=keys.agency(written["agency"]),
        is_made_up=keys.made_up(written["made_up"]),
    )
    for name, read_key in (("period", keys.period), ("submission_type", keys.submission_type)):
        try:
            setattr(report, name, read_key(written[name]) or getattr(report, name))
        except Unreadable as problem:
            values = {"key": headers.PEOPLE_SAY[name], "raw": written[name]}
            report.issues.append(Issue(problem.rule, values, line=line, raw=written[name]))
    for name in ("programme", "period", "unit_code"):
        if not written[name].strip():
            report.issues.append(Issue("key_missing", {"key": headers.PEOPLE_SAY[name]}, line=line))
    return report
