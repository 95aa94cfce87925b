"""A receipt reaches the contact of its unit by mail, once: with a real mail server, a real gate, and a real kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import psycopg
import pytest

from alerts import receipt
from alerts.channels import backoff
from alerts.channels.base import Unreachable
from alerts.ledger import receipts, retries
from pipeline import mailing, receiving
from publish.receipts.result_sheet import SHEET
from tests.integration.letterbox import Letterbox, free_port
from tests.integration.reminded import DA_MAI, VO_CUONG, contact
from tests.integration.reports import VERDICT, put, verdict
from tests.integration.test_returned import filled_in, with_mistakes
from warehouse import clock
from warehouse.settings import PROJECT_ROOT

NOW = "2026-11-20T08:00:00+07:00"
CSV = "programme,period,unit_code,indicator,numerator,denominator,value,note\n"


@pytest.fixture
def mailed(nobody_notified: None, session: psycopg.Connection, letterbox: Letterbox) -> Iterator[psycopg.Connection]:
    """A warehouse without reports, contacts and messages, in which it is the morning of 20 November 2026."""
    with clock.at(NOW):
        yield session


def receive(book: openpyxl.Workbook, folder: Path, name: str = "bao-cao.xlsx") -> None:
    book.save(folder / name)
    receiving.receive([str(folder / name)])


def files(letter: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}


def text(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def ledger(session: psycopg.Connection) -> list[str]:
    rows = session.execute("select status from ops.receipt_ledger order by ledger_id").fetchall()
    return [status for (status,) in rows]


def verdict_only(session: psycopg.Connection, unit: str, status: str = "accepted", at: str = NOW) -> None:
    submission = put(unit, {"2": (95, 100)}, received_at=clock.now())
    session.execute(VERDICT, verdict(submission, at, status))


def test_a_rejected_workbook_comes_back_by_mail_with_its_wrong_cells_marked(mailed, letterbox, tmp_path):
    contact(mailed, DA_MAI, "da-mai@example.org")
    receive(with_mistakes(), tmp_path)
    assert mailing.mail_receipts().sent == 1
    (letter,) = letterbox.letters
    assert (letter["To"], letter["From"]) == ("da-mai@example.org", "baocao@example.org")
    assert letter["Subject"] == "Biên nhận: báo cáo bị từ chối: Phường Đa Mai, năm 2026"
    body = text(letter)
    for expected in (
        "«bao-cao.xlsx» lúc 08:00 ngày 20/11/2026",
        "Đơn vị:       Phường Đa Mai (mã 07228)",
        "3 lỗi phải sửa:",
        "Nộp lại tệp theo cách đã nộp lần trước",
        "Nơi nhận báo cáo: Ủy ban nhân dân tỉnh; Sở Y tế.",
    ):
        assert expected in body
    assert mailed.execute("select kind, body_text, status, attempts from ops.message").fetchall() == [
        ("receipt", body, "sent", 1)
    ]
    ((name, content),) = files(letter).items()
    assert name == "bao-cao.xlsx"
    assert openpyxl.load_workbook(BytesIO(content)).sheetnames[0] == SHEET


def test_an_accepted_report_is_confirmed_and_needs_no_file(mailed, letterbox, tmp_path):
    contact(mailed, DA_MAI, "da-mai@example.org")
    receive(filled_in(), tmp_path)
    mailing.mail_receipts()
    (letter,) = letterbox.letters
    assert mailed.execute("select status from ops.submission_verdict").fetchone()[0].startswith("accepted")
    assert "đã được nhận" in letter["Subject"]
    assert "không phải gửi lại" in text(letter) and "xin xác nhận, kèm lý do" in text(letter).lower()


def test_a_receipt_is_sent_once_however_often_the_step_runs(mailed, letterbox):
    contact(mailed, DA_MAI, "da-mai@example.org")
    verdict_only(mailed, DA_MAI)
    first, again = mailing.mail_receipts(), mailing.mail_receipts()
    with clock.at("2026-11-21T08:00:00+07:00"):
        next_day = mailing.mail_receipts()
    assert (first.planned, first.sent, again.planned, again.sent, next_day.sent) == (1, 1, 0, 0, 0)
    assert (len(letterbox.letters), ledger(mailed)) == (1, ["sent"])


def test_after_a_kill_between_sending_and_confirming_the_same_receipt_goes_again_and_no_third_time(mailed, letterbox):
    contact(mailed, DA_MAI, "da-mai@example.org")
    verdict_only(mailed, DA_MAI)
    victim = subprocess.Popen(
        [sys.executable, "-c", "from pipeline import mailing; mailing.mail_receipts()"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"BAOCAO_NOW": NOW},
    )

    def kill() -> None:
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()

    letterbox.on_letter = kill
    assert victim.wait(120) == -signal.SIGKILL
    letterbox.on_letter = lambda: None
    assert ledger(mailed) == ["planned"]
    assert (mailing.mail_receipts().sent, mailing.mail_receipts().sent) == (1, 0)
    before, after = letterbox.letters
    assert before.as_bytes() == after.as_bytes()


def test_while_no_server_responds_files_are_received_and_their_receipts_wait(mailed, letterbox, monkeypatch, command):
    contact(mailed, DA_MAI, "da-mai@example.org")
    answering = os.environ["BAOCAO_SMTP_URL"]
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 0.01)
    monkeypatch.setenv("BAOCAO_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    outcome = command("ingest", PROJECT_ROOT / "docs" / "examples" / "da-mai-2025.csv")
    assert (outcome.code, "ĐÃ NHẬN" in outcome.out) == (0, True)
    with pytest.raises(Unreachable):
        mailing.mail_receipts()
    assert set(ledger(mailed)) == {"planned"}
    monkeypatch.setenv("BAOCAO_SMTP_URL", answering)
    assert mailing.mail_receipts().sent == 1
    assert set(ledger(mailed)) == {"sent"}


def test_a_receipt_that_no_server_takes_for_days_is_failed_and_sent_once_on_request(mailed, letterbox, command):
    contact(mailed, DA_MAI, "da-mai@example.org")
    verdict_only(mailed, DA_MAI)
    letterbox.delays.add("da-mai@example.org")
    with pytest.raises(Unreachable):
        mailing.mail_receipts()
    mailed.execute("update ops.receipt_ledger set unanswered_days = %s, unanswered_on = null", [retries.DAYS - 1])
    assert mailing.mail_receipts().given_up == 1
    assert ledger(mailed) == ["failed"]
    assert "receipt" in command("alerts", "list", "--status", "failed").out
    letterbox.delays.clear()
    assert mailing.mail_receipts().sent == 0
    assert mailing.mail_receipts(retry_failed=True).sent == 1
    assert (len(letterbox.letters), ledger(mailed)) == (1, ["sent"])


def test_an_address_that_the_server_refuses_stops_no_other_receipt(mailed, letterbox):
    contact(mailed, DA_MAI, "gone@example.org")
    contact(mailed, VO_CUONG, "vo-cuong@example.org")
    letterbox.refuses.add("gone@example.org")
    for unit in (DA_MAI, VO_CUONG):
        verdict_only(mailed, unit)
    done = mailing.mail_receipts()
    assert (done.sent, done.refused) == (1, 1)
    assert ledger(mailed) == ["failed", "sent"]


def test_a_unit_hears_within_days_of_getting_a_contact_and_not_of_what_is_old(mailed, letterbox):
    verdict_only(mailed, DA_MAI, at="2026-11-10T08:00:00+07:00")
    verdict_only(mailed, DA_MAI)
    assert mailing.mail_receipts().planned == 0
    contact(mailed, DA_MAI, "da-mai@example.org")
    contact(mailed, DA_MAI, "tong-hop@example.org", role="supervisor")
    assert (mailing.mail_receipts().sent, receipts.DAYS) == (1, 5)
    assert [letter["To"] for letter in letterbox.letters] == ["da-mai@example.org"]


def test_several_receipts_go_out_on_one_day(mailed, letterbox):
    contact(mailed, DA_MAI, "da-mai@example.org")
    for _ in range(2):
        verdict_only(mailed, DA_MAI, "rejected")
        mailing.mail_receipts()
    assert len(letterbox.letters) == 2


def test_a_file_with_reports_of_two_units_is_a_receipt_to_each_and_the_file_to_neither(mailed, letterbox, tmp_path):
    for unit, name in ((DA_MAI, "da-mai"), (VO_CUONG, "vo-cuong")):
        contact(mailed, unit, f"{name}@example.org")
    rows = [f"bacninh-2026-2030,2026,{unit},2,x,100,,\n" for unit in (DA_MAI, VO_CUONG)]
    (tmp_path / "hai-phuong.csv").write_text(CSV + "".join(rows))
    receiving.receive([str(tmp_path / "hai-phuong.csv")])
    assert mailing.mail_receipts().sent == 2
    letters = {letter["To"]: letter for letter in letterbox.letters}
    for name, own, other in (("da-mai", DA_MAI, VO_CUONG), ("vo-cuong", VO_CUONG, DA_MAI)):
        letter = letters[f"{name}@example.org"]
        ((attached, content),) = files(letter).items()
        assert attached == "hai-phuong.csv.txt"
        assert own in text(letter) and own in content.decode()
        assert other not in text(letter) + content.decode()


def test_both_units_of_one_office_are_one_receipt(mailed, letterbox, tmp_path):
    for unit in (DA_MAI, VO_CUONG):
        contact(mailed, unit, "hai-phuong@example.org")
    rows = [f"bacninh-2026-2030,2026,{unit},2,x,100,,\n" for unit in (DA_MAI, VO_CUONG)]
    (tmp_path / "hai-phuong.csv").write_text(CSV + "".join(rows))
    receiving.receive([str(tmp_path / "hai-phuong.csv")])
    assert mailing.mail_receipts().sent == 1
    assert letterbox.letters[0]["Subject"] == "Biên nhận 2 báo cáo, 2 bị từ chối"


def test_receipts_of_each_unit_go_out_in_the_order_in_which_its_files_arrived(mailed, letterbox, monkeypatch):
    monkeypatch.setenv("BAOCAO_SMTP_CONNECTIONS", "3")
    letterbox.seconds_a_letter, letterbox.slow = 0.5, lambda n: n % 3 == 2
    results = ["rejected", "accepted", "rejected", "accepted_with_warnings", "accepted"]
    units = {DA_MAI: "da-mai@example.org", VO_CUONG: "vo-cuong@example.org"}
    for unit, address in units.items():
        contact(mailed, unit, address)
    for minute, result in enumerate(results):
        for second, unit in enumerate(units):
            with clock.at(f"2026-11-20T07:{minute:02}:{second:02}+07:00"):
                verdict_only(mailed, unit, result)
    assert mailing.mail_receipts().sent == len(results) * len(units)
    for address in units.values():
        subjects = [letter["Subject"] for letter in letterbox.letters if letter["To"] == address]
        found = [subject.split(": ")[1] for subject in subjects]
        assert found == [f"báo cáo {receipt.RESULTS[result]}" for result in results]


def test_without_a_mail_server_nothing_is_planned(mailed, monkeypatch):
    contact(mailed, DA_MAI, "da-mai@example.org")
    verdict_only(mailed, DA_MAI)
    monkeypatch.delenv("BAOCAO_SMTP_URL")
    assert mailing.mail_receipts() == mailing.Mailed()
    assert ledger(mailed) == []


def test_two_runs_at_once_send_one_receipt(mailed, letterbox):
    contact(mailed, DA_MAI, "da-mai@example.org")
    verdict_only(mailed, DA_MAI)
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", "from pipeline import mailing; mailing.mail_receipts()"],
            cwd=PROJECT_ROOT,
            env=os.environ | {"BAOCAO_NOW": NOW},
        )
        for _ in range(2)
    ]
    assert [run.wait(120) for run in runs] == [0, 0]
    assert (len(letterbox.letters), ledger(mailed)) == (1, ["sent"])
