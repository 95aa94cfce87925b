"""Small counts: what an attacker recovers of random seasons, and what is given up beside the optimum. `make attack`.

A table by what is reported (tests/unit/publish/disclosure/seasons.py): figures, those that are small, those that are
given up beside them, small counts attacked and recovered, widths of what the attacker knows. Then the same attacker
where the protection is weakened; and on seasons of one publication the figures that are given up, beside the least
that is possible for all small counts together. Settings: BAOCAO_BENCH_DISCLOSURE_SEASONS, _PUBLICATIONS, _FIRST (begin
with another season), _PROCESSES.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publish.disclosure.protection import cheapest_suppressions, protect
from publish.disclosure.solving import messages_on_stderr
from publish.disclosure.system import System, systems
from publish.disclosure.types import Problem
from tests.unit.publish.disclosure import seasons


def setting(name: str, default: int) -> int:
    return int(os.environ.get(f"BAOCAO_BENCH_DISCLOSURE_{name}", default))


SEASONS, FIRST, PUBLICATIONS = setting("SEASONS", 200), setting("FIRST", 0), setting("PUBLICATIONS", 12)
PROCESSES = setting("PROCESSES", os.cpu_count() or 1)
COMMUNES = 4
WEAKER = {
    "with_complementary": "only small counts suppressed",
    "with_earlier": "each publication by itself",
    "with_orders": "nothing known of what cannot be more",
}
EVERY = 9
"""Of how many seasons one is also played in the weaker ways, and beside the optimum; each plan has its turn."""
FEWER = 4
"""Publications of a weaker season."""


@dataclass(frozen=True)
class Played:
    """What became of one season."""

    plan: str
    figures: int
    small: int
    beside: int
    widths: tuple[float, ...]
    recovered: int
    seconds: float


def played(seed: int, publications: int = PUBLICATIONS, **switches: bool) -> Played:
    started = time.process_time()
    with messages_on_stderr():
        season = seasons.play(seed, publications, COMMUNES, **switches)
        found = season.attack()
    return Played(
        season.plan.name,
        figures=sum(len(rows) for rows in season.printed),
        small=sum(len(decided.primary) for decided in season.decided),
        beside=sum(len(decided.complementary) for decided in season.decided),
        widths=tuple(bound.width for bound in found.values()),
        recovered=sum(bound.is_recovered for bound in found.values()),
        seconds=time.process_time() - started,
    )


def weaker(job: tuple[int, str]) -> Played:
    seed, switch = job
    return played(seed, FEWER, **{switch: False})


def given_up(seed: int) -> tuple[int, float, int, float]:
    """Figures that go beside the small ones and their weight, by the protection and at least."""
    problem = seasons.random_season(seed, COMMUNES).problem()
    with messages_on_stderr():
        ours, least = protect(problem).complementary, set(_least(problem))
    costs = {figure.key: figure.cost for figure in problem.figures}
    return len(ours), sum(costs[key] for key in ours), len(least), sum(costs[key] for key in least)


def _least(problem: Problem) -> Iterator[object]:
    for system in systems(problem):
        needed = {number for number, group in enumerate(system.groups) if group.is_primary}
        for number in _cheapest(system, needed):
            yield from system.groups[number].keys


def _cheapest(system: System, needed: set[int]) -> set[int]:
    demands = [(system.before(target), side) for target in system.targets for side in (False, True)]
    return cheapest_suppressions(system, demands, needed, seconds=120) if demands else set()


def main() -> None:
    seeds = range(FIRST, FIRST + SEASONS)
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        _table(_followed(pool.imap_unordered(played, seeds)))
        for switch, name in WEAKER.items():
            found = pool.map(weaker, [(seed, switch) for seed in seeds[::EVERY]], chunksize=1)
            recovered, attacked = sum(one.recovered for one in found), sum(len(one.widths) for one in found)
            print(f"{name}: {recovered} of {attacked} recovered ({len(found)} seasons of {FEWER} publications)")
        sums = [sum(column) for column in zip(*pool.map(given_up, seeds[::EVERY], chunksize=1), strict=True)]
    print(f"one publication of {len(seeds[::EVERY])} seasons: {sums[0]} figures go beside the small ones", end=" ")
    print(f"(weighted by level {sums[1]:.0f}), at least {sums[2]} ({sums[3]:.0f})")


def _followed(results: Iterable[Played]) -> Iterator[Played]:
    recovered = attacked = 0
    for number, one in enumerate(results, start=1):
        recovered, attacked = recovered + one.recovered, attacked + len(one.widths)
        if number % 10 == 0:
            print(f"{number} seasons: {recovered} of {attacked} recovered", file=sys.stderr, flush=True)
        yield one


def _table(results: Iterable[Played]) -> None:
    by_plan: dict[str, list[Played]] = defaultdict(list)
    for one in results:
        by_plan[one.plan].append(one)
    by_plan = {name: by_plan[name] for name in sorted(by_plan)}
    by_plan["all"] = [one for found in by_plan.values() for one in found]
    print(
        "| what is reported | seasons | figures | small | given up beside | attacked | recovered | least width |",
        end="",
    )
    print(" median | CPU s a season |\n|---|---|---|---|---|---|---|---|---|---|")
    for name, found in by_plan.items():
        widths = [width for one in found for width in one.widths]
        figures, small, beside = (sum(column) for column in zip(*map(_figures, found), strict=True))
        recovered, seconds = sum(one.recovered for one in found), sum(one.seconds for one in found)
        cells = [name, len(found), figures, small, beside, len(widths), recovered]
        cells += [f"{min(widths):.1f}", f"{statistics.median(widths):.0f}", f"{seconds / len(found):.1f}"]
        print(f"| {' | '.join(map(str, cells))} |")


def _figures(one: Played) -> tuple[int, int, int]:
    return one.figures, one.small, one.beside


if __name__ == "__main__":
    main()
