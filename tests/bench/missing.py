"""`baocao missing` over a catalogue in which all 3 321 communes owe several programmes.

Everything is made up. The command's own seconds, its mart's, and those of the best hand-written SQL over the same
reports and the schedule, which has to give the same rows (aim: the command at most one second above that SQL).
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline import building
from tests.bench.home import bench_home
from tests.integration import made_up_programmes
from tests.integration.season import insert_reports
from warehouse import clock, database
from warehouse.clock import ZONE
from warehouse.settings import PROJECT_ROOT

PROGRAMMES = int(os.environ.get("BAOCAO_BENCH_PROGRAMMES", "5"))
OWNER = "01"
PROVINCES_OF_TODAY = """
select unit_code from intermediate.int_org_units__resolved
where unit_level = 'province' and valid_to = 'infinity' order by 1
"""
T = TypeVar("T")
AS_OF = datetime(2026, 12, 15, 7, tzinfo=ZONE)
TIMES = 5

HAND_WRITTEN = """
with withdrawn as (
    select programme_code, period, unit_code, agency_code, max(accepted_seq) as seq
    from raw.submission join ops.submission_verdict using (submission_id)
    where submission_type = 'retraction' and status <> 'rejected' and decided_at <= %(as_of)s
    group by 1, 2, 3, 4
), received as (
    select s.programme_code, s.period, s.unit_code, s.agency_code, min(s.received_at) as first_received_at,
        bool_or(v.status <> 'rejected') as is_fulfilled
    from raw.submission s
    join ops.submission_verdict v using (submission_id)
    left join withdrawn w using (programme_code, period, unit_code, agency_code)
    where v.decided_at <= %(as_of)s and v.accepted_seq > coalesce(w.seq, 0)
    group by 1, 2, 3, 4
)
select o.programme_code, o.period, o.unit_code, o.agency_code, u.unit_name,
    case when c.unit_code is null then 'missing' else 'rejected' end as status, c.first_received_at
from intermediate.int_expected_reports__latest o
join (select unit_id, unit_name from geography.org_units where valid_to is null) u using (unit_id)
join catalogue.programmes p using (programme_code)
left join received c using (programme_code, period, unit_code, agency_code)
where o.is_owed and o.deadline_at <= %(as_of)s and c.is_fulfilled is not true
    and (p.ends_on >= (%(as_of)s at time zone 'Asia/Ho_Chi_Minh')::date or o.last_on_time_on > p.ends_on)
    and not exists (
        select from ops.period_closing as closing
        where closing.programme_code = o.programme_code and closing.period = o.period
            and closing.closed_at <= %(as_of)s)
order by 1, 2, 3, 4
"""

MART = """
select programme_code, period, unit_code, agency_code, unit_name, status, first_received_at
from marts.rpt_missing_reports where is_open order by 1, 2, 3, 4
"""


def main() -> None:
    with bench_home():
        national_catalogue()
        owed, arrived = fill()
        with clock.at(AS_OF):
            building.build()
        hand, by_hand = best_of(lambda: rows_of(HAND_WRITTEN))
        mart, by_mart = best_of(lambda: rows_of(MART))
        listed, by_command = best_of(lambda: command("--json"))
        table, _ = best_of(lambda: command())
        reported = {(row["programme_code"], row["period"], row["unit_code"], row["agency_code"]) for row in by_command}
        if by_hand != by_mart or reported != {row[:4] for row in by_hand}:
            sys.exit(f"The rows differ: by hand {len(by_hand)}, mart {len(by_mart)}, command {len(reported)}.")
        print(f"  reports owed, arrived, overdue   {owed:>8,} {arrived:>8,} {len(by_hand):>8,}")
        print(f"  hand-written SQL                 {hand:>8.2f} s")
        print(f"  rpt_missing_reports              {mart:>8.2f} s   {mart / hand:.1f} ×")
        print(f"  baocao missing --json            {listed:>8.2f} s   {listed - hand:+.2f} s (aim: at most 1)")
        print(f"  baocao missing                   {table:>8.2f} s   {table - hand:+.2f} s (aim: at most 1)")
        print(f"  baocao --help, which reads none  {best_of(help_of_all)[0]:>8.2f} s")


def national_catalogue() -> None:
    """Every commune of today owes PROGRAMMES made-up programmes and nothing else."""
    database.prepare()
    building.prepare_catalogue()
    with database.connect() as connection:
        provinces = [code for (code,) in connection.execute(PROVINCES_OF_TODAY).fetchall()]
    made_up_programmes.install(PROGRAMMES, provinces, OWNER)


def fill() -> tuple[int, int]:
    """Four of five reports arrive around the deadline, one of ten of them is refused; returns owed and arrived."""
    with database.connect() as connection:
        owed = connection.execute(
            "select programme_code, unit_code from intermediate.int_expected_reports__latest order by 1, 2"
        ).fetchall()
    chance = random.Random(20261130)
    begins = AS_OF - timedelta(days=40)
    arrived = sorted(
        (
            (
                (str(programme), str(unit)),
                begins + timedelta(minutes=chance.randrange(45 * 24 * 60)),
                "accepted" if chance.random() < 0.9 else "rejected",
            )
            for programme, unit in owed
            if chance.random() < 0.8
        ),
        key=lambda report: report[1],
    )
    insert_reports(arrived)
    return len(owed), len(arrived)


def rows_of(query: str) -> list[tuple]:
    """As the command does: a connection of its own, the session's as-of time, the rows."""
    with database.connect("loader") as connection:
        connection.execute("select set_config('baocao.as_of', %s, false)", [AS_OF.isoformat()])
        return connection.execute(query.encode(), {"as_of": AS_OF} if "%(as_of)s" in query else None).fetchall()


def command(*options: str) -> list[dict]:
    output = baocao("missing", *options)
    return json.loads(output) if "--json" in options else []


def help_of_all() -> str:
    return baocao("--help")


def baocao(*arguments: str) -> str:
    """The command in a process of its own, as a person calls it."""
    done = subprocess.run(
        [sys.executable, "-c", "from baocao.main import main; main()", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | {"BAOCAO_NOW": AS_OF.isoformat()},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def best_of(work: Callable[[], T]) -> tuple[float, T]:
    """The least seconds of some runs, and what the work gave."""
    seconds = []
    for _ in range(TIMES):
        started = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - started)
    return min(seconds), found


if __name__ == "__main__":
    main()
