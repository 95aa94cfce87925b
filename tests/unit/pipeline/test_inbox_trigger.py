"""The trigger that watches the inbox, as Airflow's triggerer runs it."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest

from pipeline import inbox, inbox_trigger
from pipeline.inbox_trigger import InboxTrigger


@pytest.fixture(params=["folder", "address"])
def folder(request, tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("BAOCAO_INBOX", str(tmp_path) if request.param == "folder" else f"file://{tmp_path}")
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "1")
    for pause in ("FOLDER_SECONDS", "ADDRESS_SECONDS", "FAILED_SECONDS"):
        monkeypatch.setattr(inbox_trigger, pause, 0.02)
    return tmp_path


def drop(folder: Path, *names: str, text: str = "x\n") -> None:
    """Files that were finished a minute ago."""
    for name in names:
        draft = folder / f"{name}.part"
        draft.write_text(text)
        os.utime(draft, (draft.stat().st_mtime - 60,) * 2)
        draft.rename(folder / name)


def watch(scenario: Callable[[Callable[[], Awaitable[int]]], Awaitable[None]]) -> None:
    """Runs the test's coroutine with a function that waits for the next event and returns its number of files."""

    async def run() -> None:
        async with aclosing(InboxTrigger().run()) as events:

            async def next_event() -> int:
                event = await asyncio.wait_for(anext(events), 60)
                return event.payload["finished_files"]

            await scenario(next_event)

    asyncio.run(run())


def test_a_set_of_finished_files_is_announced_once_and_left_where_it_is(folder):
    async def scenario(next_event):
        drop(folder, "a.csv", "b.csv", "c.csv")
        assert await next_event() == 3
        drop(folder, "d.csv", "e.csv")
        assert await next_event() == 2  # those that still wait are not announced again
        drop(folder, "a.csv", text="another report\n")
        assert await next_event() == 1

    watch(scenario)
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"]


@contextmanager
def being_written(file: Path) -> Iterator[None]:
    """Inside the block somebody adds line after line."""
    ended = threading.Event()

    def write() -> None:
        with file.open("w") as slow:
            while not ended.wait(0.05):
                slow.write("line\n")
                slow.flush()

    file.touch()
    (writer := threading.Thread(target=write)).start()
    try:
        yield
    finally:
        ended.set()
        writer.join()


def test_a_file_that_is_still_being_written_is_not_announced(folder):
    async def scenario(next_event):
        with being_written(folder / "slow.csv"):
            drop(folder, "a.csv", "b.csv")
            assert await next_event() == 2
            assert {Path(address).name for address in inbox.finished()} == {"a.csv", "b.csv"}
        assert await next_event() == 1

    watch(scenario)


def test_after_a_restart_what_still_waits_is_announced_again(folder):
    drop(folder, "a.csv", "b.csv")

    async def scenario(next_event):
        assert await next_event() == 2

    watch(scenario)
    watch(scenario)


def test_an_inbox_that_cannot_be_read_for_a_while_is_watched_again_and_named_once(folder, monkeypatch, caplog):
    there = os.environ["BAOCAO_INBOX"]
    monkeypatch.setenv("BAOCAO_INBOX", "nosuchstore://inbox")

    async def scenario(next_event):
        waiting = asyncio.create_task(next_event())
        async with asyncio.timeout(60):
            while "The inbox cannot be watched" not in caplog.text:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)  # some more looks
        drop(folder, "a.csv")
        monkeypatch.setenv("BAOCAO_INBOX", there)
        assert await waiting == 1

    watch(scenario)
    assert caplog.text.count("The inbox cannot be watched") == 1
    assert "nosuchstore" in caplog.text
