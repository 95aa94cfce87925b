"""A letter was returned for good: its contact is marked as undeliverable, and the level above gets a letter, once.

Letters still go there, for a mailbox that was full has room again: the mark is for people.
"""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from alerts.ledger import answers
from ingest.mail.bounces import Bounce
from warehouse import clock, database
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.logging import get_logger

log = get_logger(__name__)

MARK = """
update ops.contact as contact set undeliverable_at = %(at)s, undeliverable_reason = %(answer)s
from ops.message as letter
where letter.message_id = any(%(letters)s) and (letter.status = 'sent' or letter.attempts > 0)
    and contact.undeliverable_at is null
    and lower(contact.email) = any(%(failed)s)
    and lower(contact.email) = any(string_to_array(lower(letter.recipient), ', '))
returning contact.unit_code, contact.agency_code, contact.email
"""
"""Only of a letter of ours, and of an address that it went to: a notice is as easily forged as any mail."""

SUPERVISORS = """
select named.unit_code, named.unit_name, (
    select string_agg(distinct contact.email, ', ' order by contact.email)
    from app.org_unit as unit
    join app.org_unit as above on above.unit_id = unit.parent_id
    join ops.contact as contact on contact.unit_code = above.unit_code and contact.role = 'supervisor'
    where unit.unit_id = named.unit_id and contact.email is not null and contact.undeliverable_at is null
) as recipient
from app.org_unit_code as named
where named.unit_code = any(%s) and named.resolve_to = 'infinity' order by named.unit_code
"""
LISTED = """
select unit_code, agency_code, role, email, undeliverable_at, undeliverable_reason from ops.contact
where undeliverable_at is not null order by unit_code, agency_code, role, email
"""


def mark(connection: psycopg.Connection, mail_no: int, bounce: Bounce) -> None:
    """Mark the contacts of a notice that were not marked yet, and plan a letter to those above."""
    values = {
        "at": clock.now(),
        "answer": "".join(letter for letter in bounce.answer if letter.isprintable()),
        "letters": list(bounce.letters),
        "failed": list(bounce.failed),
    }
    marked = connection.execute(MARK, values).fetchall()
    addresses = {
        unit: f"{email}" + ("" if agency == DEFAULT_AGENCY else f" ({agency})") for unit, agency, email in marked
    }
    by_recipient: dict[str, list[str]] = {}
    for unit, name, recipient in connection.execute(SUPERVISORS, [list(addresses)]).fetchall():
        log.warning("A letter to a contact of %s was returned for good: %s", unit, values["answer"])
        if recipient:
            by_recipient.setdefault(recipient, []).append(f"{addresses[unit]} của {name} (mã {unit})")
    for recipient, found in by_recipient.items():
        answers.plan_for(connection, mail_no, recipient, "bounce", "; ".join(found), clock.now())


def listed() -> list[dict[str, Any]]:
    """The contacts that are marked, for people and programs."""
    with database.connect("loader") as connection:
        return connection.cursor(row_factory=dict_row).execute(LISTED).fetchall()
