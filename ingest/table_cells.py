"""The cells of one table by what they mean: its columns, its labels, and what is merged or split."""

from collections.abc import Sequence
from functools import cached_property

from ingest import footers, shapes
from ingest.cells import Shown, Value
from ingest.grids import Grid, Place, Range, is_blank
from ingest.headers import KEYS, PARTS
from ingest.lines import Row
from ingest.named import Written
from ingest.sections import Section


class TableCells:
    """Reads the rows of a section."""

    def __init__(self, grid: Grid, section: Section):
        self.grid = grid
        self.section = section
        self.header = section.header
        columns = section.header.columns.places
        is_keyed = section.header.is_keyed
        self.places = {name: place for name, place in columns.items() if is_keyed or name not in KEYS}
        self.merged = [area for area in grid.merged if area[0] != area[1]]
        self.shown = {**grid.shown, **self._merged_parts()}
        self._joined: tuple[int, Sequence[Value]] = (-1, [])

    def row(self, index: int) -> Row:
        problem = None
        if self.grid.delimiter:
            written = self._texts(index)
            problem = shapes.problem(
                written, len(self.header.cells), self.places, self.grid.delimiter, self._usual_extra
            )
        code, *parts, note = [self.value(index, name) for name in ("indicator", *PARTS, "note")]
        shown: dict[str, Shown] = {}
        if self.shown:
            shown = {name: kind for name, place in self.places.items() if (kind := self.shown.get((index, place)))}
        return Row(self.grid.number(index), code, parts, note, shown, problem, index)

    def value(self, index: int, name: str) -> Value:
        """The cell of a column, or a label's value; of a key that is merged over its lines, the first cell."""
        column = self.places.get(name)
        if column is None:
            label = self.section.labels.get(name)
            return label.value if label else None
        if name in KEYS and self.merged:
            index, column = self._first_of_merged((index, column))
        cells = self._cells(index)
        return cells[column] if column < len(cells) else None

    def key(self, index: int, name: str) -> Written:
        label = self.section.labels.get(name)
        place = self._first_of_merged((index, self.places[name])) if name in self.places else label and label.place
        other = label.contradicted_by if label and name not in self.places else None
        return Written(self.value(index, name), place, self.shown.get(place) if place else None, other)

    def is_blank(self, index: int, name: str) -> bool:
        return is_blank([self.value(index, name)])

    def has_parts(self, index: int) -> bool:
        """Whether anything is written in a column of figures."""
        return any(not self.is_blank(index, part) for part in PARTS if part in self.places)

    def part_columns(self) -> dict[str, str]:
        """The column of each part: its letter in a workbook, its heading in a CSV."""
        return {
            name: self.grid.column_name(place, self.header.cells)
            for name, place in self.places.items()
            if name in (*PARTS, "indicator")
        }

    def is_numbering(self, index: int) -> bool:
        """Whether a row holds the form's own numbers of its columns."""
        cells = self.grid.rows[index]
        figures = {self.places[name] for name in ("indicator", *PARTS) if name in self.places}
        named = set(range(len(self.header.cells))) - figures
        has_names = any(not is_blank([cell]) for place, cell in enumerate(cells) if place in named)
        return footers.is_numbering(cells, is_first=index == self.header.last + 1, has_names=has_names)

    def _cells(self, index: int) -> Sequence[Value]:
        """The cells of a row; in a comma-separated file with its split value in one cell again."""
        if self.grid.delimiter != ",":
            return self.grid.rows[index]
        if self._joined[0] != index:
            self._joined = index, shapes.rejoined(self._texts(index), len(self.header.cells), self.places)
        return self._joined[1]

    def _texts(self, index: int) -> list[str]:
        return [str(cell) for cell in self.grid.rows[index]]

    @cached_property
    def _usual_extra(self) -> int:
        if self.grid.delimiter != ",":
            return 0
        rows = range(self.header.last + 1, self.section.end)
        records = [self._texts(row) for row in rows if not is_blank(self.grid.rows[row])]
        return shapes.usual_extra(records, len(self.header.cells))

    def _first_of_merged(self, place: Place) -> Place:
        for (top, left), (bottom, right) in self.merged:
            if top <= place[0] <= bottom and left <= place[1] <= right and top > self.header.last:
                return top, left
        return place

    def _merged_parts(self) -> dict[Place, Shown]:
        """A merged cell of figures is one value for several lines or parts: whose, is not clear."""
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
