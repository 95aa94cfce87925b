"""Runs that should not be: two of a step at once, one at a time that is over, one while everything is stopped."""

import random
from datetime import datetime, timedelta

from tests.chaos.faults.base import Arguments, wait_a_while
from tests.chaos.world import Ended, World


def at_once(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    first = world.begin(step, now)
    wait_a_while(usual / 4, chance)
    second = world.begin(step, now)
    ended = [first.wait(), second.wait()]
    return max(ended, key=lambda each: abs(each.code))


def with_the_clock_back(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """The step at its time, and once more when the clock was set back by minutes or weeks and nothing is waiting.

    What is owed at that earlier time is what a build then shows: it runs again when the clock is right.
    """
    world.run(step, now)
    back = timedelta(minutes=chance.choice([1, 60, 60 * 24, 60 * 24 * 20]))
    world.run(step, (datetime.fromisoformat(now) - back).isoformat())
    return None


def with_down(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """`baocao down` in the middle."""
    under_way = world.begin(step, now)
    wait_a_while(usual, chance)
    down = world.run(["down"], now)
    assert down.code == 0, down.output
    under_way.wait()
    return None
