"""A workbook from anywhere, as cells; read in a process of its own, because nobody knows who made it."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from warehouse import confined
from warehouse.confined import MB, Failed, Limits
from warehouse.errors import WrongCall

LARGEST_FILE, LARGEST_UNPACKED, MOST_MEMBERS, MOST_CELLS = 40 * MB, 400 * MB, 1000, 4_000_000
LIMITS = Limits(memory=2048 * MB, cpu_seconds=120, seconds=300)

FORMULA = "formula"
"""The number format of a cell that is one: nothing that is published is."""


@dataclass(frozen=True)
class Sheet:
    """cells: content and number format by row and column from 0; no empty ones."""

    is_visible: bool
    cells: Mapping[tuple[int, int], tuple[Any, str]] = field(default_factory=dict)


def read(content: bytes) -> dict[str, Sheet]:
    """The sheets of an .xlsx in their order. Raises WrongCall for what is none, or costs more than any of ours."""
    found = next(confined.each(_read, [content], limits=LIMITS, processes=1))
    if isinstance(found, Failed):
        raise WrongCall(f"The workbook cannot be read: {found.detail}.")
    return found


def _read(content: bytes) -> dict[str, Sheet]:
    import openpyxl

    try:
        check_size(content)
        book = openpyxl.load_workbook(BytesIO(content))
        return {sheet.title: _sheet(sheet) for sheet in book.worksheets}
    except WrongCall:
        raise
    except Exception as error:  # a file that is no workbook fails in any way
        raise WrongCall("The file is no .xlsx workbook, or is damaged.") from error


def check_size(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(content) > LARGEST_FILE or unpacked > LARGEST_UNPACKED or len(members) > MOST_MEMBERS:
        raise WrongCall("The workbook is larger than any that baocao makes.")


def _sheet(sheet: Any) -> Sheet:
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        raise WrongCall(f"Sheet {sheet.title} is larger than any that baocao makes.")
    cells = {
        (cell.row - 1, cell.column - 1): (cell.value, FORMULA if cell.data_type == "f" else cell.number_format)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }
    return Sheet(sheet.sheet_state == "visible", cells)
