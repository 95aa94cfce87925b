"""The step `receive`: inbox → batches → raw → gate → receipts, interrupted and repeated."""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from ingest.receiving import NotKept
from pipeline import inbox, receiving
from tests.full_disk import largest_file
from warehouse import clock
from warehouse.errors import WrongCall
from warehouse.settings import aware, get_settings

pytestmark = pytest.mark.usefixtures("nothing_arrived")

ACCEPTED = "accepted_with_warnings"
"""The reports here are corrections of reports that never came."""

HEADER = "programme,period,unit_code,submission_type,indicator,numerator,denominator"


@pytest.fixture(autouse=True)
def files_settle_at_once(monkeypatch):
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")


def row(unit: str, numerator: int, denominator: int = 300) -> str:
    return f"bacninh-2026-2030,2026,{unit},correction,5.1,{numerator},{denominator}"


def full(unit: str, numerator: int) -> str:
    return row(unit, numerator).replace("correction", "full")


def drop(name: str, *rows: str, folder: Path | None = None) -> Path:
    """A CSV file in the inbox, or in another folder."""
    folder = folder or Path(get_settings().inbox)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    target.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return target


def verdicts(session) -> list[tuple[str, str]]:
    return session.execute(
        "select unit_code, status from raw.submission join ops.submission_verdict using (submission_id) order by 1, 2"
    ).fetchall()


def test_an_empty_inbox_plans_nothing():
    assert receiving.plan_batches() == []


def test_the_inbox_is_received_as_the_dag_does_it(session):
    files = [drop(f"{unit}.csv", row(unit, 291)) for unit in ("07228", "07210")]
    loaded = [receiving.load(batch) for batch in receiving.plan_batches()]
    assert verdicts(session) == []
    assert not any(file.exists() for file in files)  # in the archive and in raw: the inbox may forget them
    found = receiving.check_and_issue_receipts(loaded)
    assert {receipt.file: receipt.status for receipt in found} == {"07228.csv": ACCEPTED, "07210.csv": ACCEPTED}
    assert verdicts(session) == [("07210", ACCEPTED), ("07228", ACCEPTED)]
    assert receiving.plan_batches() == []


def test_a_correction_in_the_same_batch_as_its_report_comes_after_it(session):
    units = ["07210", "07213", "07222", "07228", "07231", "07234"]
    for unit in units:
        drop(f"{unit}-1.csv", row(unit, 10).replace("correction", "full"))
        drop(f"{unit}-2.csv", row(unit, 291))
    receiving.receive()
    arrived = session.execute(
        "select unit_code, array_agg(submission_type order by accepted_seq), count(distinct received_at) "
        "from raw.submission join ops.submission_verdict using (submission_id) group by 1"
    ).fetchall()
    assert sorted(arrived) == [(unit, ["full", "correction"], 2) for unit in units]


def test_a_file_that_took_anothers_place_before_it_was_read_is_received_once(session, monkeypatch):
    file = drop("07228.csv", row("07228", 280))
    draft = file.with_name(".07228.part")
    draft.write_bytes(file.read_bytes().replace(b"280", b"291"))
    fingerprint = inbox.fingerprint

    def then_replaced(address: str) -> str | None:
        found = fingerprint(address)
        if draft.exists():
            draft.replace(file)
        return found

    monkeypatch.setattr(inbox, "fingerprint", then_replaced)
    receiving.receive()
    assert [line for (line,) in session.execute("select numerator_raw from raw.line")] == ["291"]
    assert not file.exists(), "left there, it would be a new report once another has taken its place"


def test_files_are_shared_out_in_batches(monkeypatch):
    monkeypatch.setenv("BAOCAO_BATCH_FILES", "2")
    for number in range(5):
        drop(f"{number}.csv", row("07228", 290 + number))
    planned = [json.loads(batch)["files"] for batch in receiving.plan_batches()]
    assert [len(files) for files in planned] == [2, 2, 1]


def test_what_was_loaded_and_not_judged_is_judged_by_the_next_run(session):
    drop("07228.csv", row("07228", 291))
    (batch,) = receiving.plan_batches()
    lost = receiving.load(batch)  # and here the process dies
    (resumed,) = receiving.plan_batches()
    assert json.loads(resumed) == {"batch_id": lost, "files": []}
    (receipt,) = receiving.check_and_issue_receipts([receiving.load(resumed)])
    assert (receipt.file, receipt.status) == ("07228.csv", ACCEPTED)


def test_a_batch_that_is_loaded_and_answered_twice_is_there_once(session, whole_warehouse):
    drop("07228.csv", row("07228", 291))
    (batch,) = receiving.plan_batches()
    (first,) = receiving.check_and_issue_receipts([receiving.load(batch)])
    before = whole_warehouse()
    assert receiving.check_and_issue_receipts([receiving.load(batch)]) == [first]
    assert whole_warehouse() == before


def test_a_file_of_many_units_is_one_receipt_and_many_verdicts(session):
    drop("huyen.csv", row("07228", 291), row("07210", 301))
    (receipt,) = receiving.receive()
    assert (receipt.status, receipt.unit, receipt.submission_id) == ("rejected", None, None)
    assert (receipt.programme, receipt.period) == ("bacninh-2026-2030", "2026")
    assert {report["unit"]: (report["status"], report["errors"]) for report in receipt.submissions} == {
        "07228": (ACCEPTED, 0),
        "07210": ("rejected", 1),
    }
    assert [(issue["rule"], issue["line"]) for issue in receipt.issues if issue["severity"] == "critical"] == [
        ("numerator_above_denominator", 3)
    ]


def test_bytes_of_the_report_in_force_are_a_duplicate_that_repeats_its_receipt(session):
    first = drop("first.csv", row("07228", 291))
    (accepted,) = receiving.receive()
    drop("second.csv", row("07228", 291))
    assert not first.exists()
    (duplicate,) = receiving.receive()
    assert (duplicate.file, duplicate.status, duplicate.issues) == ("second.csv", "duplicate", accepted.issues)
    assert len(verdicts(session)) == 1
    assert not list(inbox.files_at([get_settings().inbox]))


def test_a_duplicate_never_undoes_the_correction_behind_it_wherever_the_step_is_killed(session, monkeypatch):
    drop("07228.csv", full("07228", 280))
    receiving.receive()
    drop("again.csv", full("07228", 280))
    drop("correction.csv", row("07228", 291))
    decide = receiving.check_and_issue_receipts

    def killed_after_it(batches: list[str]) -> None:
        decide(batches)
        raise KeyboardInterrupt

    with monkeypatch.context() as kill, pytest.raises(KeyboardInterrupt):
        kill.setattr(receiving, "check_and_issue_receipts", killed_after_it)
        receiving.receive()
    assert receiving.receive() == []
    newest = session.execute(
        "select numerator_raw from ops.accepted_verdict join raw.line using (submission_id) order by accepted_seq desc"
    ).fetchone()
    assert newest == ("291",)


def test_the_same_bytes_twice_in_one_batch_are_one_report(session):
    drop("a.csv", row("07228", 291))
    drop("b.csv", row("07228", 291))
    assert sorted(receipt.status for receipt in receiving.receive()) == [ACCEPTED, "duplicate"]
    assert len(verdicts(session)) == 1


def test_files_given_by_path_stay_where_they_are(tmp_path):
    file = drop("07228.csv", row("07228", 291), folder=tmp_path)
    (receipt,) = receiving.receive([str(tmp_path)])
    assert receipt.status == ACCEPTED
    assert file.exists()


def test_a_receipt_is_kept_beside_its_text(tmp_path):
    drop("báo cáo phường.csv", row("07228", 301), folder=tmp_path)
    (receipt,) = receiving.receive([str(tmp_path)])
    (document,) = (get_settings().home / "receipts").glob("*.json")
    assert json.loads(document.read_text(encoding="utf-8")) == receipt.document()
    assert document.with_suffix(".txt").read_text(encoding="utf-8") == (
        "tệp báo cáo phường.csv\n"
        "báo cáo 07228 · Phường Đa Mai · kỳ 2026 · TỪ CHỐI (1 lỗi, 1 cảnh báo)\n"
        "  dòng 2  «301»  Tử số 301 lớn hơn mẫu số 300 (chỉ tiêu 5.1).\n"
        "  Chưa nhận được báo cáo đầy đủ nào của Phường Đa Mai (07228) kỳ 2026: bản đính chính này chỉ cho biết các "
        "dòng được sửa, xin gửi báo cáo đầy đủ.\n"
    )


@pytest.mark.parametrize("name", [".07228.csv", "~$07228.xlsx", "07228.csv.part", "Thumbs.db"])
def test_what_is_no_report_yet_stays_in_the_inbox(name):
    file = drop(name, row("07228", 291))
    assert receiving.plan_batches() == []
    assert file.exists()


def test_a_link_out_of_the_inbox_is_not_followed(tmp_path):
    secret = drop("secret.csv", row("07228", 291), folder=tmp_path)
    folder = Path(get_settings().inbox)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "07228.csv").symlink_to(secret)
    assert receiving.plan_batches() == []


def test_an_inbox_may_be_any_fsspec_address(session, monkeypatch):
    import fsspec

    inbox_url = f"memory://inbox-{uuid4().hex}"
    monkeypatch.setenv("BAOCAO_INBOX", inbox_url)
    with fsspec.open(f"{inbox_url}/07228.csv", "w", encoding="utf-8") as file:
        file.write("\n".join([HEADER, row("07228", 291), ""]))
    (receipt,) = receiving.receive()
    assert (receipt.file, receipt.status) == ("07228.csv", ACCEPTED)
    assert inbox.waiting() == []


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An inbox behind an address; puts a report there, with the store's own time of it."""
    monkeypatch.setenv("BAOCAO_INBOX", f"file://{tmp_path}")

    def put(name: str, text: str, modified_at: str) -> Path:
        file = drop(name, text, folder=tmp_path)
        os.utime(file, (aware(modified_at).timestamp(),) * 2)
        return file

    return put


def arrived(session) -> list[tuple[str, datetime]]:
    query = "select file_name, received_at from raw.submission join ops.submission_verdict using (submission_id) "
    return session.execute(query + "where status <> 'rejected' order by accepted_seq").fetchall()


def test_files_behind_an_address_arrive_in_the_order_and_at_the_times_of_their_store(session, store):
    store("a-correction.csv", row("07228", 292), "2026-11-20T10:30:01")
    store("b-report.csv", full("07228", 291), "2026-11-19T23:59:59")
    with clock.at("2026-11-20T10:31:00"):
        receiving.receive()
    assert arrived(session) == [
        ("b-report.csv", aware("2026-11-19T23:59:59")),
        ("a-correction.csv", aware("2026-11-20T10:30:01")),
    ]
    assert inbox.waiting() == []


def test_no_time_of_a_store_is_later_than_now_and_its_order_is_kept(session, store, monkeypatch):
    monkeypatch.setenv("BAOCAO_BATCH_FILES", "1")
    store("a.csv", full("07228", 292), "2026-11-20T10:30:01")
    store("b.csv", full("07228", 291), "2026-11-20T10:30:00")
    with clock.at("2026-11-20T08:00:00"):
        receiving.check_and_issue_receipts([receiving.load(batch) for batch in receiving.plan_batches()])
    found = arrived(session)
    assert [name for name, _ in found] == ["b.csv", "a.csv"]
    assert found[0][1] < found[1][1] == aware("2026-11-20T08:00:00")


def test_of_files_that_arrived_at_one_instant_nobody_guesses_the_newest(session, store):
    at = "2026-11-20T10:30:00"
    files = {
        "a.csv": store("a.csv", full("07228", 291), at),
        "b.csv": store("b.csv", full("07228", 292), at),
        "other.csv": store("other.csv", full("07210", 290), at),
    }
    receipts = {receipt.file: receipt for receipt in receiving.receive()}
    assert {name: receipt.status for name, receipt in receipts.items()} == {
        "a.csv": "rejected",
        "b.csv": "rejected",
        "other.csv": ACCEPTED,
    }
    for name in ("a.csv", "b.csv"):
        (issue,) = [each for each in receipts[name].issues if each["severity"] == "critical"]
        assert issue["rule"] == "arrival_order_unknown"
        assert (
            "Phường Đa Mai (07228) kỳ 2026 đến kho cùng lúc 10:30 ngày 20/11/2026: a.csv; b.csv." in issue["message_vi"]
        )
    assert not any(file.exists() for file in files.values())
    store("a.csv", full("07228", 291), "2026-11-20T11:00:00")
    (again,) = receiving.receive()
    assert (again.file, again.status) == ("a.csv", ACCEPTED)


def test_of_a_report_and_its_correction_of_one_instant_the_correction_is_the_later(session, store):
    at = "2026-11-20T10:30:00"
    store("a-correction.csv", row("07228", 292), at)
    store("b-report.csv", full("07228", 291), at)
    receiving.receive()
    assert [name for name, _ in arrived(session)] == ["b-report.csv", "a-correction.csv"]
    later = "2026-11-21T10:30:00"
    store("c-correction.csv", row("07228", 293), later)
    store("d-report.csv", full("07228", 294), later)
    assert [receipt.status for receipt in receiving.receive()] == ["rejected", "rejected"]  # of which report?


def test_the_same_bytes_of_one_instant_are_one_report(session, store):
    for name in ("a.csv", "b.csv"):
        store(name, full("07228", 291), "2026-11-20T10:30:00")
    assert sorted(receipt.status for receipt in receiving.receive()) == [ACCEPTED, "duplicate"]


@pytest.mark.parametrize("is_behind_address", [True, False])
def test_what_is_put_under_a_name_while_the_file_before_it_is_read_stays(is_behind_address, store, monkeypatch):
    from ingest import receiving as reading

    if not is_behind_address:
        monkeypatch.setenv("BAOCAO_INBOX", get_settings().inbox.removeprefix("file://"))
    store("07228.csv", full("07228", 291), "2026-11-20T10:30:00")
    receive_many = reading.receive_many

    def received_while_it_is_written_anew(*args, **kwargs):
        received = receive_many(*args, **kwargs)
        store("07228.csv", full("07228", 292), "2026-11-20T10:30:02")
        return received

    monkeypatch.setattr(reading, "receive_many", received_while_it_is_written_anew)
    assert len(receiving.receive()) == 1
    monkeypatch.setattr(reading, "receive_many", receive_many)
    assert [receipt.status for receipt in receiving.receive()] == [ACCEPTED]
    assert inbox.waiting() == []


def test_behind_an_address_too_no_link_is_followed_and_what_is_no_report_stays(store, tmp_path_factory):
    at = "2026-11-20T10:30:00"
    for name in (".07228.csv", "07228.csv.part"):
        store(name, full("07228", 291), at)
    elsewhere = drop("secret.csv", full("07228", 291), folder=tmp_path_factory.mktemp("elsewhere"))
    (Path(get_settings().inbox.removeprefix("file://")) / "07210.csv").symlink_to(elsewhere)
    odd = store("Báo cáo::07228 [1] #2%20?.csv", full("07228", 291), at)
    (receipt,) = receiving.receive()
    assert (receipt.file, receipt.status) == (odd.name, ACCEPTED)


@pytest.mark.parametrize("place", ["file:///nowhere", "memory://nowhere", "no-such-scheme://nowhere"])
def test_an_address_where_nothing_is_is_a_wrong_call(place):
    with pytest.raises(WrongCall, match=r"nowhere|no-such-scheme"):
        receiving.receive([place])


def test_a_document_is_judged_by_what_it_is_about(tmp_path):
    dossier = tmp_path / "hồ sơ.pdf"
    dossier.write_bytes(b"%PDF-1.7 made up " + os.urandom(8))
    receipt = receiving.receive_document("bacninh-2026-2030", "2026", "07228", dossier)
    assert (receipt.file, receipt.status, receipt.unit) == ("hồ sơ.pdf", "rejected", "07228")
    assert [issue["rule"] for issue in receipt.issues] == ["form_not_due"]  # this programme asks for figures


def test_a_path_where_nothing_is_is_a_wrong_call():
    with pytest.raises(WrongCall, match="nowhere"):
        receiving.receive(["nowhere"])


def test_the_command_answers_with_one_json_document(tmp_path):
    drop("good.csv", row("07228", 291), folder=tmp_path)
    drop("bad.csv", row("07210", 301), folder=tmp_path)
    command = [sys.executable, "-c", "from baocao.main import main; main()", "ingest", str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {receipt["file"]: receipt["status"] for receipt in json.loads(done.stdout)} == {
        "good.csv": ACCEPTED,
        "bad.csv": "rejected",
    }


def test_what_came_after_a_file_that_the_disk_has_no_room_for_waits_with_it(session):
    """A report and its small correction: received alone, the correction would be replaced by the report behind it."""
    report = drop("a-report.csv", full("07228", 291), *(full(f"{unit:05d}", 1) for unit in range(400)))
    time.sleep(0.01)
    drop("b-correction.csv", row("07228", 292))
    with largest_file(10_000), pytest.raises(NotKept, match=r"a-report\.csv cannot be kept: File too large"):
        receiving.receive()
    assert report.exists()
    assert arrived(session) == []
    receiving.receive()
    assert [name for name, _ in arrived(session) if name[0] in "ab"][-1] == "b-correction.csv"
    assert inbox.waiting() == []
