"""Every fault once, in one season: at the end every figure, receipt, verdict, letter and ledger row is as without them.

`make chaos` injects each many times. BAOCAO_CHAOS_SEED repeats what a failing run drew.
"""

import os
import random
from collections.abc import Iterator

import pytest

from tests.chaos import season
from tests.chaos.end_state import differences, end_state
from tests.chaos.faults.base import Arguments
from tests.chaos.faults.starts import FirstStarts, Migrations
from tests.chaos.play import FAULTS, Fault, Undisturbed, play_disturbed, play_undisturbed
from tests.chaos.world import World, small_world
from warehouse import database

pytestmark = pytest.mark.begins_early  # in a process that has not parsed dbt's project yet, see world.py


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with small_world() as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(world: World) -> Undisturbed:
    return play_undisturbed(world)


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("BAOCAO_CHAOS_SEED") or random.randrange(10**6))
    print(f"BAOCAO_CHAOS_SEED={seed}")
    return random.Random(seed)


def shared_out(chance: random.Random) -> dict[int, list[Fault]]:
    """Each fault to one step that it can strike, as evenly as that allows; by the step's number."""
    steps: list[Arguments] = [step for turn in season.turns() for step in turn.steps]
    shares: dict[int, list[Fault]] = {number: [] for number in range(len(steps))}
    for fault in sorted(FAULTS, key=lambda each: (not each.steps, chance.random())):
        possible = [number for number, step in enumerate(steps) if fault.can_strike(step)]
        shares[min(possible, key=lambda number: (len(shares[number]), chance.random()))].append(fault)
    return shares


def test_the_comparison_sees_one_changed_figure_one_lost_receipt_and_one_letter_too_many(world, undisturbed):
    """It comes first: the world is as the undisturbed season left it."""
    assert differences(undisturbed.state, end_state(world)) == {}
    with database.connect() as connection:
        connection.execute("update marts.fct_indicator_rollup set numerator = numerator + 1 where unit_code = '91'")
    receipt = next((world.home / "receipts").glob("*.txt"))
    receipt.unlink()
    world.postbox.taken.append(world.postbox.taken[0])
    found = differences(undisturbed.state, end_state(world))
    assert found["marts.fct_indicator_rollup"].other > 0
    assert (found["receipts"].lost, found["not as recorded"].twice) == (1, 1)
    assert (found["letters"].lost, found["letters"].twice) == (0, 1)


def test_a_season_with_every_fault_ends_as_one_without_any(world, undisturbed, chance):
    shares = shared_out(chance)
    played = play_disturbed(world, undisturbed, chance, lambda number, step: shares[number])
    assert set(played.injected) == {fault.name for fault in FAULTS}
    assert played.traces == []
    assert played.found == {}


def test_a_start_that_was_killed_leaves_nothing_that_the_next_one_does_not_mend(world, chance):
    for starting in (FirstStarts(), Migrations(world)):
        assert starting.strike(chance).found == {}
