"""What an alert says, and how it goes over the wire."""

from dataclasses import replace
from datetime import datetime

import pytest

from alerts import ledger, messages, smtp
from alerts.ledger import Frozen
from alerts.messages import Alert, Issue
from warehouse.errors import WrongCall
from warehouse.settings import ZONE

MOMENT = datetime(2026, 12, 1, 8, tzinfo=ZONE)
ALERT = Alert(
    ledger_id=1,
    key=("bacninh-2026-2030", "2026", "07228@2025-07-01", "UBND", "1", "missing", "reporter", "email"),
    programme_code="bacninh-2026-2030",
    programme_name="Chương trình hành động vì trẻ em",
    period="2026",
    unit_code="07228",
    unit_name="Phường Đa Mai",
    agency_code="UBND",
    deadline_at=datetime(2026, 11, 30, tzinfo=ZONE),
    phrase="trước ngày 30/11 hàng năm",
    lines_required=33,
    is_rejected=False,
)
OTHER = replace(ALERT, ledger_id=2, unit_code="09169", key=(*ALERT.key[:2], "09169@2025-07-01", *ALERT.key[3:]))
FROZEN = Frozen("<abc@baocao.invalid>", "da-mai@example.org", "Báo cáo", "Kính gửi", "<p>Kính gửi</p>", MOMENT)


def test_what_a_sender_typed_cannot_become_markup():
    reason = Issue("Báo cáo", "F14", "<script>alert(1)</script>", "Không đọc được.")
    text = messages.compose([replace(ALERT, is_rejected=True, reasons=(reason,))], MOMENT)
    assert "<script>" not in text.html
    assert "&lt;script&gt;" in text.html
    assert "«<script>alert(1)</script>»" in text.plain


def test_reasons_beyond_those_told_are_counted():
    reasons = tuple(Issue(None, None, None, f"Lỗi {number}.") for number in range(10))
    text = messages.compose([replace(ALERT, is_rejected=True, reasons=reasons, reasons_untold=4)], MOMENT)
    assert "- Lỗi 9." in text.plain
    assert "và 4 lỗi khác" in text.plain


def test_a_message_id_follows_from_recipient_and_alerts_alone():
    one = ledger.identify("a@example.org", [ALERT, OTHER])
    assert one == ledger.identify("a@example.org", [replace(OTHER, ledger_id=9), replace(ALERT, unit_name="khác")])
    assert one != ledger.identify("b@example.org", [ALERT, OTHER])
    assert one != ledger.identify("a@example.org", [ALERT])


def test_a_frozen_message_gives_the_same_bytes_each_time():
    first, second = (smtp.envelope(FROZEN, "baocao@example.org").as_bytes() for _ in range(2))
    assert first == second
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


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "mail.example.org:25", "smtp://x:secret@h:port"])
def test_a_url_that_names_no_server_is_a_wrong_call_that_does_not_repeat_it(url):
    with pytest.raises(WrongCall) as refusal:
        smtp.server(url)
    assert "secret" not in str(refusal.value)
