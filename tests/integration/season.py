"""A simulated reporting season: daily runs, lost runs, kills, reports that arrive all the while, and a real mailbox.

All reports and addresses are made up. What has to be true of a season is told by season_checks.py.
"""

import os
import random
import re
import signal
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.message import Message
from time import perf_counter
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psutil
from aiosmtpd.smtp import SMTP, Envelope, Session

from pipeline import reminding
from tests.integration.letterbox import Letterbox
from tests.integration.reports import VERDICT, verdict
from tests.waiting import wait_for
from warehouse import clock, database
from warehouse.clock import ZONE
from warehouse.settings import PROJECT_ROOT, get_settings

LAST_DAY = date(2026, 11, 29)
BEGINS = datetime(2026, 10, 1, tzinfo=ZONE)
DAYS = [LAST_DAY + timedelta(days=number) for number in range(-30, 31)]
LADDER = {  # first day of each stage, by audience; 2/12 and 8/12 are three and seven working days after Sunday 29/11
    "reporter": [date(2026, 11, 15), date(2026, 11, 22), date(2026, 11, 28), date(2026, 11, 30)],
    "supervisor": [date(2026, 11, 30)],
    "owner": [date(2026, 12, 2), date(2026, 12, 8)],
}
MORNING, AFTERNOON = time(7), time(15)
OWED = re.compile(r"^\d+\. (Chương trình giả định \d+)\n   Kỳ báo cáo: .*\n   Đơn vị: .*\(mã (\d{5})\)", re.MULTILINE)
HEADING = re.compile(r"^(Chương trình giả định \d+) – năm 2026$", re.MULTILINE)
NOT_REPORTED = re.compile(r"^   (\d{5})  .*: (?:chưa gửi|bị từ chối), ", re.MULTILINE)
RECEIVED = re.compile(r"^   (\d{5})  .*: nhận lúc ", re.MULTILINE)

Report = tuple[str, str]
"""Programme and unit code."""

Fate = Literal["done", "lost", "killed"]


@dataclass(frozen=True)
class Unit:
    code: str
    province: str


@dataclass(frozen=True)
class Turn:
    """A run that is due, and what becomes of it."""

    at: datetime
    fate: Fate

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Letter:
    """One delivery: in which run, to whom, under which Message-ID, which reports it calls silent and which received.

    size: bytes over the wire.
    """

    at: datetime
    recipient: str
    message_id: str
    not_reported: frozenset[Report]
    received: frozenset[Report]
    body: str
    size: int

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Spent:
    """Seconds of a run until its first letter, and from there to its end."""

    turn: Turn
    planning: float
    sending: float
    letters: int


class Postbox(Letterbox):
    """Takes letters as bytes, to be read between the runs. on_recipient: called before a text is accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[bytes] = []
        self.on_recipient: Callable[[], None] = lambda: None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.on_recipient()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.on_letter()
        return "250 taken"


@dataclass
class Season:
    """programmes: code → name. owner: the unit that they are for.

    arrivals: when a report that is accepted comes; absent: never. in_flight: Message-IDs of letters that were taken and
    that a kill left unconfirmed.
    """

    programmes: dict[str, str]
    units: list[Unit]
    owner: str
    chance: random.Random
    postbox: Postbox
    turns: list[Turn] = field(default_factory=list)
    arrivals: dict[Report, datetime] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    in_flight: list[str] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)

    def count(self, fate: Fate) -> int:
        """Of the daily runs; those by hand are always done."""
        return sum(turn.fate == fate for turn in self.turns if turn.at.time() == MORNING)

    def is_outstanding(self, report: Report, instant: datetime) -> bool:
        return report not in self.arrivals or self.arrivals[report] > instant

    def play(self, lost: int, kills: int, after: Callable[[Turn], None] = lambda turn: None) -> None:
        """The whole season. after: called when a turn is over and its letters are read."""
        self.turns = draw_turns(self.chance, lost, kills)
        self._introduce()
        before = self.turns[0].at - timedelta(days=1)
        for turn in self.turns:
            self._deliver_reports(before, turn.at)
            before = turn.at
            if turn.fate == "done":
                self._run(turn)
            elif turn.fate == "killed":
                self._run_and_die(turn)
            self._read_letters(turn)
            after(turn)

    def _introduce(self) -> None:
        """Contacts for everybody, and the time at which each report arrives, if ever."""
        addresses = [(unit.code, "reporter", address("reporter", unit.code)) for unit in self.units]
        for province in sorted({unit.province for unit in self.units}):
            addresses.append((province, "supervisor", address("supervisor", province)))
        addresses.append((self.owner, "owner", address("owner", self.owner)))
        with database.connect() as connection:
            connection.cursor().executemany(
                "insert into ops.contact (unit_code, role, email) values (%s, %s, %s)", addresses
            )
            connection.execute(
                "insert into ops.pipeline_run (run_id, step, status, as_of) overriding system value "
                "values (0, 'receive', 'succeeded', %s)",
                [BEGINS],
            )
        for programme in self.programmes:
            for unit in self.units:
                if self.chance.random() < 0.85:
                    hour = time(self.chance.randint(0, 23), self.chance.randint(0, 59))
                    self.arrivals[programme, unit.code] = datetime.combine(self.chance.choice(DAYS), hour, ZONE)

    def _deliver_reports(self, since: datetime, until: datetime) -> None:
        """What arrived in this time, and a few refused files of those that will be accepted later."""
        events = [(report, at, "accepted") for report, at in self.arrivals.items() if since < at <= until]
        waiting = [report for report, at in self.arrivals.items() if at > until]
        refused = self.chance.sample(waiting, len(waiting) // 200)
        insert_reports([*events, *((report, until - timedelta(hours=1), "rejected") for report in refused)])

    def _run(self, turn: Turn) -> None:
        first: list[float] = []
        self.postbox.on_letter = lambda: first.append(perf_counter()) if not first else None
        began = perf_counter()
        with clock.at(turn.at):
            reminding.remind()
        ended = perf_counter()
        self.postbox.on_letter = lambda: None
        sent_from = first[0] if first else ended
        self.spent.append(Spent(turn, sent_from - began, ended - sent_from, len(self.postbox.taken)))

    def _run_and_die(self, turn: Turn) -> None:
        """A run in a process of its own, killed when the server has a letter that it has not confirmed yet.

        Where none but the levels above get letters, it is one that a supervisor gets, who has news on most days. Each
        third run is killed a moment earlier, before the text goes out: nobody can have got that letter.
        """
        sessions_before = database_sessions()
        victim = subprocess.Popen(
            [sys.executable, "-c", "from pipeline import reminding; reminding.remind()"],
            cwd=PROJECT_ROOT,
            env=os.environ | {"BAOCAO_NOW": turn.at.isoformat()},
        )
        is_early = sum(each.fate == "killed" for each in self.turns[: self.turns.index(turn)]) % 3 == 2
        countdown = iter(range(self.chance.randrange(self._letters_expected(turn)), -1, -1))

        def kill() -> None:
            is_meant = is_early or self._reporters_are_notified(turn) or self._last_recipient().startswith("supervisor")
            if is_meant and next(countdown, 0) == 0:
                os.kill(victim.pid, signal.SIGKILL)
                victim.wait()

        hook = "on_recipient" if is_early else "on_letter"
        setattr(self.postbox, hook, kill)
        assert victim.wait(600) == -signal.SIGKILL, f"the run of {turn.at} ended before it was killed"
        setattr(self.postbox, hook, lambda: None)
        in_flight = self._unconfirmed(sessions_before)
        assert (0 if is_early else 1) <= len(in_flight) <= get_settings().smtp_connections
        self.in_flight += in_flight

    def _unconfirmed(self, sessions_before: set[int]) -> list[str]:
        """What the server took in this run and the ledger knows as tried only: one of each connection at most.

        Read when both have read to the end what the run had sent before it was killed.
        """
        wait_for(
            lambda: not self._is_being_read() and database_sessions() <= sessions_before,
            "the run that was killed is still under way",
        )
        with database.connect() as connection:
            query = "select message_id from ops.message where status = 'queued' and attempts > 0"
            tried = {message_id for (message_id,) in connection.execute(query)}
        return sorted(tried & {str(message_from_bytes(taken)["Message-ID"]) for taken in self.postbox.taken})

    def _is_being_read(self) -> bool:
        """Whether the mail server still has a connection, and perhaps a letter sent on it before the kill."""
        port = urlsplit(get_settings().smtp_url or "").port
        connections = psutil.Process().net_connections("tcp")
        return any(each.laddr.port == port and each.status != psutil.CONN_LISTEN for each in connections)

    def _last_recipient(self) -> str:
        return str(message_from_bytes(self.postbox.taken[-1])["To"])

    def _letters_expected(self, turn: Turn) -> int:
        """So many go out for certain: to two thirds of those who owe, or to a third of the supervisors."""
        if self._reporters_are_notified(turn):
            return max(1, len({unit for unit in self.units if self._owes(unit, turn.at)}) * 2 // 3)
        return max(1, len({unit.province for unit in self.units}) // 3)

    def _reporters_are_notified(self, turn: Turn) -> bool:
        """Whether a stage of theirs has begun since the last run."""
        runs = [each.day for each in self.turns if each.fate != "lost" and each.at < turn.at]
        return any((runs or [DAYS[0]])[-1] < day <= turn.day for day in LADDER["reporter"])

    def _owes(self, unit: Unit, instant: datetime) -> bool:
        return any(self.is_outstanding((programme, unit.code), instant) for programme in self.programmes)

    def _read_letters(self, turn: Turn) -> None:
        self.letters += [self._read(turn.at, content) for content in self.postbox.taken]
        self.postbox.taken.clear()

    def _read(self, at: datetime, content: bytes) -> Letter:
        """The reports of a letter, from its numbered list or the tables under a programme's heading."""
        letter = message_from_bytes(content)
        body = plain(letter)
        codes = {name: code for code, name in self.programmes.items()}
        not_reported, received = {(codes[name], unit) for name, unit in OWED.findall(body)}, set()
        parts = HEADING.split(body)
        for name, table in zip(parts[1::2], parts[2::2], strict=True):
            not_reported |= {(codes[name], unit) for unit in NOT_REPORTED.findall(table)}
            received |= {(codes[name], unit) for unit in RECEIVED.findall(table)}
        reports = frozenset(not_reported), frozenset(received)
        return Letter(at, letter["To"], letter["Message-ID"], *reports, body, len(content))


def draw_turns(chance: random.Random, lost: int, kills: int) -> list[Turn]:
    """Every day at seven, and some afternoons by hand: after a kill, and after letters of the morning.

    Lost are the days in which two stages of the reporters' ladder begin, those between a kill and the stage after it,
    and single days. The other kills are of runs that have letters for certain: on days on which a stage begins, and on
    the first after lost ones.
    """
    first, second, third, last = LADDER["reporter"]
    swallowed, (stopped, until) = chance.choice([((first, second), (third, last)), ((third, last), (first, second))])
    gone = {day for day in DAYS if swallowed[0] <= day <= swallowed[1] or stopped < day <= until}
    stages = {day for begun in LADDER.values() for day in begun} | {end + timedelta(1) for end in (second, last)}
    killed = {stopped, *chance.sample(sorted(stages - gone - {stopped}), kills - 1)}
    gone |= set(chance.sample([day for day in DAYS[:-1] if day not in gone | killed], lost - len(gone)))
    afternoons = {*chance.sample(sorted(killed - {stopped}), 2)}
    afternoons |= {*chance.sample([day for day in DAYS[:-1] if day > LAST_DAY and day not in gone | killed], 4)}
    fates: dict[date, Fate] = dict.fromkeys(gone, "lost") | dict.fromkeys(killed, "killed")
    daily = [Turn(datetime.combine(day, MORNING, ZONE), fates.get(day, "done")) for day in DAYS]
    by_hand = [Turn(datetime.combine(day, AFTERNOON, ZONE), "done") for day in afternoons]
    return sorted([*daily, *by_hand], key=lambda turn: turn.at)


def database_sessions() -> set[int]:
    """Process numbers of the other sessions of this database."""
    with database.connect() as connection:
        query = (
            "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
        )
        return {pid for (pid,) in connection.execute(f"{query} and pid <> pg_backend_pid()")}


def address(audience: str, unit_code: str) -> str:
    return f"{audience}-{unit_code}@example.org"


def audience_of(recipient: str) -> str:
    return recipient.partition("-")[0]


def stage_of(recipient: str, day: date) -> int:
    """Which stage of its audience's ladder a day belongs to: how many have begun."""
    return bisect_right(LADDER[audience_of(recipient)], day)


def plain(letter: Message) -> str:
    for part in letter.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content.decode().replace("\r\n", "\n")
    raise AssertionError(f"{letter['Message-ID']} has no plain text")


def insert_reports(reports: Iterable[tuple[Report, datetime, str]]) -> None:
    """Validated reports without lines, as the loader and the gate would leave them.

    reports: programme and unit, moment of arrival and verdict, status.
    """
    rows = [(uuid4(), *report, instant, status) for report, instant, status in reports]
    batch: UUID = uuid4()
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into raw.file values (%s, %s, 1, 'made up', %s, %s)",
            [(row[0].hex * 2, f"{row[2]}.xlsx", batch, row[3]) for row in rows],
        )
        cursor.executemany(
            "insert into raw.submission (submission_id, sha256, batch_id, programme_code, period, unit_code, "
            "is_made_up, received_at) values (%s, %s, %s, %s, '2026', %s, true, %s)",
            [(row[0], row[0].hex * 2, batch, row[1], row[2], row[3]) for row in rows],
        )
        cursor.executemany(VERDICT, [verdict(row[0], row[3], row[4]) for row in rows])
