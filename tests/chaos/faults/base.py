"""What a fault is: it strikes a step that runs, and says when it was over."""

import random
import time
from collections.abc import Sequence
from typing import Protocol

from tests.chaos.world import Ended, World

Arguments = Sequence[str]


class Strike(Protocol):
    """One step and the fault in it. usual: seconds that the step takes undisturbed. Returns how the step ended, None
    where it has to run again whatever it said. When this returns the fault is over.
    """

    def __call__(
        self, world: World, step: Arguments, now: str, usual: float, chance: random.Random
    ) -> Ended | None: ...


def wait_a_while(usual: float, chance: random.Random) -> None:
    """Until an instant of the step that is drawn at random."""
    time.sleep(chance.random() * usual)
