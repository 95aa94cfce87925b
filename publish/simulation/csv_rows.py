"""Rows of the long form of a submission (docs/submission-format.md), for many reports at once and as bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publish.forms.queries import Scheduled
from publish.forms.types import Line
from publish.simulation.columns import Cells
from publish.simulation.error_cases import is_share

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

HEADER = b"programme;period;unit_code;unit_id;agency;submission_type;made_up;indicator;numerator;denominator;value\n"
PARTS = ("numerator", "denominator", "value")
KINDS = ("missing", "not_applicable", "value_only", "nil", "censored")


@dataclass
class Rows:
    """Lines of reports, those of a report one below the other.

    keys: whose report a row is of, as it is written. report: the number of the report. is_wrong: whether the report has
    an error. kinds: the number in KINDS, -1 for a usual line.
    """

    keys: "Array"
    report: "Array"
    is_wrong: "Array"
    kinds: "Array"
    cells: "dict[str, Array]"

    @staticmethod
    def joined(parts: "Sequence[Rows]") -> "Rows | None":
        """One below the other; None without any row."""
        import numpy as np

        there = [part for part in parts if len(part.keys)]
        if not there:
            return None
        offsets = np.cumsum([0, *(part.report[-1] + 1 for part in there)])
        return Rows(
            np.concatenate([part.keys for part in there]),
            np.concatenate([part.report + offset for part, offset in zip(there, offsets, strict=False)]),
            np.concatenate([part.is_wrong for part in there]),
            np.concatenate([part.kinds for part in there]),
            {name: np.concatenate([part.cells[name] for part in there]) for name in there[0].cells},
        )

    def parts(self, lines: int) -> "Iterator[Rows]":
        """Cut between reports, into parts of about as many lines."""
        import numpy as np

        begins = np.flatnonzero(np.diff(self.report, prepend=-1))
        first = 0
        while first < len(self.keys):
            later = begins[begins >= first + lines]
            end = int(later[0]) if len(later) else len(self.keys)
            yield self._slice(slice(first, end))
            first = end

    def _slice(self, rows: slice) -> "Rows":
        cells = {name: column[rows] for name, column in self.cells.items()}
        return Rows(self.keys[rows], self.report[rows], self.is_wrong[rows], self.kinds[rows], cells)

    def content(self) -> bytes:
        """The bytes of the file: fields of fixed width side by side, without the zeros that fill them."""
        import numpy as np

        columns = [self.keys, *(self.cells[name] for name in ("indicator", *PARTS))]
        fields = [(f"column{at}", column.dtype) for at, column in enumerate(columns)]
        ends = [(f"end{at}", "S1") for at in range(len(columns))]
        layout = [field for pair in zip(fields, ends, strict=True) for field in pair]
        record = np.empty(len(self.keys), dtype=layout)
        for at, column in enumerate(columns):
            record[f"column{at}"] = column
            record[f"end{at}"] = b"\n" if at == len(columns) - 1 else b";"
        flat = record.view(np.uint8)
        return HEADER + bytes(flat[flat != 0])

    def counts(self) -> dict[str, int]:
        """How many reports, lines and lines of each kind; how many reports have an error."""
        import numpy as np

        begins = np.diff(self.report, prepend=-1) != 0
        of_kind = np.bincount(self.kinds + 1, minlength=len(KINDS) + 1)[1:]
        return {
            "reports": int(begins.sum()),
            "wrong_reports": int((begins & self.is_wrong).sum()),
            "lines": int((self.cells["indicator"] != b"").sum()),
            **{kind: int(number) for kind, number in zip(KINDS, of_kind, strict=True)},
        }


def rows(
    reports: Sequence[Scheduled],
    about: str,
    lines: Sequence[Line],
    cells: Cells,
    chosen: "Array",
    submission_type: str,
    is_wrong: "Array | None" = None,
) -> Rows:
    """The chosen cells (reports × lines) as rows. about: programme and period, as they are written."""
    import numpy as np

    report, line = np.nonzero(chosen)
    kinds = np.full(chosen.shape, -1)
    for number, kind in enumerate(KINDS):
        kinds[cells.kinds[kind]] = number
    codes = np.array([line.code.encode() for line in lines])
    return Rows(
        _keys(reports, about, submission_type)[report],
        np.unique(report, return_inverse=True)[1],
        np.zeros(len(report), dtype=bool) if is_wrong is None else is_wrong[report],
        kinds[report, line],
        {"indicator": codes[line], **{part: cells.texts[part][report, line] for part in PARTS}},
    )


def retractions(reports: Sequence[Scheduled], about: str, chosen: "Array") -> Rows:
    """A row of keys for each chosen report."""
    import numpy as np

    number = int(chosen.sum())
    empty = np.full(number, b"", dtype="S1")
    return Rows(
        _keys(reports, about, "retraction")[chosen],
        np.arange(number),
        np.zeros(number, dtype=bool),
        np.full(number, -1),
        dict.fromkeys(("indicator", *PARTS), empty),
    )


def _keys(reports: Sequence[Scheduled], about: str, submission_type: str) -> "Array":
    import numpy as np

    return np.array(
        [
            f"{about};{each.unit_code};{each.unit_id};{each.agency_code};{submission_type};có".encode()
            for each in reports
        ]
    )


def line_with_an_error(lines: Sequence[Line]) -> int | None:
    """The line that an error is put into; None where the form has none for it."""
    return next((at for at, line in enumerate(lines) if is_share(line)), None)


def with_errors(cells: Cells, is_wrong: "Array", at: int, generator: "np.random.Generator") -> Cells:
    """The cells, with an error in line `at` of the reports that are wrong, of the kinds of error_cases."""
    import numpy as np

    changed = Cells(
        {part: texts.copy() for part, texts in cells.texts.items()},
        cells.numerators,
        cells.denominators,
        {kind: there.copy() for kind, there in cells.kinds.items()},
    )
    for there in changed.kinds.values():
        there[is_wrong, at] = False
    error = generator.integers(0, 4, len(is_wrong))
    denominators = cells.denominators[:, at]
    for number, (numerator, value) in enumerate((("", ""), ("-5", ""), ("gần ba trăm", ""), ("", "96.125"))):
        where = np.flatnonzero(is_wrong & (error == number)), at
        texts = denominators[where[0]].astype("S24")
        changed.write(where, numerator=numerator, denominator="" if value else texts, value=value)
        if number == 0:
            changed.write(where, numerator=(denominators[where[0]] + 1).astype("S24"))
    return changed
