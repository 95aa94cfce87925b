"""Where the tables of a grid are: header rows, the labels above each, and where each ends.

A header that comes again with the same columns continues its table. Labels that name another report end it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest import footers, headers, keys
from ingest.cells import Value
from ingest.grids import Grid, Place, is_blank
from ingest.headers import KEYS, OR_NAME, Columns
from ingest.numerals import Unreadable

LABELS_WITHIN = 2
"""Labels stand in the first columns, each with its value to the right."""
VALUE_WITHIN = 2
"""Columns to the right of a label in which its value may stand."""
HEADER_ROWS = 3
IDENTIFYING = ("programme", "period", "unit_code")


class Label(NamedTuple):
    """place: of the value, or where it belongs. contradicted_by: what another label of the same name says."""

    value: Value
    place: Place
    is_own_cell: bool = False
    contradicted_by: str | None = None


@dataclass(frozen=True)
class Header:
    """The rows from first to last; the names of a header in two rows are joined in `cells`."""

    first: int
    last: int
    cells: list[Value]
    columns: Columns

    @property
    def is_keyed(self) -> bool:
        """Each row names its report, at least in part."""
        return any(name in self.columns.places for name in IDENTIFYING)


@dataclass
class Section:
    """A table: the rows below its header up to `end`. repeats: rows that are its header again.

    stray: the first row of what follows and cannot be told to be of the same report.
    """

    header: Header
    labels: dict[str, Label]
    end: int
    repeats: set[int] = field(default_factory=set)
    stray: int | None = None


def of(grid: Grid) -> list[Section]:
    """The tables of a grid from above. Raises Refused where a header names a column twice."""
    sections: list[Section] = []
    reached = 0
    for header in _headers(grid):
        labels = _labels(grid, reached, header.first)
        if sections and _continues(sections[-1], header, labels):
            first = min([header.first, *(label.place[0] for label in labels.values())])
            sections[-1].repeats |= set(range(first, header.last + 1))
        elif sections and not header.is_keyed and not _identifies(labels):
            sections[-1].stray = sections[-1].stray or header.first
        else:
            if sections:
                sections[-1].end = min([header.first, *(label.place[0] for label in labels.values())])
                labels = _inherited(sections[-1].labels) | labels
            sections.append(Section(header, labels, len(grid.rows)))
        reached = header.last + 1
    if sections and not sections[-1].header.is_keyed:
        _end_before_other_labels(grid, sections[-1], reached)
    return sections


def _headers(grid: Grid) -> Iterator[Header]:
    skipped = -1
    for row, cells in enumerate(grid.rows):
        if row <= skipped or _has_figures(cells) or headers.count(cells) < 1 or footers.is_tagged(cells):
            continue
        if headers.looks_like_a_table(cells):
            yield Header(row, row, list(cells), headers.columns(cells, grid.sheet))
        elif joined := headers.over_rows(grid.rows[row : row + HEADER_ROWS]):
            skipped = row + joined[1] - 1
            yield Header(row, skipped, joined[0], headers.columns(joined[0], grid.sheet))


def _has_figures(cells: Sequence[Value]) -> bool:
    """More numbers than a header may have (years are headings too): so that most lines need no further look."""
    return sum(cell.isdigit() if isinstance(cell, str) else isinstance(cell, int | float) for cell in cells) > 2


def _continues(section: Section, header: Header, labels: dict[str, Label]) -> bool:
    """The same columns again, under no label that names another report."""
    if header.columns.places != section.header.columns.places:
        return False
    return not _identifies(labels) or _same(section.labels, labels)


def _identifies(labels: dict[str, Label]) -> bool:
    return any(name in labels for name in IDENTIFYING)


def _same(earlier: dict[str, Label], labels: dict[str, Label]) -> bool:
    return all(
        name in earlier and _plain(name, earlier[name].value) == _plain(name, label.value)
        for name, label in labels.items()
        if name in IDENTIFYING
    )


def _plain(name: str, value: Value) -> str | None:
    """A key as it is compared: `năm 2026` is 2026, and 7228 is 07228."""
    if name == "unit_code":
        return keys.unit(value)
    try:
        return keys.period(value) if name == "period" else keys.text(value)
    except Unreadable:
        return keys.text(value)


def _inherited(labels: dict[str, Label]) -> dict[str, Label]:
    """What a further table on a sheet need not say again. Whose report it is, it has to say itself."""
    return {name: label for name, label in labels.items() if name not in ("unit_code", "unit_id", "unit_name")}


def _end_before_other_labels(grid: Grid, section: Section, start: int) -> None:
    """Another unit's labels below the last table, whose own header was not understood."""
    for row in range(start, len(grid.rows)):
        labels = _labels(grid, row, row + 1)
        if "unit_code" in labels and not _same(section.labels, {"unit_code": labels["unit_code"]}):
            section.end = row
            section.stray = section.stray or row
            return


def _labels(grid: Grid, start: int, stop: int) -> dict[str, Label]:
    """The labels in some rows by key: the first of a name that has a value counts, and a code before a name.

    Where another one says something else of which report it is, that is kept beside it.
    """
    found: dict[str, list[Label]] = {}
    for row in range(start, stop):
        for column in range(min(LABELS_WITHIN, len(grid.rows[row]))):
            head = headers.heading(grid.rows[row][column])
            if head and head.certainty != "unclear" and head.meaning.removesuffix(OR_NAME) in KEYS:
                found.setdefault(head.meaning, []).append(_label(grid, row, column))
    chosen = {name: _chosen(name, labels) for name, labels in found.items()}
    for name in [name for name in chosen if name.endswith(OR_NAME)]:
        chosen.setdefault(name.removesuffix(OR_NAME), chosen.pop(name))
    return chosen


def _label(grid: Grid, row: int, column: int) -> Label:
    """The value of a label: the next cell that is written, or what follows the colon in its own."""
    cells = grid.rows[row]
    for place in range(column + 1, min(column + 1 + VALUE_WITHIN, len(cells))):
        if not is_blank([cells[place]]) and (place == column + 1 or not headers.heading(cells[place])):
            return Label(cells[place], (row, place), is_own_cell=True)
    _, mark, rest = str(cells[column]).partition(":")
    return Label(rest, (row, column)) if mark and rest.strip() else Label(None, (row, column + 1))


def _chosen(name: str, labels: list[Label]) -> Label:
    chosen = min(labels, key=_without_value)
    if name not in IDENTIFYING:
        return chosen
    own = _plain(name, chosen.value)
    others = [
        text for label in labels if (text := _plain(name, label.value)) not in (None, own) and _is_key(name, text)
    ]
    return chosen._replace(contradicted_by=others[0]) if others else chosen


def _is_key(name: str, text: str | None) -> bool:
    """Whether it says which report it is, and is no explanation."""
    if text is None:
        return False
    try:
        return bool(keys.period(text)) if name == "period" else keys.looks_like_a_key(text)
    except Unreadable:
        return False


def _without_value(label: Label) -> int:
    return 0 if label.is_own_cell else 1 if label.value is not None else 2
