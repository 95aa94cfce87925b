"""When a file of a folder is finished, and how it is taken out of it."""

import os
import time
from pathlib import Path

import pytest

from pipeline import inbox, settling, taking

QUIET = 3.0
LONG = settling.LONGER * QUIET


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "07228.csv"
    file.write_text("a;b\n1;2\n")
    return file


def is_finished(file: Path, rested: float) -> bool:
    return settling.is_finished(file, rested, QUIET)


def test_a_file_is_finished_when_it_has_rested(file):
    assert [is_finished(file, rested) for rested in (0, QUIET - 0.1, QUIET)] == [False, False, True]


def test_a_csv_that_ends_in_the_middle_of_a_line_rests_longer(file):
    file.write_text("a;b\n1;2")
    assert [is_finished(file, rested) for rested in (QUIET, LONG - 0.1, LONG)] == [False, False, True]
    workbook = file.rename(file.with_suffix(".xlsx"))
    assert is_finished(workbook, QUIET)


def test_a_file_that_is_open_for_writing_is_not_finished_until_its_writer_was_forgotten(file):
    with file.open("a"):
        assert settling.is_written(file)
        assert [is_finished(file, rested) for rested in (LONG, settling.WRITTEN_AT_MOST)] == [False, True]
    assert not settling.is_written(file)


def test_a_file_that_others_only_read_is_finished(file):
    with file.open():
        assert is_finished(file, QUIET)


def test_a_date_that_its_program_set_does_not_make_a_file_old(file, monkeypatch):
    monkeypatch.setenv("BAOCAO_INBOX", str(file.parent))
    os.utime(file, (0, 0))
    (version,) = inbox._versions(str(file.parent)).values()
    assert version.modified_at == 0
    assert abs(time.time() - version.changed_at) < 3600
    assert version.rested() < 3600


def test_the_time_of_a_clock_far_ahead_holds_up_no_file():
    assert inbox.Version(0, 1, time.time() + 7200).rested() == float("inf")
    assert inbox.Version(0, 1, time.time() + 30).rested() < 0


# --- taking ---------------------------------------------------------------------------------------


def test_what_was_read_is_removed_and_nothing_is_left(file):
    taking.remove(file, lambda taken: taken.read_text() == "a;b\n1;2\n")
    assert list(file.parent.iterdir()) == []
    taking.remove(file, lambda taken: True)  # gone already


def test_another_file_is_put_back_as_it_was(file):
    taking.remove(file, lambda taken: False)
    assert [(path.name, path.read_text()) for path in file.parent.rglob("*")] == [("07228.csv", "a;b\n1;2\n")]


def test_a_file_that_takes_the_name_in_the_last_moment_stays(file):
    def is_read(taken: Path) -> bool:
        file.write_text("newer\n")
        return True

    taking.remove(file, is_read)
    assert [(path.name, path.read_text()) for path in file.parent.iterdir()] == [("07228.csv", "newer\n")]


def test_of_two_newer_files_both_stay(file):
    def is_read(taken: Path) -> bool:
        file.write_text("newest\n")
        return False

    taking.remove(file, is_read)
    assert sorted(path.read_text() for path in file.parent.glob("*.csv")) == ["a;b\n1;2\n", "newest\n"]
    assert {path.suffix for path in file.parent.iterdir()} == {".csv"}


def test_a_file_that_is_open_for_writing_is_put_back(file):
    with file.open("a") as writer:
        taking.remove(file, lambda taken: True)
        writer.write("3;4\n")
    assert file.read_text() == "a;b\n1;2\n3;4\n"


def test_a_name_as_long_as_names_may_be_can_be_taken(tmp_path):
    file = tmp_path / ("x" * 251 + ".csv")
    file.write_text("a")
    taking.remove(file, lambda taken: True)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_aside_comes_back(file):
    aside = file.parent / f"{taking.FOLDER}dead"
    aside.mkdir()
    file.rename(aside / file.name)
    assert inbox._versions(str(file.parent)) == {}
    taking.put_abandoned_back(file.parent)
    assert not file.exists()  # it may be another process that is about it just now
    os.utime(aside, (0, 0))
    taking.put_abandoned_back(file.parent)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
