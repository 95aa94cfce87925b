"""The text of a digest, in Vietnamese, plain and as HTML: for who owes, and for the levels above."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from alerts import templating
from alerts.issues import Issue
from alerts.templating import Text
from warehouse import wording
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.clock import ZONE

REPORTER, OWNER = "reporter", "owner"

FORMS_ATTACHED = 20
"""Workbooks that go with one letter; who reports for more units than these gets the rest from the contact office."""


@dataclass(frozen=True)
class ReceivedCounts:
    """How many reports of a programme and period were received from the units of one audience, by their verdict.

    scope: whose units: a unit's code for its level below, the programme's unit for the whole. unconfirmed: warnings of
    those that count which their senders neither confirmed nor corrected.
    """

    scope: str
    accepted: int
    with_warnings: int
    rejected: int
    unconfirmed: int = 0

    @property
    def received(self) -> int:
        return self.accepted + self.with_warnings + self.rejected


@dataclass(frozen=True)
class Alert:
    """One report in a digest: at which stage of the ladder, for which audience.

    fulfilled_at: when the report came after all, for the stage `resolved`. above: the unit above the one that owes.
    moved_from, moved_by: the last day in time before the deadline was moved, and the day of that decision.
    is_document: a report without figures. addressees: whom it goes to by the plan; contact: the office to ask. Each is
    empty where no row names it. received: what the units that the audience follows have sent.
    """

    ledger_id: int
    stage: str
    audience: str
    addressed_name: str
    programme_code: str
    programme_name: str
    period: str
    unit_code: str
    unit_name: str
    agency_code: str
    deadline_at: datetime
    last_on_time_on: date
    phrase: str
    lines_required: int
    is_rejected: bool
    agency_name: str = ""
    is_document: bool = False
    moved_from: date | None = None
    moved_by: date | None = None
    fulfilled_at: datetime | None = None
    above_code: str = ""
    above_name: str = ""
    reasons: tuple[Issue, ...] = ()
    reasons_omitted: int = 0
    addressees: str = ""
    contact: str = ""
    received: ReceivedCounts | None = None

    def days_left(self, at: datetime) -> int:
        """Calendar days from `at` to the last day in time; negative when it has passed."""
        return (self.last_on_time_on - at.astimezone(ZONE).date()).days

    @property
    def who(self) -> str:
        """Phường Đa Mai; with the agency's name where the report is not the unit's own."""
        if self.agency_code == DEFAULT_AGENCY:
            return self.unit_name
        return f"{self.unit_name} · {self.agency_name or self.agency_code}"

    @property
    def addressee(self) -> str:
        """Who is written to: of a report about a unit the agency, not the unit."""
        is_of_agency = self.audience == REPORTER and self.agency_code != DEFAULT_AGENCY
        return self.who if is_of_agency else self.addressed_name

    @property
    def moved(self) -> str:
        """đã dời từ ngày 29/11/2026 theo quyết định ngày 20/11/2026; empty for a deadline that was never moved."""
        if self.moved_from is None or self.moved_from == self.last_on_time_on:
            return ""
        decided = f" theo quyết định ngày {wording.day(self.moved_by)}" if self.moved_by else ""
        return f"đã dời từ ngày {wording.day(self.moved_from)}{decided}"

    def time_left(self, at: datetime) -> str:
        """ "còn 7 ngày", "hạn cuối hôm nay", "quá hạn 3 ngày"."""
        left = self.days_left(at)
        if left < 0:
            return f"quá hạn {-left} ngày"
        return f"còn {left} ngày" if left else "hạn cuối hôm nay"


@dataclass(frozen=True)
class Listing:
    """One programme, period and deadline for an upper level: outstanding reports, and those resolved since."""

    programme_name: str
    period: str
    phrase: str
    last_on_time_on: date
    moved: str
    alerts: Sequence[Alert]
    outstanding: Sequence[Alert] = field(init=False)
    resolved: Sequence[Alert] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outstanding", [alert for alert in self.alerts if alert.stage != "resolved"])
        object.__setattr__(self, "resolved", [alert for alert in self.alerts if alert.stage == "resolved"])

    @property
    def received(self) -> list[ReceivedCounts]:
        """What was received, by whose units they are: those of the whole programme contain the others."""
        of_owner = [alert.received for alert in self.alerts if alert.received and alert.audience == OWNER]
        of_levels = [alert.received for alert in self.alerts if alert.received and alert.audience != OWNER]
        return sorted(set(of_owner or of_levels), key=lambda counts: counts.scope)

    @property
    def groups(self) -> list[tuple[str, list[Alert]]]:
        """The outstanding reports by the unit above, each with its name: nobody reads a flat list of thousands."""
        found: dict[tuple[str, str], list[Alert]] = {}
        for alert in self.outstanding:
            found.setdefault((alert.above_code, alert.above_name), []).append(alert)
        return [(name, found[code, name]) for code, name in sorted(found)]

    def common_time_left(self, at: datetime) -> str:
        """ "quá hạn 3 ngày", where all outstanding reports have the same day; else empty."""
        texts = {alert.time_left(at) for alert in self.outstanding}
        return texts.pop() if len(texts) == 1 else ""


def compose(alerts: Sequence[Alert], at: datetime, channel: str = "email", *, takes_replies: bool = False) -> Text:
    """One message for all alerts of one recipient in a run. at: what the run takes as now.

    channel: forms go with letters alone. takes_replies: reports may be handed in by answering letters.
    """
    own = [alert for alert in alerts if alert.audience == REPORTER]
    others = [alert for alert in alerts if alert.audience != REPORTER]
    values = {
        "own": own,
        "figures": [alert for alert in own if not alert.is_document],
        "documents": [alert for alert in own if alert.is_document],
        "takes_replies": takes_replies and channel == "email",
        "forms_attached": FORMS_ATTACHED if channel == "email" else 0,
        "addressees": "; ".join(dict.fromkeys(alert.addressees for alert in own if alert.addressees)),
        "contact": "; ".join(dict.fromkeys(alert.contact for alert in own if alert.contact)),
        "listings": list(_listings(others)),
        "at": at,
        "addressed": ", ".join(dict.fromkeys(alert.addressee for alert in alerts)),
    }
    return templating.render("digest", _subject(own, others, at), values)


def _listings(alerts: Sequence[Alert]) -> Iterator[Listing]:
    """By programme, period and deadline: each level may have its own, and a unit, too.

    A report that two stages speak of (to one person in two roles) is listed once.
    """

    def of_one_date(alert: Alert) -> tuple[object, ...]:
        return alert.programme_code, alert.period, alert.last_on_time_on, alert.phrase, alert.moved

    ordered = sorted(alerts, key=lambda alert: (of_one_date(alert), alert.unit_code, alert.agency_code))
    for _, group in groupby(ordered, key=of_one_date):
        once = {(alert.unit_code, alert.agency_code, alert.stage == "resolved"): alert for alert in group}
        members = list(once.values())
        first = members[0]
        yield Listing(first.programme_name, first.period, first.phrase, first.last_on_time_on, first.moved, members)


def _subject(own: Sequence[Alert], others: Sequence[Alert], at: datetime) -> str:
    if not own:
        outstanding = [alert for alert in others if alert.stage != "resolved"]
        if not outstanding:
            return f"Đã nhận {len(others)} báo cáo từng bị thiếu"
        return f"{len(outstanding)} báo cáo của các đơn vị chưa nhận được"
    overdue = [alert for alert in own if alert.days_left(at) < 0]
    if len(own) > 1:
        return f"{len(own)} báo cáo cần gửi" + (f", {len(overdue)} đã quá hạn" if overdue else "")
    first = own[0]
    what = "Báo cáo bị từ chối" if first.is_rejected else "Báo cáo cần gửi"
    return f"{what}, {first.time_left(at)}: {first.who}, {wording.period(first.period)}"
