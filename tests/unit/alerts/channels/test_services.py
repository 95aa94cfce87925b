"""Services of Apprise's: its own JSON service posts to a real server, and its responses are distinguished."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import StringIO

import pytest

from alerts.channels import backoff, services
from alerts.channels.base import Refused, Unreachable
from alerts.message import QueuedMessage
from tests.integration.chatroom import Chatroom, serving
from tests.integration.letterbox import free_port
from warehouse.settings import ZONE

NOW = datetime(2026, 12, 1, 8, tzinfo=ZONE)
LONG = "\n".join(f"   {number:05} Xã giả định {number}: chưa gửi, quá hạn 2 ngày" for number in range(99)) + "\n"


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Chatroom, QueuedMessage]]:
    """A server, and a message to it with a secret in the address."""
    monkeypatch.setattr(backoff, "WAIT_SECONDS", 0.01)
    found = Chatroom()
    with serving(found) as host:
        address = f"json://ten:mat-khau@{host}/bi-mat"
        yield found, QueuedMessage("<a@baocao.invalid>", "webhook", address, "Báo cáo", "Kính gửi <xã>", "<p>", NOW)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What arrives at the root of the logs, as a run of Airflow's keeps it."""
    written, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def send(message: QueuedMessage) -> list[str]:
    """Sends; returns what was noted each time that the text was about to go out."""
    noted: list[str] = []
    services.Notifier().send(message, lambda post: noted.append(post.message_id))
    return noted


def test_a_service_gets_subject_and_plain_text(room):
    chat, message = room
    assert send(message) == [message.message_id]
    ((_, content),) = chat.posts
    document = json.loads(content)
    assert (document["title"], document["message"]) == ("Báo cáo", "Kính gửi <xã>")


@pytest.mark.parametrize(
    ("answers", "kind", "expected", "attempts"),
    [
        ([404], Refused, "JSON: 404", 1),
        ([503, 503, 503], Unreachable, "JSON: 503", 3),
        ([429, 429, 429], Unreachable, "JSON: 429", 3),
        ([302], Unreachable, "JSON: 302", 3),
    ],
)
def test_an_answer_says_whether_it_is_tried_again_and_names_no_secret(room, log, answers, kind, expected, attempts):
    chat, message = room
    chat.answers = answers * attempts
    with pytest.raises(kind) as failure:
        send(message)
    assert str(failure.value) == expected
    assert len(chat.posts) == attempts
    assert log.getvalue() == ""


def test_a_service_that_comes_back_within_a_run_gets_the_message(room):
    chat, message = room
    chat.answers = [503, 200]
    assert len(send(message)) == 2


def test_a_service_that_is_marked_as_optional_is_not_taken_for_reached(room):
    chat, message = room
    chat.answers = [503, 503, 503]
    with pytest.raises(Unreachable):
        send(replace(message, recipient=message.recipient + "?optional=yes"))


def test_nobody_at_home_is_unreachable(room):
    _, message = room
    with pytest.raises(Unreachable, match=r"^JSON: no answer$"):
        send(replace(message, recipient=f"json://127.0.0.1:{free_port()}/bi-mat"))


def test_an_address_that_apprise_cannot_read_is_refused_without_being_repeated(room, log, capfd):
    _, message = room
    with pytest.raises(Refused, match=r"^Apprise cannot read the address$"):
        send(replace(message, recipient="tgram://bi-mat"))
    assert "bi-mat" not in log.getvalue() + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("address", "limit"),
    [("tgram://123456789:abcdefg_hijklmnop/-100", 4096), ("discord://123456789012345678/abcdefghij", 2000)],
)
def test_a_provinces_digest_is_cut_to_what_the_service_takes(room, address, limit):
    _, message = room
    service = services._service(address)
    text = services.body(service, replace(message, body_text=LONG))
    assert len(LONG) > limit
    assert limit * 0.9 < len(text) + len(message.subject) <= limit
    assert text.endswith("dòng nữa; xin hỏi danh sách đầy đủ ở nơi tổng hợp báo cáo")


def test_who_wants_the_whole_in_pieces_says_so_in_the_address(room):
    chat, message = room
    address = message.recipient + "?overflow=split"
    long = LONG * 10
    send(replace(message, recipient=address, body_text=long))
    codes = "".join(json.loads(content)["message"] for _, content in chat.posts)
    assert len(chat.posts) == 2
    assert codes.count("Xã giả định") == 990
