"""A whole season on a machine without a way out: everything is done, and nothing ever tries to leave.

In a network of its own, with nothing but the loopback interface. The kernel counts each packet that has no route
(`OutNoRoutes`), whoever sends it: a library's telemetry, a look-up of a name, PostgreSQL. Names that Python looks up
are noted beside it, for the machine's resolver may be on the loopback interface. Root makes such a network by
itself, anybody else in a user namespace, which the kernel has to allow (kernel.unprivileged_userns_clone).
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.play import play_undisturbed
from tests.chaos.world import small_world

pytestmark = pytest.mark.begins_early  # in a process that has not parsed dbt's project yet, see world.py

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
ELSEWHERE = ("192.0.2.1", 443)
"""An address of the documentation, which is nobody's."""
OURS = {"127.0.0.1", "localhost", "None"}


def without_a_route(run: Callable[[], None]) -> int:
    """The exit code of a child that did it in such a network."""
    sys.stdout.flush()
    if pid := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        _leave_the_network()
        run()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _leave_the_network() -> None:
    user, group = os.getuid(), os.getgid()
    flags = CLONE_NEWNET if user == 0 else CLONE_NEWNET | CLONE_NEWUSER
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)}: no network of its own can be made here")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def packets_without_a_route() -> int:
    names, numbers = (
        line.split() for line in Path("/proc/self/net/snmp").read_text().splitlines() if line.startswith("Ip:")
    )
    return int(numbers[names.index("OutNoRoutes")])


def note_names(file: Path) -> None:
    """Every name that this process and its children look up from now on."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo":
            os.write(handle, f"{arguments[0]}\n".encode())

    sys.addaudithook(hook)


def test_a_packet_that_would_leave_is_counted():
    def leave() -> None:
        before = packets_without_a_route()
        with socket.socket() as out:
            assert out.connect_ex(ELSEWHERE) != 0
        assert packets_without_a_route() > before

    assert without_a_route(leave) == 0


def test_a_season_is_received_built_reminded_and_published_and_nothing_tries_to_leave(tmp_path):
    names = tmp_path / "names"

    def play() -> None:
        note_names(names)
        with small_world() as world:
            played = play_undisturbed(world)
            assert len(world.postbox.taken) > 10
            assert played.state["published"] and played.state["receipts"]
        assert packets_without_a_route() == 0

    assert without_a_route(play) == 0
    assert set(names.read_text().split()) <= OURS
