"""Connections to the server: cut in the middle of a COPY, of a build, of anything; and none left."""

import random
import time

import psycopg

from tests.chaos.faults.base import Arguments, wait_a_while
from tests.chaos.world import Ended, World
from warehouse import database

CUT = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = %s and backend_type in ('client backend', 'parallel worker')
"""


def lost(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """Every session of the warehouse ends, for a while."""
    under_way = world.begin(step, now)
    wait_a_while(usual, chance)
    with database.superuser() as connection:
        until = time.monotonic() + chance.choice([0.0, 0.3, 1.0])
        cut = 0
        while (time.monotonic() < until or not cut) and not under_way.is_over():
            (cut,) = connection.execute(CUT, [database.DATABASE]).fetchone() or (0,)
            time.sleep(0.02)
    under_way.wait()
    return None


def none_left(world: World, step: Arguments, now: str, usual: float, chance: random.Random) -> Ended | None:
    """Others take every connection that there is, those kept for our roles too, while the step runs."""
    under_way = world.begin(step, now)
    wait_a_while(usual / 2, chance)
    taken: list[psycopg.Connection] = []
    try:
        for address in (database.url("owner"), database.url("loader")):
            _take_all(address, taken)
        time.sleep(usual / 2)
    finally:
        for connection in taken:
            connection.close()
    under_way.wait()
    return None


def _take_all(address: str, taken: list[psycopg.Connection]) -> None:
    while True:
        try:
            taken.append(psycopg.connect(address, connect_timeout=5))
        except psycopg.OperationalError:
            return
