"""A table of a page: the same cells are shown, downloaded and printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pages.charts import Chart, DotPlot
from pages.language import Shown, Text, figure
from publish import formatting
from warehouse import wording

PAGE_ROWS = 50
"""Rows of a long table that one page shows; a download has all."""


@dataclass(frozen=True)
class Column:
    """is_heading: its cells name the row, for screen readers too. is_sortable: its heading orders the table by it."""

    name: str
    heading: Text
    is_number: bool = False
    is_heading: bool = False
    is_sortable: bool = True


@dataclass(frozen=True)
class Cell:
    """value: what a download holds where it is more exact than the text. note: a second, smaller line.

    shape: a sign beside the text, never instead of it. chart: drawn below the text.
    """

    text: Shown = ""
    value: Decimal | int | date | str | None = None
    href: str | None = None
    note: Shown = ""
    shape: str | None = None
    chart: Chart | DotPlot | None = None


EMPTY = Cell(formatting.MISSING)


@dataclass(frozen=True)
class Table:
    """empty: what is shown instead of no rows. groups: above the rows that share one, as many as rows.

    page_size: rows of a page, fewer than usual where a row has many cells.
    """

    name: str
    caption: Text
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    empty: Text
    group_heading: Text | None = None
    groups: Sequence[Shown] = ()
    page_size: int = PAGE_ROWS

    def page_rows(self, page: int) -> list[tuple[Shown, tuple[Cell, ...]]]:
        """Group and cells of the rows of one page; of the last for a number beyond it, all rows for 0."""
        rows = list(zip(self.groups or [""] * len(self.rows), self.rows, strict=True))
        first = (min(page, self.pages) - 1) * self.page_size
        return rows[first : first + self.page_size] if page else rows

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.rows) // self.page_size))


def text(value: Any, note: Shown = "", href: str | None = None) -> Cell:
    """A text, a dash where there is none."""
    return Cell(formatting.MISSING if value in (None, "") else value, note=note, href=href)


def number(value: Decimal | int | None) -> Cell:
    return EMPTY if value is None else Cell(figure(formatting.number(value)), value=value)


def day(value: date | None, note: Shown = "") -> Cell:
    """A day as Vietnam writes it; a download has it in ISO 8601."""
    return EMPTY if value is None else Cell(wording.day(value), value=value, note=note)
