"""Drafts of reports that are typed on a page: kept for their author alone, and no submissions."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from accounts.registry import Account
from pipeline.data_entry import Texts
from warehouse import clock

KEPT_FOR = timedelta(days=90)

SAVE = """
insert into ops.form_draft (account_id, programme_code, period, fields, based_on, saved_at)
values (%s, %s, %s, %s, %s, %s)
on conflict (account_id, programme_code, period)
do update set fields = excluded.fields, based_on = excluded.based_on, saved_at = excluded.saved_at
"""
OF_REPORT = """
select fields, based_on, saved_at from ops.form_draft
where account_id = %s and programme_code = %s and period = %s and saved_at > %s
"""
OF_ACCOUNT = "select programme_code, period, saved_at from ops.form_draft where account_id = %s and saved_at > %s"
DELETE = "delete from ops.form_draft where account_id = %s and programme_code = %s and period = %s"
EXPIRE = "delete from ops.form_draft where saved_at <= %s"


class Draft(NamedTuple):
    """fields: as `data_entry.Texts`. based_on: the newest accepted submission when its page was opened."""

    fields: Texts
    based_on: UUID | None
    saved_at: datetime


def save(
    connection: psycopg.Connection,
    account: Account,
    programme: str,
    period: str,
    fields: Texts,
    based_on: UUID | None,
) -> None:
    """Replaces an earlier draft of the account about the same report; drafts that nobody went on with are deleted."""
    values = [account.account_id, programme, period, Jsonb(fields), based_on, clock.now()]
    connection.execute(SAVE, values)
    connection.execute(EXPIRE, [clock.now() - KEPT_FOR])


def find(connection: psycopg.Connection, account: Account, programme: str, period: str) -> Draft | None:
    cursor = connection.cursor(row_factory=class_row(Draft))
    return cursor.execute(OF_REPORT, [account.account_id, programme, period, clock.now() - KEPT_FOR]).fetchone()


def of_account(connection: psycopg.Connection, account: Account) -> dict[tuple[str, str], datetime]:
    """When each draft of an account was saved, by programme and period."""
    rows = connection.execute(OF_ACCOUNT, [account.account_id, clock.now() - KEPT_FOR]).fetchall()
    return {(programme, period): saved_at for programme, period, saved_at in rows}


def delete(connection: psycopg.Connection, account: Account, programme: str, period: str) -> None:
    connection.execute(DELETE, [account.account_id, programme, period])


def delete_all(connection: psycopg.Connection, account: Account) -> None:
    """Of an account that another unit gets: what it began was about the unit before."""
    connection.execute("delete from ops.form_draft where account_id = %s", [account.account_id])
