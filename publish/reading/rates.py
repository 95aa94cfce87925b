"""The four rates of reports: submitted, on time, accepted, complete, of a unit and of all below it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting
from publish.reading.progress import require_unit
from publish.reading.units import COUNTRY
from warehouse import catalogue, clock, wording
from warehouse.as_of import is_built_as_of, set_session_as_of, set_session_as_of_unchecked
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger

log = get_logger(__name__)

Row = dict[str, Any]

LEVELS = ("commune", "district", "province", "country")
MARTS = {False: "marts.rpt_reporting_rates", True: "marts.rpt_reporting_rates_daily"}
NAMES = {"submitted": "đã nộp", "on_time": "đúng hạn", "accepted": "đã nhận", "complete": "đầy đủ"}

RATES = """
select rates.*, coalesce(named.ancestor_name, 'Cả nước') as unit_name
from {mart} as rates
left join marts.bridge_org_unit_ancestor as named
    on named.unit_id = rates.unit_id and named.ancestor_level = rates.unit_level
where {conditions}
order by programme_code, period, array_position(%(order)s, rates.unit_level), rates.unit_code, rates.unit_id{then}
"""
HIGHEST = "rates.unit_level in ('province', 'country')"
BELOW = "rates.unit_id in (select unit_id from marts.bridge_org_unit_ancestor where ancestor_code = %(unit)s)"


def of_units(
    connection: psycopg.Connection,
    programme: str | None = None,
    period: str | None = None,
    unit: str | None = None,
    level: str | None = None,
    over_time: bool = False,
    as_of: datetime | None = None,
) -> list[Row]:
    """Rows of rpt_reporting_rates with the unit's name, or of rpt_reporting_rates_daily, as of a timestamp, else now.

    Without unit and level only the highest place is told: the country where several provinces owe, else the province.
    level: all units of that level, within the unit where one is named.
    Raises WrongCall for a programme, period or unit that is not there, BaocaoError where nothing is built yet.
    """
    _require(connection, programme, period, unit)
    _set_as_of(connection, as_of)
    # only what is asked for: a condition that is always true is planned as if it left one row in two hundred
    conditions: dict[str, object] = {
        "rates.programme_code = %(programme)s": programme,
        "rates.period = %(period)s": period,
    }
    conditions |= {"rates.unit_level = %(level)s": level, "rates.unit_code = %(unit)s": unit and not level}
    conditions |= {BELOW: level and unit and unit != COUNTRY, HIGHEST: not unit and not level}
    query = RATES.format(
        mart=MARTS[over_time],
        conditions=" and ".join(condition for condition, is_set in conditions.items() if is_set) or "true",
        then=", day" if over_time else "",
    )
    values = {"programme": programme, "period": period, "unit": unit, "level": level, "order": list(LEVELS[::-1])}
    rows = connection.cursor(row_factory=dict_row).execute(query, values).fetchall()
    return rows if unit or level else _highest(rows)


def for_display(rows: Iterable[Row]) -> list[dict[str, str]]:
    """For people: how many reports are owed, and of each kind the number and the per cent."""
    return [_display_row(row) for row in rows]


def _display_row(row: Row) -> dict[str, str]:
    shown = {"chương trình": row["programme_code"], "kỳ": row["period"], "mã": row["unit_code"]}
    shown |= {"đơn vị": row["unit_name"]} | ({"ngày": wording.day(row["day"])} if "day" in row else {})
    shown |= {"phải nộp": formatting.number(row["obligations"])}
    return shown | {name: _rate(row, kind) for kind, name in NAMES.items()}


def _rate(row: Row, kind: str) -> str:
    """94 (94,95%); nothing where no deadline has a date and so nobody can be on time."""
    share = row[f"{kind}_pct"]
    return (
        formatting.MISSING
        if share is None
        else f"{formatting.number(row[f'reports_{kind}'])} ({formatting.percentage(share)}%)"
    )


def _highest(rows: list[Row]) -> list[Row]:
    """Of countries and provinces those that no other row of their programme and period holds."""
    whole = {(row["programme_code"], row["period"]) for row in rows if row["unit_level"] == "country"}
    return [
        row for row in rows if row["unit_level"] == "country" or (row["programme_code"], row["period"]) not in whole
    ]


def _set_as_of(connection: psycopg.Connection, as_of: datetime | None) -> None:
    """An earlier timestamp, for ever the same, or now, where lines that are not built yet are not there yet."""
    if as_of is not None:
        set_session_as_of(connection, as_of)
        return
    set_session_as_of_unchecked(connection, clock.now())
    if not is_built_as_of(connection, clock.now()):
        log.warning("Reports accepted since the last build do not count as complete yet: run `baocao build`.")


def _require(connection: psycopg.Connection, programme: str | None, period: str | None, unit: str | None) -> None:
    built = connection.execute("select to_regclass('marts.rpt_reporting_rates_daily') is not null").fetchone()
    if not built or not built[0]:
        raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
    if programme and period:
        catalogue.period(connection, programme, period)
    elif programme:
        catalogue.programme(connection, programme)
    if unit is not None and unit != COUNTRY:
        require_unit(connection, unit)
