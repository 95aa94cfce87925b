"""Small counts: what an attacker recovers of random seasons, and what is given up beside the optimum.

Figures: small counts that were suppressed and how many of them the attacker recovers, with complementary suppression,
without it, and with each publication protected by itself; the share of figures that are given up without needing
protection themselves; on seasons of one publication that share beside the least one, which is computed for all small
counts together. BAOCAO_BENCH_DISCLOSURE_SEASONS and BAOCAO_BENCH_DISCLOSURE_PUBLICATIONS make it smaller,
BAOCAO_BENCH_DISCLOSURE_FIRST begins with another season.
"""

import os
import statistics
import time

from publish.disclosure import rule
from publish.disclosure.protection import cheapest_suppressions, protect
from publish.disclosure.system import System, systems
from tests.unit.publish.disclosure import seasons

SEASONS = int(os.environ.get("BAOCAO_BENCH_DISCLOSURE_SEASONS", "200"))
FIRST = int(os.environ.get("BAOCAO_BENCH_DISCLOSURE_FIRST", "0"))
PUBLICATIONS = int(os.environ.get("BAOCAO_BENCH_DISCLOSURE_PUBLICATIONS", "12"))
COMMUNES = 4
WEAKER = {"with_complementary": "without complementary suppression", "with_earlier": "each publication by itself"}
EVERY = 10
"""Of how many seasons one is also played in the weaker ways, and beside the optimum."""


def main() -> None:
    counts, recovered, widths, seconds = 0, 0, [], 0.0
    printed = small = suppressed = 0
    for seed in range(FIRST, FIRST + SEASONS):
        started = time.perf_counter()
        season = seasons.play(seed, PUBLICATIONS, COMMUNES)
        seconds += time.perf_counter() - started
        found = season.attack()
        counts += len(found)
        recovered += sum(bound.is_recovered for bound in found.values())
        widths += [bound.width for bound in found.values()]
        printed += sum(len(rows) for rows in season.printed)
        suppressed += sum(value is None for rows in season.printed for value in rows.values())
        small += sum(0 < value <= rule.LARGEST for rows in season.truth for value in rows.values())
        if seed % EVERY == EVERY - 1:
            print(f"{seed + 1 - FIRST} seasons: {recovered} of {counts} recovered", flush=True)
    print(f"{SEASONS} seasons of {PUBLICATIONS} publications, {seconds / SEASONS / PUBLICATIONS:.2f} s each to protect")
    print(f"small counts suppressed {counts}, recovered {recovered}; least and median width", end=" ")
    print(f"{min(widths):.0f}, {statistics.median(widths):.0f}")
    print(f"of {printed} figures {small / printed:.0%} are small, and {(suppressed - small) / printed:.0%} go beside")
    for switch, name in WEAKER.items():
        found = [
            bound
            for seed in range(FIRST, FIRST + SEASONS, EVERY)
            for bound in seasons.play(seed, PUBLICATIONS, COMMUNES, **{switch: False}).attack().values()
        ]
        print(f"{name}: {sum(bound.is_recovered for bound in found)} of {len(found)} recovered")
    _beside_the_optimum()


def _beside_the_optimum() -> None:
    ours = least = 0.0
    for seed in range(FIRST, FIRST + SEASONS, EVERY):
        problem = seasons.random_season(seed, COMMUNES).problem()
        costs = {figure.key: figure.cost for figure in problem.figures}
        ours += sum(costs[key] for key in protect(problem).complementary)
        least += sum(optimum(system) for system in systems(problem))
    print(f"given up beside the small counts, weighted by level: {ours:.0f}; the least possible {least:.0f}")


def optimum(system: System) -> float:
    """The least cost of suppressions beside the small counts, for all of them together."""
    needed = {number for number, group in enumerate(system.groups) if group.is_primary}
    demands = [(system.before(target), side) for target in system.targets for side in (False, True)]
    if not demands:
        return 0.0
    chosen = cheapest_suppressions(system, demands, needed, seconds=120)
    return sum(system.groups[number].cost for number in chosen)
