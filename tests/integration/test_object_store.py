"""Inbox and archive in an object store that speaks S3, over HTTP."""

from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest
import s3fs
from fsspec.implementations.memory import MemoryFileSystem

from ingest import archive
from ingest.receiving import NotKept
from pipeline import inbox, receiving
from tests.integration.object_store import ObjectStore, object_store
from warehouse import database

HEADER = "programme,period,unit_code,indicator,numerator,denominator"
UNITS = 34
"""More than the 32 from which two processes read, each with connections of its own to the store."""


@pytest.fixture
def store(own_database, monkeypatch) -> Iterator[ObjectStore]:
    with object_store("office") as store:
        monkeypatch.setenv("BAOCAO_INBOX", "s3://office/inbox")
        monkeypatch.setenv("BAOCAO_ARCHIVE", "s3://office/archive")
        monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")
        yield store


def put(name: str, content: str) -> None:
    s3fs.S3FileSystem().pipe_file(f"office/inbox/{name}", content.encode())


def communes() -> list[str]:
    with database.connect() as connection:
        query = (
            "select distinct unit_code from app.expected_report "
            "where programme_code = 'bacninh-2026-2030' and period = '2026' order by unit_code limit %s"
        )
        return [code for (code,) in connection.execute(query, [UNITS])]


def test_objects_are_received_once_and_kept_by_their_hash(store, command):
    codes = communes()
    assert len(codes) == UNITS
    for code in codes:
        put(f"xa/{code}.csv", f"{HEADER}\nbacninh-2026-2030,2026,{code},5.1,291,300\n")
    assert len(receiving.receive()) == UNITS

    assert inbox.waiting() == []
    with database.connect() as connection:
        kept = connection.execute("select sha256, archive_uri, file_name from raw.file").fetchall()
    assert {name for _, _, name in kept} == {f"{code}.csv" for code in codes}
    assert all(archive.digest(address) == sha256 == PurePosixPath(address).stem for sha256, address, _ in kept)
    assert sorted(address for _, address, _ in kept) == archive.listed("s3://office/archive")
    assert command("verify").code == 0


def test_a_content_that_comes_again_under_another_name_is_a_duplicate(store):
    content = f"{HEADER}\nbacninh-2026-2030,2026,07228,5.1,290,300\n"
    put("a.csv", content)
    assert [receipt.status for receipt in receiving.receive()] != ["duplicate"]
    before = archive.listed("s3://office/archive")
    put("b.csv", content)
    assert [receipt.status for receipt in receiving.receive()] == ["duplicate"]
    assert archive.listed("s3://office/archive") == before and inbox.waiting() == []


def test_an_object_that_is_replaced_while_it_is_read_stays_for_the_next_run(store):
    put("07228.csv", f"{HEADER}\nbacninh-2026-2030,2026,07228,5.1,280,300\n")
    newer = f"{HEADER}\nbacninh-2026-2030,2026,07228,5.1,281,300\n"

    def replace_once(method: str, path: str) -> None:
        if method == "PUT" and "/archive/" in path:
            store.before = lambda method, path: None
            put("07228.csv", newer)

    store.before = replace_once
    receiving.receive()
    assert [PurePosixPath(file).name for file in inbox.waiting()] == ["07228.csv"]
    receiving.receive()
    with database.connect() as connection:
        found = connection.execute(
            "select numerator_raw from raw.line join raw.submission using (submission_id) join raw.file using (sha256) "
            "where numerator_raw in ('280', '281') order by file.received_at, line_id"
        ).fetchall()
    assert found == [("280",), ("281",)]


def test_a_store_that_takes_no_object_stops_the_run_and_loses_none(store):
    put("07228.csv", f"{HEADER}\nbacninh-2026-2030,2026,07228,5.1,270,300\n")
    archived = archive.listed("s3://office/archive")

    def refuse(method: str, path: str) -> bool:
        return method == "PUT" and "/archive/" in path

    store.before = refuse
    with pytest.raises(NotKept, match=r"07228\.csv cannot be kept"):
        receiving.receive()
    store.before = lambda method, path: None
    assert archive.listed("s3://office/archive") == archived
    assert [PurePosixPath(file).name for file in inbox.waiting()] == ["07228.csv"]
    receiving.receive()
    assert inbox.waiting() == [] and len(archive.listed("s3://office/archive")) == len(archived) + 1


def test_an_error_of_a_store_s_own_kind_is_one_of_keeping_a_file(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("a kind of its own")

    monkeypatch.setattr(MemoryFileSystem, "open", refuse)
    with pytest.raises(OSError, match="the store answers with RuntimeError"):
        archive.put("memory://office/a.csv", [b"a"])
