"""The ledger of what a province's office decides about reporting: who decided what by which act. Rows only grow.

The terms themselves stay where they are read: rows of the catalogue, contacts. A decision is recorded in the
transaction that changes them, so that neither is there without the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ingest.identities import parts, patterns
from pipeline import building
from warehouse import clock
from warehouse.clock import ZONE
from warehouse.errors import WrongCall
from warehouse.seeds.files import Message

Kind = Literal["deadline", "exemption", "target", "class", "contacts"]
Cells = Mapping[str, Any]

LONGEST_ACT = 200
LONGEST_REASON = 500

INSERT = """
insert into ops.office_decision (kind, province_code, programme_code, period, unit_level, unit_code, agency_code, act,
    act_on, decided_by, reason, before, after, decided_at, account_id)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning decision_id
"""
LISTED = """
select decision.decision_id, decision.kind, decision.programme_code, decision.period, decision.unit_level,
    decision.unit_code, decision.agency_code, decision.act, decision.act_on, decision.decided_by, decision.reason,
    decision.before, decision.after, decision.decided_at, account.email, account.unit_code as account_unit_code,
    account.unit_id as account_unit_id, account.agency_code as account_agency_code,
    decision.kind <> 'contacts' and decision.recorded_at > coalesce(
        (select max(run.started_at) from ops.pipeline_run as run
        where run.step = 'catalogue' and run.status = 'succeeded'), '-infinity') as is_waiting
from ops.office_decision as decision
left join ops.account as account using (account_id)
where (%(province)s::text is null or decision.province_code = %(province)s)
    and (%(kind)s::text is null or decision.kind = %(kind)s)
    and decision.decided_at <= %(until)s
order by decision.decision_id desc
"""
LOCK = "select pg_advisory_xact_lock(hashtextextended('baocao:decisions', 0))"

EMPTY = Message("Fill this in.", "Xin điền ô này.")
TOO_LONG = Message("At most {most} characters.", "Dài nhất {most} ký tự.")
PERSON = Message(
    "This looks like personal data: name offices and documents, never persons.",
    "Có thông tin giống thông tin cá nhân: chỉ ghi cơ quan và văn bản, không nêu người.",
)
NO_DAY = Message("No such day; write it as 2026-11-28 or 28/11/2026.", "Không có ngày ấy; ghi như 28/11/2026.")
LATER_ACT = Message("The document's date lies in the future.", "Ngày của văn bản ở tương lai.")


class Refused(WrongCall):
    """A field of a decision is wrong: which one, and why in both languages."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message.vi)
        self.field, self.message = field, message


class Superseded(WrongCall):
    """Somebody else decided about the same since the page was opened."""


@dataclass(frozen=True)
class Act:
    """The document that says so. by: the office that decided."""

    number: str
    on: date
    by: str

    def __str__(self) -> str:
        return f"{self.number} ngày {self.on:%d/%m/%Y} của {self.by}"


@dataclass(frozen=True)
class Decision:
    """A row of ops.office_decision. is_waiting: the catalogue was not loaded since, so marts do not show it yet."""

    decision_id: int
    kind: Kind
    programme_code: str | None
    period: str | None
    unit_level: str | None
    unit_code: str | None
    agency_code: str | None
    act: str | None
    act_on: date | None
    decided_by: str | None
    reason: str | None
    before: Cells | None
    after: Cells | None
    decided_at: datetime
    email: str | None
    account_unit_code: str | None
    account_unit_id: str | None
    account_agency_code: str | None
    is_waiting: bool


def act(number: str, on: str, by: str) -> Act:
    """What was typed, checked. Raises Refused with the field `act`, `act_on` or `decided_by`."""
    found = Act(text("act", number, LONGEST_ACT), day("act_on", on), text("decided_by", by, LONGEST_ACT))
    if found.on > clock.now().astimezone(ZONE).date():
        raise Refused("act_on", LATER_ACT)
    return found


def text(field: str, given: str, longest: int, *, is_required: bool = True) -> str:
    """On one line, without what cannot be printed. Raises Refused where it is empty, too long or names a person."""
    found = "".join(letter for letter in " ".join(given.split()) if letter.isprintable())
    if not found and is_required:
        raise Refused(field, EMPTY)
    if len(found) > longest:
        raise Refused(field, Message(*(each.format(most=longest) for each in TOO_LONG)))
    if next(parts.of_text(found, patterns.current()), None) is not None:
        raise Refused(field, PERSON)
    return found


def day(field: str, given: str) -> date:
    """As browsers send a day, or as Vietnam writes it. Raises Refused."""
    given = given.strip()
    if not given:
        raise Refused(field, EMPTY)
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(given, form).date()
        except ValueError:
            continue
    raise Refused(field, NO_DAY)


def lock(connection: psycopg.Connection) -> None:
    """Until the transaction ends nobody else decides."""
    connection.execute(LOCK)


def record(
    connection: psycopg.Connection,
    kind: Kind,
    province: str | None,
    account_id: UUID | None,
    *,
    by: Act | None = None,
    reason: str = "",
    before: Cells | None = None,
    after: Cells | None = None,
    at: datetime | None = None,
    **about: str | None,
) -> int:
    """A row of the ledger. about: programme_code, period, unit_level, unit_code, agency_code; what there is of them.

    at: when it was decided, now if not given.
    """
    columns = ("programme_code", "period", "unit_level", "unit_code", "agency_code")
    values = [
        *(kind, province, *(about.get(name) for name in columns)),
        *(by.number if by else None, by.on if by else None, by.by if by else None, reason or None),
        *(Jsonb(before) if before is not None else None, Jsonb(after) if after is not None else None),
        *(at or clock.now(), account_id),
    ]
    row = connection.execute(INSERT, values).fetchone()
    assert row is not None
    return int(row[0])


def listed(
    connection: psycopg.Connection, province: str | None, until: datetime, kind: Kind | None = None
) -> list[Decision]:
    """The decisions of a province, or of all, that were recorded until then; the newest first."""
    values = {"province": province, "kind": kind, "until": until}
    found = connection.cursor(row_factory=class_row(Decision)).execute(LISTED, values).fetchall()
    if any(each.is_waiting for each in found) and not building.has_decisions_to_load():
        return [replace(each, is_waiting=False) for each in found]
    return found
