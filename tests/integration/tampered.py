"""A published workbook in which one cell was changed: each kind of change, and as many random ones as one wants."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from publish.annex import workbook as annex_workbook
from publish.proof import sheet as proof_sheet
from publish.proof.reading import FORMULA, Sheet

Sheets = Mapping[str, Sheet]
Place = tuple[int, int]


def with_cell(sheets: Sheets, name: str, place: Place, cell: tuple[Any, str] | None) -> dict[str, Sheet]:
    """The workbook with another cell there; None takes it away."""
    cells = {at: was for at, was in sheets[name].cells.items() if at != place} | ({} if cell is None else {place: cell})
    return {**sheets, name: replace(sheets[name], cells=cells)}


def kinds(sheets: Sheets, figure: Place) -> Iterator[tuple[str, dict[str, Sheet], tuple[str, Place]]]:
    """Each kind of change by its name, the changed workbook, and the cell that has to be named.

    figure: the place of a number on the sheet of the annex.
    """
    name = annex_workbook.SHEET
    content, num_format = sheets[name].cells[figure]
    others = {
        "another number": (content + 1, num_format),
        "a number a little off": (content * (1 + 1e-9), num_format),
        "fewer decimals": (content, "0"),
        "a text for a number": (str(content), num_format),
        "a formula": (f"={content}", FORMULA),
        "nothing": None,
    }
    for kind, cell in others.items():
        yield kind, with_cell(sheets, name, figure, cell), (name, figure)
    text = next(at for at, (content, _) in sheets[name].cells.items() if isinstance(content, str))
    yield "another text", with_cell(sheets, name, text, ("khác", "General")), (name, text)
    beyond = (max(row for row, _ in sheets[name].cells) + 3, 0)
    yield "a cell that was empty", with_cell(sheets, name, beyond, ("thêm", "General")), (name, beyond)


def random_changes(sheets: Sheets, count: int, chance: random.Random) -> Iterator[tuple[dict[str, Sheet], str, Place]]:
    """Workbooks with one random cell of any sheet changed, with the sheet and the place."""
    places = [(name, place) for name, found in sheets.items() for place in sorted(found.cells)]
    for name, place in chance.choices(places, k=count):
        content, num_format = sheets[name].cells[place]
        if isinstance(content, str):
            at = chance.randrange(len(content))
            other: Any = (
                content[:at] + chance.choice([c for c in "0123456789x" if c != content[at]]) + content[at + 1 :]
            )
        else:
            other = content + chance.choice([-1, 1, 0.01, 1000])
        yield with_cell(sheets, name, place, (other, num_format)), name, place


def rows_of_lines(sheets: Sheets) -> list[int]:
    """The rows of the sheet of lines that are lines."""
    cells = sheets[proof_sheet.SHEET].cells
    return [row for (row, column), (content, _) in cells.items() if column == 0 and content == proof_sheet.LINE]
