"""A real SMTP server on the loopback interface, which keeps the letters it takes."""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import count

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import PROCESS
from tests.waiting import LONGEST_SECONDS

PORTS = range(20000 + 1000 * PROCESS, 21000 + 1000 * PROCESS)
"""Below those that the kernel gives to clients (from 32768 on)."""
TURNS = count(os.getpid())


class Letterbox:
    """letters, recipients: as received. refuses: addresses that get a 550; delays: those that get a 451,
    come again later. on_letter: called before the server answers; answer: what it then says.
    seconds_a_letter: until it answers; slow: whether it takes that long for its n-th letter; most_at_once: letters
    that it had at the same time; holds_until: how many it has to have so before it answers any but its first.
    sessions_allowed: how many connections it greets in all.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuses: set[str] = set()
        self.delays: set[str] = set()
        self.answer = "250 taken"
        self.on_letter: Callable[[], None] = lambda: None
        self.seconds_a_letter = 0.0
        self.slow: Callable[[int], bool] = lambda n: True
        self.begun = 0
        self.under_way = self.most_at_once = self.sessions = 0
        self.holds_until = 0
        self.sessions_allowed = 1000

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        self.sessions += 1
        return "250 HELP" if self.sessions <= self.sessions_allowed else "421 too many connections"

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        return await self.handle_EHLO(server, session, envelope, hostname)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return f"550 <{address.upper()}> no such user"
        if address in self.delays:
            return "451 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        self.begun += 1
        await asyncio.sleep(self.seconds_a_letter if self.slow(self.begun) else 0)
        await self._hold(self.begun)
        self.under_way -= 1
        self.recipients.append(envelope.rcpt_tos)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        self.on_letter()
        return self.answer

    async def _hold(self, begun: int) -> None:
        until = time.monotonic() + LONGEST_SECONDS
        while begun > 1 and self.most_at_once < self.holds_until and time.monotonic() < until:
            await asyncio.sleep(0.02)


def free_port() -> int:
    """One that nobody listens on, of those of this process of tests: none that a client gets, nor another process."""
    while not _is_free(port := PORTS[next(TURNS) % len(PORTS)]):
        pass
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def listening(letterbox: Letterbox, port: int) -> Iterator[str]:
    """The server is up inside the block; yields its BAOCAO_SMTP_URL."""
    controller = Controller(letterbox, hostname="127.0.0.1", port=port, ready_timeout=LONGEST_SECONDS)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}?from=baocao@example.org"
    finally:
        controller.stop()
