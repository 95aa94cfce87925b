"""A content becomes reports, whatever it is: a file that cannot be read is one report with the reason."""

from ingest import delimited, opening, workbook
from ingest.identities import withholding
from ingest.identities.scan import Scan
from ingest.measures import Measures
from ingest.opening import Unpacked
from ingest.reports import Issue, Refused, Report, refused
from warehouse.logging import get_logger

log = get_logger(__name__)


def read(data: bytes, measures: Measures, scan: Scan | None = None) -> list[Report]:
    """The reports of a file's content. Never raises for what the content is, but MemoryError.

    scan: one that has looked at its name. Where it holds personal data they have keys and findings alone: see
    `withholding.is_restricted`.
    Readers have their own bugs and hostile files find them: what none of them foresaw is logged with its trace and
    answered as `file_unreadable`. A panic of calamine (Rust) comes as a BaseException of no importable class.
    """
    scan = scan or Scan(measures)
    try:
        reports = _read(data, measures, scan)
    except MemoryError:
        raise
    except Exception:
        log.exception("A file of %s bytes could not be read", len(data))
        reports = [refused(Issue("file_unreadable"))]
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        log.exception("The workbook reader gave up on a file of %s bytes", len(data))
        reports = [refused(Issue("file_unreadable"))]
    return withholding.withheld(reports, scan.findings, measures) if scan.findings else reports


def _read(data: bytes, measures: Measures, scan: Scan) -> list[Report]:
    found: str | Unpacked | None = None
    try:
        found = opening.opened(data)
        if isinstance(found, str):
            return delimited.read(found, measures, scan.sheet)
        reports = workbook.read(found, measures, scan.sheet)
        scan.parts(found)
    except Refused as reason:
        scan.refused(data, found, reason.issue)
        return [refused(reason.issue)]
    return reports
