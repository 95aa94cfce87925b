"""A whole plan: what it says of itself, its indicators, targets, days, agencies and contradictions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.plans import document, duties, masthead, measured, promises
from ingest.plans.annexes import Annex
from ingest.plans.contradictions import elsewhere, form, values
from ingest.plans.contradictions.finding import Finding
from ingest.plans.document import Document, Paragraph
from ingest.plans.duties import Agency, Assignment, Deadline
from ingest.plans.masthead import Masthead
from ingest.plans.measured import Goal, Measured
from ingest.plans.places import Places
from ingest.plans.vocabulary import has

Rows = Sequence[Mapping[str, str | None]]


@dataclass(frozen=True)
class Catalogue:
    """What is known already. tables: the rows of each seed by its name."""

    places: Places
    tables: Mapping[str, Rows] = field(default_factory=dict)
    programme: str = ""


@dataclass(frozen=True)
class Plan:
    """What was read of a plan."""

    document: Document
    masthead: Masthead
    annexes: list[Annex]
    measured: list[Measured]
    goals: list[Goal]
    agencies: list[Agency]
    deadlines: list[Deadline]
    assignments: list[Assignment]
    findings: list[Finding]

    @property
    def first_year(self) -> int | None:
        """The year in which it begins; where it does not say, the one of the newest act that it cites."""
        if self.masthead.starts is not None:
            return self.masthead.starts
        years = [int(year) for year in re.findall(r"ngày \d{1,2}/\d{1,2}/(20\d\d)", self.document.text)]
        return max(years, default=self.masthead.ends)


def read(found: Document, known: Catalogue) -> Plan:
    paragraphs = document.paragraphs(found)
    head = masthead.read(found, paragraphs, known.places)
    indicators, annexes = measured.read(found, paragraphs)
    goals = measured.goals(indicators, head, known.places)
    tasks = duties.read(paragraphs)
    plan = Plan(
        found,
        head,
        annexes,
        indicators,
        goals,
        duties.agencies(tasks),
        duties.deadlines(tasks, head, known.places),
        duties.assignments(tasks),
        [],
    )
    plan.findings.extend(_findings(plan, paragraphs, tasks, known))
    return plan


def _findings(plan: Plan, paragraphs: list[Paragraph], tasks: list[duties.Duty], known: Catalogue) -> list[Finding]:
    has_points = promises.points_heading(paragraphs)
    found: list[Finding] = []
    for each in plan.measured:
        found += values.of_indicator(each, [goal for goal in plan.goals if goal.measured is each])
    found += values.of_all(plan.measured, plan.annexes, has_points)
    if not plan.goals:
        found.append(
            Finding("no numeric targets", "no sentence and no table promises a number", "", 1, severity="medium")
        )
    reports = [duty for duty in tasks if duty.agency is not None and has("report", duty.paragraph.text)]
    for rule in (
        form.head(plan.masthead),
        form.numbering(paragraphs),
        form.acts(paragraphs),
        form.attachments(plan.document, paragraphs),
        form.spelling(paragraphs, plan.measured),
        form.days(plan.deadlines, tasks, plan.masthead, reports),
        form.assigned(plan.assignments),
        form.levels(tasks, plan.masthead, known.places),
        form.units_of_the_map(plan.document),
        form.issuer(plan.document, paragraphs),
        form.clock(paragraphs),
        form.pages(plan.document),
        form.points(paragraphs),
    ):
        found += rule
    return found + _elsewhere(plan, paragraphs, known)


def _elsewhere(plan: Plan, paragraphs: list[Paragraph], known: Catalogue) -> list[Finding]:
    indicators, targets = known.tables.get("indicators", ()), known.tables.get("targets", ())
    others = [
        [row for row in rows if row.get("programme_code") != known.programme]
        for name, rows in known.tables.items()
        if name != "contradictions"
    ]
    return [
        *elsewhere.below_national(plan.goals, indicators, targets),
        *elsewhere.other_comparators(plan.goals, indicators, targets, known.programme),
        *elsewhere.acts(form.cited(paragraphs), others),
    ]
