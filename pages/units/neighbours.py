"""Where a unit is among those of its level in the province: a line of dots an indicator, which names nobody else."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from statistics import median
from typing import Any

from pages import charts
from pages.language import Text, figure
from pages.layout import Section
from pages.tables import Cell, Column, Table, number
from publish import formatting
from publish.disclosure import rule

Row = Mapping[str, Any]

FEWEST = 5
"""Fewer other units than these are not drawn: each dot would be one that its neighbours know."""

HEADING = Text("Vị trí trong tỉnh", "Place in the province")
HOW_TO_READ = Text(
    "Mỗi chấm là một đơn vị cùng cấp trong tỉnh, không ghi tên; chấm lớn là đơn vị này. Số đếm nhỏ của chỉ tiêu nhạy "
    "cảm ở đơn vị khác, mà quy tắc công bố ẩn đi, không vẽ và không tính; khi đó không xếp thứ tự.",
    "A dot is a unit of the same level in the province, without its name; the large one is this unit. Small counts of "
    "sensitive indicators in other units, which the rule of publication suppresses, are neither drawn nor "
    "counted, and then there is no place.",
)
LEFT_OUT = Text("{count} đơn vị có số nhỏ không tính", "{count} units with small counts are left out")
EMPTY = Text("Chưa đủ đơn vị có số liệu để đặt cạnh nhau.", "Too few units have a figure to be compared.")


def section(rows: Sequence[Row], unit_id: str) -> Section:
    """rows: exact figures by indicator and measure."""
    columns = (
        Column("indicator", Text("Chỉ tiêu", "Indicator"), is_heading=True),
        Column("value", Text("Đơn vị này", "This unit"), is_number=True),
        Column("rank", Text("Thứ tự", "Place"), is_number=True),
        Column("lowest", Text("Thấp nhất", "Lowest"), is_number=True),
        Column("median", Text("Trung vị", "Median"), is_number=True),
        Column("highest", Text("Cao nhất", "Highest"), is_number=True),
        Column("dots", Text("Các đơn vị", "The units"), is_sortable=False),
    )
    found = [
        line
        for _, group in groupby(rows, key=lambda row: (row["indicator_code"], row["measure"]))
        if (line := _line(list(group), unit_id))
    ]
    caption = Text("Đơn vị này và các đơn vị cùng cấp trong tỉnh", "This unit and those of its level in the province")
    return Section("vi-tri", HEADING, [HOW_TO_READ], Table("neighbours", caption, columns, found, EMPTY))


def _line(rows: Sequence[Row], unit_id: str) -> tuple[Cell, ...] | None:
    """None where this unit has no figure or too few others have one that may be drawn."""
    own = next((row["value"] for row in rows if row["unit_id"] == unit_id), None)
    others = [row["value"] for row in rows if row["unit_id"] != unit_id and not _is_small(row)]
    if own is None or len(others) < FEWEST:
        return None
    left_out = sum(row["unit_id"] != unit_id and _is_small(row) for row in rows)
    hidden = LEFT_OUT.fill(count=left_out)
    values = sorted([*others, own])
    label = Text(
        f"{len(others)} đơn vị khác, từ {_shown(values[0])} đến {_shown(values[-1])}; đơn vị này {_shown(own)}",
        f"{len(others)} other units, from {_shown(values[0])} to {_shown(values[-1])}; this unit {_shown(own)}",
    )
    return (
        Cell(f"{rows[0]['indicator_code']}. {rows[0]['indicator_name']}"),
        number(own),
        _rank(own, values, rows[0]["direction"]) if not left_out else Cell(formatting.MISSING, note=hidden),
        number(values[0]),
        number(Decimal(median(values))),
        number(values[-1]),
        Cell(chart=charts.draw_dots(others, own, label)),
    )


def _is_small(row: Row) -> bool:
    """Whether the figure would be suppressed in public by itself."""
    return bool(row["is_sensitive"]) and rule.is_primary(row["numerator"], row["numerator"], row["base"])


def _rank(own: Decimal, values: Sequence[Decimal], direction: str | None) -> Cell:
    """The place from the better end; units of one value share it. Without a direction there is none."""
    if direction is None:
        return Cell(formatting.MISSING)
    better = sum(value > own if direction == "up" else value < own for value in values)
    return Cell(figure(f"{better + 1}/{len(values)}"), value=better + 1)


def _shown(value: Decimal) -> str:
    return formatting.number(value)
