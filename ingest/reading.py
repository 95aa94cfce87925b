"""A content becomes reports, whatever it is: a file that cannot be read is one report with the reason."""

from ingest import delimited, opening, workbook
from ingest.measures import Measures
from ingest.reports import Issue, Refused, Report, refused
from warehouse.logging import get_logger

log = get_logger(__name__)


def read(data: bytes, measures: Measures) -> list[Report]:
    """The reports of a file's content. Never raises for what the content is, but MemoryError.

    Readers have their own bugs and hostile files find them: what none of them foresaw is logged with its trace and
    answered as `file_unreadable`. A panic of calamine (Rust) comes as a BaseException of no importable class.
    """
    try:
        found = opening.opened(data)
        return delimited.read(found, measures) if isinstance(found, str) else workbook.read(found, measures)
    except Refused as reason:
        return [refused(reason.issue)]
    except MemoryError:
        raise
    except Exception:
        log.exception("A file of %s bytes could not be read", len(data))
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        log.exception("The workbook reader gave up on a file of %s bytes", len(data))
    return [refused(Issue("file_unreadable"))]
