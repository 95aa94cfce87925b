"""SIGKILL: of the step, of the server under it, and of the step that has handed a letter over and not heard back."""

import os
import random
import signal
from contextlib import suppress

import psutil

from tests.chaos.faults.base import Arguments, wait_a_while
from tests.chaos.world import Ended, World
from warehouse import database


def command(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    under_way = world.begin(step, now)
    wait_a_while(usual, chance)
    under_way.kill()
    under_way.wait()
    return None


def server(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """The postmaster, or one of its processes, as the kernel does when memory is short."""
    under_way = world.begin(step, now)
    wait_a_while(usual, chance)
    kill_server(chance)
    under_way.wait()
    return None


def kill_server(chance: random.Random) -> None:
    running = database.cluster().running()
    if running is None:
        return
    postmaster = psutil.Process(running.pid)
    victims = [postmaster, *postmaster.children()]
    victim = chance.choice([postmaster, chance.choice(victims)])
    with suppress(ProcessLookupError):
        os.kill(victim.pid, signal.SIGKILL)
    with suppress(psutil.TimeoutExpired):
        victim.wait(10)  # the server lets nobody in from when it has noticed


def with_a_letter(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """As soon as the mail server has the n-th letter of the step; where it has none, at its end."""
    wanted = len(world.postbox.taken) + chance.randint(1, 4)
    under_way = world.begin(step, now)

    def kill() -> None:
        if len(world.postbox.taken) >= wanted:
            under_way.kill()
            world.in_flight.update(world.postbox.message_ids()[wanted - 1 :])

    world.postbox.on_letter = kill
    under_way.wait()
    world.postbox.on_letter = lambda: None
    return None
