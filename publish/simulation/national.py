"""A made-up history of everybody who owes: CSV files of whole periods, in the order in which they have to arrive.

For each programme and period: what arrives in time, what arrives late, what is sent again after a rejection,
corrections, retractions. A manifest names the files in order, each with the time at which it would have arrived.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import psycopg

from publish.files import write_atomically
from publish.forms import queries as form_queries
from publish.forms.queries import Scheduled
from publish.forms.types import Line
from publish.simulation import columns, csv_rows, trajectories
from publish.simulation.columns import Cells
from publish.simulation.csv_rows import Rows
from publish.simulation.frequencies import USUAL, Frequencies
from publish.simulation.made_up import Trajectory
from warehouse import catalogue, database
from warehouse.catalogue import Period
from warehouse.clock import ZONE
from warehouse.errors import WrongCall

if TYPE_CHECKING:
    import numpy as np

LINES_A_FILE = 120_000
"""A file may have 20 MB; a line has some 100 bytes."""
MANIFEST = "-manifest.csv"
"""Ends the name of the list beside `out`: whoever ingests the folder must not find it there."""
WAVES = {"on_time": -3, "late": 4, "resent": 8, "correction": 15, "retraction": 25}
"""What arrives, in this order, and how many days after the deadline."""
WITHOUT_DEADLINE = timedelta(days=20)
"""After the end of the period reports without a deadline arrive as if one were then."""

DEADLINES = """
select min(deadline_at), max(deadline_at) from app.expected_report
where programme_code = %s and period = %s and form = 'figures'
"""


@dataclass(frozen=True)
class Written:
    """A file of the history, a row of the manifest. reports, wrong_reports: reports; the others: lines."""

    file: str
    arrival: datetime
    programme_code: str
    period: str
    wave: str
    reports: int
    wrong_reports: int
    lines: int
    missing: int
    not_applicable: int
    value_only: int
    nil: int
    censored: int


@dataclass(frozen=True)
class Sender:
    """The reports of one agency about the units of one level, in a programme and period; all have the same lines."""

    reports: Sequence[Scheduled]
    lines: tuple[Line, ...]
    trajectories: Mapping[str, Trajectory]
    period: Period
    seed: int

    def generator(self, *more: int) -> "np.random.Generator":
        import numpy as np

        first = self.reports[0]
        name = f"{self.period.programme_code}:{self.period.period}:{first.agency_code}:{first.unit_level}"
        return np.random.default_rng([self.seed, crc32(name.encode()), *more])

    def cells(self, redraw: int, frequencies: Frequencies) -> Cells:
        """The cells of all its reports; another redraw has other events among the same people."""
        ids = [report.unit_id for report in self.reports]
        population = columns.populations(ids, self.reports[0].unit_level, self.seed)
        return columns.draw(self.lines, self.trajectories, population, frequencies, self.generator(redraw))


def simulate(
    out: Path,
    seed: int,
    *,
    first_year: int | None = None,
    last_year: int | None = None,
    periods: int | None = None,
    frequencies: Frequencies = USUAL,
) -> Iterator[Written]:
    """Write the history of all programmes into `out`; yields each file when it is there, the manifest last.

    first_year, last_year: of the periods' data. periods: at most so many of each programme, the first ones.
    seed: the same gives the same bytes. Raises WrongCall where no report is owed in these periods.
    """
    written: list[Written] = []
    with database.connect() as connection:
        for period in _periods(connection, first_year, last_year, periods):
            arrivals = _arrivals(connection, period)
            for wave, rows in _waves(_senders(connection, period, seed), frequencies):
                for part in rows.parts(LINES_A_FILE):
                    written.append(_write(out, len(written) + 1, period, wave, arrivals[wave], part))
                    yield written[-1]
    if not written:
        raise WrongCall("Không có báo cáo số liệu nào phải nộp trong các kỳ này.")
    _write_manifest(out, written)


def manifest(out: Path) -> Path:
    """Where the list of the files of this folder is."""
    return out.with_name(out.name + MANIFEST)


def _periods(
    connection: psycopg.Connection, first_year: int | None, last_year: int | None, most: int | None
) -> list[Period]:
    """The chosen periods of all programmes, those with the oldest data first."""
    found: list[Period] = []
    for programme in catalogue.programmes(connection):
        of_programme = [
            period
            for period in catalogue.periods(connection, programme.programme_code)
            if (first_year or 0) <= int(period.period[:4]) <= (last_year or 9999)
        ]
        found += of_programme[:most]
    return sorted(found, key=lambda period: (period.data_to, period.programme_code))


def _senders(connection: psycopg.Connection, period: Period, seed: int) -> list[Sender]:
    of_period = period.programme_code, period.period
    try:
        scheduled = form_queries.scheduled(connection, *of_period)
    except WrongCall:  # nobody reports about this period
        return []
    usual = sorted(
        (report for report in scheduled if report.is_usual and report.form == "figures"),
        key=lambda report: (report.agency_code, report.unit_level, report.unit_code),
    )
    groups = [list(group) for _, group in groupby(usual, key=lambda report: (report.agency_code, report.unit_level))]
    forms = form_queries.forms(connection, *of_period, [group[0] for group in groups])
    drawn_around = trajectories.trajectories(connection, *of_period)
    return [Sender(group, form.lines, drawn_around, period, seed) for group, form in zip(groups, forms, strict=True)]


def _waves(senders: Sequence[Sender], frequencies: Frequencies) -> Iterator[tuple[str, Rows]]:
    """What arrives in a period, wave by wave, of all its senders."""
    of_senders = [_of_sender(sender, frequencies) for sender in senders]
    for wave in WAVES:
        rows = Rows.joined([of_sender[wave] for of_sender in of_senders])
        if rows is not None:
            yield wave, rows


def _of_sender(sender: Sender, frequencies: Frequencies) -> dict[str, Rows]:
    """Who does what is drawn by report, then the rows of each wave."""
    import numpy as np

    generator = sender.generator()
    size = len(sender.reports)
    fate, late, again = (generator.random(size) for _ in range(3))
    arrives = fate >= frequencies.missing_reports
    is_late = arrives & (late < frequencies.late_reports)
    at = csv_rows.line_with_an_error(sender.lines)
    is_wrong = arrives & (generator.random(size) < (frequencies.wrong_reports if at is not None else 0))
    is_right = arrives & ~is_wrong
    is_resent = is_wrong & (again < frequencies.resent_reports)
    is_withdrawn = is_right & (again >= 1 - frequencies.withdrawn_reports)
    is_corrected = is_right & (again < frequencies.corrected_reports)
    cells = sender.cells(0, frequencies)
    corrected = sender.cells(1, frequencies)
    chosen = generator.random((size, len(sender.lines))).argsort(axis=1) < generator.integers(1, 4, (size, 1))
    full = np.ones((size, len(sender.lines)), dtype=bool)
    sent = cells if at is None else csv_rows.with_errors(cells, is_wrong, at, generator)
    about = f"{sender.period.programme_code};{sender.period.period}"

    def rows(cells: Cells, chosen: Any, submission_type: str = "full", is_wrong: Any = None) -> Rows:
        return csv_rows.rows(sender.reports, about, sender.lines, cells, chosen, submission_type, is_wrong)

    return {
        "on_time": rows(sent, full & (arrives & ~is_late)[:, None], is_wrong=is_wrong),
        "late": rows(sent, full & is_late[:, None], is_wrong=is_wrong),
        "resent": rows(cells, full & is_resent[:, None]),
        "correction": rows(corrected, chosen & is_corrected[:, None], "correction"),
        "retraction": csv_rows.retractions(sender.reports, about, is_withdrawn),
    }


def _arrivals(connection: psycopg.Connection, period: Period) -> dict[str, datetime]:
    """When each wave arrives: in time is before the first deadline, the others come after the last."""
    row = connection.execute(DEADLINES, [period.programme_code, period.period]).fetchone()
    assumed = datetime.combine(period.data_to, time(), ZONE) + WITHOUT_DEADLINE
    first, last = (deadline or assumed for deadline in row or (None, None))
    return {wave: (first if days < 0 else last) + timedelta(days=days) for wave, days in WAVES.items()}


def _write(out: Path, number: int, period: Period, wave: str, arrival: datetime, rows: Rows) -> Written:
    name = f"gia-dinh_{number:05d}_{period.programme_code}_{period.period}_{wave}.csv"
    write_atomically(out / name, rows.content())
    return Written(name, arrival, period.programme_code, period.period, wave, **rows.counts())


def _write_manifest(out: Path, written: Sequence[Written]) -> None:
    text = io.StringIO()
    rows: list[dict[str, Any]] = [asdict(each) | {"arrival": each.arrival.isoformat()} for each in written]
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(manifest(out), text.getvalue().encode())
