"""Twenty builds while four BI tools read without pause: errors, and reads that are no state before or after a build.

Every build takes in one corrected report, and every fifth a changed catalogue. Each read is a whole mart, compared by
its hash with what the mart held between the builds, and after a changed catalogue was loaded, a step of its own.
Everything is made up. BAOCAO_BENCH_TIMES makes it shorter.
"""

import os
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import psycopg

from pipeline import building
from tests.bench.home import bench_home
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.small_catalogue import COMMUNES, PERIODS, PROGRAMMES, change, draw, report, report_everything
from warehouse import clock, database

TIMES = int(os.environ.get("BAOCAO_BENCH_TIMES", "20"))
READERS = 4
TODAY = "2027-03-01T08:00:00+07:00"
MARTS = "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
CONTENT = (
    "select md5(coalesce(string_agg(line, chr(10) order by line), '')) from (select mart::text as line from {} as mart)"
)


@dataclass
class Seen:
    """What the readers saw: how often each state of a mart, and the errors that they got."""

    states: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    errors: list[str] = field(default_factory=list)


def main() -> None:
    with bench_home(), clock.at(TODAY):
        database.prepare()
        with own_catalogue() as catalogue:
            draw(catalogue)
            report_everything()
            building.build()
            seen, between = read_while_building(catalogue)
    print(f"  builds, readers                         {TIMES:>8} {READERS:>8}")
    print(f"  reads, errors                           {total(seen):>8} {len(seen.errors):>8}")
    for error in sorted(set(seen.errors)):
        print(f"    {error}")
    for mart, states in sorted(seen.states.items()):
        other = sum(times for state, times in states.items() if state not in between[mart])
        if other:
            print(f"    {mart:<38} {other:>8} of {states.total()} reads were no state before or after a build")
    print(f"  marts that were always in such a state  {sum(not other_states(seen, between, m) for m in between):>8}")


def other_states(seen: Seen, between: dict[str, set[str]], mart: str) -> set[str]:
    return seen.states[mart].keys() - between[mart]


def total(seen: Seen) -> int:
    return sum(states.total() for states in seen.states.values())


def read_while_building(catalogue: OwnCatalogue) -> tuple[Seen, dict[str, set[str]]]:
    """What the readers saw, and by mart the states between the builds."""
    seen, over = Seen(), threading.Event()
    between: dict[str, set[str]] = defaultdict(set)
    keep_states(between)
    readers = [threading.Thread(target=read, args=[number, seen, over]) for number in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for number in range(TIMES):
            report(PROGRAMMES[number % 2], PERIODS[number % 2], COMMUNES[number % 4], "correction", 100 + number)
            keep_states(between)  # some marts tell of a report at once
            if number % 5 == 4:
                change(catalogue, "indicators", "name_vi", ("Chỉ tiêu giả định", "Chỉ tiêu giả định khác"), number)
                building.prepare_catalogue()
                keep_states(between)
            building.build()
            keep_states(between)
            print(f"  build {number + 1} of {TIMES}, {total(seen)} reads", flush=True)
            time.sleep(0.5)
    finally:
        over.set()
        for reader in readers:
            reader.join()
    return seen, between


def keep_states(between: dict[str, set[str]]) -> None:
    with database.connect("bi") as connection:
        for mart in marts(connection):
            between[mart].add(content(connection, mart))


def read(first: int, seen: Seen, over: threading.Event) -> None:
    """One mart after the other, each reader beginning with another."""
    with database.connect("bi", autocommit=True) as connection:
        names = marts(connection)
        number = first * len(names) // READERS
        while not over.is_set():
            mart = names[number % len(names)]
            number += 1
            try:
                seen.states[mart][content(connection, mart)] += 1
            except psycopg.Error as error:
                seen.errors.append(f"{mart}: {type(error).__name__}: {str(error).splitlines()[0]}")


def marts(connection: psycopg.Connection) -> list[str]:
    return [name for (name,) in connection.execute(MARTS)]


def content(connection: psycopg.Connection, mart: str) -> str:
    row = connection.execute(CONTENT.format(mart).encode()).fetchone()
    assert row is not None
    return str(row[0])


if __name__ == "__main__":
    main()
