"""The newest reminder of each report, and whom a unit can be reached by: ledger and contacts as of a timestamp."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from warehouse import code_labels

Row = dict[str, Any]
Key = tuple[str, str, str, str]
"""Programme, period, unit_id and agency of a report."""

STATUSES = code_labels.vietnamese("alert_status")

NEWEST = """
select distinct on (ledger.programme_code, ledger.period, ledger.unit_id, ledger.agency_code)
    ledger.programme_code, ledger.period, ledger.unit_id, ledger.agency_code, ledger.stage, ledger.channel,
    ledger.status, coalesce(message.sent_at, ledger.settled_at, ledger.planned_at) as at, ledger.message_id,
    stage.day_offset, stage.day_kind
from ops.alert_ledger as ledger
left join ops.message using (message_id)
left join catalogue.alert_stages as stage
    on stage.programme_code = ledger.programme_code and stage.stage = ledger.stage
    and stage.audience = ledger.audience
where ledger.unit_id = any(%(units)s) and ledger.audience = 'reporter' and ledger.status <> all(%(settled)s)
    and coalesce(message.sent_at, ledger.settled_at, ledger.planned_at) <= %(as_of)s
order by ledger.programme_code, ledger.period, ledger.unit_id, ledger.agency_code,
    ledger.status in ('sent', 'logged') desc, at desc, stage.sort_order desc
"""
SETTLED_WITHOUT_LETTER = ["skipped", "cancelled"]

CONTACTS = """
select unit_code, agency_code, string_agg(distinct email, ', ') as emails, count(webhook) as webhooks
from ops.contact where role = 'reporter' and unit_code = any(%(units)s) group by 1, 2
"""


def newest(connection: psycopg.Connection, units: Sequence[str], as_of: datetime) -> dict[Key, Row]:
    """By report: the last reminder to its reporter that went out until then, else what became of the planned one.

    units: their unit_id.
    """
    values = {"units": list(units), "as_of": as_of, "settled": SETTLED_WITHOUT_LETTER}
    rows = connection.cursor(row_factory=dict_row).execute(NEWEST, values).fetchall()
    return {(row["programme_code"], row["period"], row["unit_id"], row["agency_code"]): row for row in rows}


def contacts(connection: psycopg.Connection, units: Sequence[str]) -> dict[tuple[str, str], Row]:
    """By unit code and agency: the addresses of who reports, as they are now."""
    rows = connection.cursor(row_factory=dict_row).execute(CONTACTS, {"units": list(units)}).fetchall()
    return {(row["unit_code"], row["agency_code"]): row for row in rows}
