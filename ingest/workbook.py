"""A workbook: its visible sheets with a table are reports, whatever format it was saved in."""

from collections.abc import Callable, Iterator, Sequence

from ingest import headers, sections, tables
from ingest.formats import ods, xls, xlsb, xlsx
from ingest.grids import MOST_CELLS, Grid
from ingest.measures import Measures
from ingest.opening import Unpacked
from ingest.reports import Issue, Refused, Report

Observer = Callable[[Grid, Sequence[Report]], object]
"""Called with each sheet and the reports read from it."""


def read(unpacked: Unpacked, measures: Measures, observe: Observer = lambda grid, reports: None) -> list[Report]:
    """The reports of a workbook, in the order of its sheets. Raises Refused for the workbook as a whole."""
    reports: list[Report] = []
    hidden: list[str] = []
    unread: list[str] = []
    missing: list[Refused] = []
    size = 0
    for grid in grids(unpacked):
        name = grid.sheet or ""
        size += grid.size
        if size > MOST_CELLS:
            raise Refused("sheet_too_large", sheet=name)
        try:
            found = tables.read(grid, measures) if grid.is_visible else []
        except Refused as reason:
            if reason.issue.rule != "header_missing":
                raise
            missing.append(reason)
            observe(grid, [])
            if _looks_like_a_report(grid):
                unread.append(name)
            continue
        observe(grid, found)
        reports += found
        if not grid.is_visible and _has_table(grid):
            hidden.append(name)
    return _whole(reports, hidden, unread, missing)


def grids(unpacked: Unpacked) -> Iterator[Grid]:
    if unpacked.kind == "xlsx":
        return xlsx.grids(unpacked.parts)
    if unpacked.kind == "ods":
        return ods.grids(unpacked.parts)
    if unpacked.kind == "xlsb":
        return xlsb.grids(unpacked.data, unpacked.parts)
    return xls.grids(unpacked.data)


def _whole(reports: list[Report], hidden: list[str], unread: list[str], missing: list[Refused]) -> list[Report]:
    """Raises Refused when no visible sheet holds a table."""
    if not reports and hidden:
        raise Refused("sheet_hidden", sheet=hidden[0])
    if not reports:
        raise min(missing, key=lambda reason: len(reason.issue.values["columns"]), default=Refused("file_empty"))
    reports[0].issues += [Issue("hidden_sheet_ignored", {"sheet": name}, sheet=name) for name in hidden]
    reports[0].issues += [Issue("sheet_not_read", {"sheet": name}, sheet=name) for name in unread]
    return tables.distinct(reports)


def _has_table(grid: Grid) -> bool:
    try:
        return bool(sections.of(grid))
    except Refused:
        return True


def _looks_like_a_report(grid: Grid) -> bool:
    """Keys or figures' headings, and numbers, on a sheet whose table was not understood."""
    names = {headers.meaning(cell) for cells in grid.rows for cell in cells}
    has_numbers = any(isinstance(cell, int | float) for cells in grid.rows for cell in cells)
    return has_numbers and bool(names & {"unit_code", "programme", *headers.PARTS})
