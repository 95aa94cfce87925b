"""Addresses inside: of this machine, its link and private networks. No contact makes the warehouse write there.

Whoever keeps the list of contacts could otherwise post to what trusts this machine: its own services, the metadata of
a cloud. The operator's own addresses are trusted, and BAOCAO_INTERNAL_WEBHOOKS=allow trusts all.
"""

import ipaddress
from urllib.parse import urlsplit

from alerts.channels.base import Refused
from warehouse.settings import get_settings

REASON = "webhook trỏ vào mạng nội bộ; nếu đúng là máy của cơ quan, người vận hành đặt BAOCAO_INTERNAL_WEBHOOKS=allow"


def is_allowed(address: str) -> bool:
    """Whether a webhook may lead anywhere: all may, or the operator set this one."""
    settings = get_settings()
    return settings.internal_webhooks == "allow" or address in (settings.webhook_url, settings.operator)


def is_internal(host: str) -> bool:
    """Whether a host is an address inside. Of names only localhost: where another leads is seen when it is called."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host.lower().rstrip(".") == "localhost" or host.lower().endswith(".localhost")
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return not address.is_global or address.is_multicast


def wrong(address: str) -> str:
    """Why a webhook may not be used, in Vietnamese; empty where it may, or its host says nothing."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return REASON if is_internal(host) and not is_allowed(address) else ""


def check_peer(address: str, peer: str) -> None:
    """Raises Refused where a connection for a webhook led inside; before anything was sent over it."""
    if is_internal(peer) and not is_allowed(address):
        raise Refused("webhook: it leads to an address inside (BAOCAO_INTERNAL_WEBHOOKS)")
