"""Forms read from the warehouse: the catalogue's rows for one unit and period, as the schedule knows them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish.forms import Form, Line
from publish.made_up import Way
from warehouse import catalogue, wording
from warehouse.catalogue import Indicator, Level
from warehouse.errors import WrongCall

SCHEDULED = """
select scheduled.unit_id, scheduled.unit_code, scheduled.unit_level, scheduled.deadline_phrase_vi as phrase_vi,
       (select unit_name from geography.org_units where org_units.unit_id = scheduled.unit_id
        order by (valid_from is null or valid_from <= scheduled.resolve_on) desc, valid_from desc nulls last limit 1)
           as unit_name
from intermediate.int_reports__scheduled as scheduled
where scheduled.programme_code = %(programme)s and scheduled.period = %(period)s
    and scheduled.agency_code = %(agency)s and scheduled.form = 'figures'
"""

WAYS = """
select indicators.indicator_code, indicators.direction, indicators.factor,
       coalesce(targets.target_low, targets.target_high) as target, targets.target_year,
       coalesce(baselines.value_low, baselines.value_high) as baseline_low,
       coalesce(baselines.value_high, baselines.value_low) as baseline_high, baselines.period as baseline_period
from catalogue.indicators
left join lateral (
    select * from catalogue.targets
    where targets.programme_code = indicators.programme_code and targets.indicator_code = indicators.indicator_code
        and targets.target_scope = 'province' and targets.measure in ('rate', 'share', 'change')
    order by abs(targets.target_year::integer - left(%(period)s, 4)::integer) limit 1) as targets on true
left join lateral (
    select * from catalogue.baselines
    where baselines.programme_code = indicators.programme_code and baselines.indicator_code = indicators.indicator_code
        and baselines.measure in ('rate', 'share', 'change')
    order by baselines.period desc limit 1) as baselines on true
where indicators.programme_code = %(programme)s
"""


def form(connection: psycopg.Connection, programme: str, unit: str, period: str, agency: str = "UBND") -> Form:
    """The empty form of a unit; raises WrongCall where the schedule has no such report."""
    return forms(connection, programme, period, [unit], agency)[0]


def forms(
    connection: psycopg.Connection,
    programme: str,
    period: str,
    units: Sequence[str] | None = None,
    agency: str = "UBND",
) -> list[Form]:
    """The empty forms of these units, in the order of their codes.

    units: all whose own figures feed the rollup of that period, when not given.
    Raises WrongCall for a unit whose report the schedule does not have.
    """
    plan, window = catalogue.programme(connection, programme), catalogue.period(connection, programme, period)
    which = " and scheduled.unit_code = any(%(units)s)" if units is not None else " and scheduled.feeds_rollup"
    values = {"programme": programme, "period": period, "agency": agency, "units": list(units or [])}
    cursor = connection.cursor(row_factory=dict_row)
    rows = cursor.execute(SCHEDULED + which + " order by scheduled.unit_code", values).fetchall()
    if not rows or set(units or []) - {row["unit_code"] for row in rows}:
        strangers = ", ".join(sorted(set(units or []) - {row["unit_code"] for row in rows})) or "nào"
        raise WrongCall(f"Không có đơn vị {strangers} ({agency}) báo cáo số liệu trong {programme}, kỳ {period}.")
    indicators = catalogue.indicators(connection, programme)
    asked = {row["unit_level"]: _lines(indicators, row["unit_level"]) for row in rows}
    return [
        Form(
            programme_code=programme,
            programme_name=plan.name_vi,
            period=period,
            unit_code=row["unit_code"],
            unit_name=row["unit_name"] or row["unit_code"],
            unit_level=row["unit_level"],
            lines=asked[row["unit_level"]],
            agency_code=agency,
            deadline=f"thời hạn: {row['phrase_vi']}" if row["phrase_vi"] else "",
            window=f"số liệu từ {wording.day(window.data_from)} đến {wording.day(window.data_to)}",
        )
        for row in rows
    ]


def ways(connection: psycopg.Connection, programme: str, period: str) -> dict[str, Way]:
    """Where each indicator stands between baseline and province target in that period, by indicator code."""
    cursor = connection.cursor(row_factory=dict_row)
    rows = cursor.execute(WAYS, {"programme": programme, "period": period}).fetchall()
    return {row["indicator_code"]: _way(row, int(period[:4])) for row in rows}


def _lines(indicators: list[Indicator], level: Level) -> tuple[Line, ...]:
    """The indicators that are asked at a level, in the plan's order."""
    return tuple(_line(indicator, level) for indicator in indicators if level in indicator.measures)


def _line(indicator: Indicator, level: Level) -> Line:
    heading = f"Chỉ tiêu {indicator.heading_code}: {indicator.heading_vi}" if indicator.heading_vi else ""
    return Line(
        code=indicator.indicator_code,
        name=indicator.name_vi,
        unit=indicator.unit_vi or "",
        objective=indicator.objective_vi or "",
        heading=heading,
        measure=indicator.measures[level],
        aggregation=indicator.aggregation,
        factor=indicator.factor,
        numerator=indicator.numerator_vi or "",
        denominator=indicator.denominator_vi or "",
        is_part_of_whole=indicator.is_part_of_whole,
        is_required=indicator.is_required,
    )


def _way(row: dict[str, Any], year: int) -> Way:
    ends = [end for end in (row["baseline_low"], row["baseline_high"]) if end is not None]
    baseline = Decimal(sum(ends)) / len(ends) if ends else None
    progress = 0.5
    if row["baseline_period"] and row["target_year"]:
        first, last = int(row["baseline_period"][:4]), int(row["target_year"])
        progress = min(max((year - first) / max(last - first, 1), 0), 1)
    return Way(baseline, row["target"], row["direction"], progress)
