"""What an alert says, and how it goes over the wire."""

import hmac
import json
from dataclasses import replace
from datetime import date, datetime
from email import charset, message_from_bytes
from email.policy import default

import pytest

from alerts import digest
from alerts.channels import smtp, webhook
from alerts.channels.shortening import shortened
from alerts.digest import Alert, ReceivedCounts
from alerts.issues import Issue
from alerts.ledger import outbox
from alerts.message import QueuedMessage
from warehouse.errors import WrongCall
from warehouse.settings import ZONE

NOW = datetime(2026, 12, 1, 8, tzinfo=ZONE)
ALERT = Alert(
    ledger_id=1,
    stage="missing",
    audience="reporter",
    addressed_name="Phường Đa Mai",
    programme_code="bacninh-2026-2030",
    programme_name="Chương trình hành động vì trẻ em",
    period="2026",
    unit_code="07228",
    unit_name="Phường Đa Mai",
    agency_code="UBND",
    deadline_at=datetime(2026, 11, 30, tzinfo=ZONE),
    last_on_time_on=date(2026, 11, 29),
    phrase="trước ngày 30/11 hàng năm",
    lines_required=33,
    is_rejected=False,
)
OTHER = replace(ALERT, ledger_id=2, unit_code="09169", unit_name="Phường Võ Cường")
QUEUED = QueuedMessage(
    "<abc@baocao.invalid>", "email", "da-mai@example.org", "Báo cáo", "Kính gửi", "<p>Kính gửi</p>", NOW
)


def test_what_a_sender_typed_cannot_become_markup():
    reason = Issue("Báo cáo", "F14", "<script>alert(1)</script>", "Không đọc được.")
    text = digest.compose([replace(ALERT, is_rejected=True, reasons=(reason,))], NOW)
    assert "<script>" not in text.html
    assert "&lt;script&gt;" in text.html
    assert "«<script>alert(1)</script>»" in text.plain


def test_reasons_beyond_those_told_are_counted():
    reasons = tuple(Issue(None, None, None, f"Lỗi {number}.") for number in range(10))
    text = digest.compose([replace(ALERT, is_rejected=True, reasons=reasons, reasons_omitted=4)], NOW)
    assert "- Lỗi 9." in text.plain
    assert "và 4 lỗi khác" in text.plain


def test_a_message_id_follows_from_recipient_and_run_alone():
    one = outbox.identify("email", "a@example.org", 7)
    assert one == outbox.identify("email", "a@example.org", 7)
    assert len({one, outbox.identify("email", "b@example.org", 7), outbox.identify("email", "a@example.org", 8)}) == 3


def test_a_reminder_counts_the_days_that_are_left():
    before = datetime(2026, 11, 22, 7, tzinfo=ZONE)
    assert digest.compose([ALERT], before).subject == "Báo cáo cần gửi, còn 7 ngày: Phường Đa Mai, năm 2026"
    assert ALERT.time_left(datetime(2026, 11, 29, 23, tzinfo=ZONE)) == "hạn cuối hôm nay"
    assert ALERT.time_left(datetime(2026, 12, 2, 7, tzinfo=ZONE)) == "quá hạn 3 ngày"


def test_an_upper_level_reads_a_table_of_its_units():
    above = [replace(alert, audience="supervisor", addressed_name="Tỉnh Bắc Ninh") for alert in (OTHER, ALERT)]
    arrived = replace(above[0], stage="resolved", unit_code="09187", unit_name="Phường Kinh Bắc", fulfilled_at=NOW)
    text = digest.compose([*above, arrived], NOW)
    assert text.subject == "2 báo cáo của các đơn vị chưa nhận được"
    assert "Chưa có báo cáo hợp lệ (2):\n   07228  Phường Đa Mai: chưa gửi, quá hạn 2 ngày" in text.plain
    assert "Đã nhận sau khi từng báo thiếu (1):\n   09187  Phường Kinh Bắc: nhận lúc 08:00" in text.plain
    assert "Excel" not in text.plain


def test_an_owner_reads_counts_by_province_before_the_units():
    """9 963 reports of three programmes: every unit is named, and the letter weighs what a mail server takes."""
    provinces = [(f"{code:02d}", f"Tỉnh giả định {code}") for code in range(1, 35)]
    alerts = [
        replace(
            ALERT,
            ledger_id=number,
            audience="owner",
            programme_code=f"gia-dinh-{programme}",
            unit_code=f"{number:05d}",
            is_rejected=number == 35,
            above_code=provinces[number % 34][0],
            above_name=provinces[number % 34][1],
        )
        for number in range(3321)
        for programme in range(3)
    ]
    text = digest.compose(alerts, NOW)

    first = text.plain.split("\n\n")[2].split("\n")
    assert first[2:5] == ["Chưa có báo cáo hợp lệ (3321):", "   Tỉnh giả định 1: 98", "   Tỉnh giả định 2: 98"]
    assert "\n\n   Tỉnh giả định 2:\n   00001  Phường Đa Mai: chưa gửi, quá hạn 2 ngày\n   00035  Phường" in text.plain
    assert "<strong>Tỉnh giả định 2</strong></td>" in text.html
    assert "00035 Phường Đa Mai <strong>(bị từ chối)</strong>;" in text.html
    assert all(text.plain.count(alert.unit_code) == text.html.count(alert.unit_code) == 3 for alert in alerts[::300])
    assert (
        len(smtp.envelope(replace(QUEUED, body_text=text.plain, body_html=text.html), "a@example.org").as_bytes()) < 2e6
    )


def test_who_answers_in_two_roles_reads_a_report_once():
    twice = [
        replace(ALERT, audience=audience, stage=stage)
        for audience, stage in (("supervisor", "missing"), ("owner", "escalation_3"))
    ]
    assert digest.compose(twice, NOW).plain.count("Phường Đa Mai: chưa gửi") == 1


def test_a_level_above_reads_how_many_reports_were_received_and_accepted():
    counts = ReceivedCounts("24", accepted=80, with_warnings=7, rejected=3)
    whole = ReceivedCounts("24", accepted=85, with_warnings=7, rejected=3)
    above = replace(ALERT, audience="supervisor", received=counts)
    text = digest.compose([above, replace(above, ledger_id=2, unit_code="09169")], NOW)
    line = "Đã gửi đến: 90 lượt báo cáo, trong đó được nhận 87 (7 có cảnh báo), bị từ chối 3."
    assert (text.plain.count(line), text.html.count(line)) == (1, 1)
    both = digest.compose([above, replace(above, audience="owner", received=whole)], NOW)
    assert "Đã gửi đến: 95 lượt báo cáo" in both.plain
    assert line not in both.plain


def test_a_reminder_names_the_office_to_ask_where_a_row_does_and_holds_no_command():
    unnamed = digest.compose([ALERT], NOW)
    assert "Liên hệ" not in unnamed.plain + unnamed.html
    named = digest.compose([replace(ALERT, addressees="Sở Y tế", contact="Phòng Trẻ em, điện thoại 000 1234")], NOW)
    for text in (named.plain, named.html):
        assert "Nơi nhận báo cáo: Sở Y tế." in text
        assert "Phòng Trẻ em, điện thoại 000 1234" in text
        assert "mẫu Excel gửi kèm" in text
        assert "baocao" not in text
        assert "lệnh" not in text


def test_a_chat_is_not_promised_a_form_that_goes_with_letters_alone():
    assert "gửi kèm" not in digest.compose([ALERT], NOW, "webhook").plain


def test_who_owes_more_forms_than_a_letter_carries_reads_it():
    alerts = [replace(ALERT, ledger_id=number, unit_code=f"{number:05}") for number in range(21)]
    assert "chỉ kèm được 20 mẫu" in digest.compose(alerts, NOW).plain
    assert "chỉ kèm được" not in digest.compose(alerts[:20], NOW).plain


def test_each_deadline_has_its_own_table():
    """Of one programme and period the communes owed by 29/11 and their province by 30/11."""
    province = replace(ALERT, unit_code="24", unit_name="Tỉnh giả định", last_on_time_on=date(2026, 11, 30), phrase="")
    above = [replace(alert, audience="owner") for alert in (ALERT, province)]
    text = digest.compose(above, NOW)
    first, second = text.plain.index("trước ngày 30/11 hàng năm; ngày cuối 29/11/2026"), text.plain.index("24     Tỉnh")
    assert first < text.plain.index("07228  Phường") < text.plain.index("Thời hạn: ngày cuối 30/11/2026") < second
    assert text.html.count("ngày cuối") == 2


def test_an_agency_is_called_by_its_name_and_a_document_is_sent_as_one():
    dossier = replace(
        ALERT, agency_code="SDL", agency_name="Sở giả định", lines_required=0, is_document=True, unit_code="31"
    )
    own = digest.compose([dossier], NOW)
    above = digest.compose([replace(dossier, audience="supervisor")], NOW)
    for text in (own.plain, own.html):
        assert "cơ quan báo cáo: Sở giả định" in text
        assert "gửi văn bản cho nơi nhận báo cáo" in text
        assert ".xlsx" not in text
    assert own.plain.startswith("Kính gửi Phường Đa Mai · Sở giả định,")
    assert own.subject.endswith("Phường Đa Mai · Sở giả định, năm 2026")
    assert above.plain.startswith("Kính gửi Phường Đa Mai,")
    assert "Phường Đa Mai · Sở giả định: chưa gửi" in above.plain


def test_a_line_break_in_a_name_breaks_no_header():
    text = digest.compose([replace(ALERT, unit_name="Phường\nBcc: x@example.org")], NOW)
    sent = smtp.envelope(replace(QUEUED, subject=text.subject), "baocao@example.org")
    assert sent["Subject"].endswith("Phường Bcc: x@example.org, năm 2026")
    assert sent["Bcc"] is None


def test_a_long_subject_keeps_its_blanks():
    subject = "Báo cáo cần gửi, quá hạn 2 ngày: Phường Đa Mai, năm 2026, chương trình hành động vì trẻ em " * 3
    sent = smtp.envelope(replace(QUEUED, subject=subject.strip()), "baocao@example.org").as_bytes()
    read = message_from_bytes(sent, policy=default)
    assert read["Subject"] == subject.strip()
    assert max(map(len, sent.split(b"\r\n"))) < 80


def test_a_webhook_is_signed_and_shown_by_slack_and_teams():
    message = replace(QUEUED, channel="webhook", recipient="https://chat.example.org/x#khoá")
    content = webhook.body(message)
    assert json.loads(content)["text"] == "*Báo cáo*\n\nKính gửi"
    typed = webhook.body(replace(message, body_text="ô C5 ghi “<2,6>” & “!channel”"))
    assert json.loads(typed)["text"].endswith("ô C5 ghi “&lt;2,6&gt;” &amp; “!channel”")
    expected = hmac.new("khoá".encode(), content, "sha256").hexdigest()
    assert webhook.signature(content, "khoá") == f"sha256={expected}"


def test_a_text_beyond_a_limit_keeps_whole_lines_and_counts_the_others():
    text = "\n".join(f"xã thứ {number}" for number in range(99)) + "\n"
    assert shortened(text, len(text)) == text
    cut = shortened(text, 200).split("\n")
    assert len("\n".join(cut)) <= 200
    assert cut[:-1] == text.split("\n")[: len(cut) - 1]
    assert cut[-1] == f"… còn {99 - len(cut) + 1} dòng nữa; xin hỏi danh sách đầy đủ ở nơi tổng hợp báo cáo"
    assert len(cut) > 10
    assert shortened(text, 5000, lines=3).split("\n")[-1].startswith("… còn 97 dòng")
    assert shortened(text, 20) == text[:20]


def test_a_nations_digest_fits_a_chat_and_says_where_the_whole_is():
    above = [
        replace(ALERT, audience="owner", unit_code=f"{number:05}", unit_name=f"Xã giả định {number}")
        for number in range(3321)
    ]
    text = digest.compose(above, NOW)
    content = webhook.body(replace(QUEUED, channel="webhook", body_text=text.plain))
    assert len(text.plain.encode()) > 200_000
    assert len(content) < 20_000
    shown = json.loads(content)["text"].split("\n")
    left = 3321 - sum(" Xã giả định " in line for line in shown)
    assert shown[-1].startswith(f"… còn {left + 2} dòng nữa")  # and the farewell with the blank line before it


def test_a_queued_message_gives_the_same_bytes_each_time():
    first, second = (smtp.envelope(QUEUED, "baocao@example.org").as_bytes() for _ in range(2))
    assert first == second
    table = dict(charset.CHARSETS)
    try:
        charset.add_charset("utf-8", charset.QP, charset.QP, "utf-8")  # as Apprise does when it is imported
        assert smtp.envelope(QUEUED, "baocao@example.org").as_bytes() == first
    finally:
        charset.CHARSETS.update(table)
    assert b"Auto-Submitted: auto-generated" in first


@pytest.mark.parametrize(
    ("url", "port", "is_tls", "is_starttls", "sender"),
    [
        ("smtp://localhost", 25, False, False, "baocao@localhost"),
        ("smtp://mail.example.org:587?starttls=1", 587, False, True, "baocao@mail.example.org"),
        ("smtps://mail.example.org", 465, True, False, "baocao@mail.example.org"),
        ("smtp://so-y-te%40example.org:p%40ss@mail.example.org", 25, False, False, "so-y-te@example.org"),
        ("smtp://user:p@mail.example.org?from=tre-em@example.org", 25, False, False, "tre-em@example.org"),
    ],
)
def test_a_url_names_server_security_and_sender(url, port, is_tls, is_starttls, sender):
    found = smtp.server(url)
    assert (found.port, found.is_tls, found.is_starttls, found.sender) == (port, is_tls, is_starttls, sender)


def test_a_password_may_hold_any_letter_and_is_shown_nowhere():
    found = smtp.server("smtp://user:p%40ss%2Fw@mail.example.org")
    assert found.password == "p@ss/w"
    assert "p@ss/w" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        *("http://mail.example.org", "smtp://", "mail.example.org:25", "smtp://x:secret@h:port"),
        *("smtp://x:secret@h?from=a%0ABcc:b@example.org", "smtp://x:secret@h?from=baocao"),
    ],
)
def test_a_url_that_names_no_server_is_a_wrong_call_that_does_not_repeat_it(url):
    with pytest.raises(WrongCall) as refusal:
        smtp.server(url)
    assert "secret" not in str(refusal.value)
