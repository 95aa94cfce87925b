"""A real SMTP server on this machine that delivers into a folder: where the demonstration's reminders go."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


class _Folder:
    """Keeps each message as a file of its own, as it was received."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        number = len(list(self.folder.glob("*.eml"))) + 1
        (self.folder / f"{number:03}-{envelope.rcpt_tos[0]}.eml").write_bytes(envelope.original_content)
        return "250 OK"


@contextmanager
def mailbox(folder: Path) -> Iterator[str]:
    """Receive mail into folder while the block runs; yields the smtp:// address."""
    from aiosmtpd.controller import Controller

    folder.mkdir(parents=True, exist_ok=True)
    server = Controller(_Folder(folder), hostname=HOST, port=_free_port())
    server.start()
    try:
        yield f"smtp://{HOST}:{server.port}"
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
