"""What was read of a file, read a second time by others: openpyxl, or Python's csv, and a plain idea of a number.

Only what both understand is compared. A cell that we took for a figure and they for another, or that they find a number
in and we found empty, is a wrong acceptance.
"""

import csv
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from ingest.cells import TypedCell
from ingest.reports import Line, Report
from tests.fuzz import grammar

PARTS = ("numerator", "denominator", "value")
PLAIN = re.compile(r"[0-9]{1,9}|[0-9]{1,9}[.,][0-9]{1,2}")
"""Texts whose number nobody doubts."""

MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref\s*=\s*[\"']\s*([A-Za-z]+[0-9]+:[A-Za-z]+[0-9]+)")
LARGEST_MERGE = 100_000

At = Callable[[Report, Line, str], Any]
"""What another reader has in the cell of a part; UNKNOWN where it cannot be told."""
UNKNOWN = object()


def misread(data: bytes, reports: Sequence[Report]) -> list[str]:
    """Each cell that another reader reads otherwise."""
    at = _in_workbook(data) if data.startswith(b"PK") else _in_csv(data, reports)
    return [found for report in reports for found in _of_report(report, at)] if at else []


def compared(data: bytes, reports: Sequence[Report]) -> int:
    """How many figures of a file another reader confirms."""
    at = _in_workbook(data) if data.startswith(b"PK") else _in_csv(data, reports)
    cells = [(report, line, part) for report in reports for line in report.lines for part in report.part_columns]
    exact = [cell for cell in cells if cell[2] in PARTS and getattr(cell[1], cell[2]).kind == "exact"]
    return sum(_other(at(*cell)) is not None for cell in exact) if at else 0


def _of_report(report: Report, at: At) -> Iterator[str]:
    for line in report.lines:
        for part in PARTS:
            ours: TypedCell = getattr(line, part)
            if part in line.problems or "row" in line.problems or part not in report.part_columns:
                continue
            theirs = at(report, line, part)
            if theirs is not UNKNOWN and not _agree(ours, theirs):
                place = f"{report.sheet} line {line.row_no} {part}"
                yield f"{place}: {ours.kind} {ours.interval}, and {theirs!r} for others"


def _agree(ours: TypedCell, theirs: Any) -> bool:
    number = _other(theirs)
    if ours.kind == "exact":
        return number == ours.low if number is not None else theirs not in (None, "")
    return ours.kind != "missing" or number is None


def _other(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None or value is UNKNOWN:
        return None
    if isinstance(value, int | float):
        number = Decimal(format(value, ".15g"))
        return number if number.is_finite() else None
    text = str(value).strip()
    return Decimal(text.replace(",", ".")) if PLAIN.fullmatch(text) else None


def _has_large_merge(data: bytes) -> bool:
    """openpyxl makes an object of every cell of a merge, 17 billion for a whole sheet."""
    with ZipFile(BytesIO(data)) as parts:
        areas = [area for name in parts.namelist() for area in MERGE.findall(parts.read(name))]
    corners = (range_boundaries(area.decode("ascii")) for area in areas)
    return any((right - left + 1) * (bottom - top + 1) > LARGEST_MERGE for left, top, right, bottom in corners)


def _in_workbook(data: bytes) -> At | None:
    try:
        if _has_large_merge(data):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(data), data_only=True)
    except Exception:  # openpyxl refuses more than we do, in many ways
        return None

    def at(report: Report, line: Line, part: str) -> Any:
        if report.sheet is None or report.sheet not in book.sheetnames or book[report.sheet].max_row < 2:
            return UNKNOWN  # of a sheet without its namespace openpyxl has nothing at all
        try:
            cell = book[report.sheet][f"{report.part_columns[part]}{line.row_no}"]
            value, number_format = cell.value, str(cell.number_format)
        except (ValueError, AttributeError, KeyError, TypeError, IndexError):
            return UNKNOWN  # no such cell, or a format that the workbook does not have
        if "%" in number_format and isinstance(value, int | float) and not isinstance(value, bool):
            return float(Decimal(format(value, ".15g")).scaleb(2)) if abs(value) < 1e15 else UNKNOWN
        return value

    return at


def _in_csv(data: bytes, reports: Sequence[Report]) -> At | None:
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    text = text.replace("\x00", "")  # an end of a line with one in it is one end of a line to whoever looks at the file
    of_reports = {report.part_columns["indicator"] for report in reports if "indicator" in report.part_columns}
    heading = of_reports | {names[3] for names in grammar.HEADINGS}
    split = (_records(text, delimiter) for delimiter in ",;\t")
    tables = [records for records in split if any(heading & {*cells} for cells in records.values())]
    if len(tables) > 1:
        return None  # headings with one delimiter and with another: which of them is the table?

    def at(report: Report, line: Line, part: str) -> Any:
        name = report.part_columns[part]
        for records in tables:
            above = [cells for number, cells in records.items() if number < line.row_no and heading & {*cells}]
            cells = records.get(line.row_no)
            if len(set(map(tuple, above))) > 1:
                return UNKNOWN  # of headings that differ, whose is the line?
            if above and cells and len(cells) == len(above[-1]) and above[-1].count(name) == 1:
                return cells[above[-1].index(name)]
        return UNKNOWN

    return at


def _records(text: str, delimiter: str) -> dict[int, list[str]]:
    """By the line on which each begins, cells trimmed."""
    found: dict[int, list[str]] = {}
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            found[begins] = [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error:
        return {}
    return found
