"""Who writes a name where an address takes the code of a unit gets that unit, or the units to choose from."""

import psycopg

from pages import choices, errors
from pages.language import Text
from pages.layout import Page, Section
from pages.tables import Cell, Column, Table
from pages.units import data
from pages.units.data import Row
from pages.view import View

SEVERAL = Text("Nhiều đơn vị có tên như vậy", "Several units have that name")
CHOOSE = Text("Chọn một đơn vị.", "Choose one of them.")
NONE = Text("Không có đơn vị nào tên «{name}».", "There is no unit named “{name}”.")
COLUMNS = (
    Column("unit", Text("Đơn vị", "Unit"), is_heading=True),
    Column("unit_code", Text("Mã", "Code")),
    Column("province", Text("Tỉnh, thành phố", "Province")),
)


def is_name(given: str | None) -> bool:
    """Codes of units are digits alone, by Decision 19/2025/QĐ-TTg as before it."""
    return given is not None and not given.strip().isdecimal()


def candidates(connection: psycopg.Connection, name: str) -> list[Row]:
    """The units of today with this in their name, one for each code; those that are no more where none is of today.

    A name that is written whole leaves out those in which it is a part.

    Raises PageError where there is none.
    """
    rows = data.search(connection, name)
    rows = [row for row in rows if row["is_current"]] or rows
    whole = [row for row in rows if row["is_whole"]]
    found = list({row["unit_code"]: row for row in whole or rows}.values())
    if not found:
        raise errors.not_found(NONE.fill(name=name))
    return found


def page(found: list[Row], view: View) -> Page:
    """The units to choose from; each leads to the page of the address."""
    rows = [
        (
            Cell(row["unit_name"], href=view.same(unit=row["unit_code"])),
            Cell(row["unit_code"]),
            Cell(row["province_name"] or ""),
        )
        for row in found
    ]
    table = Table("units", choices.UNIT, COLUMNS, rows, CHOOSE)
    return Page(title=SEVERAL, lead=CHOOSE, sections=[Section("ket-qua", SEVERAL, table=table)])
