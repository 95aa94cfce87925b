"""What the page of the morning reads, as of the session's time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish.reading import alerts, missing, units
from warehouse import queries
from warehouse.clock import ZONE

Row = dict[str, Any]
Key = tuple[str, str, str, str]

REPORTS = queries.load(__file__, "reports")
RETURNED = queries.load(__file__, "returned")
CHANGED_UNITS = queries.load(__file__, "changed_units")

DAYS_AHEAD = 7
WAITING = "awaiting_approval"
SCOPES = {
    "obligation.programme_code = %(programme)s": "programme",
    "obligation.unit_id = any(%(units)s)": "units",
}


@dataclass(frozen=True)
class Morning:
    """overdue: exactly what `baocao missing` lists. left_out: of ended plans and closed periods.

    due, returned, waiting, exempt: other reports of open periods. waiting: for an approval.
    reminders, errors: by report. contacts: by unit and agency.
    """

    as_of: datetime
    overdue: list[Row]
    left_out: int
    due: list[Row] = field(default_factory=list)
    returned: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    exempt: list[Row] = field(default_factory=list)
    changed_units: list[Row] = field(default_factory=list)
    reminders: dict[Key, Row] = field(default_factory=dict)
    errors: dict[Key, Row] = field(default_factory=dict)
    contacts: dict[tuple[str, str], Row] = field(default_factory=dict)

    @property
    def outstanding(self) -> list[Row]:
        """What somebody has to be called about: overdue, returned, or due soon."""
        return [*self.overdue, *self.returned, *self.due]

    @property
    def all_returned(self) -> list[Row]:
        return [*(row for row in self.overdue if row["status"] == "rejected"), *self.returned]

    @property
    def all_waiting(self) -> list[Row]:
        return [*(row for row in self.overdue if row["status"] == WAITING), *self.waiting]

    def without_contact(self) -> list[Row]:
        """Outstanding reports of whose reporter no address is known."""
        return [row for row in self.outstanding if (row["unit_code"], row["agency_code"]) not in self.contacts]


def key(row: Row) -> Key:
    return row["programme_code"], row["period"], row["unit_id"], row["agency_code"]


def read(
    connection: psycopg.Connection, programme: str | None, province: str | None, given: datetime | None, as_of: datetime
) -> Morning:
    """given: the timestamp of the address, None for now. as_of: the same or now; a future one is read as it will be."""
    within = units.within(connection, province) if province else None
    overdue, left_out = missing.overdue(connection, programme, None, given, within=within)
    today = as_of.astimezone(ZONE).date()
    values = {"programme": programme, "units": within, "today": today, "as_of": as_of}
    soon = _rows(connection, REPORTS, values | {"until": as_of + timedelta(days=DAYS_AHEAD)})
    by_status = {code: [row for row in soon if row["status"] == code] for code in ("not_due", "rejected", WAITING)}
    outstanding = [*overdue, *by_status["not_due"], *by_status["rejected"]]
    reporters = sorted({row["unit_id"] for row in outstanding})
    return Morning(
        as_of=as_of,
        overdue=overdue,
        left_out=left_out,
        due=by_status["not_due"],
        returned=by_status["rejected"],
        waiting=by_status[WAITING],
        exempt=[row for row in soon if row["status"] == "exempt"],
        changed_units=_rows(connection, CHANGED_UNITS, values),
        reminders=alerts.newest(connection, reporters, as_of),
        errors=_errors(connection, outstanding, as_of),
        contacts=alerts.contacts(connection, sorted({row["unit_code"] for row in outstanding})),
    )


def _errors(connection: psycopg.Connection, rows: Sequence[Row], as_of: datetime) -> dict[Key, Row]:
    returned = sorted({row["unit_id"] for row in rows if row["status"] == "rejected"})
    if not returned:
        return {}
    cursor = connection.cursor(row_factory=dict_row)
    found = cursor.execute(RETURNED.encode(), {"units": returned, "as_of": as_of})
    return {key(row): row for row in found}


def _rows(connection: psycopg.Connection, template: str, values: Row) -> list[Row]:
    """Only what is chosen is a condition: one that is always true is planned as if it left one row in two hundred."""
    conditions = [condition for condition, value in SCOPES.items() if values[value] is not None]
    query = template.format(conditions=" and ".join(conditions) or "true")
    return connection.cursor(row_factory=dict_row).execute(query.encode(), values).fetchall()
