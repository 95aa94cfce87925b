"""One look through a file for personal data, beside the reading of its reports."""

from collections.abc import Iterable, Sequence

from ingest import delimited, opening, workbook
from ingest.grids import Grid
from ingest.identities import names, parts, patterns, sheets
from ingest.identities.findings import Finding
from ingest.identities.patterns import Patterns
from ingest.measures import Measures
from ingest.opening import Unpacked
from ingest.reports import Issue, Refused, Report
from warehouse.logging import get_logger

log = get_logger(__name__)

TOO_MUCH = frozenset({"sheet_too_large", "zip_bomb", "file_too_large"})
"""Refusals after which a file is not looked into a second time."""


class Scan:
    """findings: what was found so far, each once."""

    def __init__(self, measures: Measures, known: Patterns | None = None) -> None:
        """known: the patterns, where they are at hand."""
        self._measures = measures
        self._known = known or patterns.current()
        self._found: dict[Finding, None] = {}
        self._sheets = 0

    @property
    def findings(self) -> list[Finding]:
        return list(self._found)

    def name(self, path: str) -> "Scan":
        """Look at the name of the file; returns itself."""
        self._add(names.findings(path, self._known))
        return self

    def sheet(self, grid: Grid, reports: Sequence[Report]) -> None:
        """Look through a sheet or a CSV, once its reports are read."""
        self._sheets += 1
        self._add(sheets.of_grid(grid, reports, sheets.lines(reports, self._measures), self._known, self._sheets))

    def parts(self, unpacked: Unpacked) -> None:
        """Look through what a workbook holds beside its cells."""
        self._add(parts.of_workbook(unpacked.parts, unpacked.data, self._known))

    def refused(self, data: bytes, opened: str | Unpacked | None, reason: Issue) -> None:
        """Look through a file that is no report: all sheets of one without a table, a document, a mail."""
        if reason.rule in TOO_MUCH:
            return
        try:
            self._all_of(data, opened)
        except Refused as further:
            log.info("A file that is refused (%s) cannot be looked through: %s", reason.rule, further.issue.rule)

    def _all_of(self, data: bytes, opened: str | Unpacked | None) -> None:
        if isinstance(opened, Unpacked):
            self._sheets = 0
            self.parts(opened)
            for grid in workbook.grids(opened):
                self.sheet(grid, [])
        elif isinstance(opened, str):
            for delimiter in filter(opened.__contains__, delimited.DELIMITERS):
                self.sheet(delimited.grid(opened, delimiter), [])
        else:
            self.document(data)

    def document(self, data: bytes) -> None:
        """Look through the text of anything else: a document of Word, a mail. What is packed or a picture is not."""
        if not data.startswith(opening.ZIP):
            self._add(parts.of_bytes(data, self._known))
            return
        try:
            members = opening.members(data)
        except Refused as reason:
            log.info("A document cannot be looked through: %s", reason.issue.rule)
            return
        self._add(parts.of_other(members, self._known))

    def _add(self, found: Iterable[Finding]) -> None:
        self._found |= dict.fromkeys(found)
