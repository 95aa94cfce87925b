"""Where each indicator of a plan lies between its baseline and its target in a period: what made-up values follow."""

from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish.simulation.made_up import Trajectory

TRAJECTORIES = """
select indicators.indicator_code, indicators.direction, indicators.factor, indicators.soft_min, indicators.soft_max,
       coalesce(targets.target_low, targets.target_high) as target, targets.target_year,
       coalesce(baselines.value_low, baselines.value_high) as baseline_low,
       coalesce(baselines.value_high, baselines.value_low) as baseline_high, baselines.period as baseline_period
from catalogue.indicators
left join lateral (
    select * from catalogue.targets
    where targets.programme_code = indicators.programme_code and targets.indicator_code = indicators.indicator_code
        and targets.measure in ('rate', 'share', 'change')
    order by array_position(array['province', 'district', 'commune', 'national'], targets.target_scope),
        abs(targets.target_year::integer - left(%(period)s, 4)::integer), targets.valid_from desc nulls last
    limit 1) as targets on true
left join lateral (
    select * from catalogue.baselines
    where baselines.programme_code = indicators.programme_code and baselines.indicator_code = indicators.indicator_code
        and baselines.measure in ('rate', 'share', 'change')
    order by baselines.period desc limit 1) as baselines on true
where indicators.programme_code = %(programme)s
"""


def trajectories(connection: psycopg.Connection, programme: str, period: str) -> dict[str, Trajectory]:
    """Where each indicator is between baseline and target in that period, by indicator code."""
    cursor = connection.cursor(row_factory=dict_row)
    rows = cursor.execute(TRAJECTORIES, {"programme": programme, "period": period}).fetchall()
    return {row["indicator_code"]: _trajectory(row, int(period[:4])) for row in rows}


def _trajectory(row: dict[str, Any], year: int) -> Trajectory:
    ends = [end for end in (row["baseline_low"], row["baseline_high"]) if end is not None]
    baseline = Decimal(sum(ends)) / len(ends) if ends else None
    progress = 0.5
    if row["baseline_period"] and row["target_year"]:
        first, last = int(row["baseline_period"][:4]), int(row["target_year"])
        progress = min(max((year - first) / max(last - first, 1), 0), 1)
    usual = [end for end in (row["soft_min"], row["soft_max"]) if end is not None]
    return Trajectory(
        baseline, row["target"], row["direction"] or "", progress, sum(usual) / 2 if len(usual) == 2 else None
    )
