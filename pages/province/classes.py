"""Classes of units on their score sheets, as the page of decisions lists them."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages.language import Shown, Text
from pages.layout import Section
from pages.province import forms
from pages.tables import Cell, Column, Table, day, number, text
from pages.view import View
from pipeline.deciding import Cells
from warehouse import queries

Row = dict[str, Any]
Names = dict[tuple[str, str], str]
"""Of classes, by programme and code."""

FORM = "/quyet-dinh/loai"
LISTED = queries.load(__file__, "classes")
NAMES = "select programme_code, class_code, class_name from dim_score_class"

UNKNOWN = Text("chưa xác định", "not set")


def read(
    connection: psycopg.Connection, province: str | None, programme: str | None = None, unit: str | None = None
) -> list[Row]:
    """The units that sheets with classes are for, each with its class at the session's time."""
    values = {"province": province, "programme": programme, "unit": unit}
    return connection.cursor(row_factory=dict_row).execute(LISTED.encode(), values).fetchall()


def names(connection: psycopg.Connection) -> Names:
    return {(programme, code): name for programme, code, name in connection.execute(NAMES)}


def named(cells: Cells | None, known: Names) -> Shown:
    """The class that a row of the catalogue says; its code where the sheet has it no longer."""
    if cells is None or not cells.get("class_code"):
        return UNKNOWN
    code = str(cells["class_code"])
    return known.get((cells["programme_code"], code), code)


def sections(rows: list[Row], view: View, is_offered: bool) -> list[Section]:
    """None where no programme's sheet has classes. is_offered: with a link to the form in each row."""
    if not rows:
        return []

    def cells(row: Row) -> tuple[Cell, ...]:
        href = view.link(FORM, programme=row["programme_code"], unit=row["unit_code"])
        return (
            Cell(f"{row['unit_name']} ({row['unit_code']})"),
            Cell(row["class_name"] or UNKNOWN),
            number(row["min_points"]),
            day(row["valid_from"]),
            text(row["act"]),
            *((Cell(Text("Xác định loại", "Set the class"), href=href),) if is_offered else ()),
        )

    columns = (
        Column("unit", Text("Đơn vị", "Unit"), is_heading=True),
        Column("class", Text("Loại", "Class")),
        Column("min_points", Text("Điểm cần đạt", "Points needed"), is_number=True),
        Column("valid_from", Text("Từ ngày", "Since")),
        Column("act", Text("Văn bản", "Act")),
        *((forms.ACTION,) if is_offered else ()),
    )
    table = Table(
        "classes",
        Text("Loại đang có hiệu lực", "Classes in force"),
        columns,
        [cells(row) for row in rows],
        UNKNOWN,
        Text("Chương trình", "Programme"),
        [row["programme_name"] for row in rows],
    )
    note = Text(
        "Loại của đơn vị quyết định số điểm cần đạt để được công nhận.",
        "A unit's class decides how many points it needs to be recognised.",
    )
    return [Section("loai-don-vi", Text("Loại đơn vị", "Classes of units"), [note], table)]
