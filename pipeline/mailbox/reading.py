"""Read a mail that anybody may have written: in a child process with limits, for millions of parts fit in a few MB."""

from collections.abc import Sequence

from ingest.mail import messages
from ingest.mail.messages import Mail
from warehouse import confined
from warehouse.confined import MB, Failed, Limits
from warehouse.logging import get_logger

log = get_logger(__name__)

LIMITS = Limits(memory=1024 * MB, cpu_seconds=30)
"""Of one mail, its zips unpacked."""


def whole(content: bytes) -> Mail | None:
    """What a mail holds; None for one that cannot be read within the limits, or that the library fails at."""
    (mail,) = _read([content])
    return mail


def of_headers(headers: bytes) -> Mail | None:
    """What the headers alone say; None as for a whole mail."""
    return whole(headers[: messages.LARGEST_HEAD])


def both(headers: bytes, content: bytes) -> tuple[Mail | None, Mail | None]:
    """What the headers say, and the whole mail, for the cost of one child process."""
    alone, mail = _read([headers[: messages.LARGEST_HEAD], content])
    return alone, mail


def _read(given: Sequence[bytes]) -> list[Mail | None]:
    found: list[Mail | None] = []
    for outcome in confined.each(_parsed, given, limits=LIMITS, processes=1):
        if isinstance(outcome, Mail):
            found.append(outcome)
            continue
        log.error("A mail could not be parsed: %s", outcome.detail if isinstance(outcome, Failed) else outcome)
        found.append(None)
    return found


def _parsed(data: bytes) -> Mail | str:
    """The mail, or what Python's own parser of mails failed with: it has been known to, for mails that are none."""
    try:
        return messages.parse(data)
    except MemoryError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"
