"""The same bytes again: one submission while it is its unit's newest accepted report or waits, else a new one."""

from pathlib import Path

import pytest

from pipeline import receiving
from publish.receipts import text
from warehouse import clock

HEADER = "programme,period,unit_code,indicator,numerator,denominator,value,note,submission_type"
REPORT = "bacninh-2026-2030,2026,07228"
FIRST = f"{REPORT},5.1,291,300,,,full"
SECOND = f"{REPORT},5.1,290,300,,,full"
WITHDRAWAL = f"{REPORT},,,,,,retraction"
WRONG = f"{REPORT},5.1,301,300,,,full"


@pytest.fixture
def send(session, tmp_path: Path):
    """Send these lines in a file of that name; returns the receipt."""
    hours = iter(range(8, 20))

    def received(name: str, line: str):
        file = tmp_path / name
        file.write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
        with clock.at(f"2026-11-20T{next(hours):02}:00:00+07:00"):
            (receipt,) = receiving.receive([str(file)])
        return receipt

    return received


def newest(session) -> tuple[str, str]:
    """Type and numerator of the newest accepted report."""
    query = """
        select submission_type, numerator_raw from raw.submission
        join ops.submission_verdict as verdict using (submission_id) left join raw.line using (submission_id)
        where verdict.status <> 'rejected' order by verdict.accepted_seq desc limit 1
    """
    return session.execute(query).fetchone()


def test_a_report_that_is_in_force_is_the_same_submission(session, send):
    first = send("a.csv", FIRST)
    again = send("b.csv", FIRST)
    assert (again.status, again.submission_id, again.file) == ("duplicate", first.submission_id, "b.csv")
    assert session.execute("select count(*) from raw.submission").fetchone() == (1,)


def test_an_earlier_report_sent_again_replaces_the_later_one(session, send):
    first = send("a.csv", FIRST)
    send("b.csv", SECOND)
    again = send("a.csv", FIRST)
    assert again.status == first.status != "duplicate"
    assert again.submission_id != first.submission_id
    assert newest(session) == ("full", "291")
    assert send("a.csv", FIRST).status == "duplicate"


def test_a_report_that_was_withdrawn_counts_when_it_is_sent_again(session, send):
    send("a.csv", FIRST)
    send("rut.csv", WITHDRAWAL)
    again = send("a.csv", FIRST)
    assert again.status != "duplicate"
    assert newest(session) == ("full", "291")


def test_a_report_that_was_rejected_is_checked_again(session, send):
    first = send("a.csv", WRONG)
    again = send("a.csv", WRONG)
    assert (first.status, again.status) == ("rejected", "rejected")
    assert again.submission_id != first.submission_id
    assert [issue["rule"] for issue in again.issues] == [issue["rule"] for issue in first.issues]


def test_a_receipt_names_the_file_as_it_was_called_this_time(session, send):
    send("a.csv", WRONG)
    again = send("b.csv", WRONG)
    assert again.file == "b.csv"


def test_of_a_file_with_two_reports_only_the_one_that_changed_meanwhile_is_new(session, send):
    both = f"{FIRST}\nbacninh-2026-2030,2026,07210,5.1,190,200,,,full"
    first = send("ca-hai.csv", both)
    assert (len(first.submissions), first.unchanged) == (2, [])
    send("b.csv", SECOND)
    again = send("ca-hai.csv", both)
    assert [(report["unit"], report["status"]) for report in again.submissions] == [("07228", again.status)]


def test_a_file_whose_wrong_report_is_checked_again_names_what_is_still_in_force_of_the_others(session, send):
    both = f"{WRONG}\nbacninh-2026-2030,2026,07210,5.1,190,200,,,full"
    first = send("ca-hai.csv", both)
    (accepted,) = [report for report in first.submissions if report["status"] != "rejected"]
    for again in (send("ca-hai.csv", both), send("ca-hai.csv", both)):
        assert [(report["unit"], report["status"]) for report in again.submissions] == [("07228", "rejected")]
        (unchanged,) = again.unchanged
        assert unchanged.items() <= accepted.items()
        assert (
            "\nbáo cáo 07210 · Phường Bắc Giang · kỳ 2026 · ĐÃ NHẬN TRƯỚC ĐÂY, VẪN CÓ HIỆU LỰC (08:00 ngày 20/11/2026)"
            in text.render(again).plain
        )
