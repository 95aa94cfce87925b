"""A small season of reports with warnings, and a model of who is reminded of them when: made-up reports and addresses.

The model knows the events and the calendar alone. It is written as a person would count on paper, run by run.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import psycopg

from pipeline import confirming
from tests.integration.reports import VERDICT, put, verdict
from warehouse import clock
from warehouse.clock import ZONE

UNITS = ["07228", "07210", "09169", "07246", "07264", "07282", "07288", "07294"]
SHARED, OUTSTANDING = "chung@example.org", "07339"
"""The address of the first unit and of one that never reports, and so is reminded of its report as well."""
WITHOUT_CONTACT = UNITS[-1]
INDICATORS = ["2", "3.1", "5.1"]
LADDER = [date(2026, 11, 15), date(2026, 11, 22), date(2026, 11, 28), date(2026, 11, 30)]
FIRST, LAST = date(2026, 11, 2), date(2026, 12, 4)
STAGES = {"unconfirmed_3": 3, "unconfirmed_10": 10}
"""Working days after the day of acceptance; between FIRST and LAST only Saturdays and Sundays are off."""

WARNING = """
insert into ops.submission_issue (submission_id, severity, rule, indicator_code, message_vi, message_en,
    needs_confirmation)
values (%s, 'warning', 'figure_outside_soft_range', %s, 'giả định', 'made up', true)
"""

Kind = Literal["report", "correction", "retraction", "confirmation"]
Fate = Literal["done", "lost", "killed", "unanswered"]
Report = tuple[str, int]
"""Unit and number of its submission."""
Listed = tuple[str, tuple[str, ...]]
"""Unit and indicators, as a letter lists them."""


@dataclass(frozen=True)
class Event:
    """At that time a unit sends a report, a correction of an indicator (warned again or not), withdraws or confirms."""

    at: datetime
    unit: str
    kind: Kind
    indicators: tuple[str, ...] = ()
    is_warned: bool = True


@dataclass(frozen=True)
class Turn:
    at: datetime
    fate: Fate = "done"

    @property
    def day(self) -> date:
        return self.at.date()


def draw_events(chance: random.Random) -> list[Event]:
    """Each unit reports once; what follows differs: nothing, confirmed in part or whole, corrected, withdrawn.

    Who has withdrawn its report is reminded of that alone. The unit of the shared address never does: its days of
    reminders are those of the ladder.
    """
    events = []
    for unit in UNITS:
        at = _timestamp(chance, FIRST + timedelta(days=chance.randrange(12)))
        events.append(Event(at, unit, "report", tuple(INDICATORS)))
        for _ in range(chance.randrange(4)):
            at = _timestamp(chance, at.date() + timedelta(days=1 + chance.randrange(8)))
            kind: Kind = chance.choices(["confirmation", "correction", "retraction"], [6, 4, unit != UNITS[0]])[0]
            chosen = chance.sample(INDICATORS, 1 if kind == "correction" else chance.randint(1, 3))
            events.append(Event(at, unit, kind, tuple(sorted(chosen)), chance.random() < 0.5))
            if kind == "retraction":
                break
    return sorted(events, key=lambda event: event.at)


def draw_turns(chance: random.Random, lost: int, killed: Iterable[date], unanswered: Iterable[date]) -> list[Turn]:
    """Every morning; after a killed run another one in the afternoon, as Airflow's retry would be."""
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    fates: dict[date, Fate] = dict.fromkeys(killed, "killed") | dict.fromkeys(unanswered, "unanswered")
    free = [day for day in days if day not in fates]
    fates |= dict.fromkeys(chance.sample(free, lost), "lost")
    turns = [Turn(datetime.combine(day, time(7), ZONE), fates.get(day, "done")) for day in days]
    turns += [Turn(datetime.combine(day, time(15), ZONE)) for day in killed]
    return sorted(turns, key=lambda turn: turn.at)


def _timestamp(chance: random.Random, day: date) -> datetime:
    return datetime.combine(day, time(chance.randint(16, 23), chance.randint(0, 59)), ZONE)


def recipient(unit: str) -> str:
    return SHARED if unit in (UNITS[0], OUTSTANDING) else f"don-vi-{unit}@example.org"


def fires_on(accepted: date, working_days: int) -> date:
    day, left = accepted, working_days
    while left:
        day += timedelta(days=1)
        left -= day.isoweekday() < 6
    return day


@dataclass
class Model:
    """open: the indicators of each submission that nobody confirmed or replaced; accepted: its day.

    status: by submission and stage, as the ledger should have it. letters: by day and recipient, what they list.
    """

    open: dict[Report, set[str]] = field(default_factory=dict)
    accepted: dict[Report, date] = field(default_factory=dict)
    status: dict[tuple[Report, str], str] = field(default_factory=dict)
    letters: dict[tuple[date, str], list[Listed]] = field(default_factory=dict)
    digests: int = 0
    tried: set[tuple[Report, str]] = field(default_factory=set)

    def happens(self, event: Event) -> None:
        mine = [report for report in self.open if report[0] == event.unit]
        for report in mine:
            self.open[report] -= set(INDICATORS if event.kind in ("report", "retraction") else event.indicators)
        if event.kind in ("report", "correction"):
            report = event.unit, len(mine) + 1
            self.accepted[report] = event.at.date()
            self.open[report] = set(event.indicators) if event.is_warned else set()

    def run(self, turn: Turn) -> None:
        """What a run does that nobody interrupts for good; unanswered: no server took anything."""
        begun = sum(day <= turn.day for day in LADDER)
        busy = begun > self.digests
        if turn.fate != "unanswered":
            self.digests = begun
        for report in self.accepted:
            self._plan(report, turn.day)
        listed: dict[str, list[Listed]] = {}
        for (report, stage), status in self.status.items():
            to = recipient(report[0])
            if status != "planned" or (busy and to == SHARED):
                continue
            self.tried.add((report, stage))
            if turn.fate != "unanswered":
                self.status[report, stage] = "sent"
                listed.setdefault(to, []).append((report[0], tuple(sorted(self.open[report]))))
        for to, reports in listed.items():
            assert (turn.day, to) not in self.letters, "two letters on a day"
            self.letters[turn.day, to] = sorted(reports)

    def _plan(self, report: Report, today: date) -> None:
        due = [stage for stage, days in STAGES.items() if fires_on(self.accepted[report], days) <= today]
        open_stages = [stage for stage in due if self.status.get((report, stage)) in ("planned", "no_contact")]
        if not self.open[report]:
            for stage in open_stages:
                self.status[report, stage] = "cancelled"
            return
        for stage in due:
            is_latest = stage == due[-1]
            known = self.status.get((report, stage))
            if known is None:
                waits = "no_contact" if report[0] == WITHOUT_CONTACT else "planned"
                self.status[report, stage] = waits if is_latest else "skipped"
            elif known in ("planned", "no_contact") and not is_latest:
                self.status[report, stage] = "failed" if (report, stage) in self.tried else "skipped"


@dataclass
class Office:
    """The same events in the warehouse, as loader and gate would leave them."""

    session: psycopg.Connection
    submissions: dict[UUID, Report] = field(default_factory=dict)

    def happens(self, event: Event) -> None:
        if event.kind == "confirmation":
            with clock.at(event.at):
                for issue in list(self._open(event)):
                    confirming.confirm_for(issue, "đúng, đã đối chiếu sổ", "UBND xã giả định, điện thoại")
            return
        lines = {} if event.kind == "retraction" else dict.fromkeys(event.indicators, (95, 100))
        kind = "full" if event.kind == "report" else event.kind
        submission = put(event.unit, lines, received_at=event.at, submission_type=kind)
        warned = event.indicators if event.is_warned and lines else ()
        status = "accepted_with_warnings" if warned else "accepted"
        self.session.execute(VERDICT, verdict(submission, event.at, status))
        for indicator in warned:
            self.session.execute(WARNING, [submission, indicator])
        if kind != "retraction":
            number = 1 + sum(unit == event.unit for unit, _ in self.submissions.values())
            self.submissions[submission] = event.unit, number

    def _open(self, event: Event) -> Iterator[int]:
        query = (
            "select issue_id from ops.report_warning where unit_code = %s and indicator_code = any(%s) and is_in_force "
            "and confirmed_at is null"
        )
        return (issue for (issue,) in self.session.execute(query, [event.unit, list(event.indicators)]).fetchall())

    def ledger(self) -> dict[tuple[Report, str], str]:
        rows = self.session.execute("select submission_id, stage, status from ops.warning_ledger").fetchall()
        return {(self.submissions[submission], stage): status for submission, stage, status in rows}
