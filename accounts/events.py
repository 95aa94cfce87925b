"""The audit trail: who did what about which account, when and from where. Rows are only ever added."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from warehouse import clock


@dataclass(frozen=True)
class Actor:
    """Who acts: account_id is None for the command line and for whoever is not signed in. address: of the network."""

    account_id: UUID | None = None
    via: Literal["page", "command"] = "command"
    address: str | None = None


COMMAND = Actor()

INSERT = """
insert into ops.account_event (happened_at, kind, account_id, actor_id, via, address, detail)
values (%s, %s, %s, %s, %s, %s, %s)
"""
OF_ACCOUNT = """
select event.happened_at, event.kind, event.via, event.address, actor.email as actor, event.detail
from ops.account_event as event left join ops.account as actor on actor.account_id = event.actor_id
where event.account_id = %s order by event.event_id desc limit %s
"""


def add(connection: psycopg.Connection, kind: str, account_id: UUID | None, actor: Actor, **detail: Any) -> None:
    """detail: facts, never a password, a token, a code or what somebody typed as an address."""
    values = [clock.now(), kind, account_id, actor.account_id, actor.via, actor.address, Jsonb(detail)]
    connection.execute(INSERT, values)


def of_account(connection: psycopg.Connection, account_id: UUID, at_most: int) -> list[dict[str, Any]]:
    """The newest events about an account first."""
    return connection.cursor(row_factory=dict_row).execute(OF_ACCOUNT, [account_id, at_most]).fetchall()
