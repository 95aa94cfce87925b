"""The made-up history of a nation as CSV files: 3 321 communes × 60 indicators × BAOCAO_BENCH_MONTHS months.

Twelve million lines in under a minute, in one process below 1 GiB (aims); then the same files straight into raw.
"""

import resource
import shutil
import time

from publish.simulation import national
from tests.bench import history, loading
from tests.bench.home import bench_home
from warehouse import clock


def main() -> None:
    with bench_home() as home, clock.at(history.END):
        history.make_plans()
        out = home / "simulated"
        started = time.perf_counter()
        written = list(national.simulate(out, seed=7, periods=history.MONTHS))
        took = time.perf_counter() - started
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.perf_counter()
        loading.load(out, written, drop_keys=True)
        loaded = time.perf_counter() - started
        size = sum(file.stat().st_size for file in out.iterdir())
        shutil.rmtree(out)
        lines, reports = sum(each.lines for each in written), sum(each.reports for each in written)
        wrong = sum(each.wrong_reports for each in written)
        print(f"  files, lines                       {len(written):>10,} {lines:>12,}")
        print(f"  reports, of them with an error     {reports:>10,} {wrong:>12,}")
        print(f"  megabytes                          {size / 1e6:>10,.0f}")
        print(f"  seconds, lines a second            {took:>10.1f} {lines / took:>12,.0f} (aim: 200,000)")
        print(f"  seconds straight into raw          {loaded:>10.1f} {lines / loaded:>12,.0f} lines a second")
        print(f"  peak memory of the process         {largest:>10,.0f} MiB (aim: at most 1,024)")


if __name__ == "__main__":
    main()
