"""Files that harm their reader, and folders that do not obey: each has one receipt, and nobody else waits for it."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations import gate
from ingest import receiving as reading
from pipeline import inbox, quarantine, receipt_files, receiving
from publish.receipts import returned_workbook
from tests.capabilities import permissions_count
from tests.conftest import forget_database
from tests.fixtures import hostile_files
from warehouse import database
from warehouse.confined import MB, Limits
from warehouse.settings import get_settings

pytestmark = pytest.mark.usefixtures("nothing_arrived")

HEADER = "programme,period,unit_code,submission_type,indicator,numerator,denominator"
FIVE = {f"{number}.csv": 100 + number for number in range(5)}
"""Files of one unit, each with a numerator of its own."""
OPERATOR = "van-hanh@example.org"


@pytest.fixture(autouse=True)
def files_settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")


@pytest.fixture
def operator(letterbox, monkeypatch):
    """The operator's letters."""
    monkeypatch.setenv("BAOCAO_OPERATOR", OPERATOR)
    return letterbox


def good(unit: str, numerator: int = 291) -> str:
    return f"{HEADER}\nbacninh-2026-2030,2026,{unit},correction,5.1,{numerator},300\n"


def drop(name: str, content: bytes | str) -> Path:
    folder = Path(get_settings().inbox)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def received_as_the_dag_does() -> dict[str, str]:
    loaded = [receiving.load(batch) for batch in receiving.plan_batches()]
    return {receipt.file: receipt.status for receipt in receiving.check_and_issue_receipts(loaded)}


def rules() -> dict[str, str]:
    with database.connect("loader") as connection:
        found = connection.execute(
            "select submission.file_name, issue.rule from ops.submission_issue as issue "
            "join raw.submission using (submission_id) where issue.severity = 'critical'"
        )
        return dict(found.fetchall())


def kept_receipts() -> set[str]:
    folder = get_settings().home / "receipts"
    return {json.loads(path.read_text(encoding="utf-8"))["file"] for path in folder.glob("*.json")}


# --- readers --------------------------------------------------------------------------------------


HOSTILE = {
    "endless.csv": (f"{HEADER}\n".encode() + b"\n" * 8_000_000, "file_too_costly"),
    "wide.csv": (f"{HEADER}\n".encode() + b"," * 19_000_000, "file_too_costly"),
    "far.xlsx": (hostile_files.far_cell('r = "xfd1048576"'), "sheet_too_large"),
    "far.xlsb": (hostile_files.xlsb_with_a_far_cell_elsewhere(), "sheet_too_large"),
    "wide.xlsx": (hostile_files.wide_sheets(990), "sheet_too_large"),
}


@pytest.mark.parametrize("others", [2, 40], ids=["few files", "a batch"])
def test_each_hostile_file_is_rejected_with_its_reason_and_the_others_are_received_in_the_same_run(
    others, operator, monkeypatch
):
    monkeypatch.setattr(reading, "LIMITS", Limits(memory=150 * MB, cpu_seconds=2))
    for name, (content, _) in HOSTILE.items():
        drop(name, content)
    for number in range(others):
        drop(f"good_{number}.csv", good("07228", 100 + number))
    found = received_as_the_dag_does()
    assert {name: status for name, status in found.items() if name in HOSTILE} == dict.fromkeys(HOSTILE, "rejected")
    assert {status for name, status in found.items() if name not in HOSTILE} == {"accepted_with_warnings"}
    assert rules() == {name: rule for name, (_, rule) in HOSTILE.items()}
    assert kept_receipts() == {*HOSTILE, *(f"good_{number}.csv" for number in range(others))}
    assert not inbox.files_at([get_settings().inbox])
    (letter,) = operator.letters
    assert letter["To"] == OPERATOR
    text = letter.get_body(("plain",)).get_content()
    assert [name for name in HOSTILE if name in text] == ["endless.csv", "wide.csv"]
    assert "150 MB" in text and "2 s of CPU" in text
    receiving.receive()
    assert len(operator.letters) == 1


def test_a_file_that_kills_its_reader_every_time_is_rejected_and_one_that_does_it_once_is_read(operator, monkeypatch):
    from ingest import delimited

    read = delimited.read
    once = get_settings().home / "killed-once"

    def deadly(text, measures, *more):
        if ",101," in text and not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if ",100," in text:
            os.kill(os.getpid(), signal.SIGSEGV)
        return read(text, measures, *more)

    monkeypatch.setattr(delimited, "read", deadly)
    for name, numerator in FIVE.items():
        drop(name, good("07228", numerator))
    # as Airflow does where it has parsed a DAG
    former = signal.signal(signal.SIGSEGV, lambda *_: None) or signal.SIG_DFL
    found = received_as_the_dag_does()
    signal.signal(signal.SIGSEGV, former)
    once.unlink()
    assert {name for name, status in found.items() if status == "rejected"} == {"0.csv"}
    assert set(found) == set(FIVE)
    assert rules() == {"0.csv": "file_unreadable"}
    (letter,) = operator.letters
    assert "0.csv: bị từ chối vì làm chết tiến trình đọc (SIGSEGV)" in letter.get_body(("plain",)).get_content()


def test_an_operator_who_cannot_be_reached_is_notified_by_a_later_run(letterbox, monkeypatch):
    monkeypatch.setattr(reading, "LIMITS", Limits(memory=150 * MB, cpu_seconds=1))
    letterbox.refuses.add(OPERATOR)
    monkeypatch.setenv("BAOCAO_OPERATOR", OPERATOR)
    drop("endless.csv", HOSTILE["endless.csv"][0])
    assert received_as_the_dag_does() == {"endless.csv": "rejected"}
    assert letterbox.letters == []
    letterbox.refuses.clear()
    receiving.receive()
    receiving.receive()
    assert len(letterbox.letters) == 1


def test_a_merge_over_a_whole_sheet_costs_the_marked_workbook_and_not_the_receipt():
    merge = '<mergeCells><mergeCell ref="A20:XFD1048576"/></mergeCells>'
    drop("plain.xlsx", hostile_files.report())
    drop("merged.xlsx", hostile_files.report(behind=merge))
    receipts = {receipt.file: receipt for receipt in receiving.receive()}
    assert {bool(receipt.issues) for receipt in receipts.values()} == {True}
    assert receipts["plain.xlsx"].returned_workbook
    assert receipts["merged.xlsx"].returned_workbook is None


def test_a_workbook_that_kills_whoever_marks_it_costs_no_receipt(monkeypatch):
    monkeypatch.setattr(returned_workbook, "marked", lambda content, result: os.kill(os.getpid(), signal.SIGSEGV))
    drop("plain.xlsx", hostile_files.report())
    drop("07228.csv", good("07228", 301))
    receipts = {receipt.file: receipt for receipt in receiving.receive()}
    assert set(receipts) == {"plain.xlsx", "07228.csv"} == kept_receipts()
    assert receipts["plain.xlsx"].returned_workbook is None


# --- folders --------------------------------------------------------------------------------------


@pytest.fixture
def database_elsewhere(nothing_arrived: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Its files belong to another account, which root may read only as long as permissions do not count."""
    address = database.url()
    forget_database()
    monkeypatch.setenv("BAOCAO_DATABASE_URL", address)
    yield
    forget_database()


@pytest.fixture
def read_only_inbox(database_elsewhere: None) -> Iterator[Path]:
    folder = drop("07228.csv", good("07228")).parent
    folder.chmod(0o555)
    with permissions_count():
        yield folder
    folder.chmod(0o755)


def test_a_file_that_cannot_be_removed_is_received_once_and_the_operator_notified_once(read_only_inbox, operator):
    assert received_as_the_dag_does() == {"07228.csv": "accepted_with_warnings"}
    assert [received_as_the_dag_does(), receiving.receive(), receiving.plan_batches()] == [{}, [], []]
    assert (read_only_inbox / "07228.csv").exists()
    (letter,) = operator.letters
    text = letter.get_body(("plain",)).get_content()
    assert "07228.csv: đã nhận nhưng không xoá được khỏi hộp nhận, sẽ không nhận lại (Permission denied)" in text


def test_a_newer_file_in_the_place_of_one_that_could_not_be_removed_is_received(read_only_inbox):
    received_as_the_dag_does()
    drop("07228.csv", good("07228", 292))
    assert received_as_the_dag_does() == {"07228.csv": "accepted_with_warnings"}


def test_what_could_not_be_removed_goes_when_it_can(read_only_inbox):
    received_as_the_dag_does()
    read_only_inbox.chmod(0o755)
    assert receiving.plan_batches() == []
    assert list(read_only_inbox.iterdir()) == []
    with database.connect("loader") as connection:
        assert connection.execute("select count(*) from ops.quarantined_file").fetchone() == (0,)


def test_a_file_that_nobody_may_open_stays_is_told_once_and_read_as_soon_as_it_may_be(database_elsewhere, operator):
    closed = drop("closed.csv", good("07228"))
    drop("07210.csv", good("07210"))
    closed.chmod(0)
    with permissions_count():
        assert received_as_the_dag_does() == {"07210.csv": "accepted_with_warnings"}
        assert received_as_the_dag_does() == {}
    (letter,) = operator.letters
    assert "closed.csv: không mở được" in letter.get_body(("plain",)).get_content()
    closed.chmod(0o644)
    assert received_as_the_dag_does() == {"closed.csv": "accepted_with_warnings"}
    receiving.plan_batches()
    with database.connect("loader") as connection:
        assert connection.execute("select count(*) from ops.quarantined_file").fetchone() == (0,)


def test_a_folder_that_nobody_may_enter_holds_up_no_file_beside_it(database_elsewhere):
    drop("07228.csv", good("07228"))
    closed = Path(get_settings().inbox) / "closed"
    closed.mkdir()
    (closed / "07210.csv").write_text(good("07210"))
    closed.chmod(0o444)
    with permissions_count():
        assert received_as_the_dag_does() == {"07228.csv": "accepted_with_warnings"}
    closed.chmod(0o755)


def test_half_a_file_is_not_read_while_somebody_has_it_open():
    whole = good("07228") + good("07210").splitlines()[1] + "\n"
    file = drop("slow.csv", "")
    with file.open("w") as writer:
        writer.write(whole[: len(whole) // 2])
        writer.flush()
        assert receiving.receive() == []
        writer.write(whole[len(whole) // 2 :])
    (receipt,) = receiving.receive()
    assert [report["unit"] for report in receipt.submissions] == ["07228", "07210"]


def test_a_file_that_somebody_opens_for_writing_while_it_is_read_stays(monkeypatch):
    file = drop("07228.csv", good("07228"))
    receive_many = reading.receive_many
    writers = []

    def received_while_it_is_opened(*args, **kwargs):
        received = receive_many(*args, **kwargs)
        writers.append(file.open("a"))
        return received

    monkeypatch.setattr(reading, "receive_many", received_while_it_is_opened)
    receiving.receive()
    monkeypatch.undo()
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")
    with writers[0] as writer:
        writer.write(good("07210").splitlines()[1] + "\n")
    (receipt,) = receiving.receive()
    assert [report["unit"] for report in receipt.submissions] == ["07228", "07210"]


# --- kills ----------------------------------------------------------------------------------------


def killed(step) -> None:
    """The step in a process that does not come to its end."""
    child = os.fork()
    if not child:
        try:
            step()
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.parametrize("written", range(5))
def test_receipts_that_a_kill_left_unwritten_are_written_by_the_next_run(written, monkeypatch):
    for name, numerator in FIVE.items():
        drop(name, good("07228", numerator))
    write, count = receipt_files._write, iter(range(5))

    def write_or_die(*arguments):
        if next(count) == written:
            os.kill(os.getpid(), signal.SIGKILL)
        return write(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(receipt_files, "_write", write_or_die)
        killed(receiving.receive)
    assert len(kept_receipts()) == written
    assert not inbox.files_at([get_settings().inbox])
    assert received_as_the_dag_does() == dict.fromkeys(FIVE, "accepted_with_warnings")
    assert kept_receipts() == set(FIVE)
    assert receiving.plan_batches() == []


def test_a_verdict_without_a_receipt_is_answered_by_the_next_run():
    drop("07228.csv", good("07228"))
    (batch,) = [receiving.load(batch) for batch in receiving.plan_batches()]
    gate.check(*receiving._unchecked_batches())  # and here the process dies
    assert kept_receipts() == set()
    assert json.loads(receiving.plan_batches()[0]) == {"batch_id": batch, "files": []}
    assert received_as_the_dag_does() == {"07228.csv": "accepted_with_warnings"}
    assert kept_receipts() == {"07228.csv"}


def test_a_duplicate_whose_receipt_was_lost_is_still_there(monkeypatch):
    drop("first.csv", good("07228"))
    receiving.receive()
    drop("second.csv", good("07228"))

    def die(receipts):
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(receipt_files, "write_all", die)
        killed(lambda: [receiving.load(batch) for batch in receiving.plan_batches()])
    received_as_the_dag_does()
    assert kept_receipts() == {"first.csv", "second.csv"}
    assert not inbox.files_at([get_settings().inbox])


def test_what_is_noted_of_a_file_is_noted_once():
    for _ in range(3):
        quarantine.record("/inbox/a\x1b[31m.csv", "1 2 3", "killed", "SIGSEGV")
    with database.connect("loader") as connection:
        assert connection.execute("select address from ops.quarantined_file").fetchall() == [("/inbox/a\\x1b[31m.csv",)]


def test_reports_of_unknown_units_do_not_carry_the_names_of_one_another():
    """The names of all beside each were 79 GB for a CSV of 1.9 MB."""
    drop("many.csv", hostile_files.csv_of_many_reports(300))
    for batch in receiving.plan_batches():
        receiving.load(batch)
    with database.connect("loader") as connection:
        waiting = [own_id for (own_id,) in connection.execute("select submission_id from raw.submission")]
        gate._create_check_tables(connection, waiting)
        found = connection.execute("select distinct tied_files from pg_temp.checked_submission").fetchall()
    assert (len(waiting), found) == (300, [("many.csv",)])
