"""No contact makes the warehouse write to what trusts its machine."""

import pytest

from alerts.channels import addresses, internal, services, webhook
from alerts.channels.base import Refused
from alerts.message import QueuedMessage
from tests.integration.chatroom import Chatroom, serving
from warehouse import clock

INSIDE = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "169.254.169.254",
    "10.1.2.3",
    "192.168.0.7",
    "172.16.0.1",
    "[fe80::1]",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
]


def message(address: str) -> QueuedMessage:
    return QueuedMessage("<a@baocao.invalid>", "webhook", address, "Báo cáo", "Kính gửi", "<p>", clock.now())


def sent(address: str) -> None:
    with webhook.caller() as caller:
        caller.send(message(address), lambda queued: None)


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["https", "json"])
def test_a_webhook_inside_is_refused_when_it_is_imported(host, scheme, monkeypatch):
    address = f"{scheme}://{host}/hook"
    assert "mạng nội bộ" in addresses.wrong_webhook(address)
    monkeypatch.setenv("BAOCAO_INTERNAL_WEBHOOKS", "allow")
    assert addresses.wrong_webhook(address) == ""


def test_a_webhook_outside_is_none_of_these():
    assert addresses.wrong_webhook("https://93.184.216.34/hook") == ""
    assert addresses.wrong_webhook("https://chat.example.org/hook") == ""


def test_a_name_that_leads_inside_is_refused_when_it_is_called_and_nothing_is_sent(monkeypatch):
    """Resolved by the machine itself: its own name and addresses that it makes up lead to it."""
    with serving(chat := Chatroom(), internal_webhooks="refuse") as host:
        port = host.rpartition(":")[2]
        for name in (f"127.0.0.1:{port}", f"localhost:{port}", f"127.1:{port}", f"2130706433:{port}"):
            with pytest.raises(Refused, match="inside"):
                sent(f"http://{name}/hook")
        with pytest.raises(Refused, match="inside"):
            services.Notifier().send(message(f"json://{host}/hook"), lambda queued: None)
        assert chat.posts == []
        monkeypatch.setenv("BAOCAO_WEBHOOK_URL", f"http://{host}/hook")
        sent(f"http://{host}/hook")
        assert len(chat.posts) == 1


def test_the_peer_counts_and_not_the_name():
    with pytest.raises(Refused):
        internal.check_peer("https://chat.example.org/hook", "169.254.169.254")
    internal.check_peer("https://chat.example.org/hook", "93.184.216.34")
