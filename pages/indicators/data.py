"""What the page of an indicator reads, as of the session's time."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages import choices, errors
from pages.choices import Chosen
from pages.view import View
from publish.reading import units
from warehouse import queries

Row = dict[str, Any]

UNITS = queries.load(__file__, "units")
MISSING_UNITS = queries.load(__file__, "missing_units")

INDICATORS = """
select * from dim_indicator where programme_code = %(programme)s order by sort_order
"""
TARGETS = """
select target.target_scope, target.target_year, target.raw, target.competing_reading_vi, target.comparator,
    target.target_low, target.target_high, target.bound_unit_code, target.measure, target.is_made_up, target.act,
    target.valid_from, named.unit_name
from dim_target as target
left join lateral (
    select unit_name from marts.dim_org_unit where unit_code = target.bound_unit_code
    order by is_latest_version desc, valid_from desc limit 1) as named on true
where target.programme_code = %(programme)s and target.indicator_code = %(indicator)s
order by array_position(array['national', 'agency', 'province', 'district', 'commune'], target.target_scope),
    target.bound_unit_code, target.target_year
"""
SUMS = """
select sums.*, named.unit_name, indicator.unit_vi, indicator.hard_min, indicator.hard_max
from fct_target_sum as sums
join dim_indicator as indicator using (programme_code, indicator_code)
left join marts.dim_org_unit as named on named.unit_id = sums.unit_id and named.is_latest_version
where sums.programme_code = %(programme)s and sums.indicator_code = %(indicator)s and sums.period = %(period)s
    and {of_sums}
order by sums.unit_code, sums.target_year, sums.part_level
"""
TODAY = """
select distinct unit_id from marts.dim_org_unit where unit_id = any(%(units)s) and is_latest_version and is_current
"""
CONTRADICTIONS = """
select contradiction.contradiction_no, contradiction.reading_a, contradiction.reading_b, note.footnote_vi,
    contradiction.plan_unit_code as bound_unit_code, coalesce(plan.is_made_up, false) as is_made_up, named.unit_name
from catalogue_as_of.contradictions as contradiction
left join catalogue_as_of.annex_footnotes as note
    on note.programme_code = contradiction.programme_code
    and note.contradiction_no = contradiction.contradiction_no
    and note.indicator_code is not distinct from contradiction.indicator_code
    and note.plan_unit_code is not distinct from contradiction.plan_unit_code
left join catalogue_as_of.unit_plans as plan
    on plan.programme_code = contradiction.programme_code and plan.unit_code = contradiction.plan_unit_code
    and plan.agency_code = 'UBND'
left join lateral (
    select unit_name from marts.dim_org_unit where unit_code = contradiction.plan_unit_code
    order by is_latest_version desc, valid_from desc limit 1) as named on true
where contradiction.programme_code = %(programme)s and contradiction.indicator_code = %(indicator)s
order by contradiction.contradiction_no
"""


@dataclass(frozen=True)
class Indicator:
    """unit: within which units are shown, of the address or the programme's root.

    indicator: a row of dim_indicator, None where the address names none. missing: reports without its line.
    sums: what the plans of the units below a province or district promise together. today: of their units, those that
    there still are.
    """

    chosen: Chosen
    unit: Row
    indicators: list[Row]
    indicator: Row | None
    targets: list[Row]
    sums: list[Row]
    contradictions: list[Row]
    units: list[Row]
    missing: list[Row]
    today: frozenset[str] = frozenset()


def read(connection: psycopg.Connection, view: View) -> Indicator:
    """Raises PageError for an indicator that the programme does not have, or a code that no unit ever had."""
    chosen = choices.programme_and_period(connection, view)
    unit = choices.units_with_code(connection, view.get("unit") or chosen.programme.root_unit_code)[0]
    values: Row = chosen.keys | {"basis": view.basis, "indicator": view.get("indicator")}
    indicators = _rows(connection, INDICATORS, values)
    if values["indicator"] is None:
        return Indicator(chosen, unit, indicators, None, [], [], [], [], [])
    found = next((row for row in indicators if row["indicator_code"] == values["indicator"]), None)
    if found is None:
        raise errors.not_found(choices.NO_INDICATOR.fill(code=values["indicator"]))
    values |= {"units": _within(connection, chosen, unit["unit_code"])}
    figures, missing = _rows(connection, UNITS, values), _rows(connection, MISSING_UNITS, values)
    shown = sorted({row["unit_id"] for row in (*figures, *missing)})
    return Indicator(
        chosen=chosen,
        unit=unit,
        indicators=indicators,
        indicator=found,
        targets=_rows(connection, TARGETS, values),
        sums=_rows(connection, SUMS, values),
        contradictions=_rows(connection, CONTRADICTIONS, values),
        units=figures,
        missing=missing,
        today=frozenset(row["unit_id"] for row in _rows(connection, TODAY, {"units": shown})),
    )


def _within(connection: psycopg.Connection, chosen: Chosen, unit: str) -> list[str] | None:
    """The units within one, and what none of them has been given; None for the root, whose are all."""
    if unit == chosen.programme.root_unit_code:
        return None
    found = units.within(connection, unit)
    return found and [*found, *(f"{unit_id}/unallocated" for unit_id in found)]


def _rows(connection: psycopg.Connection, query: str, values: Row) -> list[Row]:
    """{of_…}: of the units that are shown, by the relation that names them."""
    of = {
        f"of_{name}": units.condition(f"{alias}.unit_id", values.get("units"))
        for name, alias in (("figures", "figure"), ("reports", "obligation"), ("sums", "sums"))
    }
    return connection.cursor(row_factory=dict_row).execute(query.format(**of).encode(), values).fetchall()
