"""Who runs the warehouse is told by mail or webhook, and the log always is."""

import json
import logging

import pytest

from alerts import operators
from alerts.channels import backoff, webhook
from alerts.channels.base import Unreachable
from tests.integration.chatroom import Chatroom, serving
from tests.integration.letterbox import Letterbox, free_port, listening
from warehouse.errors import WrongCall

LATE = ("Đợt xử lý chưa xong", "deadlines: chưa xong lúc 08:00 <01/12/2026>")


def test_without_an_address_the_log_alone_is_told(monkeypatch, caplog):
    monkeypatch.delenv("BAOCAO_OPERATOR", raising=False)
    with caplog.at_level(logging.WARNING):
        assert operators.notify(*LATE) is False
    assert [record.getMessage() for record in caplog.records] == ["\n".join(LATE)]


def test_an_operator_with_a_mailbox_gets_a_letter(monkeypatch):
    box = Letterbox()
    with listening(box, free_port()) as url:
        monkeypatch.setenv("BAOCAO_SMTP_URL", url)
        monkeypatch.setenv("BAOCAO_OPERATOR", "van-hanh@example.org")
        assert operators.notify(*LATE) is True
    (letter,) = box.letters
    assert (letter["To"], letter["Subject"]) == ("van-hanh@example.org", LATE[0])
    assert letter.get_body(("plain",)).get_content().strip() == LATE[1]
    assert "&lt;01/12/2026&gt;" in letter.get_body(("html",)).get_content()


def test_an_operator_with_a_webhook_gets_signed_json(monkeypatch):
    room = Chatroom()
    with serving(room) as host:
        monkeypatch.setenv("BAOCAO_OPERATOR", f"http://{host}/hook#bi-mat")
        assert operators.notify(*LATE) is True
    ((headers, content),) = room.posts
    assert json.loads(content)["title"] == LATE[0]
    assert headers["X-Baocao-Signature"] == webhook.signature(content, "bi-mat")


def test_a_letter_that_no_server_is_set_for_is_not_taken_for_sent(monkeypatch, caplog):
    monkeypatch.delenv("BAOCAO_SMTP_URL", raising=False)
    monkeypatch.setenv("BAOCAO_OPERATOR", "van-hanh@example.org")
    assert operators.notify(*LATE) is False
    assert "BAOCAO_SMTP_URL is not set: nothing is sent" in caplog.text
    assert "van-hanh" not in caplog.text


def test_an_operator_whom_nobody_answers_for_is_an_error_that_names_no_secret(monkeypatch, caplog):
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 0.01)
    monkeypatch.setenv("BAOCAO_OPERATOR", f"http://127.0.0.1:{free_port()}/bi-mat")
    with pytest.raises(Unreachable) as failure:
        operators.notify(*LATE)
    assert "bi-mat" not in str(failure.value) + caplog.text
    assert LATE[1] in caplog.text


@pytest.mark.parametrize("address", ["van hanh", "ftp://example.org/bi-mat", "http://"])
def test_an_address_that_is_none_is_a_wrong_call_that_does_not_repeat_it(monkeypatch, address):
    monkeypatch.setenv("BAOCAO_OPERATOR", address)
    with pytest.raises(WrongCall, match="BAOCAO_OPERATOR") as refusal:
        operators.notify(*LATE)
    assert address not in str(refusal.value)
