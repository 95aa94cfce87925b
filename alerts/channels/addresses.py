"""Where somebody can be written to: an e-mail address, or an address that a program takes messages at.

`https://host/path#key` takes signed JSON; any other scheme that Apprise knows (`tgram://…`, `matrixs://…`) is a
service of its. Such addresses hold passwords and tokens: what is said of them here never repeats them.
"""

import re
from urllib.parse import urlsplit

NOT_IN_EMAIL = r"@\s,;:<>()\[\]\\\"\x00-\x1f\x7f"
EMAIL = re.compile(rf"(?!=\?)[^{NOT_IN_EMAIL}]+@[^{NOT_IN_EMAIL}.]+(\.[^{NOT_IN_EMAIL}.]+)*")
"""Nothing that a mail program would read as several addresses, a name, a comment or an encoded word."""


def is_email(address: str) -> bool:
    """Whether the address is an e-mail address and no URL."""
    return "://" not in address and EMAIL.fullmatch(address) is not None


def is_http(address: str) -> bool:
    """Whether messages go there as signed JSON."""
    return address.lower().startswith(("http://", "https://"))


def wrong_webhook(address: str) -> str:
    """Why no program can be written to at this address, in Vietnamese; empty when one can."""
    from alerts.channels import internal, services

    scheme = address.partition("://")[0] if "://" in address else ""
    if re.search(r"\s", address):
        return "webhook có khoảng trắng; ký tự đặc biệt xin viết dạng %20"
    if reason := internal.wrong(address):
        return reason
    if is_http(address):
        return "" if _has_host(address) else "webhook thiếu tên máy chủ"
    if not scheme:
        return "webhook không phải là địa chỉ dạng https://… hoặc dịch vụ://…"
    if not services.supports(scheme):
        return f"webhook «{scheme}://…»: không phải http(s) và Apprise không có dịch vụ «{scheme}»"
    return "" if services.can_use(address) else f"webhook «{scheme}://…»: Apprise không đọc được phần sau «{scheme}://»"


def server(channel: str, address: str) -> tuple[str, ...]:
    """Which server takes messages for the address: when it fails, it fails for all addresses with the same value."""
    return (channel,) if channel == "email" else (channel, *urlsplit(address)[:2])


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
