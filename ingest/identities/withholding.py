"""Reports of a file with personal data: what is left of them is their keys and where to look."""

import re
from collections.abc import Iterable, Sequence

from ingest.identities.findings import ELSEWHERE, LISTED, RULES, Finding
from ingest.measures import Measures
from ingest.reports import Issue, Report
from warehouse.catalogue import DEFAULT_AGENCY

PERIOD = re.compile(r"[0-9]{4}(?:-(?:H[12]|Q[1-4]|[0-9]{2}))?")
UNIT_CODE = re.compile(r"[0-9]{2,5}")
UNIT_ID = re.compile(r"[0-9]{2,5}@[0-9a-z-]{1,10}")
AGENCY = re.compile(r"[A-Z]{2,20}")
"""Keys that are codes can hold nothing of a person; any other text is left out."""


def is_restricted(reports: Iterable[Report]) -> bool:
    """Whether the file of these reports must not be kept with the others."""
    return any(issue.rule in RULES for report in reports for issue in report.issues)


def withheld(reports: Sequence[Report], findings: Sequence[Finding], measures: Measures) -> list[Report]:
    """The reports without lines, names and issues that quote: each finding with the report in whose line it is."""
    kept: dict[tuple[str | None, ...], Report] = {}
    own: dict[tuple[str | None, int], Report] = {}
    for report in reports:
        reduced = _keys_alone(report, measures)
        reduced = kept.setdefault((*reduced.key, reduced.submission_type), reduced)
        own |= {(report.sheet, line.row_no): reduced for line in report.lines}
    first = next(iter(kept.values()))
    for finding in findings[:LISTED]:
        own.get((finding.sheet, finding.row or 0), first).issues.append(finding.issue())
    for report in kept.values():
        if not report.issues:
            report.issues.append(Issue(ELSEWHERE))
    return list(kept.values())


def _keys_alone(report: Report, measures: Measures) -> Report:
    return Report(
        programme=report.programme if report.programme in measures.codes else None,
        period=_matching(PERIOD, report.period),
        unit_code=_matching(UNIT_CODE, report.unit_code),
        agency=_matching(AGENCY, report.agency) or DEFAULT_AGENCY,
        submission_type=report.submission_type,
        form=report.form,
        is_made_up=report.is_made_up,
        unit_id=_matching(UNIT_ID, report.unit_id),
    )


def _matching(pattern: re.Pattern[str], text: str | None) -> str | None:
    return text if text and pattern.fullmatch(text) else None
