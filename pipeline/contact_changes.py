"""Contacts are replaced, by a file or for one unit, and what was there before is kept in the ledger of decisions."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from accounts import registry, remit
from accounts.registry import Account
from alerts import contacts
from alerts.contacts import Contact, Imported, Refusal, Taken
from pipeline import deciding
from pipeline.deciding import Superseded
from warehouse import database
from warehouse.audit import chain
from warehouse.errors import WrongCall

LARGEST_BYTES = 100_000
"""Of a file that is handed in on a page: some thousand rows."""

OF_PROVINCE = """
select distinct unit.unit_code from app.org_unit as unit
join app.org_unit as province on province.unit_id = unit.current_province_id
where province.unit_code = %s and unit.valid_to = 'infinity'
"""
PROVINCES = """
select distinct on (unit.unit_code) unit.unit_code, province.unit_code from app.org_unit as unit
join app.org_unit as province on province.unit_id = unit.current_province_id
where unit.unit_code = any(%s) order by unit.unit_code, unit.valid_to desc
"""
NOT_YOURS = "Chỉ tài khoản của tỉnh sửa đầu mối của các đơn vị trong tỉnh mình."
TOO_LARGE = "Tệp lớn hơn 100 kB: xin chia thành nhiều tệp."
CHANGED = "Trong lúc trang đang mở, người khác đã sửa đầu mối của đơn vị này. Xin xem lại trước khi xác nhận."


@dataclass(frozen=True)
class Planned:
    """What would be stored. before, after: by unit whose contacts change. unchanged: units of the file that do not."""

    before: Mapping[str, Sequence[Contact]]
    after: Mapping[str, Sequence[Contact]]
    unchanged: int
    refused: tuple[Refusal, ...]

    @property
    def seen(self) -> str:
        """By what a later call knows that nobody changed the same contacts meanwhile."""
        return hashlib.sha256(repr(sorted(self.before.items())).encode()).hexdigest()[:16]


def import_file(path: Path) -> Imported:
    """As `baocao contacts import`: the units of all provinces. Raises WrongCall for a file that is no such CSV."""
    found, refused = contacts.read(path)
    with database.connect("loader") as connection:
        deciding.lock(connection)
        taken = contacts.take(connection, found, refused)
        done = _store(connection, taken, None)
    chain.take_up()
    return done


def plan(account: Account, name: str, content: bytes, unit: str | None = None) -> Planned:
    """What a file changes. unit: that it is about this unit alone, which may be left without contacts.

    Raises WrongCall for a file that is no such CSV, and for an account that may not.
    """
    with database.connect("loader") as connection:
        return _planned(connection, _taken(connection, account, name, content, unit))


def replace(account: Account, name: str, content: bytes, seen: str, unit: str | None = None) -> Imported:
    """Do what was planned. Raises Superseded where somebody changed the same contacts since, and what `plan` raises."""
    with database.connect("loader") as connection:
        deciding.lock(connection)
        registry.require_unchanged(connection, account)
        taken = _taken(connection, account, name, content, unit)
        if _planned(connection, taken).seen != seen:
            raise Superseded(CHANGED)
        done = _store(connection, taken, account.account_id)
    chain.take_up()
    return done


def units_of(connection: psycopg.Connection, province: str) -> set[str]:
    """The codes that units of a province have today, its own among them."""
    return {code for (code,) in connection.execute(OF_PROVINCE, [province])}


def _taken(connection: psycopg.Connection, account: Account, name: str, content: bytes, unit: str | None) -> Taken:
    if not remit.may_decide(account):
        raise WrongCall(NOT_YOURS)
    if len(content) > LARGEST_BYTES:
        raise WrongCall(TOO_LARGE)
    own: Collection[str] = units_of(connection, account.province_code)
    if unit is not None and unit not in own:
        raise WrongCall(NOT_YOURS)
    found, refused = contacts.read_content(name, content)
    taken = contacts.take(connection, found, refused, own if unit is None else {unit})
    is_emptied = unit is not None and not found and not refused
    return Taken(taken.contacts, (unit,), taken.refused) if is_emptied and unit else taken


def _planned(connection: psycopg.Connection, taken: Taken) -> Planned:
    before = _by_unit(taken.units, contacts.of_units(connection, taken.units))
    after = _by_unit(taken.units, taken.contacts)
    changed = [unit for unit in taken.units if set(before[unit]) != set(after[unit])]
    return Planned(
        {unit: before[unit] for unit in changed},
        {unit: after[unit] for unit in changed},
        len(taken.units) - len(changed),
        taken.refused,
    )


def _store(connection: psycopg.Connection, taken: Taken, account_id: UUID | None) -> Imported:
    planned = _planned(connection, taken)
    done = contacts.store(connection, taken)
    provinces: dict[str, str] = dict(connection.execute(PROVINCES, [list(planned.after)]).fetchall())
    for unit, after in planned.after.items():
        before = {"contacts": [_described(each) for each in planned.before[unit]]}
        now = {"contacts": [_described(each) for each in after]}
        deciding.record(
            connection, "contacts", provinces.get(unit), account_id, unit_code=unit, before=before, after=now
        )
    return done


def _by_unit(units: Sequence[str], found: Sequence[Contact]) -> dict[str, list[Contact]]:
    by_unit: dict[str, list[Contact]] = {unit: [] for unit in units}
    for contact in found:
        by_unit[contact.unit_code].append(contact)
    return {unit: sorted(rows, key=repr) for unit, rows in by_unit.items()}


def _described(contact: Contact) -> dict[str, str | None]:
    """As the ledger keeps it: of a webhook, which holds a key, only what it is and by what it is known again."""
    return {
        "agency_code": contact.agency_code,
        "role": contact.role,
        "email": contact.email,
        "webhook": contact.webhook and fingerprint(contact.webhook),
    }


def fingerprint(webhook: str) -> str:
    """https://… (1a2b3c4d)"""
    return f"{webhook.partition(':')[0]}://… ({hashlib.sha256(webhook.encode()).hexdigest()[:8]})"
