"""What has to be true when a season is over, derived from the calendar and the arrivals alone.

The ledger is not asked who was to be written to; it is compared with the mailbox and with the ladder at the end.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.integration.season import LADDER, Letter, Report, Season, Turn, Unit, address, audience_of, stage_of
from warehouse import database

STAGES = {
    "reporter": ["reminder_14", "reminder_7", "reminder_1", "missing"],
    "supervisor": ["missing"],
    "owner": ["escalation_3", "escalation_7"],
}


@dataclass
class Checks:
    """A season that is over, and its letters by what one looks for."""

    season: Season
    deliveries: dict[str, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    notified: dict[tuple[str, Report], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[tuple[str, Report], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    written_to: dict[tuple[str, date], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for letter in self.season.letters:
            self.deliveries[letter.message_id].append(letter)
            self.written_to[letter.recipient, letter.day].append(letter.at)
        for letter in self.first_deliveries():
            for report in letter.not_reported:
                self.notified[letter.recipient, report].append(letter.at)
            for report in letter.received:
                self.heard[letter.recipient, report].append(letter.at)

    def all_hold(self) -> None:
        self.nothing_arrives_twice()
        self.no_reminder_after_arrival()
        self.letters_reach_whom_they_concern()
        self.everybody_gets_one_digest_a_day()
        self.every_owed_message_arrives()
        self.notified_supervisors_hear_of_arrivals()
        self.the_ledger_and_the_mailbox_agree()
        self.the_ledger_has_every_stage_that_was_due_and_no_other()

    def nothing_arrives_twice(self) -> None:
        """Only what was under way at a kill comes again, as it was and under the same Message-ID; and it does.

        It is given up if by then everything in it has come.
        """
        for message_id, letters in self.deliveries.items():
            assert len({letter.body for letter in letters}) == 1, letters[0]
            kills = self.season.in_flight.count(message_id)
            assert len(letters) == 1 + kills or (kills and not self.is_still_true(letters[-1])), letters[0]
        notified = Counter(
            (recipient, report, stage_of(recipient, at.date()))
            for (recipient, report), times in self.notified.items()
            for at in times
        )
        assert {key: count for key, count in notified.items() if count > 1} == {}
        assert {key: times for key, times in self.heard.items() if len(times) > 1} == {}

    def no_reminder_after_arrival(self) -> None:
        """Nor does anybody hear of the arrival of a report that has not arrived."""
        wrong = [
            (letter.at, letter.recipient, report)
            for letter in self.first_deliveries()
            for report in letter.not_reported | letter.received
            if (report in letter.not_reported) != self.season.is_outstanding(report, letter.at)
        ]
        assert wrong == []

    def letters_reach_whom_they_concern(self) -> None:
        units = {unit.code: unit for unit in self.season.units}
        wrong = [
            (letter.at, letter.recipient, report)
            for letter in self.season.letters
            for report in letter.not_reported | letter.received
            if letter.recipient not in self.recipients(units[report[1]]).values()
        ]
        assert wrong == []
        assert [letter for letter in self.season.letters if not letter.not_reported | letter.received] == []

    def everybody_gets_one_digest_a_day(self) -> None:
        a_day = Counter((letters[0].recipient, day) for letters in self.deliveries.values() for day in days(letters))
        assert {key: count for key, count in a_day.items() if count > 1} == {}

    def every_owed_message_arrives(self) -> None:
        """After each run, whoever has a stage due and a report still outstanding was notified since it began."""
        for turn in self.completed():
            for recipient, report in self.owed(turn.at):
                begun = LADDER[audience_of(recipient)][: stage_of(recipient, turn.day)]
                if begun and not self.had_an_old_letter(recipient, turn):
                    times = self.notified.get((recipient, report), [])
                    assert any(begun[-1] <= at.date() and at <= turn.at for at in times), (turn, recipient, report)

    def notified_supervisors_hear_of_arrivals(self) -> None:
        """By the first run after it that may write: the day's letter may be out already."""
        supervisors = [(key, times[0]) for key, times in self.notified.items() if audience_of(key[0]) == "supervisor"]
        for (recipient, report), notified_at in supervisors:
            arrived_at = self.season.arrivals.get(report)
            after = [
                turn for turn in self.completed() if arrived_at and turn.at >= arrived_at and turn.at > notified_at
            ]
            first = next((turn for turn in after if self.may_write(recipient, turn)), None)
            if first:
                times = self.heard.get((recipient, report), [])
                assert any(at <= first.at for at in times), (recipient, report, first)
        assert {key for key in self.heard if key not in self.notified} == set()

    def the_ledger_and_the_mailbox_agree(self) -> None:
        """Message for message, and in each report for report; a message that a kill left may have lost some since."""
        with database.connect() as connection:
            kept = connection.execute("select message_id, recipient, status, body_text from ops.message").fetchall()
            rows = connection.execute(
                "select message_id, programme_code, unit_code, stage = 'resolved' from ops.alert_ledger "
                "where status = 'sent'"
            ).fetchall()
        taken = {
            (message_id, recipient, body.strip()) for message_id, recipient, status, body in kept if status == "sent"
        }
        assert {status for _, _, status, _ in kept} <= {"sent", "cancelled"}
        assert taken == {
            (letters[0].message_id, letters[0].recipient, letters[0].body.strip())
            for letters in self.deliveries.values()
            if not self.is_given_up(letters)
        }
        carried: dict[str, set[tuple[Report, bool]]] = defaultdict(set)
        for message_id, programme, unit, has_arrived in rows:
            carried[message_id].add(((programme, unit), has_arrived))
        for message_id, letters in self.deliveries.items():
            listed = {
                (report, report in letters[0].received) for report in letters[0].not_reported | letters[0].received
            }
            missing = listed - carried.pop(message_id, set())
            assert not missing or message_id in self.season.in_flight, (letters[0], missing)
        assert carried == {}

    def the_ledger_has_every_stage_that_was_due_and_no_other(self) -> None:
        with database.connect() as connection:
            rows = connection.execute(
                "select programme_code, unit_code, audience, stage, status from ops.alert_ledger "
                "where stage <> 'resolved'"
            ).fetchall()
        kept = {((programme, unit), audience, stage): status for programme, unit, audience, stage, status in rows}
        assert len(kept) == len(rows)
        due = dict(self.stages_due())
        assert kept.keys() == due.keys()
        assert {key: (kept[key], due[key]) for key in due if kept[key] not in due[key]} == {}

    # --- what follows from calendar and arrivals ----------------------------------------------------------------------

    def stages_due(self) -> Iterator[tuple[tuple[Report, str, str], set[str]]]:
        """Each stage that a run found due for a report, with the statuses that its row may have in the end."""
        runs = [turn for turn in self.season.turns if turn.fate != "lost"]
        found_in = {
            audience: [next(turn.at for turn in runs if turn.day >= day) for day in begun]
            for audience, begun in LADDER.items()
        }
        for unit in self.season.units:
            for programme in self.season.programmes:
                report = (programme, unit.code)
                for audience, recipient in self.recipients(unit).items():
                    due = [at for at in found_in[audience] if self.season.is_outstanding(report, at)]
                    for number in range(1, len(due) + 1):
                        statuses = self.statuses(recipient, report, number, is_last=number == len(due))
                        yield (report, audience, STAGES[audience][number - 1]), statuses

    def statuses(self, recipient: str, report: Report, stage: int, is_last: bool) -> set[str]:
        """is_last: no later stage was due while the report was outstanding.

        A letter that a kill left may have been delivered, and its alert be cancelled when the report has come since.
        """
        letters = [at for at in self.notified.get((recipient, report), []) if stage_of(recipient, at.date()) == stage]
        if not letters:
            return {"cancelled"} if is_last else {"skipped"}
        return {"sent", "cancelled"} if (recipient, letters[0]) in self.left_by_kills() else {"sent"}

    def owed(self, instant: datetime) -> Iterator[tuple[str, Report]]:
        for unit in self.season.units:
            for programme in self.season.programmes:
                if self.season.is_outstanding((programme, unit.code), instant):
                    for recipient in self.recipients(unit).values():
                        yield recipient, (programme, unit.code)

    def recipients(self, unit: Unit) -> dict[str, str]:
        """By audience."""
        codes = {"reporter": unit.code, "supervisor": unit.province, "owner": self.season.owner}
        return {audience: address(audience, code) for audience, code in codes.items()}

    def completed(self) -> list[Turn]:
        return [turn for turn in self.season.turns if turn.fate == "done"]

    def first_deliveries(self) -> Iterator[Letter]:
        return (letters[0] for letters in self.deliveries.values())

    def is_given_up(self, letters: list[Letter]) -> bool:
        return len(letters) == self.season.in_flight.count(letters[0].message_id)

    def is_still_true(self, letter: Letter) -> bool:
        """Whether something in it is, when the next run looks that is not killed."""
        later = next(turn.at for turn in self.completed() if turn.at > letter.at)
        return bool(letter.received) or any(self.season.is_outstanding(report, later) for report in letter.not_reported)

    def had_an_old_letter(self, recipient: str, turn: Turn) -> bool:
        """Whether the day's letter was one that a kill had left."""
        return any(
            letters[0].recipient == recipient and turn.day in days(letters[1:])
            for letters in map(self.deliveries.__getitem__, self.season.in_flight)
        )

    def may_write(self, recipient: str, turn: Turn) -> bool:
        """Not on a day on which the recipient has a letter already, or gets one again that a kill had left."""
        earlier = [at for at in self.written_to.get((recipient, turn.day), []) if at < turn.at]
        return not earlier and not self.had_an_old_letter(recipient, turn)

    def left_by_kills(self) -> set[tuple[str, datetime]]:
        return {
            (letters[0].recipient, letters[0].at) for letters in map(self.deliveries.__getitem__, self.season.in_flight)
        }


def days(letters: list[Letter]) -> set[date]:
    return {letter.day for letter in letters}
