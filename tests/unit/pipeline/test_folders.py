"""Folders that somebody makes in the inbox: none of them keeps another's file from being found."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import folders, inbox, taking


@pytest.fixture
def folder() -> Iterator[Path]:
    """Removed by a program that knows any depth: pytest's own folders are removed by recursion."""
    made = Path(tempfile.mkdtemp(prefix="baocao-test-"))
    try:
        yield made
    finally:
        subprocess.run(["rm", "-rf", str(made)], check=True)


def nested(folder: Path, name: str, depth: int) -> None:
    """A file below so many folders, made one in the other, as a path of that length could not be."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=handle)
        inner = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(os.open("deep.csv", os.O_CREAT | os.O_WRONLY, dir_fd=handle))
    os.close(handle)


@pytest.mark.parametrize(("name", "depth"), [("d", 1500), ("d" * 250, 30)], ids=["deep", "a long path"])
def test_folders_in_one_another_hide_no_file_beside_them(name, depth, folder, monkeypatch, caplog):
    monkeypatch.setenv("BAOCAO_INBOX", str(folder))
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")
    (folder / "good.csv").write_text("a\n")
    nested(folder, name, depth)
    assert str(folder / "good.csv") in inbox.waiting()
    assert ("is passed over" in caplog.text) == (depth == 30)


def test_links_are_not_followed_and_what_is_no_file_is_none(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "elsewhere.csv").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.csv")
    found = {path.name for path in folders.below(tmp_path)}
    assert found == {"folder", "loop", "elsewhere.csv", "pipe.csv"}
    assert inbox.files_at([str(tmp_path)]) == []


def test_a_folder_that_does_not_answer_is_an_error_and_no_empty_one(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        list(folders.below(tmp_path / "file"))


def test_an_inbox_that_nobody_has_made_yet_is_empty(tmp_path):
    assert list(folders.below(tmp_path / "none")) == []


def test_what_was_left_aside_deep_down_is_put_back(tmp_path):
    aside = tmp_path / "a" / "b" / f"{taking.FOLDER}1"
    aside.mkdir(parents=True)
    (aside / "report.csv").write_text("a\n")
    os.utime(aside, (0, 0))
    taking.put_abandoned_back(tmp_path)
    assert (tmp_path / "a" / "b" / "report.csv").exists()
