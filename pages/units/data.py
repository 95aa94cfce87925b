"""What the page of a unit reads, as of the session's time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages import choices
from pages.choices import Chosen
from pages.progress import data as progress_data
from pages.progress.data import Progress
from pages.view import View
from publish.reading import units
from warehouse import clock, queries
from warehouse.clock import ZONE

Row = dict[str, Any]

OBLIGATIONS = queries.load(__file__, "obligations")
SUBMISSIONS = queries.load(__file__, "submissions")
ISSUES = queries.load(__file__, "issues")
LINEAGE = queries.load(__file__, "lineage")
NEIGHBOURS = queries.load(__file__, "neighbours")
BELOW = queries.load(__file__, "below")

PROGRAMMES = "select distinct programme_code from app.expected_report where unit_id = %(unit_id)s"

FOUND = queries.load(__file__, "found")


@dataclass(frozen=True)
class Unit:
    """unit: a row of dim_org_unit; others: further units that have or had its code. chosen: programme and period."""

    unit: Row
    others: list[Row]
    chosen: Chosen
    progress: Progress
    obligations: list[Row]
    submissions: list[Row]
    issues: list[Row]
    lineage: list[Row]
    below: list[Row]
    neighbours: list[Row]


def search(connection: psycopg.Connection, text: str) -> list[Row]:
    """Units with this code or with this in their name, those of today first.

    A text without any mark of Vietnamese finds names whatever their marks: "da mai" is Đa Mai too.
    """
    text = text.strip()
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return _rows(connection, FOUND, {"text": text, "pattern": f"%{escaped}%", "is_plain": text.isascii()})


def read(connection: psycopg.Connection, code: str, view: View) -> Unit:
    """Raises PageError for a code that no unit ever had."""
    known = choices.units_with_code(connection, code)
    unit = next((row for row in known if row["unit_id"] == view.get("unit_id")), known[0])
    chosen = _chosen(connection, unit, view)
    values = _values(unit, view.as_of or clock.now()) | chosen.keys
    submissions = _rows(connection, SUBMISSIONS, values)
    ids = [row["submission_id"] for row in submissions]
    return Unit(
        unit=unit,
        others=[row for row in known if row["unit_id"] != unit["unit_id"]],
        chosen=chosen,
        progress=_progress(connection, unit, chosen, view.basis),
        obligations=_rows(connection, OBLIGATIONS, values),
        submissions=submissions,
        issues=_rows(connection, ISSUES, {"submissions": ids}),
        lineage=_rows(connection, LINEAGE, values),
        below=_below(connection, unit, values),
        neighbours=_neighbours(connection, unit, values, view.basis),
    )


def _chosen(connection: psycopg.Connection, unit: Row, view: View) -> Chosen:
    """Of the address, else of a programme that expects a report of the unit."""
    if view.get("programme"):
        return choices.programme_and_period(connection, view)
    own = [row["programme_code"] for row in _rows(connection, PROGRAMMES, unit)]
    return choices.programme_and_period(connection, view, preferred=own)


def _progress(connection: psycopg.Connection, unit: Row, chosen: Chosen, basis: str) -> Progress:
    """The figures of this unit, none of another one that had its code in the period."""
    progress = progress_data.read(connection, chosen, unit["unit_code"], basis)
    return progress if progress.unit_id == unit["unit_id"] else Progress([], {}, progress.periods)


def _below(connection: psycopg.Connection, unit: Row, values: Row) -> list[Row]:
    """Reports about the units below it; none of a commune."""
    if unit["unit_level"] == "commune":
        return []
    return _rows(connection, BELOW, values | {"units": units.within_unit(connection, unit["unit_id"])})


def _neighbours(connection: psycopg.Connection, unit: Row, values: Row, basis: str) -> list[Row]:
    """Exact figures of the units of its level in the province; none of a province."""
    if unit["unit_level"] == "province":
        return []
    in_province = units.within_unit(connection, unit["province_id"])
    of = {"units": in_province, "unit_level": unit["unit_level"], "basis": basis}
    return _rows(connection, NEIGHBOURS, values | of)


def _values(unit: Row, as_of: datetime) -> Row:
    return {
        "unit_id": unit["unit_id"],
        "unit_code": unit["unit_code"],
        "as_of": as_of,
        "today": as_of.astimezone(ZONE).date(),
    }


def _rows(connection: psycopg.Connection, query: str, values: Row) -> list[Row]:
    return connection.cursor(row_factory=dict_row).execute(query.encode(), values).fetchall()
