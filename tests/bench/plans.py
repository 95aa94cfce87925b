"""What ninety-nine plans cost beside one: the same reports of Bắc Ninh's communes, and every step of a build.

One database has the catalogue as it is shipped, where the plan of one commune is known; the other the plans of all 99,
98 of them made up. Both take turns. The load of the catalogue, the whole rebuild and the build after one corrected
report, as medians of TIMES runs, and the ratio of the two.
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import building, receiving
from tests.bench.home import bench_home
from tests.conftest import database_of_its_own
from tests.integration import made_up_plans
from tests.integration.made_up_plans import DA_MAI, MADE_UP, OWN_INDICATOR, PROGRAMME, YEAR
from warehouse import clock, database

TIMES = int(os.environ.get("BAOCAO_BENCH_TIMES", "5"))
REPORTED_AT, BUILT_AT = "2026-11-20T08:00:00+07:00", "2026-12-20T08:00:00+07:00"
Seconds = dict[str, list[float]]


def main() -> None:
    with bench_home() as home:
        database.prepare()
        drawn = made_up_plans.draw()
        folder = home / "danh-muc"
        folder.mkdir()
        made_up_plans.write_catalogue(folder, drawn)
        for plan in drawn.values():
            plan.report.pop(OWN_INDICATOR, None)  # without the plan that asks for it, it is no indicator
        reports = home / "reports.csv"
        made_up_plans.write_reports(reports, drawn)
        one: Seconds = {}
        all_of_them: Seconds = {}
        for _ in range(TIMES):
            run(None, reports, one)
            run(folder, reports, all_of_them)
        promises = sum(len(plan.targets) for plan in drawn.values())
        print(f"  targets of communes, in one plan and in 99    {len(drawn[DA_MAI].targets):>8} {promises:>8}")
        for step in one:
            before, after = statistics.median(one[step]), statistics.median(all_of_them[step])
            print(f"  {step:<40} {before:>8.2f} s {after:>8.2f} s   {after / before:.2f} ×", flush=True)


def run(catalogue: Path | None, reports: Path, seconds: Seconds) -> None:
    """The steps of one office in a database of its own."""
    with pytest.MonkeyPatch.context() as environment, database_of_its_own(environment):
        if catalogue:
            environment.setenv("BAOCAO_CATALOGUE", str(catalogue))
        with clock.at(REPORTED_AT):
            timed("load of the catalogue", seconds, building.prepare_catalogue)
            receiving.receive([str(reports)])
        with clock.at(BUILT_AT):
            timed("first build, 84 reports", seconds, building.build)
            timed("whole rebuild", seconds, lambda: building.build(full_refresh=True))
            receiving.receive([str(corrected(reports))])
            timed("build after one corrected report", seconds, building.build)


def corrected(reports: Path) -> Path:
    """A file in which Đa Mai corrects one line."""
    file = reports.with_name("correction.csv")
    line = {"programme": PROGRAMME, "period": YEAR, "unit_code": DA_MAI, "indicator": "2", "numerator": "500"}
    line |= {"denominator": "501", "value": "", "note": MADE_UP, "submission_type": "correction"}
    made_up_plans.write(file, [line])
    return file


def timed(step: str, seconds: Seconds, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    seconds.setdefault(step, []).append(time.perf_counter() - started)


if __name__ == "__main__":
    main()
