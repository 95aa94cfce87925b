"""The accounts: one per e-mail address, of one unit and agency, with one role."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast, get_args
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import class_row

from accounts import events
from accounts.events import Actor
from warehouse import clock
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import WrongCall

Role = Literal["reports", "approves", "province", "operates"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Account:
    """A person's account. unit_name, province_code: of today's map.

    role: what it may do now: a province that has ended decides nothing for the one that took it in.
    has_ended: its unit exists no more. has_lost_code: another unit bears the code of its unit today.
    password_hash: None until an invitation is accepted. totp_secret: None where codes are off.
    oidc_subject: None unless the account signed in with the office's provider.
    """

    account_id: UUID
    email: str
    role: Role
    unit_id: str
    unit_code: str
    unit_name: str
    unit_level: str
    province_code: str
    agency_code: str
    has_ended: bool
    has_lost_code: bool
    created_at: datetime
    disabled_at: datetime | None
    last_signed_in_at: datetime | None
    password_hash: str | None = field(repr=False)
    totp_secret: str | None = field(repr=False)
    totp_step: int | None = field(repr=False)
    oidc_subject: str | None = field(repr=False)

    @property
    def state(self) -> Literal["disabled", "invited", "active"]:
        if self.disabled_at is not None:
            return "disabled"
        return "active" if self.password_hash or self.oidc_subject else "invited"

    @property
    def remit(self) -> tuple[Role, str, str, str]:
        """What the account may do follows from these."""
        return self.role, self.unit_id, self.province_code, self.agency_code


CHANGED = "Trong lúc chờ, tài khoản này đã bị khóa hoặc đã đổi. Xin đăng nhập lại."
READ = """
select account.account_id, account.email, account.unit_id,
    case when account.role = 'province' and units.valid_to <= %s then 'reports' else account.role end as role,
    coalesce(units.valid_to <= %s, false) as has_ended,
    exists (
        select from app.org_unit as bearers
        where bearers.unit_code = account.unit_code and bearers.unit_id <> account.unit_id
            and bearers.valid_from <= %s and bearers.valid_to > %s) as has_lost_code,
    account.unit_code, account.agency_code,
    account.created_at, account.disabled_at, account.password_hash, account.totp_secret, account.totp_step,
    account.oidc_subject,
    coalesce(named.unit_name, account.unit_code) as unit_name, coalesce(units.unit_level, '') as unit_level,
    coalesce(provinces.unit_code, '') as province_code,
    (select max(event.happened_at) from ops.account_event as event
        where event.account_id = account.account_id and event.kind = 'signed_in') as last_signed_in_at
from ops.account as account
left join app.org_unit as units using (unit_id)
left join app.org_unit as provinces on provinces.unit_id = units.current_province_id
left join app.org_unit_name as named on named.unit_id = account.unit_id and named.is_latest
where {condition} order by account.unit_code, account.email
"""
BEARER = """
select unit_id, unit_level from app.org_unit_code
where unit_code = %(code)s and valid_from <= %(today)s and valid_to > %(today)s
"""
HOLD = """
select from ops.account
where account_id = %(account)s and disabled_at is null and password_hash is not distinct from %(password)s
    and totp_secret is not distinct from %(totp)s and oidc_subject is not distinct from %(subject)s
for update
"""
AGENCY = "select from catalogue.agencies where agency_code = %s limit 1"
INSERT = """
insert into ops.account (account_id, email, role, unit_id, unit_code, agency_code, created_at)
values (%s, %s, %s, %s, %s, %s, %s) on conflict (email) do nothing
"""

MOVE = """
update ops.account set unit_id = %(unit)s, unit_code = %(unit_code)s, role = %(role)s, agency_code = %(agency_code)s
where account_id = %(account)s and unit_id = %(was)s
"""


def find(connection: psycopg.Connection, email: str) -> Account | None:
    """The account of an address, in any case."""
    return _one(connection, "account.email = %s", email.strip().lower())


def get(connection: psycopg.Connection, account_id: UUID) -> Account | None:
    return _one(connection, "account.account_id = %s", account_id)


def of_identity(connection: psycopg.Connection, issuer: str, subject: str) -> Account | None:
    """The account that signs in as this subject of the office's provider."""
    found = _read(connection, "account.oidc_issuer = %s and account.oidc_subject = %s", [issuer, subject])
    return found[0] if found else None


def listed(connection: psycopg.Connection, province_code: str | None = None) -> list[Account]:
    """All accounts by unit; province_code: those of the units in one province."""
    condition = "%s::text is null or provinces.unit_code = %s"
    return _read(connection, condition, [province_code, province_code])


def add(
    connection: psycopg.Connection,
    unit_code: str,
    email: str,
    role: str,
    agency: str,
    actor: Actor,
    may_move: Callable[[Account], bool] = lambda existing: True,
) -> Account:
    """A new account without a password. email: one that can be written to, which the caller has checked.

    An account whose unit has ended is moved to the new one, with nothing that it could do before: may_move says
    whether whoever invites looks after it.
    Raises WrongCall for an unknown role, unit or agency, and for an address that has another account.
    """
    if role not in ROLES:
        raise WrongCall(f"Vai trò «{role}» không thuộc {', '.join(ROLES)}.")
    bearer = connection.execute(BEARER, {"code": unit_code, "today": clock.now().date()}).fetchone()
    if bearer is None:
        raise WrongCall(f"Hiện không có đơn vị nào mang mã «{unit_code}».")
    if role == "province" and bearer[1] != "province":
        raise WrongCall(f"Vai trò «province» chỉ dành cho tỉnh, thành phố; «{unit_code}» không phải cấp tỉnh.")
    if agency != DEFAULT_AGENCY and connection.execute(AGENCY, [agency]).fetchone() is None:
        raise WrongCall(f"Danh mục không có cơ quan «{agency}».")
    lowered = email.strip().lower()
    account_id = uuid4()
    values = [account_id, lowered, role, bearer[0], unit_code, agency, clock.now()]
    detail = {"role": role, "unit_code": unit_code, "agency_code": agency}
    if not connection.execute(INSERT, values).rowcount:
        existing = cast(Account, find(connection, lowered))
        place = {"account": existing.account_id, "unit": bearer[0], "was": existing.unit_id, **detail}
        if not (existing.has_ended and may_move(existing) and connection.execute(MOVE, place).rowcount):
            raise WrongCall(f"{lowered} đã có tài khoản; gửi lại thư mời bằng: baocao accounts reset {lowered}")
        account_id, detail = existing.account_id, detail | {"unit_before": existing.unit_id}
    events.add(connection, "invited", account_id, actor, **detail)
    return cast(Account, get(connection, account_id))


def hold(connection: psycopg.Connection, account: Account) -> bool:
    """Keep the account as it is until the transaction ends; False where it was disabled, invited again or given other
    secrets since it was read. What was found out about it then holds no more, such as that a password was right.
    """
    values = {
        "account": account.account_id,
        "password": account.password_hash,
        "totp": account.totp_secret,
        "subject": account.oidc_subject,
    }
    return connection.execute(HOLD, values).rowcount == 1


def require_unchanged(connection: psycopg.Connection, account: Account) -> None:
    """As `hold`, for what an account decides after it waited for its turn. Raises WrongCall."""
    if not hold(connection, account):
        raise WrongCall(CHANGED)


def disable(connection: psycopg.Connection, account: Account, actor: Actor) -> None:
    """End an account and all that is open of it. A new invitation opens it again."""
    forget_secrets(connection, account)
    connection.execute(
        "update ops.account set disabled_at = %s where account_id = %s", [clock.now(), account.account_id]
    )
    events.add(connection, "disabled", account.account_id, actor)


def forget_secrets(connection: psycopg.Connection, account: Account) -> None:
    """No password, code, session, invitation or identity of the account is worth anything any more."""
    values = {"account": account.account_id, "now": clock.now()}
    connection.execute(
        "update ops.account set password_hash = null, totp_secret = null, totp_step = null, "
        "oidc_issuer = null, oidc_subject = null where account_id = %(account)s",
        values,
    )
    for table in ("account_session", "account_invitation"):
        connection.execute(
            f"update ops.{table} set ended_at = %(now)s where account_id = %(account)s and ended_at is null", values
        )


def _one(connection: psycopg.Connection, condition: str, value: Any) -> Account | None:
    found = _read(connection, condition, [value])
    return found[0] if found else None


def _read(connection: psycopg.Connection, condition: str, values: list[Any]) -> list[Account]:
    cursor = connection.cursor(row_factory=class_row(Account))
    today = [clock.now().date()] * READ.count("%s")
    return cursor.execute(READ.format(condition=condition).encode(), [*today, *values]).fetchall()
