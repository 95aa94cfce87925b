"""Tables in another order than the plan's: by the column that the address names, numbers by size, names as Vietnamese
lists them.
"""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

from pages.errors import not_found
from pages.language import Language, Text, render
from pages.layout import Page
from pages.tables import Cell, Table
from pages.view import View
from publish import formatting

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Huyền, hỏi, ngã, sắc, nặng: a letter without a tone comes first."""
NO_COLUMN = Text("Không sắp xếp được theo «{given}».", "“{given}” is no column to sort by.")

Key = tuple[int, object, object]


def ordered(page: Page, view: View) -> Page:
    """The page with the table that `sort=table.column` names in that order, `sort=-table.column` in the reverse.

    Cells without a value stay at the end. Raises PageError for a table or column that is not there.
    """
    given = view.get("sort")
    if not given:
        return page
    name, _, column = given.removeprefix("-").partition(".")
    table = page.tables.get(name)
    if table is None or column not in [each.name for each in table.columns]:
        raise not_found(NO_COLUMN.fill(given=given))
    sorted_table = _sorted(table, column, given.startswith("-"), view.language)
    return replace(
        page,
        sections=[
            replace(section, table=sorted_table) if section.table is table else section for section in page.sections
        ],
    )


def _sorted(table: Table, column: str, descending: bool, language: Language) -> Table:
    at = [each.name for each in table.columns].index(column)
    rows = list(zip(table.groups or [""] * len(table.rows), table.rows, strict=True))
    filled = [row for row in rows if not _is_empty(row[1][at])]
    filled.sort(key=lambda row: key(row[1][at], language), reverse=descending)
    found = filled + [row for row in rows if _is_empty(row[1][at])]
    # what belongs to a group stays there, and the groups stay in the plan's order
    places = {group: place for place, group in enumerate(dict.fromkeys(table.groups))}
    found.sort(key=lambda row: places.get(row[0], 0))
    groups = [group for group, _ in found] if table.groups else []
    return replace(table, rows=[row for _, row in found], groups=groups)


def key(cell: Cell, language: Language) -> Key:
    """Numbers by size, then days, then texts as the reader sees them."""
    value = cell.value
    if isinstance(value, (int, Decimal)):
        return 0, Decimal(value), ""
    if isinstance(value, date):
        return 1, value, ""
    return 2, *alphabetical(render(cell.text, language))


def alphabetical(text: str) -> tuple[tuple[object, ...], tuple[int, ...]]:
    """By letters (a ă â b c d đ e ê …), numbers in a text by size, and by tones where the letters are equal."""
    letters: list[object] = []
    tones: list[int] = []
    for part in re.findall(r"\d+|\D", unicodedata.normalize("NFC", text.casefold())):
        if part.isdecimal():
            letters.append((0, int(part)))
            tones.append(0)
            continue
        marks = unicodedata.normalize("NFD", part)
        letter = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
        letters.append((1, ALPHABET.find(letter)))
        tones.append(next((at for at, tone in enumerate(TONES, 1) if tone in marks), 0))
    return tuple(letters), tuple(tones)


def next_order(given: str | None, table: str, column: str) -> str | None:
    """The order that a click on a heading gives: up, then down, then the plan's order again."""
    name = f"{table}.{column}"
    return {name: f"-{name}", f"-{name}": None}.get(given or "", name)


def direction(given: str | None, table: str, column: str) -> str | None:
    """For `aria-sort`: ascending, descending, or None."""
    name = f"{table}.{column}"
    return {name: "ascending", f"-{name}": "descending"}.get(given or "")


def _is_empty(cell: Cell) -> bool:
    return cell.value is None and cell.text in ("", formatting.MISSING)
