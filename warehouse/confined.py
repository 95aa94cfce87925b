"""A function is applied to items in child processes with limits: no item can kill, fill or hold up this process.

The children are forked, so that nothing is imported again, and each does many items; one that dies is replaced. Where
this process has threads, a child may find a lock of theirs closed for ever: one that does not say in time that it has
started is replaced before it is given anything.
"""

import contextlib
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe, connection
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

import psutil

from warehouse.errors import BaocaoError
from warehouse.logging import get_logger

log = get_logger(__name__)

MB = 1 << 20
START_SECONDS = 60.0
STARTS = 3
DEADLY = (signal.SIGTERM, signal.SIGXCPU, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT)
BUSY_SHARE = 0.1
"""Of the limit of CPU: a child that has used it when its time is up was busy, and not waiting for somebody else."""

Item = TypeVar("Item")
Result = TypeVar("Result")
Start = Callable[[], object]


@dataclass(frozen=True)
class Limits:
    """What one item may cost. memory: bytes beyond what its process has when it starts."""

    memory: int = 1024 * MB
    cpu_seconds: int = 60
    seconds: float = 300.0


@dataclass(frozen=True)
class Failed:
    """An item without a result. waiting: its time was up without work, as behind a disk that does not answer."""

    reason: Literal["memory", "cpu", "killed", "waiting"]
    detail: str


@dataclass(frozen=True)
class _Raised:
    error: Exception


def each(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    limits: Limits,
    processes: int,
    start: Start = lambda: None,
) -> Iterator[Result | Failed]:
    """`function` of each item, in their order. start: called in each child before its first item.

    Raises what `function` or `start` raises, but for MemoryError, which is a failed item, or a start that failed;
    BaocaoError if no child starts.
    """
    pool = _Pool(function, items, limits, start)
    try:
        yield from pool.results(min(processes, len(items)))
    finally:
        pool.end()


class _Pool:
    def __init__(self, function: Callable[[Any], Any], items: Sequence[Any], limits: Limits, start: Start) -> None:
        self.function, self.items, self.limits, self.start = function, items, limits, start
        self.children: list[_Child] = []

    def results(self, processes: int) -> Iterator[Any]:
        done: dict[int, object] = {}
        given = 0
        for wanted in range(len(self.items)):
            while wanted not in done:
                while len(self.children) < processes and given < len(self.items):
                    self.children.append(self._started())
                for child in self.children:
                    if child.item is None and given < len(self.items):
                        child.give(given)
                        given += 1
                for child in self._ready():
                    outcome = child.outcome()
                    done[child.taken()] = outcome
                    if isinstance(outcome, Failed):
                        child.end()
                        self.children.remove(child)
            found = done.pop(wanted)
            if isinstance(found, _Raised):
                raise found.error
            yield found

    def end(self) -> None:
        for child in self.children:
            child.end()

    def _ready(self) -> list["_Child"]:
        """Those that have a result, died or run out of time; waits for the first."""
        busy = {child.pipe: child for child in self.children if child.item is not None}
        left = max(min(child.deadline for child in busy.values()) - time.monotonic(), 0)
        if reporting := connection.wait(busy, left):
            return [busy[pipe] for pipe in reporting if isinstance(pipe, connection.Connection)]
        return [child for child in busy.values() if child.deadline <= time.monotonic()]

    def _started(self) -> "_Child":
        for _ in range(STARTS):
            child = _Child(self.limits, self._serve, [other.pipe for other in self.children])
            start = child.start()
            if start is True:
                return child
            child.end()
            if isinstance(start, _Raised):
                raise start.error
            log.warning("Child process %s did not start and is replaced", child.process)
        raise BaocaoError(f"No child process could be started in {STARTS} attempts; the log says more.")

    def _serve(self, pipe: connection.Connection) -> None:
        """The life of a child: an item after the other, until its parent has no more or is gone."""
        _confine(self.limits)
        with contextlib.suppress(EOFError, OSError):  # its parent is gone
            pipe.send_bytes(self._started_here())
            while True:
                index = pipe.recv()
                _limit_cpu(self.limits.cpu_seconds)
                pipe.send_bytes(self._outcome(self.items[index]))

    def _started_here(self) -> bytes:
        """What keeps a child from starting, such as a database that is gone, is for its parent to say."""
        try:
            self.start()
        except MemoryError:
            raise
        except Exception as error:
            return _pickled(error)
        return pickle.dumps(True)

    def _outcome(self, item: object) -> bytes:
        try:
            return pickle.dumps(self.function(item))
        except MemoryError:
            return pickle.dumps(Failed("memory", f"more than {self.limits.memory // MB} MB"))
        except Exception as error:
            return _pickled(error)


class _Child:
    """A forked process that works on one item at a time. item: its index; None while it has none."""

    def __init__(
        self, limits: Limits, serve: Callable[[connection.Connection], None], others: Sequence[connection.Connection]
    ) -> None:
        self.limits = limits
        self.item: int | None = None
        self.deadline = 0.0
        self.cpu_before = 0.0
        self.pipe, own = Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.process = os.fork()
        if not self.process:
            _live(lambda: serve(own), [self.pipe, *others])
        own.close()

    def start(self) -> object:
        """True once it has started, _Raised with what keeps it from it; None if it says nothing in time or died."""
        try:
            return self.pipe.recv() if self.pipe.poll(START_SECONDS) else None
        except (EOFError, OSError):
            return None

    def give(self, index: int) -> None:
        self.item, self.deadline, self.cpu_before = index, time.monotonic() + self.limits.seconds, self._cpu()
        try:
            self.pipe.send(index)
        except OSError:  # it died without an item: the answer is that it did
            log.warning("Child process %s died between two files", self.process)

    def taken(self) -> int:
        """The item it had, which it is rid of now."""
        index, self.item = self.item, None
        assert index is not None
        return index

    def outcome(self) -> object:
        """What became of its item; a Failed if the child is of no use any more."""
        try:
            if self.pipe.poll():
                return self.pipe.recv()
        except (EOFError, OSError):
            return self._death()
        if self._cpu() - self.cpu_before > BUSY_SHARE * self.limits.cpu_seconds:
            return Failed("cpu", f"busy for {self.limits.seconds:g} s")
        return Failed("waiting", f"no answer in {self.limits.seconds:g} s")

    def end(self) -> None:
        """Idempotent; the process is gone when it returns."""
        self.pipe.close()
        if self.process:
            os.kill(self.process, signal.SIGKILL)  # not waited for yet, so the number is still its own
            os.waitpid(self.process, 0)
            self.process = 0

    def _death(self) -> Failed:
        _, status = os.waitpid(self.process, 0)
        self.process = 0
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            return Failed("cpu", f"more than {self.limits.cpu_seconds} s of CPU")
        name = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit code {status >> 8}"
        return Failed("killed", name)

    def _cpu(self) -> float:
        try:
            times = psutil.Process(self.process).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)


def _live(serve: Start, others: Sequence[connection.Connection]) -> NoReturn:
    """In the child: nothing of its parent's runs at its end, no handler, no clean-up, no second copy of a buffer."""
    try:
        for pipe in others:
            pipe.close()
        for deadly in DEADLY:  # Airflow answers some of them in its own process
            signal.signal(deadly, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends its children
        serve()
        os._exit(0)
    except BaseException:
        log.exception("A child process cannot go on")
    finally:
        os._exit(1)


def _confine(limits: Limits) -> None:
    """No core dump, which would hold what was reported; the first to go when the machine is out of memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        most = psutil.Process().memory_info().vms + limits.memory
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        with contextlib.suppress(OSError):  # where /proc is closed
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _limit_cpu(seconds: int) -> None:
    """So many seconds from now, counted in whole ones."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _pickled(error: Exception) -> bytes:
    try:
        pickled = pickle.dumps(_Raised(error))
        pickle.loads(pickled)
    except Exception:
        pickled = pickle.dumps(_Raised(BaocaoError(f"{type(error).__name__}: {error}")))
    return pickled
