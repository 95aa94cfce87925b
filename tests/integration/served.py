"""The pages at an address of this machine, and their tables as the CSV files have them."""

import contextvars
import csv
import io
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn

from pages import app
from tests.integration.letterbox import free_port

TLS = ssl.create_default_context()
"""Made once: httpx reads every certificate of the machine for each client that it is not given to."""


@dataclass
class Served:
    """The pages at an address of this machine."""

    address: str

    def get(self, path: str, **query: str) -> httpx.Response:
        return httpx.get(self.address + path, params=query or None, timeout=60, verify=TLS)

    def rows(self, path: str, table: str, **query: str) -> list[dict[str, str]]:
        """A table of a page, as its CSV file has it."""
        response = self.get(path, table=table, format="csv", **query)
        assert response.status_code == 200, response.text
        return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@contextmanager
def serving() -> Iterator[Served]:
    """A server in another thread, at whose clock it is as late as at the caller's."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app.create(), port=port, log_level="error"))
    thread = threading.Thread(target=contextvars.copy_context().run, args=[server.run])
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield Served(f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()
