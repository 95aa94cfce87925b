"""The annex by unit: one row for each unit below another, one column for each indicator."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting, pages, signatures
from publish.annex import data as annex_data
from publish.annex.types import Annex, Entry
from publish.annex.workbook import TINTS
from publish.drawing import INK, Drawing
from publish.signatures import Signatures
from warehouse import catalogue, wording

SHEET = "Theo đơn vị"
FIXED = (("STT", 5), ("Mã", 8), ("Đơn vị", 24))
WIDTH = 7.5
NAMES_HEIGHT = 150
LEGEND = (
    "Nền xanh: đạt chỉ tiêu, hoặc đúng lộ trình nếu chưa đến năm của kế hoạch. Nền đỏ: không đạt, hoặc chậm so với lộ "
    "trình. Nền cam: chưa đạt, không có mốc để so. Dấu –: chưa có số liệu, không phải là 0."
)

UNITS = """
select distinct unit.unit_code, named.unit_name, root_name.unit_name as root_name, root.unit_id as root_id,
       root.unit_level as root_level
from app.expected_report as report
join app.org_unit as unit using (unit_id)
join app.org_unit_name as named on named.unit_id = report.unit_id and named.is_latest
join app.org_unit as root on root.unit_code = %(unit)s and root.unit_id in (unit.district_id, unit.province_id)
join app.org_unit_name as root_name on root_name.unit_id = root.unit_id and root_name.is_latest
where report.programme_code = %(programme)s and report.period = %(period)s and report.form = 'figures'
    and report.unit_id <> root.unit_id
order by 1
"""


@dataclass(frozen=True)
class Overview:
    """Code, name and annex of each unit below another that may report; no annex where it has no figures."""

    unit_name: str
    period: str
    signatures: Signatures
    units: tuple[tuple[tuple[str, str], Annex | None], ...]


def load(connection: psycopg.Connection, programme: str, unit: str, period: str, as_of: datetime | None) -> Overview:
    """The annexes of the units below `unit`, as the marts have them as of the session's timestamp.

    Raises WrongCall for an unknown programme or period.
    """
    catalogue.period(connection, programme, period)
    keys = {"programme": programme, "unit": unit, "period": period}
    cursor = connection.cursor(row_factory=dict_row)
    rows = cursor.execute(UNITS, keys).fetchall()
    root = rows[0] if rows else {"root_name": unit, "root_id": None, "root_level": None}
    signed = signatures.load(cursor, keys | {"unit_id": root["root_id"], "level": root["root_level"]})
    units = tuple(
        (
            (row["unit_code"], row["unit_name"]),
            annex_data.load(connection, programme, row["unit_code"], period, as_of),
        )
        for row in rows
    )
    return Overview(root["root_name"], period, signed, units)


def draw(book: Any, overview: Overview) -> None:
    """Draw the table of all units as a sheet of an xlsxwriter workbook."""
    annexes = [annex for _, annex in overview.units if annex]
    entries = annexes[0].entries
    drawing = Drawing(book, SHEET, [*(width for _, width in FIXED), *(WIDTH for _ in entries)])
    _title(drawing, overview, annexes)
    table_from = drawing.row
    _head(drawing, entries)
    for number, ((code, name), annex) in enumerate(overview.units, 1):
        _row(drawing, number, code, name, annex, entries)
    drawing.line(LEGEND, font_size=10, italic=True, height=30)
    signatures.draw(drawing, overview.signatures)
    drawing.sheet.freeze_panes(table_from + 2, len(FIXED))
    pages.set_up(drawing.sheet, drawing.widths, paper=pages.A3)
    drawing.sheet.repeat_rows(table_from, table_from + 1)
    drawing.sheet.print_area(0, 0, drawing.row - 1, drawing.last)
    drawing.sheet.set_footer("&R&8Trang &P/&N")


def _title(drawing: Drawing, overview: Overview, annexes: list[Annex]) -> None:
    centred = {"bold": True, "align": "center"}
    drawing.line("TỔNG HỢP CHỈ TIÊU THEO ĐƠN VỊ", font_size=16, font_color=INK, height=24, **centred)
    drawing.line(annexes[0].programme_name.upper(), font_size=13, height=20, **centred)
    period = f"{overview.unit_name} · {wording.period(overview.period)}"
    count = f"{len(annexes)}/{len(overview.units)} đơn vị có số liệu"
    drawing.line(f"{period} · {count}", align="center", font_size=13, height=20)
    if any(annex.is_made_up for annex in annexes):
        drawing.line(formatting.MADE_UP, font_color="#C00000", bg_color="#FDE9E7", height=20, **centred)
    drawing.row += 1


def _head(drawing: Drawing, entries: tuple[Entry, ...]) -> None:
    style = {"bold": True, "align": "center", "bg_color": INK, "font_color": "#FFFFFF", "font_size": 10}
    for index, (heading, _) in enumerate(FIXED):
        drawing.merge(drawing.row, index, drawing.row + 1, index, heading, drawing.grid(**style))
    for index, entry in enumerate(entries, len(FIXED)):
        drawing.sheet.write_string(drawing.row, index, entry.code, drawing.grid(**style))
        text = f"{entry.name} ({entry.unit})" if entry.unit else entry.name
        drawing.sheet.write_string(
            drawing.row + 1, index, text, drawing.grid(**style | {"rotation": 90, "bold": False, "font_size": 8})
        )
    drawing.set_height(drawing.row + 1, NAMES_HEIGHT)
    drawing.row += 2


def _row(drawing: Drawing, number: int, code: str, name: str, annex: Annex | None, entries: tuple[Entry, ...]) -> None:
    drawing.sheet.write_number(drawing.row, 0, number, drawing.grid(align="center"))
    drawing.sheet.write_string(drawing.row, 1, code, drawing.grid(align="center"))
    drawing.sheet.write_string(drawing.row, 2, name, drawing.grid(indent=1))
    found = {(entry.code, entry.measure): entry for entry in annex.entries} if annex else {}
    for index, column in enumerate(entries, len(FIXED)):
        entry = found.get((column.code, column.measure))
        if entry is None or annex is None:
            drawing.sheet.write_string(drawing.row, index, formatting.MISSING, drawing.grid(align="center"))
        else:
            _figure(drawing, index, annex, entry)
    drawing.row += 1


def _figure(drawing: Drawing, index: int, annex: Annex, entry: Entry) -> None:
    """A number stays a number; its colour is the verdict, or the path before the target's year."""
    verdict = annex.status(entry)
    fill, ink = TINTS[verdict]
    options = {"align": "center", "bg_color": fill, "font_color": ink, "font_size": 10}
    if entry.value is None or entry.measure == "yes_no":
        style = drawing.grid(**options | {"text_wrap": False, "shrink": True})
        drawing.sheet.write_string(drawing.row, index, entry.figure, style)
    else:
        places = formatting.decimals(entry.value, entry.beside)
        style = drawing.grid(num_format=formatting.excel_format(places), **options)
        drawing.sheet.write_number(drawing.row, index, float(entry.value), style)
