"""More than the software was made for: what gives way first, what is refused with which words, what recovers by itself.

Many times a day's files in one run, the receipts of all of them at once, more BI readers than their role may have, and
a mail server that takes longer than anybody waits. Prints a table for docs/overload.md. Everything is made up and on
the loopback interface. BAOCAO_BENCH_OVERLOAD_FILES and BAOCAO_BENCH_OVERLOAD_READERS make it smaller.
"""

import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from alerts.channels import smtp
from alerts.channels.base import Unreachable
from pipeline import building, mailing, receiving
from tests.bench.home import bench_home
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.waiting import LONGEST_SECONDS
from warehouse import clock, database
from warehouse.postgres import readers
from warehouse.settings import get_settings

FILES = int(os.environ.get("BAOCAO_BENCH_OVERLOAD_FILES", "2000"))
A_DAY = 99
"""The communes of a province: all of them on the last day."""
READERS = int(os.environ.get("BAOCAO_BENCH_OVERLOAD_READERS", "500"))
TOO_SLOW_SECONDS = smtp.TIMEOUT_SECONDS + 10
PROGRAMME, PERIOD, INDICATOR = "bacninh-2026-2030", "2026", "5.1"
NOW, LATER = "2026-11-29T16:00:00+07:00", "2026-11-29T16:30:00+07:00"
COMMUNES = """
select unit_code from app.expected_report
where programme_code = %s and period = %s and is_owed and unit_level = 'commune' order by 1
"""


@dataclass(frozen=True)
class Row:
    """One load. first: what gives way, with figures; refused: with which words; recovers: what happens afterwards."""

    load: str
    first: str
    refused: str
    recovers: str

    def __str__(self) -> str:
        return f"| {self.load} | {self.first} | {self.refused} | {self.recovers} |"


def main() -> None:
    with bench_home() as home, clock.at(NOW):
        database.prepare()
        building.prepare_catalogue()
        print("| load | what gives way first | what is refused, with which words | what recovers by itself |")
        print("|---|---|---|---|")
        for row in rows(home):
            print(row, flush=True)


def rows(home: Path) -> Iterator[Row]:
    """Each load after the other: the letters are those of the files before them."""
    units = communes()
    introduce(units)
    box = Letterbox()
    with mail_server(box):
        receiving.receive_files([], from_inbox=False)  # what the home has taken before has its verdicts and letters
        mailing.mail_receipts()
        yield files_of_many_days(home, units)
        yield slow_mail_server(box)
        yield receipt_storm(box)
    yield readers_without_end(home, units)


# --- files --------------------------------------------------------------------------------------------------------


def files_of_many_days(home: Path, units: list[str]) -> Row:
    """Every commune sends again and again, each time another figure; nothing is refused, everybody waits longer."""
    paths = [write(home / "storm", number, units[number % len(units)]) for number in range(FILES)]
    began, before = time.perf_counter(), children_memory()
    statuses = Counter(receipt.status for receipt in receiving.receive_files(list(map(str, paths)), from_inbox=False))
    seconds = time.perf_counter() - began
    written = len(list((home / "receipts").rglob("*.json"))) if (home / "receipts").exists() else 0
    assert statuses.total() == FILES, statuses
    return Row(
        f"{FILES:,} reports in one run, {FILES / A_DAY:.0f} times those of a province's last day",
        f"time: {seconds:,.0f} s, {FILES / seconds:,.0f} reports a second; a file that arrives meanwhile waits for the "
        f"next run. Readers in child processes took {children_memory() - before:,.0f} MB more at most",
        f"nothing: {as_text(statuses)}",
        f"nothing has to: each file has its receipt ({written:,} files of receipts)",
    )


def write(folder: Path, number: int, unit: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"gia-dinh_{number:06}.csv"
    head = "programme,period,unit_code,indicator,numerator,denominator,value,note\n"
    path.write_text(
        f"{head}{PROGRAMME},{PERIOD},{unit},{INDICATOR},{200 + number},{9000 + number},,\n", encoding="utf-8"
    )
    return path


def children_memory() -> float:
    """The most that a child process of this one has had, in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


# --- letters ------------------------------------------------------------------------------------------------------


def slow_mail_server(box: Letterbox) -> Row:
    """It takes longer for a letter than a channel waits: one letter is tried, and the receipts stay queued."""
    box.seconds_a_letter = TOO_SLOW_SECONDS
    began = time.perf_counter()
    refused = refusal(mailing.mail_receipts, Unreachable)
    seconds, waiting = time.perf_counter() - began, queued()
    box.seconds_a_letter = 0.0
    return Row(
        f"a mail server that answers after {TOO_SLOW_SECONDS:.0f} s",
        f"letters: the step gives up after {seconds:.0f} s and one letter a connection, and files are received on",
        f"“{refused}”; {waiting:,} letters stay queued",
        "the next run sends them (the row below); what the server took without saying so in time comes once more, "
        "under the same Message-ID",
    )


def receipt_storm(box: Letterbox) -> Row:
    """The receipts of all these files at once."""
    before = len(box.letters)
    began = time.perf_counter()
    with clock.at(LATER):
        done = mailing.mail_receipts()
    seconds = time.perf_counter() - began
    ids = Counter(str(letter["Message-ID"]) for letter in box.letters)
    assert done.waiting == 0 and queued() == 0, done
    return Row(
        f"the receipts of {FILES:,} reports at once",
        f"time: {done.sent:,} letters in {seconds:,.0f} s over {get_settings().smtp_connections} connections",
        f"nothing; {done.refused} letters refused",
        f"{len(box.letters) - before:,} letters arrived, {sum(count - 1 for count in ids.values())} of them twice",
    )


# --- readers ------------------------------------------------------------------------------------------------------


def readers_without_end(home: Path, units: list[str]) -> Row:
    """Sessions of the BI role until it is refused, and more; meanwhile a report is received."""
    refusals: Counter[str] = Counter()
    address = database.url("bi")
    with ExitStack() as sessions:
        opened = 0
        for _ in range(READERS):
            try:
                session = sessions.enter_context(psycopg.connect(address))
                session.execute("select count(*) from marts.dim_programme")
                opened += 1
            except psycopg.OperationalError as error:
                refusals[str(error).strip().rpartition("FATAL:")[2].strip()] += 1
        with clock.at(LATER):
            (receipt,) = receiving.receive_files([str(write(home / "storm", FILES, units[0]))], from_inbox=False)
    with _connected_when_one_left(address) as session:
        session.execute("select 1")
    assert opened == readers.CONNECTIONS[readers.EVERYTHING], opened
    return Row(
        f"{READERS:,} sessions of the BI role at once",
        f"the sessions after the first {opened}",
        as_text(refusals),
        f"our own steps go on (a report was {receipt.status} meanwhile); a reader gets in as soon as another leaves",
    )


def _connected_when_one_left(address: str) -> psycopg.Connection:
    """A session that was closed counts until its process is gone."""
    until = time.monotonic() + LONGEST_SECONDS
    while True:
        try:
            return psycopg.connect(address)
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


# --- shared -------------------------------------------------------------------------------------------------------


def communes() -> list[str]:
    with database.connect() as connection:
        return [code for (code,) in connection.execute(COMMUNES, [PROGRAMME, PERIOD])]


def introduce(units: list[str]) -> None:
    """A made-up address of each commune."""
    contacts = [(unit, f"xa-{unit}@example.org") for unit in units]
    with database.connect() as connection:
        connection.cursor().executemany(
            "insert into ops.contact (unit_code, role, email) values (%s, 'reporter', %s)", contacts
        )


@contextmanager
def mail_server(box: Letterbox) -> Iterator[None]:
    with listening(box, free_port()) as url:
        os.environ["BAOCAO_SMTP_URL"] = url
        try:
            yield
        finally:
            del os.environ["BAOCAO_SMTP_URL"]


def queued() -> int:
    with database.connect() as connection:
        row = connection.execute("select count(*) from ops.message where status = 'queued'").fetchone()
    return int(row[0]) if row else 0


def refusal(step: Callable[[], object], kind: type[Exception]) -> str:
    """What the step says when it gives up. Raises AssertionError if it does not."""
    try:
        step()
    except kind as error:
        return str(error)
    raise AssertionError("The step did not give up.")


def as_text(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counted.most_common())


if __name__ == "__main__":
    main()
