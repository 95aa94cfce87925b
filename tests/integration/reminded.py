"""Made-up contacts of Bắc Ninh's units, the step `remind` at a given time, and the ledger after it."""

from collections import Counter

import psycopg

from pipeline import reminding
from warehouse import clock

DA_MAI, VO_CUONG = "07228", "09169"
AFTER = "2026-12-01T08:00:00+07:00"
"""Two days after the last day in time of Bắc Ninh's reports of 2026."""


def contact(session: psycopg.Connection, unit: str, email: str, role: str = "reporter") -> None:
    session.execute("insert into ops.contact (unit_code, role, email) values (%s, %s, %s)", [unit, role, email])


def remind(timestamp: str = AFTER) -> reminding.Reminded:
    with clock.at(timestamp):
        return reminding.remind()


def statuses(session: psycopg.Connection, unit: str | None = None) -> Counter[str]:
    """Alerts to the reporters of Bắc Ninh; skipped stages are not counted."""
    rows = session.execute(
        "select status from ops.alert_ledger where unit_code = coalesce(%s, unit_code) and audience = 'reporter' "
        "and status <> 'skipped' and programme_code = 'bacninh-2026-2030'",
        [unit],
    ).fetchall()
    return Counter(status for (status,) in rows)
