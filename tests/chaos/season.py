"""The season that is played: three turns of files and of every step, each at a time of its own. All of it made up."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from tests.integration.small_catalogue import PROGRAMMES

FIRST, SECOND = PROGRAMMES
HEADER = "programme,period,unit_code,submission_type,indicator,numerator,denominator,value"


@dataclass(frozen=True)
class Turn:
    """At a time files are in the inbox, and then these steps run."""

    now: str
    files: dict[str, bytes]
    steps: tuple[tuple[str, ...], ...]

    def deliver(self, inbox: Path) -> None:
        inbox.mkdir(exist_ok=True)
        for name, content in self.files.items():
            (inbox / name).write_bytes(content)
            time.sleep(0.01)  # in this order, by the clock of a file system


def report(programme: str, unit: str, cases: int, people: int, kind: str = "full", period: str = "2026") -> str:
    """Lines of a report: indicator 1 is a rate, 2 a count."""
    rate = f"{programme},{period},{unit},{kind},1,{cases},{people},\n"
    count = f"{programme},{period},{unit},{kind},2,,,{cases}\n"
    return {"retraction": f"{programme},{period},{unit},{kind},,,,\n", "correction": rate}.get(kind, rate + count)


def csv(*reports: str) -> bytes:
    return f"{HEADER}\n{''.join(reports)}".encode()


def workbook(text: bytes) -> bytes:
    """The same lines as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in text.decode().splitlines():
        sheet.append([int(cell) if cell.isdecimal() and len(cell) < 4 else cell for cell in row.split(",")])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


EACH = (("receive",), ("build",), ("alerts", "run"), ("publish",))


@lru_cache
def turns() -> list[Turn]:
    """Reports with mistakes, corrections, the same file again, a retraction, and deadlines that pass.

    The same objects each time: a workbook has its own moment in it, and is another one a second later.
    """
    return list(_turns())


def _turns() -> Iterator[Turn]:
    good = csv(report(FIRST, "91001", 90, 200), report(SECOND, "91001", 80, 200))
    yield Turn(
        "2026-11-16T08:00:30+07:00",
        {
            "91001.csv": good,
            "91002.xlsx": workbook(csv(report(FIRST, "91002", 201, 200))),
            "92001.csv": csv(report(FIRST, "92001", 70, 200)),
            "92002.csv": csv(report(FIRST, "92002", 60, 200), report(SECOND, "92002", 61, 200, period="2025")),
        },
        EACH,
    )
    yield Turn(
        "2026-12-01T08:00:30+07:00",
        {
            "91001-again.csv": good,
            "91001-correction.csv": csv(report(FIRST, "91001", 95, 200, "correction")),
            "91002.xlsx": workbook(csv(report(FIRST, "91002", 101, 200))),
            "92002-retraction.csv": csv(report(FIRST, "92002", 0, 0, "retraction")),
            "odd.csv": b"\x00\xff not a report",
        },
        EACH,
    )
    yield Turn(
        "2026-12-08T08:00:30+07:00",
        {
            "92001.xlsx": workbook(csv(report(SECOND, "92001", 50, 200))),
            "92001-correction.csv": csv(report(SECOND, "92001", 51, 200, "correction")),
            "92002.csv": csv(report(FIRST, "92002", 55, 200)),
        },
        (("run",),),
    )
