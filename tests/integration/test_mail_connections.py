"""Letters over more than one connection to the mail server: each once, whatever ends a run."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from tests.integration.reminded import AFTER, contact, remind
from warehouse.settings import PROJECT_ROOT

LETTERS = 12
CONNECTIONS = 3


@pytest.fixture
def addresses(season, letterbox, monkeypatch) -> list[str]:
    """So many communes can be written to, and the server takes its time for each letter."""
    monkeypatch.setenv("BAOCAO_SMTP_CONNECTIONS", str(CONNECTIONS))
    letterbox.seconds_a_letter = 0.3
    units = season.execute(
        "select distinct unit_code from marts.fct_report_obligation "
        "where programme_code = 'bacninh-2026-2030' and period = '2026' order by 1 limit %s",
        [LETTERS],
    ).fetchall()
    for (unit,) in units:
        contact(season, unit, f"{unit}@example.org")
    return [f"{unit}@example.org" for (unit,) in units]


def attempts(season) -> Counter[tuple[str, int]]:
    return Counter(season.execute("select status, attempts from ops.message where attempts > 0").fetchall())


def test_letters_go_out_over_several_connections_each_once(season, letterbox, addresses):
    letterbox.holds_until = CONNECTIONS
    assert remind().sent == LETTERS
    assert letterbox.most_at_once == CONNECTIONS
    assert sorted(letter["To"] for letter in letterbox.letters) == addresses
    assert attempts(season) == {("sent", 1): LETTERS}
    assert remind().sent == 0


def test_a_kill_repeats_at_most_the_letter_of_each_connection_and_these_are_known(season, letterbox, addresses):
    victim = subprocess.Popen(
        [sys.executable, "-c", "from pipeline import reminding; reminding.remind()"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"BAOCAO_NOW": AFTER},
    )

    def kill() -> None:
        if len(letterbox.letters) == LETTERS // 2:
            os.kill(victim.pid, signal.SIGKILL)
            victim.wait()

    letterbox.on_letter = kill
    assert victim.wait(120) == -signal.SIGKILL
    query = "select message_id from ops.message where status = 'queued' and attempts > 0"
    in_flight = {message for (message,) in season.execute(query)}
    assert 1 <= len(in_flight) <= CONNECTIONS

    remind()
    taken = Counter(letter["Message-ID"] for letter in letterbox.letters)
    assert {message for message, times in taken.items() if times > 1} <= in_flight
    assert max(taken.values()) <= 2
    assert sorted({letter["To"] for letter in letterbox.letters}) == addresses
    assert set(attempts(season)) <= {("sent", 1), ("sent", 2)}


def test_a_server_that_allows_one_connection_gets_all_letters_over_it(season, letterbox, addresses):
    letterbox.sessions_allowed = 1
    letterbox.seconds_a_letter = 0
    done = remind()
    assert (done.sent, done.waiting) == (LETTERS, 0)
    assert sorted(letter["To"] for letter in letterbox.letters) == addresses


def test_a_letter_on_which_one_connection_breaks_ends_the_run_and_loses_none(season, letterbox, addresses, monkeypatch):
    from alerts.ledger import outbox

    settle = outbox.settle
    broken: list[object] = []

    def break_once(connection, message, *others):
        if len(letterbox.letters) >= 5 and not broken:
            broken.append(message)
            raise ConnectionError("the database is gone")
        settle(connection, message, *others)

    monkeypatch.setattr(outbox, "settle", break_once)
    with pytest.raises(ConnectionError):
        remind()
    monkeypatch.setattr(outbox, "settle", settle)
    assert len(letterbox.letters) <= 5 + CONNECTIONS
    remind()
    assert sorted({letter["To"] for letter in letterbox.letters}) == addresses
