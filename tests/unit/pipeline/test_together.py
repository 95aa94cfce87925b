"""What several threads want at the same time is done in few batches, and each has its own result or error."""

import threading
import time
from collections.abc import Sequence

import pytest

from pipeline.together import Together
from tests.waiting import wait_for


def in_threads(together: Together[int, int], items: Sequence[int]) -> dict[int, int | str]:
    """The results of items that all wait together."""
    found: dict[int, int | str] = {}

    def want(item: int) -> None:
        try:
            found[item] = together.result(item)
        except ValueError as error:
            found[item] = str(error)

    threads = [threading.Thread(target=want, args=[item]) for item in items]
    with together.turn:
        for thread in threads:
            thread.start()
        wait_for(lambda: len(together.waiting) == len(items), "not all of them wait")
    for thread in threads:
        thread.join()
    return found


def test_those_that_come_one_after_the_other_are_one_batch_and_none_is_larger_than_allowed():
    batches: list[list[int]] = []

    def doubled(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        return [2 * item for item in items]

    assert in_threads(Together(doubled, 8), range(20)) == {item: 2 * item for item in range(20)}
    assert sorted(item for batch in batches for item in batch) == list(range(20))
    assert [len(batch) for batch in batches] == [8, 8, 4]


def test_what_a_batch_raises_each_of_it_raises_and_the_next_goes_on():
    def failing(items: Sequence[int]) -> list[int]:
        if 1 in items:
            raise ValueError("one of them")
        return list(items)

    together = Together(failing, 4)
    assert in_threads(together, [1, 2]) == {1: "one of them", 2: "one of them"}
    assert together.result(3) == 3


def test_one_alone_waits_for_no_other_longer_than_the_pause(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    assert Together(list[int], 8).result(1) == 1
    assert slept == [pytest.approx(0.1)]
