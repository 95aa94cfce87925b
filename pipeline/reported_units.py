"""Which unit a report of a file is about, before it is received: the gate's candidates for its programme and period.

A code is no identity: the same one may have meant another unit in the period of a report.
"""

from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from accounts import remit
from accounts.registry import Account
from ingest.reports import Report
from warehouse import clock
from warehouse.clock import ZONE

CANDIDATES = """
select admissible.unit_id, exists (
    select from app.org_unit_name as named
    where named.unit_id = admissible.unit_id
        and right(' ' || lower(named.unit_name), length(%(name)s::text) + 1) = ' ' || lower(%(name)s)) as is_named
from app.admissible_report as admissible
join app.org_unit as units on units.unit_id = admissible.unit_id and units.valid_from <= %(today)s
where admissible.programme_code = %(programme)s and admissible.period = %(period)s
    and admissible.unit_code = %(unit)s and admissible.agency_code = %(agency)s
"""
"""As expectations/checked/resolved_unit.sql has them."""
UNIT = "select from app.org_unit where unit_id = %s"


class Sender(NamedTuple):
    """What a report of a file says of who sends it. unit_id, unit_name: None where it has only the code."""

    programme: str | None
    period: str | None
    unit_code: str
    unit_id: str | None
    unit_name: str | None
    agency: str


def senders(reports: Sequence[Report]) -> list[Sender]:
    """Who sends each report whose unit can be read."""
    return [
        Sender(report.programme, report.period, report.unit_code, report.unit_id, report.unit_name, report.agency)
        for report in reports
        if report.unit_code is not None
    ]


def foreign(connection: psycopg.Connection, account: Account, senders: Sequence[Sender]) -> list[Sender]:
    """The reports that the account may not hand in, each once.

    A report that nobody may send, and one of which the gate cannot tell whose it is, goes to the gate if its code is
    the account's: the gate returns it with the reason.
    """
    return [sender for sender in dict.fromkeys(senders) if not _is_own(connection, account, sender)]


def _is_own(connection: psycopg.Connection, account: Account, sender: Sender) -> bool:
    if not remit.may_report(account, sender.unit_code, (), sender.agency):
        return False
    return remit.may_report(account, sender.unit_code, _units(connection, sender), sender.agency)


def _units(connection: psycopg.Connection, sender: Sender) -> frozenset[str]:
    """The units for which the gate could take it: one, or several of which it names none, or none."""
    values = {
        "programme": sender.programme,
        "period": sender.period,
        "unit": sender.unit_code,
        "agency": sender.agency,
        "name": sender.unit_name,
        "today": clock.now().astimezone(ZONE).date(),
    }
    found: dict[str, bool] = dict(connection.execute(CANDIDATES, values).fetchall())
    if sender.unit_id in found or connection.execute(UNIT, [sender.unit_id]).fetchone() is not None:
        return frozenset({str(sender.unit_id)})
    named = [unit_id for unit_id, is_named in found.items() if is_named]
    return frozenset(named if len(named) == 1 else found)
