"""Only what we started is ever signalled, and all of it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from warehouse.airflow import processes

FAMILY = "import subprocess, sys, time; subprocess.Popen(['sleep', '60']); print('ready', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
UNDUMPABLE = "import ctypes, time; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); print('ready', flush=True); time.sleep(60)"


def start(code: str, folder: Path) -> subprocess.Popen[bytes]:
    log = folder / "log"
    child = processes.spawn([sys.executable, "-u", "-c", code], folder=folder, environment=os.environ, log=log)
    while "ready" not in log.read_text():
        time.sleep(0.02)
    return child


def test_a_process_and_its_children_are_one_family(tmp_path):
    child = start(FAMILY, tmp_path)
    who = processes.identify(child.pid)
    assert len(processes.members(who, tmp_path)) == 2
    processes.end(who, tmp_path, timeout=5)
    assert child.wait() == -15
    assert processes.members(who, tmp_path) == []


def test_orphans_of_a_killed_leader_are_found_by_their_session(tmp_path):
    child = start(FAMILY, tmp_path)
    who = processes.identify(child.pid)
    child.kill()
    child.wait()
    assert not processes.is_alive(who)
    assert processes.sweep(who, tmp_path) == 1
    assert processes.members(who, tmp_path) == []


def test_one_that_will_not_listen_is_killed_when_patience_ends(tmp_path):
    child = start(STUBBORN, tmp_path)
    who = processes.identify(child.pid)
    processes.end(who, tmp_path, timeout=0.3)
    assert not processes.is_alive(who)
    child.wait()


def test_one_that_hides_its_folder_is_found_all_the_same(tmp_path):
    child = start(UNDUMPABLE, tmp_path)
    who = processes.identify(child.pid)
    assert [process.pid for process in processes.members(who, tmp_path)] == [child.pid]
    processes.end(who, tmp_path, timeout=5)
    child.wait()


def test_a_pid_that_was_given_out_again_is_left_alone(tmp_path):
    child = start(FAMILY, tmp_path)
    who = processes.identify(child.pid)
    earlier = processes.Identity(who.pid, who.created - 1)
    assert not processes.is_alive(earlier)
    processes.end(earlier, tmp_path, timeout=0.1)
    assert processes.is_alive(who)
    processes.end(who, tmp_path, timeout=5)
    child.wait()


def test_a_family_that_works_elsewhere_is_left_alone(tmp_path):
    child = start(FAMILY, tmp_path)
    who = processes.identify(child.pid)
    assert processes.members(who, tmp_path / "elsewhere") == []
    processes.end(who, tmp_path, timeout=5)
    child.wait()
