"""The matrix of a programme and period: the units below another one, by indicators, each figure with its verdict."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages import choices, terms
from pages.language import Shown, Text
from pages.layout import Field, Page, Section
from pages.progress import cells
from pages.tables import EMPTY, Cell, Column, Table
from pages.view import ALL, View
from publish.reading import units
from publish.reading.progress import thresholds
from warehouse import catalogue, queries
from warehouse.catalogue import Indicator

Row = dict[str, Any]

FIGURES = queries.load(__file__, "figures")
VERDICTS = queries.load(__file__, "verdicts")
COMPARED = ("verdict", "is_exceeded", "target_year", "comparator", "target_low", "target_high", "milestone")

TITLE = Text("Bảng tổng hợp", "Matrix")
UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
CODE = Column("unit_code", Text("Mã", "Code"))
HOW_TO_READ = Text(
    "Mỗi dòng là một đơn vị, mỗi cột là một chỉ tiêu; bấm vào đầu cột để xếp theo chỉ tiêu đó, bấm vào số liệu để xem "
    "tệp và ô đã tạo ra nó. Dấu – là chưa có số liệu.",
    "A row is a unit, a column an indicator; its heading sorts by it, a figure leads to the files and cells behind it. "
    "A dash is no data.",
)
LEVELS = ("district", "commune")
PAGE_UNITS, PAGE_CELLS = 40, 480
"""At most, of one page: a figure with its verdict and its link has some 200 bytes."""
GOAL = Text("Mục tiêu", "Goal")
ALL_GOALS = Text("Mọi mục tiêu", "All goals")


def make(connection: psycopg.Connection, view: View) -> Page:
    chosen = choices.programme_and_period(connection, view)
    unit = view.get("unit") or chosen.programme.root_unit_code
    name = choices.units_with_code(connection, unit)[0]["unit_name"]
    rows = _read(connection, unit, {**chosen.keys, "basis": view.basis})
    programme = chosen.keys["programme"]
    lead = Text("{programme}, {period}.", "{programme}, {period}.").fill(
        programme=chosen.programme.name_vi, period=terms.period(chosen.keys["period"])
    )
    fields = [choices.unit_field(unit), *chosen.fields()]
    return page_of(Text(name, name), lead, rows, catalogue.indicators(connection, programme), fields, view)


def page_of(
    name: Text, lead: Shown, rows: Sequence[Row], indicators: Sequence[Indicator], fields: Sequence[Field], view: View
) -> Page:
    """The page of the figures below a unit. name: the unit's; indicators: of the programme, in its order."""
    reported = {row["indicator_code"] for row in rows}
    known = [each for each in indicators if each.indicator_code in reported]
    objectives = list(dict.fromkeys(each.objective_vi for each in known))
    goal = _goal(known, objectives, view)
    shown = [each for each in known if goal == ALL or each.objective_vi == objectives[int(goal) - 1]]
    levels = [level for level in LEVELS if any(row["unit_level"] == level for row in rows)] or LEVELS[-1:]
    tables = [_table([row for row in rows if row["unit_level"] == level], level, shown, view) for level in levels]
    legend = [(Text(each.indicator_code, each.indicator_code), each.name_vi) for each in shown]
    goals: list[tuple[str, Shown]] = [(str(number), text) for number, text in enumerate(objectives, 1)]
    goals.append((ALL, ALL_GOALS))
    links = [(view.same(goal=number, sort=None, page=None), text) for number, text in goals if number != goal]
    return Page(
        title=Text(f"{TITLE.vi}: {name.vi}", f"{TITLE.en}: {name.en}"),
        lead=lead,
        notices=[terms.MADE_UP] if any(row["is_made_up"] for row in rows) else [],
        fields=[*fields, Field("goal", GOAL, goal, goals)],
        sections=[
            *(
                Section(f"cap-{each.name}", terms.LEVELS[each.name], [HOW_TO_READ], each, links=links)
                for each in tables
            ),
            Section("chu-giai", Text("Tên các chỉ tiêu", "Names of the indicators"), terms=legend),
        ],
        has_basis=True,
    )


def _goal(indicators: Sequence[Indicator], objectives: Sequence[str], view: View) -> str:
    """Whose indicators are shown: by its number, or all. One fits a first look; a download has all unless one is named.

    A column that the address sorts by is always among them.
    """
    given = view.get("goal") or (ALL if view.get("format") else "")
    if given == ALL or not objectives:
        return ALL
    if given.isdecimal() and 0 < int(given) <= len(objectives):
        return str(int(given))
    column = (view.get("sort") or "").partition(".i_")[2]
    found = next((each for each in indicators if each.indicator_code == column), None)
    return str(objectives.index(found.objective_vi) + 1) if found else "1"


def _read(connection: psycopg.Connection, unit: str, keys: dict[str, str]) -> list[Row]:
    """The figures of all below a unit, each with its verdict; on today's map there are none."""
    within = units.within(connection, unit)
    values = keys | {"unit": unit, "units": within}
    cursor = connection.cursor(row_factory=dict_row)
    query = FIGURES.format(within=units.condition("figure.unit_id", within))
    figures = cursor.execute(query.encode(), values).fetchall()
    verdicts: dict[tuple[str, str, str], Row] = {}
    if keys["basis"] == "as_reported":
        for row in cursor.execute(VERDICTS.encode(), keys | {"codes": sorted({row["unit_code"] for row in figures})}):
            verdicts[row["unit_id"], row["indicator_code"], row["measure"]] = row
    nothing = dict.fromkeys(COMPARED)
    return [nothing | row | _verdict(row, verdicts) for row in figures]


def _verdict(row: Row, verdicts: dict[tuple[str, str, str], Row]) -> Row:
    found = verdicts.get((row["unit_id"], row["indicator_code"], row["measure"]), {})
    return {name: found[name] for name in COMPARED if name in found}


def _table(rows: Sequence[Row], level: str, indicators: Sequence[Indicator], view: View) -> Table:
    by_unit: dict[str, list[Row]] = {}
    for row in rows:
        by_unit.setdefault(row["unit_id"], []).append(row)
    columns = [
        Column(f"i_{each.indicator_code}", Text(each.indicator_code, each.indicator_code), is_number=True)
        for each in indicators
    ]
    name = terms.LEVELS[level]
    return Table(
        level,
        Text("Kết quả của từng đơn vị cấp {level}", "Figures of each unit of the level {level}").fill(level=name),
        (UNIT, CODE, *columns),
        [_unit(found, indicators, view) for found in by_unit.values()],
        Text("Chưa đơn vị nào có số liệu.", "No unit has a figure yet."),
        page_size=min(PAGE_UNITS, max(1, PAGE_CELLS // max(1, len(indicators)))),
    )


def _unit(rows: Sequence[Row], indicators: Sequence[Indicator], view: View) -> tuple[Cell, ...]:
    first = rows[0]
    by_indicator: dict[str, Row] = {}
    for row in rows:
        if row["indicator_code"] not in by_indicator or row["verdict"] is not None:
            by_indicator[row["indicator_code"]] = row
    href = view.link("/don-vi", unit=first["unit_code"], programme=indicators[0].programme_code, period=first["period"])
    figures = (_figure(by_indicator.get(each.indicator_code), each.programme_code, view) for each in indicators)
    return Cell(first["unit_name"], href=href), Cell(first["unit_code"]), *figures


def _figure(row: Row | None, programme: str, view: View) -> Cell:
    """The figure with its verdict in a word and a sign; without a target the figure alone."""
    if row is None:
        return EMPTY
    shown, verdict = cells.value(row, thresholds([row])), cells.verdict(row)
    href = view.link(
        "/nguon-so-lieu",
        programme=programme,
        indicator=row["indicator_code"],
        unit=row["unit_code"],
        period=row["period"],
    )
    is_compared = row["verdict"] not in (None, "no_target", "no_data", "not_comparable")
    if not is_compared:
        return Cell(shown.text, value=shown.value, href=href)
    return Cell(shown.text, value=shown.value, href=href, note=verdict.text, shape=verdict.shape)
