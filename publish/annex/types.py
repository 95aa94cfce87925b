"""What the plan's annex table contains of one unit and period."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from publish import formatting
from publish.forms.types import YES_NO
from publish.signatures import Signatures


@dataclass(frozen=True)
class Column:
    """One column of the annex. content: what it shows; target_scope and year which target, baseline or assessment."""

    content: str
    heading: str
    subheading: str
    width: float
    target_scope: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Target:
    """A target as the plan writes it. bounds: its numbers, two of a range, none of a yes."""

    year: int
    raw: str
    measure: str
    comparator: str
    bounds: tuple[Decimal, ...]


@dataclass(frozen=True)
class Milestone:
    """Where the year's path leads. verdict: whether the figure has reached it, a key of publish.formatting.PATHS.

    is_hold: the target only has to be maintained, and is the milestone of every year.
    """

    value: Decimal
    comparator: str
    verdict: str
    is_hold: bool


@dataclass(frozen=True)
class Start:
    """What the plan's annex prints of a year that has passed: the figure, and the unit's own assessment of it."""

    raw: str
    assessment: str | None


@dataclass(frozen=True)
class Entry:
    """One indicator of the annex with its figure.

    ends: the interval that the figure lies in, None where there is none; open ends as closed says.
    targets: by (scope, year). against: the one that decides the verdict, which is a key of publish.formatting.VERDICTS.
    milestone: of this year, on the way to that target; None where the target's year has come.
    starts: by year. answers: the terms for yes and no. is_suppressed: the figure is known and not published.
    """

    code: str
    name: str
    unit: str
    objective: str
    heading_code: str
    heading: str
    measure: str
    numerator: Decimal | None
    denominator: Decimal | None
    ends: tuple[Decimal | None, Decimal | None] | None
    closed: tuple[bool, bool]
    limits: tuple[Decimal | None, Decimal | None]
    status: str | None
    units_expected: int
    units_reporting: int
    is_provisional: bool
    is_estimated: bool
    is_made_up: bool
    verdict: str
    targets: Mapping[tuple[str, int], Target] = field(default_factory=dict)
    against: Target | None = None
    milestone: Milestone | None = None
    starts: Mapping[str, Start] = field(default_factory=dict)
    answers: tuple[str, str] = YES_NO
    footnotes: tuple[str, ...] = ()
    is_suppressed: bool = False

    def suppressed(self) -> "Entry":
        """The same line without its figure and whatever follows from it."""
        return replace(
            self,
            numerator=None,
            denominator=None,
            ends=None,
            verdict="suppressed",
            milestone=None,
            is_suppressed=True,
        )

    def without_past(self) -> "Entry":
        """The same line without what the plan prints of earlier years, and the path from there."""
        starts = {
            year: Start(formatting.SUPPRESSED, formatting.SUPPRESSED if start.assessment else None)
            for year, start in self.starts.items()
        }
        return replace(self, milestone=None, starts=starts)

    @property
    def value(self) -> Decimal | None:
        """The exact figure, unrounded; None where only bounds are known or nothing is."""
        return self.ends[0] if self.ends and self.ends[0] == self.ends[1] else None

    @property
    def beside(self) -> formatting.Beside:
        """What the figure is read against in its row."""
        compared = [target for target in self.targets.values() if target.measure == self.measure]
        return formatting.Beside(
            targets=tuple(bound for target in compared for bound in target.bounds),
            milestones=(self.milestone.value,) if self.milestone else (),
        )

    @property
    def figure(self) -> str:
        """The figure as text, with as many decimals as what is beside it needs."""
        if self.is_suppressed:
            return formatting.SUPPRESSED
        if self.ends is None:
            return "không áp dụng" if self.status == "not_applicable" else formatting.MISSING
        if self.measure == "yes_no" and self.value is not None:
            return self.answers[0 if self.value else 1]
        return formatting.interval(*self.ends, *self.closed, *self.limits, self.beside)

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reader has to know of the figure, as text."""
        found = {"tạm tính": self.is_provisional, "ước tính": self.is_estimated}
        return tuple(label for label, is_set in found.items() if is_set and self.ends)

    @property
    def milestone_text(self) -> str:
        if self.milestone is None:
            return formatting.MISSING
        ends = [end for end in self.ends or () if end is not None]
        return formatting.milestone(self.milestone.comparator, self.milestone.value, ends, self.beside)


@dataclass(frozen=True)
class Annex:
    """The whole table.

    document: the unit's own plan and the programme's. plan_is_made_up: that plan is an example and none of the unit's.
    accepted_until: when the newest report that it can hold was accepted. as_of: of its figures, None for the
    newest. catalogue_version: of the build that made its figures. footnotes: those about the plan as a whole.
    confirmed: what senders wrote of figures that were warned of, by indicator; their words are not for the public.
    is_public: whether it is what everybody may see. unit_id: of the unit, where the figures are those of the marts.
    """

    programme_code: str
    programme_name: str
    document: str
    plan_is_made_up: bool
    unit_code: str
    unit_name: str
    unit_level: str
    period: str
    accepted_until: datetime | None
    as_of: datetime | None
    catalogue_version: str | None
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    signatures: Signatures
    footnotes: tuple[str, ...] = ()
    confirmed: tuple[tuple[str, str], ...] = ()
    is_public: bool = False
    unit_id: str = ""

    def for_public(self, suppressed: Set[tuple[str, str]], sensitive: Set[str]) -> "Annex":
        """The table without figures of these indicators and measures, and senders' words.

        Of sensitive ones nothing of the years before, either: the unit's own plan may print a count of one.
        """
        public = [entry.without_past() if entry.code in sensitive else entry for entry in self.entries]
        entries = [entry.suppressed() if (entry.code, entry.measure) in suppressed else entry for entry in public]
        return replace(self, entries=tuple(entries), confirmed=(), is_public=True)

    @property
    def is_made_up(self) -> bool:
        return any(entry.is_made_up for entry in self.entries)

    @property
    def target_years(self) -> tuple[int, ...]:
        """The years of the targets that its indicators are compared with, each once."""
        return tuple(sorted({entry.against.year for entry in self.entries if entry.against}))

    def has(self, content: str) -> bool:
        """Whether the table has a column of that content."""
        return any(column.content == content for column in self.columns)

    def verdict(self, entry: Entry) -> str:
        """The verdict as text."""
        return formatting.verdict(entry.verdict, entry.against.year if entry.against else None, self.period)

    def status(self, entry: Entry) -> str:
        """The verdict's code; before the target's year it is the milestone's, or "not_yet_met" where there is none."""
        if entry.verdict == "not_met" and self.verdict(entry) == formatting.NOT_YET_MET:
            return entry.milestone.verdict if entry.milestone else "not_yet_met"
        return entry.verdict

    @property
    def tally(self) -> Counter[str]:
        """How many indicators have each verdict, as text."""
        return Counter(self.verdict(entry) for entry in self.entries)
