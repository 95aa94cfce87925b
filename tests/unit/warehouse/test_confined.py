"""Whatever an item does to its process: it has an outcome, and so have the others."""

import os
import signal
import time

import pytest

from warehouse import confined
from warehouse.confined import MB, Failed, Limits
from warehouse.errors import WrongCall

LIMITS = Limits(memory=200 * MB, cpu_seconds=1, seconds=30)


def outcomes(function, items, limits=LIMITS, processes=2):
    return list(confined.each(function, items, limits=limits, processes=processes))


def children() -> set[int]:
    import psutil

    return {child.pid for child in psutil.Process().children()}


def test_results_come_in_the_order_of_the_items_from_other_processes():
    found = outcomes(lambda item: (item, os.getpid()), range(50))
    assert [item for item, _ in found] == list(range(50))
    processes = {process for _, process in found}
    assert os.getpid() not in processes
    assert len(processes) <= 2
    assert not children() & processes


def test_a_thread_and_a_daemon_of_multiprocessing_may_have_them_too():
    """A letter's attachment is made in a thread, and a task of Celery runs in such a daemon."""
    import multiprocessing
    import threading

    found: list[int] = []
    thread = threading.Thread(target=lambda: found.extend(outcomes(abs, [-1, -2])))
    thread.start()
    thread.join()
    assert found == [1, 2]
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    daemon = context.Process(target=lambda: queue.put(outcomes(abs, [-3])), daemon=True)
    daemon.start()
    assert queue.get() == [3]
    daemon.join()


def test_no_items_no_results():
    assert outcomes(lambda item: item, []) == []


def endless(item):
    while True:
        pass


def died(item):
    os.kill(os.getpid(), signal.SIGSEGV)


def left(item):
    os._exit(3)


@pytest.mark.parametrize(
    ("harm", "reason", "detail"),
    [
        (lambda item: len(bytearray(549_000_000_000)), "memory", "more than 200 MB"),
        (lambda item: [bytearray(MB) for _ in range(100_000)], "memory", "more than 200 MB"),
        (endless, "cpu", "more than 1 s of CPU"),
        (died, "killed", "SIGSEGV"),
        (left, "killed", "exit code 3"),
    ],
    ids=["549 GB", "bit by bit", "endless", "segfault", "exit"],
)
def test_an_item_that_harms_its_process_fails_alone(harm, reason, detail):
    found = outcomes(lambda item: harm(item) if item == 2 else item, range(5))
    assert found == [0, 1, Failed(reason, detail), 3, 4]


def test_an_item_that_waits_for_somebody_is_given_up_and_is_not_said_to_be_costly():
    end, _kept = os.pipe()
    found = outcomes(lambda item: os.read(end, 1) if item == 1 else item, range(3), Limits(seconds=0.5))
    assert found == [0, Failed("waiting", "no answer in 0.5 s"), 2]


def test_an_item_that_is_busy_when_its_time_is_up_is_costly(monkeypatch):
    monkeypatch.setattr(confined, "BUSY_SHARE", 0.0)
    found = outcomes(lambda item: endless(item) if item == 1 else item, range(3), Limits(seconds=1))
    assert [type(each) for each in found] == [int, Failed, int]
    assert found[1].reason == "cpu"


def test_the_limit_of_cpu_is_each_items_own():
    def busy(item):
        before = time.process_time()  # what is limited: the kernel's share, too
        while time.process_time() - before < 0.4:
            pass
        return item

    assert outcomes(busy, range(6), processes=1) == [0, 1, 2, 3, 4, 5]


def test_what_the_function_raises_is_raised_here_and_no_child_is_left():
    before = children()

    def failing(item):
        raise WrongCall(f"item {item}")

    with pytest.raises(WrongCall, match="item 0"):
        outcomes(failing, range(3))
    assert children() == before


def test_what_keeps_a_child_from_starting_is_raised_here_and_not_written_by_the_child(capfd):
    """As when the database is stopped in the middle of a batch: a sentence of the command, no trace of its child."""
    before = children()

    def failing():
        raise WrongCall("no database")

    with pytest.raises(WrongCall, match="no database"):
        list(confined.each(lambda item: item, [0], limits=LIMITS, processes=1, start=failing))
    assert children() == before
    assert capfd.readouterr() == ("", "")


def test_a_child_writes_no_core_and_is_the_first_to_go_when_memory_ends():
    import resource
    from pathlib import Path

    def state(item):
        return resource.getrlimit(resource.RLIMIT_CORE)[0], Path("/proc/self/oom_score_adj").read_text().strip()

    assert outcomes(state, [0]) == [(0, "1000")]


def test_children_of_a_process_that_is_killed_go_without_a_word(tmp_path):
    """Each waits for its next item, or has a result that nobody takes."""
    output = tmp_path / "output"
    parent = os.fork()
    if not parent:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        given = confined.each(lambda item: time.sleep(item), [0, 0.5, 0], limits=LIMITS, processes=2)
        next(given)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(parent, 0)
    time.sleep(1)
    assert output.read_text() == ""
