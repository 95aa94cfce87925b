"""A chat's webhook on the loopback interface, which keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest


class Chatroom:
    """answers: the status of each answer to come, 200 when there is none left. posts: headers and body of each post."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []

    def take(self, headers: dict[str, str], content: bytes) -> int:
        self.posts.append((headers, content))
        return self.answers.pop(0) if self.answers else 200


@contextmanager
def serving(room: Chatroom, internal_webhooks: str = "allow") -> Iterator[str]:
    """The server is up inside the block, and may be written to; yields its `host:port`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(room.take(dict(self.headers), content))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("BAOCAO_INTERNAL_WEBHOOKS", internal_webhooks)
            yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
