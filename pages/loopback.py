"""Whether an address is this machine's own: unless everybody signs in, nobody else may reach the pages."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Of names only localhost: what another one resolves to can change."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
