"""Folders that somebody makes in the inbox: none of them keeps another's file from being found."""

import os

import pytest

from pipeline import folders, inbox, taking


def nested(folder, name: str, depth: int) -> None:
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
def test_folders_in_one_another_hide_no_file_beside_them(name, depth, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("BAOCAO_INBOX", str(tmp_path))
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")
    (tmp_path / "good.csv").write_text("a\n")
    nested(tmp_path, name, depth)
    assert str(tmp_path / "good.csv") in inbox.waiting()
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
    with pytest.raises(FileNotFoundError):
        list(folders.below(tmp_path / "gone"))


def test_what_was_left_aside_deep_down_is_put_back(tmp_path):
    aside = tmp_path / "a" / "b" / f"{taking.FOLDER}1"
    aside.mkdir(parents=True)
    (aside / "report.csv").write_text("a\n")
    os.utime(aside, (0, 0))
    taking.put_abandoned_back(tmp_path)
    assert (tmp_path / "a" / "b" / "report.csv").exists()
