"""What a command costs before it does anything, as medians of five.

`baocao --help` against Python alone (aim: 0.35 s more), `baocao build` with nothing new (0.5 s more), and
`baocao missing` over a nation that owes made-up programmes, against the bare SQL that gives the same rows (0.6 s more).
BAOCAO_BENCH_PROGRAMMES makes the nation smaller.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from pipeline import building
from tests.bench import missing
from tests.bench.home import bench_home
from warehouse import clock

TIMES = 5


def main() -> None:
    with bench_home():
        missing.national_catalogue()
        missing.fill()
        with clock.at(missing.AS_OF):
            building.build()
        python = median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
        query = median(lambda: missing.rows_of(missing.HAND_WRITTEN))
        show("python -c pass", python)
        show("hand-written SQL of the missing reports", query)
        show("baocao --help", median(lambda: missing.baocao("--help")), python, 0.35)
        show("baocao build, nothing new", median(lambda: missing.baocao("build")), python, 0.5)
        show("baocao missing", median(lambda: missing.baocao("missing")), query, 0.6)
        show("baocao missing --json", median(lambda: missing.baocao("missing", "--json")), query, 0.6)


def median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TIMES):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def show(what: str, seconds: float, against: float | None = None, aim: float = 0) -> None:
    beside = "" if against is None else f" {seconds - against:+.2f} s (aim: at most {aim:+.2f})"
    print(f"  {what:<42} {seconds:>8.2f} s{beside}", flush=True)


if __name__ == "__main__":
    main()
