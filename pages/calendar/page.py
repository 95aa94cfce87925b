"""The page of the reporting calendar, of a programme and a province."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages import choices, terms
from pages.choices import Chosen
from pages.language import Text, figure
from pages.layout import Page, Section
from pages.tables import EMPTY, Cell, Column, Table, number
from pages.view import View
from publish import formatting
from publish.reading import rates, units
from warehouse import queries, wording
from warehouse.catalogue import DEFAULT_AGENCY

Row = dict[str, Any]

OBLIGATIONS = queries.load(__file__, "obligations")

UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
CODE = Column("unit_code", Text("Mã", "Code"))
RATES = {
    "submitted": Text("Đã nộp", "Submitted"),
    "on_time": Text("Đúng hạn", "On time"),
    "accepted": Text("Được nhận", "Accepted"),
    "complete": Text("Đầy đủ", "Complete"),
}


def make(connection: psycopg.Connection, view: View) -> Page:
    chosen = choices.programme_and_period(connection, view)
    programme = chosen.keys["programme"]
    unit = view.get("unit") or chosen.programme.root_unit_code
    name = choices.units_with_code(connection, unit)[0]["unit_name"]
    owed = _owed(connection, programme, unit)
    by_period = rates.of_units(connection, programme, unit=unit, as_of=view.as_of)
    return Page(
        title=Text("Lịch báo cáo", "Reporting calendar"),
        lead=f"{chosen.programme.name_vi}. {name} ({unit}).",
        notices=choices.made_up_notices(connection, programme, unit),
        fields=[choices.unit_field(unit), *chosen.fields()],
        sections=[
            _rates([row for row in by_period if row["period"] in chosen.begun(view)]),
            _calendar(owed, chosen, view),
        ],
    )


def _owed(connection: psycopg.Connection, programme: str, unit: str) -> list[Row]:
    within = units.within(connection, unit)
    query = OBLIGATIONS.format(within=units.condition("obligation.unit_id", within)).encode()
    values = {"programme": programme, "units": within}
    return connection.cursor(row_factory=dict_row).execute(query, values).fetchall()


def _rates(rows: list[Row]) -> Section:
    owed = Column("obligations", Text("Phải nộp", "Owed"), is_number=True)
    columns = [Column(code, heading, is_number=True) for code, heading in RATES.items()]
    table = Table(
        "rates",
        Text("Bốn tỷ lệ nộp báo cáo của từng kỳ", "The four reporting rates of each period"),
        (Column("period", Text("Kỳ", "Period"), is_heading=True), owed, *columns),
        [
            (
                Cell(terms.period(row["period"])),
                number(row["obligations"]),
                *(_rate(row, code) for code in RATES),
            )
            for row in rows
        ],
        Text("Không có báo cáo nào phải nộp.", "No report is owed."),
    )
    return Section("ty-le", Text("Tỷ lệ nộp báo cáo", "Reporting rates"), table=table)


def _rate(row: Row, code: str) -> Cell:
    share = row[f"{code}_pct"]
    if share is None:
        return EMPTY
    return Cell(
        figure(f"{formatting.percentage(share, usual=1)}%"), note=figure(formatting.number(row[f"reports_{code}"]))
    )


def _calendar(owed: list[Row], chosen: Chosen, view: View) -> Section:
    with_reports = {row["period"] for row in owed}
    every = [period for period in chosen.begun(view, ahead=1) if period in with_reports]
    shown, notes = chosen.side_by_side(every, view, ahead=1)
    by_reporter: dict[tuple[str, str], dict[str, Row]] = {}
    for row in (each for each in owed if each["period"] in shown):
        by_reporter.setdefault((row["unit_id"], row["agency_code"]), {})[row["period"]] = row
    rows = [_reporter(found, shown, view, chosen.programme.programme_code) for found in by_reporter.values()]
    columns = (UNIT, CODE, *(Column(period, terms.period(period)) for period in shown))
    caption = Text("Tình trạng báo cáo của từng đơn vị, từng kỳ", "Status of each unit's report in each period")
    empty = Text("Không có đơn vị nào phải nộp báo cáo.", "No unit owes a report.")
    heading = Text("Lịch của từng đơn vị", "By unit")
    return Section("lich", heading, notes, table=Table("calendar", caption, columns, rows, empty))


def _reporter(by_period: dict[str, Row], periods: list[str], view: View, programme: str) -> tuple[Cell, ...]:
    first = next(iter(by_period.values()))
    agency = "" if first["agency_code"] == DEFAULT_AGENCY else first["agency_name"] or first["agency_code"]
    href = view.link("/don-vi", unit=first["unit_code"], unit_id=first["unit_id"], programme=programme)
    found = (by_period.get(period) for period in periods)
    unit = Cell(first["unit_name"], href=href, note=agency)
    return unit, Cell(first["unit_code"]), *(_status(row) if row else EMPTY for row in found)


def _status(row: Row) -> Cell:
    note = wording.day(row["last_on_time_on"]) if row["last_on_time_on"] else ""
    late = row["days_late"] or 0
    status = terms.STATUSES[row["status"]]
    detail = Text(f"hạn {note}", f"last day {note}") if note else ""
    if late > 0:
        detail = Text(f"trễ {late} ngày", f"{late} days late")
    return Cell(status, note=detail, shape=terms.shape(row["status"]))
