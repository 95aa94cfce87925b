"""Whether a mail hands in reports: the letter's own token and its sender agree, and so do the units that it names.

Neither alone is enough: an address in From is written by anybody, and a letter is forwarded to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg

from accounts import registry, remit
from accounts.registry import Account
from alerts.answer import RETURNED
from ingest import measures, opening, reading
from ingest.identities import names
from ingest.mail.attached import Attached
from ingest.mail.bounces import Bounce
from ingest.mail.messages import Mail
from ingest.measures import Measures
from pipeline import reported_units
from pipeline.reported_units import Sender as Keys
from warehouse import clock, confined
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.confined import Failed, Limits

ANSWERABLE = timedelta(days=120)
"""How long after it was written a letter takes answers; who has left an office keeps its letters."""
NAMED = 5
"""Units or files that a reason names."""

LETTERS = """
with direct as (
    select message_id from ops.message where message_id = any(%(thread)s)
), of_threads as (
    select unnest(mail.letters) as message_id
    from ops.received_mail as mail
    left join ops.submission_origin as origin using (mail_no)
    left join ops.receipt_ledger as receipt using (submission_id)
    left join ops.answer_ledger as answer on answer.mail_no = mail.mail_no
    where receipt.message_id in (select message_id from direct) or answer.message_id in (select message_id from direct)
)
select message_id, recipient, queued_at from ops.message
where takes_replies and (status = 'sent' or attempts > 0)
    and message_id in (select message_id from direct union select message_id from of_threads)
order by queued_at
"""
"""The letters that a mail refers to, and those that the thread began with: a program may keep its last line alone.

A letter to several stays queued while one server of theirs takes no mail; the others have it from the first attempt on.
"""

UNITS = """
select distinct unit_code, agency_code from ops.alert_ledger
where message_id = any(%(letters)s) and audience = 'reporter' and stage <> 'resolved'
union
select distinct coalesce(units.unit_code, submission.unit_code), submission.agency_code
from ops.warning_ledger as ledger
join ops.submission_verdict as verdict using (submission_id)
join raw.submission as submission using (submission_id)
left join app.org_unit as units on units.unit_id = verdict.unit_id
where ledger.message_id = any(%(letters)s)
union
select distinct coalesce(units.unit_code, submission.unit_code), submission.agency_code
from ops.receipt_ledger as ledger
join ops.submission_verdict as verdict using (submission_id)
join raw.submission as submission using (submission_id)
left join app.org_unit as units on units.unit_id = verdict.unit_id
where ledger.message_id = any(%(letters)s) and submission.unit_code is not null and not exists (
    select from ops.submission_origin as origin join ops.received_mail as mail using (mail_no)
    where origin.submission_id = ledger.submission_id and mail.decided_by is not null and mail.sender = %(sender)s)
"""
"""Whose reports a letter is about. Who accepted somebody's mail vouched for that mail, not for what comes after it."""

CONTACT = "select unit_code, agency_code from ops.contact where role = 'reporter' and lower(email) = %s"

LETTERS_A_DAY = 20
"""Mails of one sender that a receipt or an answer follows; a program that answers each of ours is stopped by it."""
MAILS_TODAY = """
select count(*) from ops.received_mail as mail
where sender = %(sender)s and mail_key <> %(key)s and noted_at >= %(day)s and letters <> '{}' and (
    status in ('receiving', 'received') or exists (select from ops.answer_ledger where mail_no = mail.mail_no))
"""
OWN = "select from ops.message where message_id = %s"


class Sender(NamedTuple):
    """For whom somebody reports, by the code of a unit and agency: as its contact, and as an account that may."""

    of_contact: frozenset[tuple[str, str]]
    of_account: frozenset[tuple[str, str]] = frozenset()
    account: Account | None = None

    @property
    def account_id(self) -> UUID | None:
        return self.account.account_id if self.account and self.of_account else None


@dataclass(frozen=True)
class Decision:
    """What is to become of a mail. reason: a code of alerts.answer.REASONS; is_known: the sender may get a letter.

    status: `receiving` for files that are to be received now.
    """

    status: str
    reason: str | None = None
    detail: str = ""
    letters: tuple[str, ...] = ()
    account_id: UUID | None = None
    files: tuple[Attached, ...] = ()
    is_known: bool = False
    bounce: Bounce | None = None


def decide(connection: psycopg.Connection, mail: Mail, too_large: str = "") -> Decision:
    """What is to become of a mail that was read. Writes nothing.

    too_large: by how much, for a mail of which only the headers were fetched.
    """
    if mail.message_id and _is_ours(connection, mail.message_id):
        return Decision("ignored", "own_letter")
    if mail.bounce:
        return Decision("ignored", RETURNED, ", ".join(mail.bounce.failed[:NAMED]), bounce=mail.bounce)
    files = own_files(connection, mail)
    if mail.is_automatic and (files or mail.problem):
        return Decision("waiting", "automatic_with_files")
    if mail.is_automatic or (mail.wants_no_reply and not (files or mail.others or mail.problem)):
        return Decision("ignored", "automatic")
    if not mail.sender:
        return Decision("waiting", "sender_unclear")
    rows = connection.execute(LETTERS, {"thread": list(mail.thread)}).fetchall()
    if not rows:
        return Decision("waiting", "no_letter")
    recent = [(letter, to) for letter, to, at in rows if at > clock.now() - ANSWERABLE]
    if not recent:
        return Decision("waiting", "letter_too_old")
    sender = _sender(connection, mail.sender, recent)
    if not (sender.of_contact or sender.of_account):
        return Decision("waiting", "other_sender")
    if _has_enough(connection, mail):
        return Decision("waiting", "too_many_mails")
    reason, detail = ("too_large", too_large) if too_large else _why_not(connection, mail, files, sender)
    return Decision(
        status="waiting" if reason else "receiving",
        reason=reason,
        detail=detail,
        letters=tuple(letter for letter, _ in recent),
        account_id=sender.account_id,
        files=() if reason else files,
        is_known=not mail.wants_no_reply,
    )


def _has_enough(connection: psycopg.Connection, mail: Mail) -> bool:
    """Whether its sender has had as many letters today as a day may bring."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    row = connection.execute(MAILS_TODAY, {"sender": mail.sender, "key": mail.key, "day": day}).fetchone()
    return row is not None and row[0] >= LETTERS_A_DAY


def own_files(connection: psycopg.Connection, mail: Mail) -> tuple[Attached, ...]:
    """Its files without those of a letter of ours that it forwards: the forms in it are not filled in."""
    forwarded = {file.within for file in mail.files if file.within}
    ours = {each for each in forwarded if _is_ours(connection, each)}
    return tuple(file for file in mail.files if file.within not in ours)


def _is_ours(connection: psycopg.Connection, message_id: str) -> bool:
    return connection.execute(OWN, [message_id]).fetchone() is not None


def _sender(connection: psycopg.Connection, address: str, letters: Sequence[tuple[str, str]]) -> Sender:
    """The units of the letters that went to this address and whose contact it still is, and of all letters those that
    its account reports for. Who is a contact no more has the letters of before, and hands nothing in by them.
    """
    received = [letter for letter, recipients in letters if address in recipients.lower().split(", ")]
    units = set(_units(connection, received, address)) & set(connection.execute(CONTACT, [address]).fetchall())
    account = registry.find(connection, address)
    if account is None or account.state != "active":
        return Sender(frozenset(units))
    everybody = _units(connection, [letter for letter, _ in letters], address)
    is_own = not account.has_lost_code  # a letter names a unit by its code of today
    own = {(unit, agency) for unit, agency in everybody if is_own and remit.may_report(account, unit, (), agency)}
    return Sender(frozenset(units), frozenset(own), account)


def _units(connection: psycopg.Connection, letters: Sequence[str], sender: str) -> list[tuple[str, str]]:
    values = {"letters": list(letters), "sender": sender}
    return [(unit, agency) for unit, agency in connection.execute(UNITS, values)]


def _why_not(
    connection: psycopg.Connection, mail: Mail, files: Sequence[Attached], sender: Sender
) -> tuple[str | None, str]:
    """Why a known sender's files are not received at once, and what that is about; None where they are."""
    if mail.problem:
        return mail.problem, ""
    if not files:
        return ("only_other_files", _names(mail.others[:NAMED])) if mail.others else ("no_files", "")
    small = [file for file in files if len(file.content) <= opening.LARGEST_FILE]
    given = [(file.content, measures.read(connection)) for file in small]
    foreign: dict[str, None] = {}
    for file, keys in zip(small, confined.each(_keys, given, limits=Limits(), processes=1), strict=True):
        if isinstance(keys, Failed):
            return "too_costly", _names([file.name])
        foreign |= dict.fromkeys(_foreign(connection, keys, sender))
    return ("other_unit", ", ".join(list(foreign)[:NAMED])) if foreign else (None, "")


def _names(files: Sequence[str]) -> str:
    """As they may be kept and shown: a name that holds personal data is replaced."""
    return ", ".join(names.readable(file) for file in files)


def _foreign(connection: psycopg.Connection, keys: Sequence[Keys], sender: Sender) -> list[str]:
    """The reports of other units or agencies, as text. A report whose unit cannot be read is nobody's: the gate returns
    it with the reason.
    """
    return [
        each.unit_code if each.agency == DEFAULT_AGENCY else f"{each.unit_code} · {each.agency}"
        for each in keys
        if not (_is_of_contact(each, sender) or _is_of_account(connection, each, sender))
    ]


def _is_of_contact(report: Keys, sender: Sender) -> bool:
    """A contact is an office's, and belongs to a code."""
    is_of_code = report.unit_id is None or report.unit_id.partition("@")[0] == report.unit_code
    return is_of_code and (report.unit_code, report.agency) in sender.of_contact


def _is_of_account(connection: psycopg.Connection, report: Keys, sender: Sender) -> bool:
    """An account is of a unit, whatever code it has."""
    if sender.account is None or (report.unit_code, report.agency) not in sender.of_account:
        return False
    return reported_units.foreign(connection, sender.account, [report]) == []


def _keys(given: tuple[bytes, Measures]) -> list[Keys]:
    return reported_units.senders(reading.read(*given))
