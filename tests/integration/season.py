"""A simulated reporting season: daily runs, lost runs, kills, reports that arrive all the while, and a real mailbox.

What the letters have to be is told here by the calendar and the arrivals alone; the ledger is only compared with the
mailbox at the end. All reports and addresses are made up.
"""

import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

from pipeline import reminding
from tests.integration.letterbox import Letterbox
from warehouse import clock, database
from warehouse.clock import ZONE
from warehouse.settings import PROJECT_ROOT

LAST_DAY = date(2026, 11, 29)
DEADLINE = "2026-11-30"
BEGINS = datetime(2026, 10, 1, tzinfo=ZONE)
LADDER = {  # first day of each stage, by audience; 2/12 and 8/12 are three and seven working days after Sunday 29/11
    "reporter": [date(2026, 11, 15), date(2026, 11, 22), date(2026, 11, 28), date(2026, 11, 30)],
    "supervisor": [date(2026, 11, 30)],
    "owner": [date(2026, 12, 2), date(2026, 12, 8)],
}
TEMPLATE_LINE = re.compile(r"baocao template (\S+) (\S+) 2026")
LISTED = re.compile(r"^   (\d{5})  .*: (?:chưa gửi|bị từ chối), ", re.MULTILINE)
HEADING = re.compile(r"^(Chương trình giả định \d+) – năm 2026$", re.MULTILINE)

Report = tuple[str, str]
"""Programme and unit code."""


@dataclass(frozen=True)
class Unit:
    unit_id: str
    code: str
    province: str


@dataclass
class Letter:
    """One delivery: on which day of the season, to whom, under which Message-ID, about which reports."""

    day: date
    recipient: str
    message_id: str
    about: set[Report]
    body: str


@dataclass
class Season:
    """programmes: code → name. owner: the unit that they are for.

    arrivals: when a report that is accepted comes; absent: never.
    """

    programmes: dict[str, str]
    units: list[Unit]
    owner: str
    chance: random.Random
    letterbox: Letterbox
    arrivals: dict[Report, datetime] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    completed: list[date] = field(default_factory=list)
    killed: list[date] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        return [LAST_DAY + timedelta(days=number) for number in range(-30, 31)]

    # --- what happens -------------------------------------------------------------------------------------------------

    def play(self, lost: int, kills: int, on_day: Callable[[date], None] = lambda day: None) -> None:
        """All days at seven: some runs are lost, some are killed while a letter is under way."""
        self._introduce()
        busy = [day for stages in LADDER.values() for day in stages]
        killed = set(self.chance.sample(sorted(set(busy)), kills))
        gone = set(self.chance.sample([day for day in self.days if day not in killed], lost))
        for day in self.days:
            self._deliver_reports(day)
            on_day(day)
            if day in killed and self._run_and_die(day):
                self.killed.append(day)
            elif day not in gone:
                with clock.at(at_seven(day)):
                    reminding.remind()
                self.completed.append(day)
            self._collect(day)

    def _introduce(self) -> None:
        """Contacts for everybody, and the moment at which each report will come, if ever."""
        addresses = [(unit.code, "reporter", f"bao-cao-{unit.code}@example.org") for unit in self.units]
        for province in sorted({unit.province for unit in self.units}):
            addresses.append((province, "supervisor", f"tong-hop-{province}@example.org"))
        addresses.append((self.owner, "owner", f"chu-tri-{self.owner}@example.org"))
        with database.connect() as connection:
            connection.cursor().executemany(
                "insert into ops.contact (unit_code, role, email) values (%s, %s, %s)", addresses
            )
            connection.execute(
                "insert into ops.pipeline_run (step, status, moment) values ('receive', 'succeeded', %s)", [BEGINS]
            )
        for programme in self.programmes:
            for unit in self.units:
                if self.chance.random() < 0.85:
                    day = self.chance.choice(self.days)
                    self.arrivals[programme, unit.code] = datetime.combine(
                        day, time(self.chance.randint(0, 23), self.chance.randint(0, 59)), ZONE
                    )

    def _deliver_reports(self, day: date) -> None:
        """What arrived until seven on this day, and a few refused files of those that will be accepted later."""
        until, since = at_seven(day), at_seven(day - timedelta(days=1))
        came = [(report, at, "accepted") for report, at in self.arrivals.items() if since < at <= until]
        waiting = [report for report, at in self.arrivals.items() if at > until]
        refused = self.chance.sample(waiting, min(len(waiting), len(waiting) // 200))
        insert_reports([*came, *((report, until - timedelta(hours=1), "rejected") for report in refused)])

    def _run_and_die(self, day: date) -> bool:
        """A run in a process of its own, killed when the server has a letter that it has not confirmed yet."""
        victim = subprocess.Popen(
            [sys.executable, "-c", "from pipeline import reminding; reminding.remind()"],
            cwd=PROJECT_ROOT,
            env=os.environ | {"BAOCAO_NOW": at_seven(day).isoformat()},
        )
        few = day not in LADDER["reporter"]
        countdown = iter(range(0 if few else self.chance.randint(0, 5), -1, -1))

        def kill() -> None:
            if next(countdown, 0) == 0:
                os.kill(victim.pid, signal.SIGKILL)
                victim.wait()

        self.letterbox.on_letter = kill
        was_killed = victim.wait(600) == -signal.SIGKILL
        self.letterbox.on_letter = lambda: None
        return was_killed

    def _collect(self, day: date) -> None:
        for letter in self.letterbox.letters:
            body = plain(letter)
            self.letters.append(Letter(day, letter["To"], letter["Message-ID"], self._about(body), body))
        self.letterbox.letters.clear()

    def _about(self, body: str) -> set[Report]:
        """The reports that a letter says are awaited: by the template's line, or by the table under a heading."""
        found = {(programme, unit) for programme, unit in TEMPLATE_LINE.findall(body)}
        codes = {name: code for code, name in self.programmes.items()}
        parts = HEADING.split(body)
        for name, table in zip(parts[1::2], parts[2::2], strict=True):
            found |= {(codes[name], unit) for unit in LISTED.findall(table)}
        return found

    # --- what has to be true ------------------------------------------------------------------------------------------

    def is_awaited(self, report: Report, day: date) -> bool:
        return report not in self.arrivals or self.arrivals[report] > at_seven(day)

    def check(self) -> None:
        self.check_that_nothing_arrived_twice()
        self.check_that_nobody_was_written_to_about_a_report_that_had_come()
        self.check_that_everybody_got_one_digest_a_day()
        self.check_that_every_owed_message_arrived()
        self.check_that_ledger_and_mailbox_agree()

    def check_that_nothing_arrived_twice(self) -> None:
        """Only what was under way at a kill came again, under the same Message-ID and with the same text."""
        times = Counter(letter.message_id for letter in self.letters)
        again = {message_id for message_id, count in times.items() if count > 1}
        assert len(again) <= len(self.killed)
        for message_id in again:
            assert len({letter.body for letter in self.letters if letter.message_id == message_id}) == 1
        told = Counter(
            (letter.recipient, report, stage_of(letter.recipient, letter.day))
            for letter in self.first_deliveries()
            for report in letter.about
        )
        assert {key: count for key, count in told.items() if count > 1} == {}

    def check_that_nobody_was_written_to_about_a_report_that_had_come(self) -> None:
        wrong = [
            (letter.day, letter.recipient, report)
            for letter in self.first_deliveries()
            for report in letter.about
            if not self.is_awaited(report, letter.day)
        ]
        assert wrong == []

    def check_that_everybody_got_one_digest_a_day(self) -> None:
        a_day = Counter((letter.day, letter.recipient) for letter in self.letters)
        assert {key: count for key, count in a_day.items() if count > 1} == {}

    def check_that_every_owed_message_arrived(self) -> None:
        """On each completed day, whoever has a stage due and a report still awaited was told since that stage began.

        One day more is given to who had a letter under way at a kill: that letter went again and was the day's.
        """
        told: dict[tuple[str, Report], list[date]] = defaultdict(list)
        for letter in self.letters:
            for report in letter.about:
                told[letter.recipient, report].append(letter.day)
        owing = {unit.code: unit for unit in self.units}
        again = self.resent_on()
        for day in self.completed:
            for programme in self.programmes:
                for unit in owing.values():
                    report = (programme, unit.code)
                    if self.is_awaited(report, day):
                        self._check_told(report, unit, day, told, again)

    def _check_told(
        self,
        report: Report,
        unit: Unit,
        day: date,
        told: dict[tuple[str, Report], list[date]],
        again: set[tuple[date, str]],
    ) -> None:
        for recipient in self.recipients(unit):
            begun = [first for first in LADDER[audience_of(recipient)] if first <= day]
            if begun and (day, recipient) not in again:
                assert any(begun[-1] <= when <= day for when in told[recipient, report]), (report, recipient, day)

    def check_that_ledger_and_mailbox_agree(self) -> None:
        with database.connect() as connection:
            kept = connection.execute(
                "select message_id, recipient, body_text from ops.message where status = 'sent'"
            ).fetchall()
            waiting = connection.execute("select count(*) from ops.message where status = 'frozen'").fetchone()
            told = dict(
                connection.execute(
                    "select message_id, count(*) from ops.alert_ledger where status = 'sent' group by 1"
                ).fetchall()
            )
        assert waiting == (0,)
        assert {(message_id, recipient, text.strip()) for message_id, recipient, text in kept} == {
            (letter.message_id, letter.recipient, letter.body.strip()) for letter in self.letters
        }
        assert set(told) == {letter.message_id for letter in self.letters}

    def recipients(self, unit: Unit) -> list[str]:
        addressed = (("bao-cao", unit.code), ("tong-hop", unit.province), ("chu-tri", self.owner))
        return [f"{kind}-{code}@example.org" for kind, code in addressed]

    def first_deliveries(self) -> Iterator[Letter]:
        seen: set[str] = set()
        for letter in self.letters:
            if letter.message_id not in seen:
                yield letter
            seen.add(letter.message_id)

    def resent_on(self) -> set[tuple[date, str]]:
        first = {letter.message_id: letter.day for letter in reversed(self.letters)}
        return {(letter.day, letter.recipient) for letter in self.letters if letter.day != first[letter.message_id]}


def at_seven(day: date) -> datetime:
    return datetime.combine(day, time(7), ZONE)


def audience_of(recipient: str) -> str:
    return {"bao-cao": "reporter", "tong-hop": "supervisor", "chu-tri": "owner"}[recipient.rpartition("-")[0]]


def stage_of(recipient: str, day: date) -> int:
    """Which stage of its audience's ladder a day belongs to: how many have begun."""
    return sum(first <= day for first in LADDER[audience_of(recipient)])


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def insert_reports(reports: Iterable[tuple[Report, datetime, str]]) -> None:
    """Judged reports without lines, as the loader and the gate would leave them.

    reports: programme and unit, moment of arrival and verdict, status.
    """
    rows = [(uuid4(), *report, moment, status) for report, moment, status in reports]
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
        cursor.executemany(
            "insert into ops.submission_verdict (submission_id, status, rules_version, decided_at) "
            "values (%s, %s, '1', %s)",
            [(row[0], row[4], row[3]) for row in rows],
        )


def made_up_programmes(number: int, roots: list[str], owner: str) -> dict[str, list[dict[str, object]]]:
    """Rows of the catalogue for as many made-up programmes that every commune within the roots owes a report of."""
    codes = [f"gia-dinh-{n}" for n in range(1, number + 1)]
    ladder = [
        ("reminder_14", "reporter", 10, -14, "calendar"),
        ("reminder_7", "reporter", 20, -7, "calendar"),
        ("reminder_1", "reporter", 30, -1, "calendar"),
        ("missing", "reporter", 40, 1, "calendar"),
        ("missing", "supervisor", 40, 1, "calendar"),
        ("escalation_3", "owner", 50, 3, "working"),
        ("escalation_7", "owner", 60, 7, "working"),
        ("resolved", "supervisor", 90, "", "calendar"),
    ]
    names = ("stage", "audience", "sort_order", "day_offset", "day_kind")
    made_up = "số liệu giả định"
    of = [{"programme_code": code} for code in codes]
    return {
        "programmes": [
            row
            | {
                "name_vi": f"Chương trình giả định {n}",
                "document_vi": made_up,
                "root_unit_code": owner,
                "starts_on": "2026-01-01",
                "ends_on": "2030-12-31",
                "period_type": "year",
                "data_window": "calendar",
                "day_off_rule": "stays",
                "min_coverage_pct": 100,
                "assumptions_vi": made_up,
                "source": made_up,
            }
            for n, row in enumerate(of, 1)
        ],
        "periods": [
            row | {"period": "2026", "kind": "owed", "data_from": "2026-01-01", "data_to": "2026-12-31"} for row in of
        ],
        "reporters": [
            row
            | {
                "unit_level": "commune",
                "agency_code": "UBND",
                "form": "figures",
                "is_owed": "true",
                "feeds_rollup": "true",
                "within_unit_code": root,
                "period_from": "2026",
                "period_to": "2026",
                "is_assumption": "true",
                "basis_vi": made_up,
                "source": made_up,
            }
            for row in of
            for root in roots
        ],
        "deadlines": [
            row
            | {
                "period": "2026",
                "unit_level": "commune",
                "agency_code": "UBND",
                "revision": 1,
                "deadline_on": DEADLINE,
                "reading": "exclusive",
                "phrase_vi": "trước ngày 30/11",
                "is_assumption": "true",
                "source": made_up,
            }
            for row in of
        ],
        "indicators": [
            row
            | {
                "indicator_code": "1",
                "sort_order": 1,
                "name_vi": "Chỉ tiêu giả định",
                "unit_vi": "trẻ em",
                "aggregation": "sum",
                "is_part_of_whole": "false",
                "numerator_vi": "trẻ em",
                "milestone_path": "none",
                "is_required": "true",
                "is_sensitive": "false",
                "min_coverage_pct": 100,
                "hard_min": 0,
                "code_source": "ours",
                "made_by": "our reading",
                "source_line": 1,
            }
            for row in of
        ],
        "indicator_measures": [
            row | {"indicator_code": "1", "unit_level": "commune", "measure": "count"} for row in of
        ],
        "alert_stages": [
            row | dict(zip(names, stage, strict=True)) | {"is_assumption": "true", "source": made_up}
            for row in of
            for stage in ladder
        ],
    }
