"""Personal data in the cells of a sheet or a CSV: signs in single cells, and lists of persons by their headings."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from ingest import keys
from ingest.cells import Value, as_text
from ingest.grids import Grid, address
from ingest.identities.findings import SHEET_NAME, Finding
from ingest.identities.patterns import Patterns, Scope, of_signs
from ingest.measures import Measures
from ingest.reports import Report

NAME, BIRTH, POST = "heading_of_names", "heading_of_births", "heading_of_posts"
LIST = "title_of_a_list"
DIGITS = {"heading_of_numbers": "personal_number", "heading_of_telephones": "personal_phone"}
"""Headings over digits, and their rules."""
LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){8}")
"""A spreadsheet drops up to three zeros in front of a personal number, one in front of a telephone."""
TITLE_WITHIN = 8
"""Rows between the title of a list and its headings."""
TEXTS = {"heading_of_children": "personal_name", "heading_of_houses": "personal_address"}
LONGEST_CODE = 6
"""Of a programme that nobody knows: `III.12`."""
WITHIN = 200
"""Rows below a heading that are of its list."""
DEFAULT_NAME = "trang {}"


def lines(reports: Sequence[Report], measures: Measures) -> set[int]:
    """The rows, as the sender counts, of lines with a code of the programme: nobody signs there.

    A signature right under a table can be read as a line without a code, or with a telephone for one.
    """
    found = set()
    for report in reports:
        codes = measures.of_programme(report.programme)
        found |= {
            line.row_no
            for line in report.lines
            if line.indicator and (line.indicator in codes if codes else _is_code(line.indicator))
        }
    return found


def of_grid(
    grid: Grid, reports: Sequence[Report], line_rows: Collection[int], known: Patterns, number: int = 1
) -> list[Finding]:
    """The findings of one sheet. reports: those read from it. line_rows: as `lines` finds them.

    number: of the sheet, which names it where its own name is one of a person.
    """
    name = grid.sheet
    named = known.rules(name, "file") if name else []
    if named:
        name = DEFAULT_NAME.format(number)
    found = [Finding(rule, name, part=SHEET_NAME) for rule in named]
    found += (_finding(rule, grid, name, *place) for rule, *place in _found(grid, line_rows, known))
    return list(dict.fromkeys([*found, *_figures(grid, name, reports)]))


def _is_code(indicator: str) -> bool:
    return len(indicator) <= LONGEST_CODE and keys.looks_like_a_code(indicator)


def _finding(rule: str, grid: Grid, name: str | None, row: int, column: int) -> Finding:
    number = grid.number(row)
    if grid.sheet is None:
        return Finding(rule, row=number, line=number)
    return Finding(rule, name, number, address(row, column))


def _found(grid: Grid, line_rows: Collection[int], known: Patterns) -> Iterator[tuple[str, int, int]]:
    """Rule, row and column of each sign in a cell, and of the lists of persons that begin with each row."""
    seen, title = known.seen, -TITLE_WITHIN
    for row, cells in enumerate(grid.rows):
        headings = {}
        for column, value in enumerate(cells):
            if isinstance(value, str):
                found = seen(value) if value else None
            elif isinstance(value, int | float) and 1e11 <= value < 1e12:
                found = seen(as_text(value))
            else:
                continue
            if found and found.signs:
                scope: Scope = "line" if grid.number(row) in line_rows else "cell"
                for rule in of_signs(found.signs, scope, _heading(grid, row, column)):
                    yield rule, row, column
            if found and found.heading:
                headings[column] = found.heading
        if LIST in headings.values():
            title = row
        if headings and POST not in headings.values():
            yield from _list(grid, row, headings, known, row - title < TITLE_WITHIN)


def _heading(grid: Grid, row: int, column: int) -> str:
    """The nearest text above a cell that has no digits, as a heading has none; empty where there is none."""
    for above in range(row - 1, -1, -1):
        value = grid.at(above, column)
        if isinstance(value, str) and value.strip() and not any(map(str.isdigit, value)):
            return value
    return ""


def _figures(grid: Grid, name: str | None, reports: Sequence[Report]) -> Iterator[Finding]:
    """What the reader of figures took for a personal number."""
    for report in reports:
        for line in report.lines:
            for part, problem in line.problems.items():
                if problem == "personal_number" and grid.sheet is None:
                    yield Finding(problem, row=line.row_no, line=line.row_no)
                elif problem == "personal_number":
                    yield Finding(problem, name, line.row_no, f"{report.part_columns.get(part, 'A')}{line.row_no}")


# --- lists of persons -----------------------------------------------------------------------------


def _list(
    grid: Grid, row: int, headings: Mapping[int, str], known: Patterns, is_of_children: bool
) -> Iterator[tuple[str, int, int]]:
    """is_of_children: a title above says so."""

    def is_written(text: str) -> bool:
        return _is_written(text, known)

    for column, meant in headings.items():
        if meant in DIGITS:
            rule, filled = DIGITS[meant], _first(grid, row, column, _has_digits)
        elif meant in TEXTS:
            rule, filled = TEXTS[meant], _first(grid, row, column, is_written)
        elif meant == NAME and BIRTH in headings.values():
            rule, filled = "personal_birth", _first(grid, row, column, is_written)
        elif meant == NAME and is_of_children:
            rule, filled = "personal_name", _first(grid, row, column, is_written)
        elif meant == BIRTH and _is_label(grid, row, column):
            rule, filled = "personal_birth", _beside(grid, row, column, lambda text: sum(map(str.isdigit, text)) > 3)
        else:
            continue
        if filled is not None:
            yield rule, *filled


def _is_written(text: str, known: Patterns) -> bool:
    """Words, as a name or an address is, and no heading."""
    return len(text.split()) > 1 and any(map(str.isalpha, text)) and known.heading(text) is None


def _has_digits(text: str) -> bool:
    return LONG_NUMBER.search(text) is not None


def _first(grid: Grid, row: int, column: int, is_filled: Callable[[str], bool]) -> tuple[int, int] | None:
    """The first cell below a heading, or right beside a label, that is filled in; long digits need no colon."""
    if (_is_label(grid, row, column) or is_filled is _has_digits) and (beside := _beside(grid, row, column, is_filled)):
        return beside
    for below in range(row + 1, min(row + 1 + WITHIN, len(grid.rows))):
        if is_filled(_text(grid.at(below, column))):
            return below, column
    return None


def _is_label(grid: Grid, row: int, column: int) -> bool:
    return _text(grid.at(row, column)).endswith(":")


def _beside(grid: Grid, row: int, column: int, is_filled: Callable[[str], bool]) -> tuple[int, int] | None:
    return (row, column + 1) if is_filled(_text(grid.at(row, column + 1))) else None


def _text(value: Value) -> str:
    return as_text(value).strip()
