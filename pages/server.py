"""The web server of the pages, on this machine's own address only."""

from contextlib import suppress

from pages.loopback import is_loopback
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

    with suppress(KeyboardInterrupt):
        uvicorn.run(create(), host=host, port=port, log_level="warning", server_header=False)


def require_loopback(host: str) -> None:
    """Raises WrongCall that says why."""
    if not is_loopback(host):
        raise WrongCall(REFUSED.format(host=host))
