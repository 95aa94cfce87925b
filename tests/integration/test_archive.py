"""The archive: genuine bytes mend it, the inbox keeps what it does not hold, and not everybody reads it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import archive
from pipeline import receiving
from tests.integration.test_receiving_batches import drop, full
from warehouse.settings import get_settings

pytestmark = pytest.mark.usefixtures("nothing_arrived")

DAMAGES = {"changed": lambda content: content[:-2] + b"x\n", "cut": lambda content: content[:9], "gone": None}


@pytest.fixture(autouse=True)
def files_settle_at_once(monkeypatch):
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")


@pytest.fixture(params=["folder", "address"])
def archived_at(request, monkeypatch, tmp_path: Path) -> str:
    folder = str(tmp_path / "archive")
    place = folder if request.param == "folder" else f"local://{folder}"
    monkeypatch.setenv("BAOCAO_ARCHIVE", place)
    return place


def damage(address: str, kind: str) -> None:
    system, path = archive.filesystem(address)
    content = system.cat_file(path)
    system.rm_file(path)
    if DAMAGES[kind]:
        system.pipe_file(path, DAMAGES[kind](content))


@pytest.mark.parametrize("kind", DAMAGES)
def test_genuine_bytes_that_come_again_mend_the_archive_and_it_is_logged(session, archived_at, kind, caplog):
    genuine = drop("07228.csv", full("07228", 291)).read_bytes()
    receiving.receive()
    ((recorded, sha256),) = session.execute("select archive_uri, sha256 from raw.file").fetchall()
    damage(recorded, kind)
    assert not archive.holds(recorded, sha256)

    again = drop("07228-again.txt", full("07228", 291))
    (receipt,) = receiving.receive()

    assert receipt.status == "duplicate"
    assert not again.exists()
    assert archive.content(recorded, at_most=10_000) == genuine
    assert [archive.digest(address) for address in archive.listed(archived_at)] == [sha256]
    assert ("is there again" if kind == "gone" else "the genuine ones replace them") in caplog.text


def test_a_file_stays_in_the_inbox_until_the_archive_holds_its_bytes(session, monkeypatch, tmp_path, caplog):
    """The disk loses a block after the file was archived, and before it leaves the inbox."""
    monkeypatch.setenv("BAOCAO_ARCHIVE", str(tmp_path / "archive"))
    file = drop("07228.csv", full("07228", 291))

    def failing_disk() -> None:
        (address,) = archive.listed(str(tmp_path / "archive"))
        damage(address, "changed")

    monkeypatch.setattr(archive, "make_durable", failing_disk)
    receiving.receive()
    assert file.exists()
    assert "07228.csv stays in the inbox" in caplog.text

    monkeypatch.undo()
    monkeypatch.setenv("BAOCAO_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")
    (receipt,) = receiving.receive()
    assert (receipt.status, file.exists()) == ("duplicate", False)
    ((recorded, sha256),) = session.execute("select archive_uri, sha256 from raw.file").fetchall()
    assert archive.holds(recorded, sha256)


def test_a_file_that_changes_while_it_is_read_is_not_archived_under_the_hash_of_another(tmp_path):
    with pytest.raises(OSError, match="changed while it was read"):
        archive.keep(iter([b"other bytes"]), "ab" * 32, "a.csv", str(tmp_path))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture(params=[0, 0o077], ids=["open", "closed"])
def umask(request) -> Iterator[None]:
    """An umask that takes nothing away, and one that leaves the owner alone."""
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.parametrize(("access", "file_mode", "folder_mode"), [("owner", 0o600, 0o700), ("group", 0o640, 0o750)])
def test_archive_and_receipts_are_open_to_whom_the_setting_says_whatever_the_umask(
    umask, monkeypatch, access, file_mode, folder_mode
):
    home = get_settings().home
    monkeypatch.setenv("BAOCAO_FILE_ACCESS", access)
    monkeypatch.setenv("BAOCAO_ARCHIVE", str(home / "archive-of-a-test"))
    for folder in (home / "receipts", home / "archive-of-a-test"):
        folder.mkdir()
        folder.chmod(0o755)
    drop("07228.csv", full("07228", 291))
    receiving.receive()
    (address,) = archive.listed(str(home / "archive-of-a-test"))
    files = [Path(address), *(home / "receipts").iterdir()]
    found = {path.stat().st_mode & 0o777 for path in files}
    folders = {path.stat().st_mode & 0o777 for path in (home / "receipts", *Path(address).parents[:2])}
    shutil.rmtree(home / "archive-of-a-test")

    assert len(files) == 3
    assert found == {file_mode}
    assert folders == {folder_mode}


def test_a_folder_outside_the_home_keeps_the_mode_that_its_owner_gave_it(monkeypatch, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2770)
    monkeypatch.setenv("BAOCAO_ARCHIVE", str(shared))
    monkeypatch.setenv("BAOCAO_FILE_ACCESS", "group")
    drop("07228.csv", full("07228", 291))
    receiving.receive()
    (address,) = archive.listed(str(shared))

    assert shared.stat().st_mode & 0o7777 == 0o2770
    assert Path(address).stat().st_mode & 0o777 == 0o640
    assert Path(address).parent.stat().st_mode & 0o7777 == 0o2750, "in the group of the folder above"
