import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from ingest import archive, opening, receiving, workbook
from ingest.receiving import Arrival
from tests.fixtures import make_submissions as made
from warehouse import catalogue, database

pytestmark = pytest.mark.usefixtures("clean_warehouse")

RECEIVED_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HEADER = "programme;period;unit_code;indicator;numerator;denominator;value;note"
LINE = "bacninh-2026-2030;2026;07228;5.1;291;300;<2,6;"


def rows(query, *values):
    with database.connect("loader") as connection:
        return connection.execute(query, values).fetchall()


def receive(path, batch_id=None):
    return receiving.receive(path, batch_id=batch_id or uuid4(), received_at=RECEIVED_AT)


@pytest.fixture
def inbox(tmp_path):
    def put(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return put


def stop_if_broken(received):
    with database.connect("loader") as connection:
        for own_id in received.submission_ids:
            connection.execute(
                "insert into ops.submission_verdict (submission_id, status, rules_version, decided_at) "
                "values (%s, 'accepted', 'test', %s)",
                [own_id, RECEIVED_AT],
            )


def test_a_file_becomes_typed_rows_and_an_unchanged_copy(inbox):
    path = inbox("Báo cáo.CSV", f"{HEADER}\n{LINE}\n")
    batch_id = uuid4()
    received = receive(path, batch_id)
    assert not received.is_duplicate
    (file,) = rows("select file_name, size_bytes, archive_uri, batch_id, received_at from raw.file")
    assert (file[0], file[1], file[3], file[4]) == ("Báo cáo.CSV", path.stat().st_size, batch_id, RECEIVED_AT)
    assert file[2].endswith(f"/{received.sha256[:2]}/{received.sha256}.csv")
    assert Path(file[2]).read_bytes() == path.read_bytes()
    assert rows("select numerator_raw, numerator_kind, numerator::text, problems from raw.line") == [
        ("291", "exact", "[291,291]", None)
    ]
    assert rows("select value_raw, value_kind, value::text from raw.line") == [("<2,6", "censored", "(,2.6)")]
    assert rows("select programme_code, period, unit_code, agency_code, submission_type, form from raw.submission") == [
        ("bacninh-2026-2030", "2026", "07228", "UBND", "full", "figures")
    ]


def test_every_character_arrives_as_it_was(inbox):
    note = 'tab\t, "nháy", \\N, \\., dòng\nhai, 👶, \\'
    quoted = note.replace('"', '""')
    receive(inbox("a.csv", f'{HEADER}\n{LINE}"{quoted}"\n'))
    assert rows("select note from raw.line") == [(note,)]


def test_the_same_bytes_are_one_submission_under_any_name(inbox):
    first = receive(inbox("a.csv", f"{HEADER}\n{LINE}\n"))
    again = receive(inbox("b.csv", f"{HEADER}\n{LINE}\n"))
    assert again.submission_ids == first.submission_ids
    assert rows("select count(*) from raw.submission") == [(1,)]


def test_what_was_loaded_but_not_judged_is_carried_on_in_its_batch(inbox):
    path = inbox("a.csv", f"{HEADER}\n{LINE}\n")
    first = receive(path)
    again = receive(path)
    assert (again.batch_id, again.is_duplicate) == (first.batch_id, False)
    stop_if_broken(first)
    assert receive(path).is_duplicate


def test_the_same_input_gives_the_same_id_in_any_run(inbox):
    path = inbox("a.csv", f"{HEADER}\n{LINE}\n")
    first = receive(path)
    with database.connect("owner") as connection:
        connection.execute("truncate raw.file cascade")
    assert receive(path).submission_ids == first.submission_ids


def test_two_bytes_differ_two_submissions(inbox):
    first = receive(inbox("a.csv", f"{HEADER}\n{LINE}\n"))
    second = receive(inbox("a.csv", f"{HEADER}\n{LINE} \n"))
    assert set(first.submission_ids).isdisjoint(second.submission_ids)


def test_a_file_that_cannot_be_read_is_a_submission_with_its_reason(inbox):
    received = receive(inbox("scan.xlsx", b"%PDF-1.7 made up"))
    assert rows("select programme_code, period, unit_code from raw.submission") == [(None, None, None)]
    (issue,) = rows("select submission_id, severity, rule, message_vi, message_en from ops.submission_issue")
    assert issue == (received.submission_ids[0], "critical", "file_pdf", *catalogue.rule_message("file_pdf"))


def test_a_place_stands_with_its_issue(inbox):
    receive(inbox("a.csv", f"{HEADER}\n{LINE}\n{LINE.replace('2026;07228', '2026-13;07228')}\n"))
    assert rows("select rule, line, raw, message_vi like '%%«2026-13»%%' from ops.submission_issue") == [
        ("key_unreadable", 3, "2026-13", True)
    ]


@pytest.mark.parametrize(
    "row", [row for row in made.expected() if row.decided_at == "reading"], ids=lambda row: row.file
)
def test_every_unreadable_file_is_loaded_with_words(row, tmp_path):
    receive(made.make(row.file, tmp_path))
    (issue,) = rows("select distinct rule, severity, message_vi from ops.submission_issue")
    assert issue[:2] == (row.rule_code, row.severity)
    assert "{" not in issue[2]


def test_a_file_too_large_is_archived_without_being_read(inbox):
    content = os.urandom(1000) * (opening.LARGEST_FILE // 1000 + 1)
    received = receive(inbox("large.xlsx", content))
    ((uri, size),) = rows("select archive_uri, size_bytes from raw.file")
    assert (Path(uri).read_bytes() == content, size) == (True, len(content))
    assert rows("select rule from ops.submission_issue where submission_id = %s", received.submission_ids[0]) == [
        ("file_too_large",)
    ]


def test_a_document_is_archived_and_has_no_lines(inbox):
    path = inbox("hồ sơ.pdf", b"%PDF-1.7 made up")

    def send(unit):
        return receiving.receive_document(
            "langson-child-friendly-2024", "2026", unit, "CA", path, batch_id=uuid4(), received_at=RECEIVED_AT
        )

    first, again, other = send("06001"), send("06001"), send("06002")
    assert first.submission_ids == again.submission_ids != other.submission_ids
    assert rows("select unit_code, agency_code, form from raw.submission order by 1") == [
        ("06001", "CA", "document"),
        ("06002", "CA", "document"),
    ]
    assert rows("select count(*) from raw.line") == [(0,)]
    stop_if_broken(first)
    assert send("06001").is_duplicate


def test_bytes_that_came_as_a_document_can_come_as_figures(inbox):
    path = inbox("a.csv", f"{HEADER}\n{LINE}\n")
    receiving.receive_document("p", "2026", "07228", "UBND", path, batch_id=uuid4(), received_at=RECEIVED_AT)
    assert not receive(path).is_duplicate
    assert rows("select form from raw.submission order by 1") == [("document",), ("figures",)]
    assert rows("select count(*) from raw.line") == [(1,)]


def test_the_archive_may_be_any_file_system(inbox, monkeypatch):
    monkeypatch.setenv("BAOCAO_ARCHIVE", "memory://archive")
    path = inbox("a.csv", f"{HEADER}\n{LINE}\n")
    receive(path)
    import fsspec

    ((uri,),) = rows("select archive_uri from raw.file")
    with fsspec.open(uri) as kept:
        assert kept.read() == path.read_bytes()
    assert not receive(uri).is_duplicate, "an address of that file system can be received as well"


def test_nothing_half_written_stays_in_the_archive(inbox, tmp_path):
    def breaking():
        yield b"half"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        archive.keep(breaking(), "ab" * 32, "a.csv", str(tmp_path / "archive"))
    assert [path for path in (tmp_path / "archive").rglob("*") if path.is_file()] == []


# --- many at once ---------------------------------------------------------------------------------


def many(inbox, number):
    return [
        Arrival(str(inbox(f"{unit:05d}.csv", f"{HEADER}\n{LINE.replace('07228', f'{unit:05d}')}\n")), RECEIVED_AT)
        for unit in range(number)
    ]


def test_many_files_are_received_in_their_order_each_by_itself(inbox):
    arrivals = many(inbox, receiving.FEW + 1)
    batch_id = uuid4()
    received = receiving.receive_many(arrivals, batch_id=batch_id)
    assert [file.path for file in received] == [arrival.path for arrival in arrivals]
    assert rows("select count(*), count(distinct xmin::text) from raw.submission") == [(len(arrivals), len(arrivals))]
    assert {file.batch_id for file in received} == {batch_id}
    again = receiving.receive_many(arrivals, batch_id=uuid4())
    assert [file.submission_ids for file in again] == [file.submission_ids for file in received]
    assert rows("select count(*) from raw.line") == [(len(arrivals),)]


def test_a_content_twice_in_a_batch_is_once_a_duplicate(inbox):
    one, two = (Arrival(str(inbox(name, f"{HEADER}\n{LINE}\n")), RECEIVED_AT) for name in ("a.csv", "b.csv"))
    received = receiving.receive_many([one, two], batch_id=uuid4())
    assert [file.is_duplicate for file in received] == [False, True]


def test_a_file_that_is_gone_stops_no_other(inbox):
    arrivals = [*many(inbox, 2), Arrival("/nowhere/gone.csv", RECEIVED_AT), *many(inbox, 4)[2:]]
    received = receiving.receive_many(arrivals, batch_id=uuid4())
    assert [file.file_name for file in received] == ["00000.csv", "00001.csv", "00002.csv", "00003.csv"]


def test_a_file_that_kills_its_reader_is_answered_and_stops_no_other(inbox, monkeypatch):
    def dying(unpacked, measures):
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(workbook, "read", dying)
    arrivals = many(inbox, receiving.FEW)
    arrivals.insert(20, Arrival(str(inbox("deadly.xlsx", made.workbook())), RECEIVED_AT))
    received = receiving.receive_many(arrivals, batch_id=uuid4())
    assert [file.path for file in received] == [arrival.path for arrival in arrivals]
    assert rows("select rule from ops.submission_issue") == [("file_unreadable",)]
    assert rows("select count(*) from raw.line") == [(receiving.FEW,)]


def test_a_reader_that_fails_in_a_way_nobody_foresaw_is_answered(inbox, monkeypatch):
    monkeypatch.setattr(workbook, "read", lambda unpacked, measures: 1 / 0)
    receive(inbox("a.xlsx", made.workbook()))
    assert rows("select rule from ops.submission_issue") == [("file_unreadable",)]
