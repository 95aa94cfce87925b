"""Rollups over twelve million made-up lines, and one corrected report over the same history.

3 321 communes × 60 indicators × 60 months, all of it made up. Two ratios within one run:
the model against the best hand-written SQL over the same lines (aim: at most 2 × its time), and the whole build
of one corrected report against the whole rebuild (aim: 1/50). BAOCAO_BENCH_MONTHS makes the history shorter.
"""

import time

from pipeline import building
from tests.bench import history
from tests.bench.home import bench_home
from warehouse import clock, database

HAND_WRITTEN = """
create table intermediate.hand_written as
select l.programme_code, l.indicator_code, l.period, u.province_id as unit_id,
    sum(l.numerator_low) as numerator_low, sum(l.numerator_high) as numerator_high,
    sum(l.denominator_low) as denominator_low, sum(l.denominator_high) as denominator_high, count(*) as units_reporting
from intermediate.int_values__versioned l
join intermediate.int_org_units__resolved u using (unit_id)
where l.known_to = 'infinity'
group by 1, 2, 3, 4
"""


def main() -> None:
    with bench_home(), clock.at(history.END):
        lines = history.make()
        rebuild, rollup = timed_build(full_refresh=True)
        hand = timed(HAND_WRITTEN)
        differences = compare()
        print(f"  lines rolled up                       {lines:>12,}")
        print(f"  hand-written SQL                      {hand:>12.1f} s")
        print(f"  int_values__rolled_up, both maps      {rollup:>12.1f} s   {rollup / hand:.2f} × (aim: at most 2)")
        print(f"  sums that differ                      {differences:>12,}")
        history.correct_one_report()
        corrected, _ = timed_build()
        print(f"  whole rebuild                         {rebuild:>12.1f} s")
        print(f"  build after one corrected report      {corrected:>12.1f} s   1/{rebuild / corrected:.0f} (aim: 1/50)")


def timed_build(full_refresh: bool = False) -> tuple[float, float]:
    """Seconds of the whole build, and of the rollup's own node."""
    started = time.perf_counter()
    result = building.build(full_refresh=full_refresh)
    took = time.perf_counter() - started
    for node in sorted(result.nodes, key=lambda node: -node.seconds)[:5]:
        print(f"    {node.seconds:>8.1f} s  {node.node_id}")
    return took, sum(node.seconds for node in result.nodes if node.node_id.endswith(".int_values__rolled_up"))


def timed(sql: str) -> float:
    started = time.perf_counter()
    run(sql)
    return time.perf_counter() - started


def compare() -> int:
    """How many sums of the model are not those of the hand-written SQL, either way."""
    with database.connect() as connection:
        row = connection.execute(
            """
            with ours as (
                select programme_code, indicator_code, period, unit_id, numerator_low, numerator_high,
                    denominator_low, denominator_high, units_reporting
                from intermediate.int_values__rolled_up where boundary_basis = 'as_reported'
            )
            select count(*) from (
                (table ours except select * from intermediate.hand_written)
                union all
                (select * from intermediate.hand_written except table ours)
            ) as differing
            """
        ).fetchone()
    assert row is not None
    return int(row[0])


def run(sql: str) -> None:
    with database.connect() as connection:
        connection.execute(sql.encode())


if __name__ == "__main__":
    main()
