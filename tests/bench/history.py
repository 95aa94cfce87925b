"""A long made-up history of one programme, written straight into raw: what benchmarks of builds and marts read.

3 321 communes × 60 indicators × BAOCAO_BENCH_MONTHS months (60: twelve million lines), accepted without the gate.
"""

import os
from pathlib import Path

from pipeline import build_scope, building
from tests.integration.made_up_programmes import keep_catalogue
from warehouse import database

MONTHS = int(os.environ.get("BAOCAO_BENCH_MONTHS", "60"))
INDICATORS = int(os.environ.get("BAOCAO_BENCH_INDICATORS", "60"))
PROVINCES = int(os.environ.get("BAOCAO_BENCH_PROVINCES", "34"))
END = "2031-06-01T00:00:00+07:00"
"""After the last report of the history: the time at which benchmarks read it."""
PARTS = {
    name: script
    for name, _, script in (
        part.partition("\n") for part in Path(__file__).with_suffix(".sql").read_text().split("-- part: ")[1:]
    )
}


def make(*, is_full_plan: bool = False) -> int:
    """The programme's catalogue and its accepted reports, where the warehouse has them not; returns how many lines.

    is_full_plan: with targets, deadlines, missing reports and a second programme that scores the communes.
    """
    make_plans(is_full_plan=is_full_plan)
    if not number("select count(*) from raw.submission where programme_code = 'bench'"):
        run("history", missing=3 if is_full_plan else 0)
    return number("select count(*) from raw.line")


def make_plans(*, is_full_plan: bool = False) -> None:
    """The programme's catalogue and the reports that it expects, where the warehouse has them not."""
    database.prepare()
    building.prepare_catalogue()
    if not number("select count(*) from catalogue.programmes where programme_code = 'bench'"):
        run("catalogue")
        if is_full_plan:
            run("plans")
        building.run_dbt(["run", "--select", *build_scope.OF_THE_PLANS])
        keep_catalogue()


def number(query: str) -> int:
    with database.connect() as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def correct_one_report() -> None:
    run("correction")


def run(part: str, **numbers: int) -> None:
    """A part of history.sql, with `:name` for each number."""
    script = PARTS[part]
    for name, number in ({"months": MONTHS, "indicators": INDICATORS, "provinces": PROVINCES} | numbers).items():
        script = script.replace(f":{name}", str(number))
    with database.connect() as connection:
        connection.execute(script.encode())
