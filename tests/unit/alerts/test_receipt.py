"""What a receipt by mail says, and how little of a file it repeats."""

from datetime import datetime

import pytest

from alerts import issues, receipt
from alerts.channels import smtp
from alerts.issues import Issue
from alerts.message import Attachment, QueuedMessage
from alerts.receipt import Report
from warehouse.settings import ZONE

NOW = datetime(2026, 11, 20, 8, tzinfo=ZONE)


def report(status: str = "accepted", *found: Issue, **values: object) -> Report:
    known = {
        "ledger_id": 1,
        "submission_type": "full",
        "is_document": False,
        "programme_name": "Chương trình hành động vì trẻ em",
        "period": "2026",
        "unit_code": "07228",
        "unit_name": "Phường Đa Mai",
        "agency_name": "",
        "addressees": "Sở Y tế",
        "contact": "",
    }
    return Report(status=status, issues=found, **(known | values))


WRONG = Issue("Báo cáo", "F14", "1.234", "Không rõ 1.234 là 1234 hay 1,234.")
ODD = Issue("Báo cáo", "F15", "99", "Cao hơn năm trước nhiều.", "warning")


@pytest.mark.parametrize(
    ("status", "found", "subject", "step"),
    [
        ("accepted", (), "Biên nhận: báo cáo đã được nhận: Phường Đa Mai, năm 2026", "Không cần làm gì thêm."),
        (
            "accepted_with_warnings",
            (ODD,),
            "Biên nhận: báo cáo đã được nhận, có điểm cần xem lại: Phường Đa Mai, năm 2026",
            "Nếu các số đã nêu là đúng: không phải gửi lại. Xin xác nhận, kèm lý do",
        ),
        (
            "rejected",
            (WRONG, ODD),
            "Biên nhận: báo cáo bị từ chối: Phường Đa Mai, năm 2026",
            "Nộp lại tệp theo cách đã nộp lần trước",
        ),
    ],
)
def test_a_receipt_says_what_became_of_the_report_and_one_next_step(status, found, subject, step):
    text = receipt.compose([report(status, *found)], "bao-cao.xlsx", NOW)
    steps = ("Không cần làm gì thêm.", "Nếu các số đã nêu là đúng", "Nộp lại tệp theo cách")
    assert text.subject == subject
    for body in (text.plain, text.html):
        assert step in body
        assert sum(other in body for other in steps) == 1
        assert "«bao-cao.xlsx» lúc 08:00 ngày 20/11/2026" in body
        assert "Nơi nhận báo cáo: Sở Y tế." in body
        assert "Liên hệ" not in body
        assert all(issue.text in body and issue.where in body for issue in found)
        assert "baocao " not in body


def test_a_receipt_lists_ten_issues_and_counts_the_others():
    many = [Issue("Báo cáo", f"F{row}", None, f"Lỗi ở dòng {row}.") for row in range(1, 14)]
    text = receipt.compose([report("rejected", *many)], "bao-cao.xlsx", NOW)
    assert "13 lỗi phải sửa:" in text.plain
    assert "F10: Lỗi ở dòng 10." in text.plain
    assert "F11" not in text.plain
    assert "và 3 điểm khác, ghi đủ trong tệp gửi kèm" in text.plain


def test_a_file_with_reports_of_several_units_of_one_office_is_one_receipt():
    other = report("rejected", WRONG, unit_code="09169", unit_name="Phường Võ Cường")
    text = receipt.compose([report(), other], "bao-cao.xlsx", NOW)
    assert text.subject == "Biên nhận 2 báo cáo, 1 bị từ chối"
    assert text.plain.startswith("Kính gửi Phường Đa Mai, Phường Võ Cường,")
    assert text.plain.index("BÁO CÁO ĐÃ ĐƯỢC NHẬN") < text.plain.index("BÁO CÁO BỊ TỪ CHỐI")


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.org/x",
        "xem http://example.org",
        "www.example.org",
        "a@example.org",
        "example.org/mua-ngay",
        "hxxp\u200b://example.org",
    ],
)
def test_no_link_comes_out_of_a_cell_a_message_or_a_file_name(typed):
    issue = Issue(typed, "F14", typed, f"Không đọc được «{typed}» ở ô này.")
    text = receipt.compose([report("rejected", issue)], issues.file_name(f"{typed}.xlsx"), NOW)
    for body in (text.plain, text.html):
        assert "example.org" not in body
        assert "://example" not in body
        assert "a@" not in body
        assert "ở ô này." in body


def test_what_a_sender_typed_is_one_short_line_and_no_markup():
    typed = "<b>dòng một\r\nBcc: a\u202e\x00" + "x" * 500
    issue = Issue("Báo\ncáo", "F14", typed, f"Không đọc được {typed}")
    assert len(issue.where) < 100
    assert len(issue.text) == issues.MESSAGE
    assert "\n" not in issue.where + issue.text
    assert "\u202e" not in issue.where + issue.text
    html = receipt.compose([report("rejected", issue)], "a.xlsx", NOW).html
    assert "<b>" not in html
    assert "&lt;b&gt;dòng một Bcc: a" in html


def test_figures_and_places_are_quoted_as_they_are():
    for typed in ("1.234", "97,5 %", "≥ 97", "1.234.567", "12/2026", "TP. Bắc Ninh"):
        assert issues.quoted(typed, 40) == typed
    assert issues.file_name("bao-cao-da-mai.xlsx") == "bao-cao-da-mai.xlsx"
    assert issues.file_name("bao.cao.2026.xlsx") == "bao_cao_2026.xlsx"


def test_a_letter_with_attachments_gives_the_same_bytes_each_time_and_carries_any_file_name():
    files = [
        Attachment("báo cáo\r\nBcc: x.xlsx", b"PK\x03\x04", "application/octet-stream"),
        Attachment("biên nhận.txt", "Từ chối".encode(), "text/plain"),
    ]
    message = QueuedMessage(
        "<a@baocao.invalid>", "email", "a@example.org", "Biên nhận", "x", "<p>x", NOW, attachments=files
    )
    first, again = smtp.envelope(message, "baocao@example.org"), smtp.envelope(message, "baocao@example.org")
    assert first.as_bytes() == again.as_bytes()
    assert first["Bcc"] is None
    assert [part.get_content_type() for part in first.iter_attachments()] == ["application/octet-stream", "text/plain"]
