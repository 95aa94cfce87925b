"""The web server of the pages: on this machine's own address only, unless everybody has to sign in."""

import threading
from contextlib import suppress
from importlib import import_module
from urllib.parse import urlsplit

from pages.loopback import is_loopback
from warehouse import pool
from warehouse.errors import WrongCall
from warehouse.settings import get_settings

REFUSED = (
    "baocao serve listens on this machine only (127.0.0.1 or ::1), not on {host}, as long as nobody has to sign in: "
    "whoever reaches the pages reads every figure. Set BAOCAO_SIGN_IN=on."
)
NO_ADDRESS = (
    "baocao serve listens on {host} only behind a proxy with TLS: set BAOCAO_PAGES_URL to the address that officers "
    "open, such as https://baocao.example.vn (docs/desk.md)."
)
SLOW_IMPORTS = ("great_expectations", "pandas")
"""What the first upload would wait for."""


def run(host: str, port: int) -> None:
    """Serve until it is interrupted. Raises WrongCall for an address that others could reach without signing in."""
    require_address(host)
    import uvicorn

    from pages.app import create

    if get_settings().sign_in == "on":
        threading.Thread(target=_import_slow, daemon=True).start()
    try:
        with suppress(KeyboardInterrupt):
            uvicorn.run(create(), host=host, port=port, log_level="warning", server_header=False)
    finally:
        pool.close_all()


def require_address(host: str) -> None:
    """Raises WrongCall that says why the pages may not be served there."""
    if is_loopback(host):
        return
    settings = get_settings()
    if settings.sign_in == "off":
        raise WrongCall(REFUSED.format(host=host))
    if urlsplit(settings.pages_url).scheme != "https":
        raise WrongCall(NO_ADDRESS.format(host=host))


def _import_slow() -> None:
    for name in SLOW_IMPORTS:
        import_module(name)
