"""The web server of the pages, on this machine's own address only."""

import ipaddress

from warehouse.errors import WrongCall

REFUSED = (
    "baocao serve listens on this machine only (127.0.0.1 or ::1), not on {host}: the pages have no sign-in yet, and "
    "whoever reaches them reads every figure. Sign-in comes with a later release."
)


def run(host: str, port: int) -> None:
    """Serve until it is interrupted. Raises WrongCall for an address that others could reach."""
    require_loopback(host)
    import uvicorn

    from pages.app import create

    uvicorn.run(create(), host=host, port=port, log_level="warning", server_header=False, date_header=True)


def require_loopback(host: str) -> None:
    """A name is refused too, but for localhost: what it resolves to can change."""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise WrongCall(REFUSED.format(host=host))
