"""One file, examined as the step `receive` reads it; and many, each in a child process with the limits of that step."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from ingest import loading, reading
from ingest.identities import patterns
from ingest.identities.scan import Scan
from ingest.loading import Content
from ingest.measures import Measures
from ingest.receiving import LIMITS
from ingest.reports import Report
from tests.fuzz import independent
from warehouse import catalogue, confined

SLOW_SECONDS = 20.0
"""Of CPU, for a file of some hundred kilobytes: a third of the limit."""
PROGRAMME = "bacninh-2026-2030"
EXPECTED = {"1": "yes_no", "3.1": "per_mille", "5.1": "percent", "5.2": "percent", "7": "percent", "11.1": "count"}
MEASURES = Measures(
    {(PROGRAMME, code): {"commune": expects} for code, expects in EXPECTED.items()}, {PROGRAMME: frozenset(EXPECTED)}
)


@dataclass
class Examined:
    """problems: what should never be. is_accepted: whether there is a line that nothing is wrong with. figures: those
    that another reader confirms. has_died: calamine panicked or ended its child, for which the step has an answer."""

    problems: list[str] = field(default_factory=list)
    is_accepted: bool = False
    figures: int = 0
    has_died: bool = False


class _Traces(logging.Handler):
    """What a reader did not foresee is logged with its trace."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []
        self.has_panicked = False

    def emit(self, record: logging.LogRecord) -> None:
        trace = record.exc_info and record.exc_info[2]
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else record.pathname
        error = record.exc_info[1] if record.exc_info else None
        if type(error).__name__ == "PanicException":
            self.has_panicked = True
        else:
            self.seen.append(f"not foreseen at {place}: {error!r}")


def examine(data: bytes) -> Examined:
    traces = _Traces()
    logger = logging.getLogger("ingest")
    logger.addHandler(traces)
    logger.propagate = False
    began = time.process_time()
    try:
        reports = reading.read(data, MEASURES, Scan(MEASURES, patterns.current()).name("made-up.csv"))
        loading.packed(_content(data), reports, UUID(int=1))
    finally:
        logger.removeHandler(traces)
        logger.propagate = True
    found = Examined(list(traces.seen), has_died=traces.has_panicked)
    if (seconds := time.process_time() - began) > SLOW_SECONDS:
        found.problems.append(f"slow: {seconds:.0f} s")
    found.problems += _unexplained(reports)
    found.is_accepted = any(not line.problems for report in reports for line in report.lines)
    if found.is_accepted:
        found.problems += [f"wrong acceptance: {each}" for each in independent.misread(data, reports)]
        found.figures = independent.compared(data, reports)
    return found


def examine_all(files: Sequence[bytes]) -> Iterator[Examined]:
    """A child that exceeds its limits, or dies of anything but calamine's abort, is a problem of its file."""
    for outcome in confined.each(examine, files, limits=LIMITS, processes=1):
        if isinstance(outcome, confined.Failed):
            is_abort = (outcome.reason, outcome.detail) == ("killed", "SIGABRT")
            yield Examined([] if is_abort else [f"{outcome.reason}: {outcome.detail}"], has_died=is_abort)
        else:
            yield outcome


def _content(data: bytes) -> Content:
    return Content("ab" * 32, "made-up.csv", len(data), "nowhere", datetime(2026, 11, 20, tzinfo=UTC), "new")


def _unexplained(reports: Sequence[Report]) -> list[str]:
    """A report is lines or reasons, and each reason is a rule with a text."""
    rules = [issue.rule for report in reports for issue in report.issues]
    rules += [rule for report in reports for line in report.lines for rule in line.problems.values()]
    unknown = [f"no rule {rule}" for rule in sorted({*rules} - {*catalogue.gate_rules()})]
    if not reports:
        return ["no report and no reason"]
    return unknown + [
        "a report without lines and without a reason" for each in reports if not each.lines and not each.issues
    ]
