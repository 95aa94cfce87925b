"""What BI tools and our own pages request of twelve million lines, as bi_reader: the queries of reading.sql.

Each query in a session of its own, fetched whole, median of five; a query beyond ten times its limit runs once.
Limits: 0.5 s, 0.1 s for a page of one province. `rows`: what came back, 0 being a query that reads nothing.
BAOCAO_BENCH_MONTHS makes the history shorter, BAOCAO_BENCH_HOME=DIR keeps it there and reads it again the next time.
"""

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from pipeline import building
from tests.bench import history
from tests.bench.home import bench_home
from warehouse import clock, database

LIMITS = {"nation": 0.5, "province": 0.1}
TIMES = 5
VALUES = {
    "programme": "bench",
    "scores": "bench-scores",
    "indicator": "1",
    "period": "2026-10",
    "year": "2026",
    "province": "24",
    "commune": "07228",
}
NAME = re.compile(r"^-- name: (?P<name>.+), (?P<scope>nation|province)$", re.MULTILINE)


@dataclass(frozen=True)
class Query:
    name: str
    limit: float
    sql: str


@dataclass(frozen=True)
class Reading:
    """How long a query took, None where a minute did not suffice, and how many rows it returned."""

    query: Query
    seconds: float | None
    rows: int

    @property
    def is_within_limit(self) -> bool:
        return self.seconds is not None and self.seconds <= self.query.limit


def main() -> None:
    with bench_home(), clock.at(history.END):
        lines = history.make(is_full_plan=True)
        building.build()
        print(f"  lines in raw {lines:,}; seconds of {TIMES} runs, median")
        readings = read_all(show)
        slow = [reading for reading in readings if not reading.is_within_limit]
        print(f"  {len(readings)} queries, {len(slow)} beyond their limit")


def queries() -> list[Query]:
    text = Path(__file__).with_suffix(".sql").read_text()
    _, *parts = NAME.split(text)
    named = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [Query(name, LIMITS[scope], sql.partition(";")[0].strip()) for name, scope, sql in named]


def read_all(then: Callable[[Reading], None]) -> list[Reading]:
    readings = []
    for query in queries():
        readings.append(read(query))
        then(readings[-1])
    return readings


def read(query: Query) -> Reading:
    seconds: list[float] = []
    rows = 0
    while len(seconds) < TIMES and max(seconds, default=0) < 10 * query.limit:
        try:
            took, rows = once(query.sql)
        except psycopg.errors.QueryCanceled:
            return Reading(query, None, 0)
        seconds.append(took)
    return Reading(query, statistics.median(seconds), rows)


def once(sql: str) -> tuple[float, int]:
    with psycopg.connect(database.url("bi"), cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("set statement_timeout = '60s'")
        began = time.perf_counter()
        rows = connection.execute(sql.encode(), VALUES).fetchall()
        return time.perf_counter() - began, len(rows)


def show(reading: Reading) -> None:
    took = "timed out" if reading.seconds is None else f"{reading.seconds:.3f} s"
    sign = " " if reading.is_within_limit else "!"
    print(
        f"  {sign} {reading.query.name:<45} {took:>10} (limit {reading.query.limit} s) {reading.rows:>8,} rows",
        flush=True,
    )


if __name__ == "__main__":
    main()
