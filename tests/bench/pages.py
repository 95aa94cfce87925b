"""What the server needs for a page over twelve million lines: the 95th percentile of each, and its size.

Every page is fetched TIMES times over HTTP from a server in another thread, none of them kept from one to the next.
Limits: 0.15 s for a page of a province or a commune, 0.4 s for one of the nation. BAOCAO_BENCH_MONTHS makes the history
shorter, BAOCAO_BENCH_HOME=DIR keeps it there and reads it again the next time.
"""

import statistics
import time

import httpx

from pipeline import building
from tests.bench import history
from tests.bench.home import bench_home
from tests.integration.served import Served, serving
from warehouse import clock

TIMES = 20
SLOW_S = 10
"""A page that takes longer is fetched once."""
READ_AT = "2031-06-10T08:00:00+07:00"
"""More than the seven days after the catalogue was loaded that the page of changes looks back."""
LIMITS = {"nation": 0.4, "province": 0.15}
PLAN = "programme=bench&period=2026-10"
PAGES = [
    ("province", "/sang-nay?unit=24&programme=bench"),
    ("province", f"/duong-den-2030?{PLAN}&unit=24"),
    ("province", f"/don-vi?{PLAN}&unit=24"),
    ("province", f"/don-vi?{PLAN}&unit=07228"),
    ("province", f"/chi-tieu?{PLAN}&unit=24&indicator=1"),
    ("province", f"/bang-tong-hop?{PLAN}&unit=24"),
    ("province", "/thay-doi?programme=bench&unit=24"),
    ("province", "/lich-bao-cao?programme=bench&unit=24"),
    ("province", "/cham-diem?programme=bench-scores&period=2026&unit=07228"),
    ("province", "/chat-luong?programme=bench&unit=24"),
    ("province", f"/nguon-so-lieu?{PLAN}&unit=24&indicator=1"),
    ("nation", "/sang-nay"),
    ("nation", "/sang-nay?programme=bench"),
    ("nation", f"/chi-tieu?{PLAN}&indicator=1"),
    ("nation", "/khai-niem"),
    ("nation", "/lich-bao-cao?programme=bench"),
    ("nation", "/cham-diem?programme=bench-scores&period=2026"),
    ("nation", "/chat-luong?programme=bench"),
    ("nation", "/don-vi?q=%C4%90a+Mai"),
]


def main() -> None:
    with bench_home(), clock.at(history.END):
        lines = history.make(is_full_plan=True)
        building.build()
        print(f"  lines in raw {lines:,}; {TIMES} requests for each page")
        with clock.at(READ_AT), serving() as pages:
            slow = [path for scope, path in PAGES if not fetch(pages, path, LIMITS[scope])]
        print(f"  {len(PAGES)} pages, {len(slow)} beyond their limit")


def fetch(pages: Served, path: str, limit: float) -> bool:
    """Whether the page is within its limit; prints its seconds, median and 95th percentile, and its size."""
    seconds: list[float] = []
    response = None
    while len(seconds) < TIMES and max(seconds, default=0) < SLOW_S:
        began = time.perf_counter()
        response = httpx.get(pages.address + path, timeout=120)
        seconds.append(time.perf_counter() - began)
    assert response is not None and response.status_code == 200, f"{path}: {response and response.text}"
    slowest = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    sign = " " if slowest <= limit else "!"
    print(
        f"  {sign} {path:<60} {statistics.median(seconds):>7.3f} s {slowest:>7.3f} s (limit {limit} s) "
        f"{len(response.content) / 1000:>6.0f} kB",
        flush=True,
    )
    return slowest <= limit


if __name__ == "__main__":
    main()
