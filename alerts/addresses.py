"""Where somebody can be written to: an e-mail address, or an address that a program takes messages at."""

import re
from urllib.parse import urlsplit

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)*")


def is_email(address: str) -> bool:
    """Whether the address is an e-mail address and no URL."""
    return "://" not in address and EMAIL.fullmatch(address) is not None


def is_http(address: str) -> bool:
    """Whether the address takes signed JSON."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
