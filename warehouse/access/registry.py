"""The readers of areas: roles of the server, and in ops.bi_access what each of them reads."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg.rows import class_row

from warehouse import clock, database
from warehouse.access import definitions
from warehouse.errors import BaocaoError, WrongCall
from warehouse.postgres import passwords, readers

NAME = re.compile(r"bi_[a-z0-9_]{1,56}")
RESERVED = frozenset({readers.EVERYTHING, readers.GROUP})

UNIT = """
select unit_id, unit_name, unit_level from marts.dim_org_unit
where unit_code = %s and is_current and is_latest_version and unit_level in ('province', 'commune')
"""
GRANT = """
insert into ops.bi_access (role_name, unit_id, unit_code, sees_small_counts, granted_at) values (%s, %s, %s, %s, %s)
on conflict (role_name, unit_id) do update set sees_small_counts = excluded.sees_small_counts
"""
REVOKE = "delete from ops.bi_access where role_name = %s and (unit_code = %s or %s::text is null)"
LISTED = """
select access.role_name as role, access.unit_code, coalesce(unit.unit_name, access.unit_code) as unit_name,
    coalesce(unit.unit_level, '') as unit_level, access.sees_small_counts, access.granted_at,
    to_regrole(access.role_name) is not null as can_sign_in
from ops.bi_access as access
left join marts.dim_org_unit as unit on unit.unit_id = access.unit_id and unit.is_latest_version
where access.role_name = %(role)s or %(role)s::text is null
order by access.role_name, access.unit_code
"""


@dataclass(frozen=True)
class Access:
    """A role and one unit that it reads. can_sign_in: the server has the role; after a restore elsewhere it has not."""

    role: str
    unit_code: str
    unit_name: str
    unit_level: str
    sees_small_counts: bool
    granted_at: datetime
    can_sign_in: bool


@dataclass(frozen=True)
class Granted:
    """address: with the new password of a role that did not exist; None for one that keeps its password."""

    access: Access
    address: str | None


def grant(role: str, unit_code: str, *, sees_small_counts: bool = False) -> Granted:
    """Let a role read a province or commune of today; the role is made if need be.

    Raises WrongCall for a name that is none for a reader, and for a code that no province or commune of today has.
    """
    _check(role)
    with database.connect() as connection:
        units = connection.execute(UNIT, [unit_code]).fetchall()
        if len(units) != 1:
            raise WrongCall(f"{unit_code} is the code of no province or commune of today.")
        is_new = not _exists(connection, role)
        if not is_new and role not in readers.listed(connection):
            raise WrongCall(f"The server has a role {role} that is no reader of ours: choose another name.")
        definitions.follow_marts(connection)
        connection.execute(GRANT, [role, units[0][0], unit_code, sees_small_counts, clock.now()])
    address = _with_new_password(role) if is_new else None
    return Granted(next(each for each in listed(role) if each.unit_code == unit_code), address)


def revoke(role: str, unit_code: str | None = None) -> bool:
    """Take one unit from a role, or all: then its sessions end and the server loses it. Whether it is gone.

    Raises WrongCall for a role that does not read the unit.
    """
    _check(role)
    with database.connect() as connection:
        if not connection.execute(REVOKE, [role, unit_code, unit_code]).rowcount:
            raise WrongCall(f"{role} has no access{f' to {unit_code}' if unit_code else ''}.")
        if connection.execute("select from ops.bi_access where role_name = %s", [role]).rowcount:
            return False
    with database.administrator() as connection:
        readers.drop(connection, role, _name())
    return True


def rotate(role: str) -> str:
    """A new password; the address with it. The sessions that are open go on. Raises WrongCall for an unknown role."""
    _check(role)
    if not listed(role):
        raise WrongCall(f"{role} has no access: `baocao access grant` gives it some.")
    return _with_new_password(role)


def listed(role: str | None = None) -> list[Access]:
    """Who reads what, by role and unit."""
    with database.connect() as connection:
        return connection.cursor(row_factory=class_row(Access)).execute(LISTED, {"role": role}).fetchall()


def _with_new_password(role: str) -> str:
    password = passwords.generated()
    try:
        with database.administrator() as connection:
            readers.create(connection, role, password, _name())
    except psycopg.errors.InsufficientPrivilege as error:
        raise BaocaoError(
            "The user of BAOCAO_DATABASE_URL may not make roles: an administrator of the server gives it CREATEROLE."
        ) from error
    address = urlsplit(database.url())
    host = address.netloc.rpartition("@")[2]
    return urlunsplit(address._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))


def _name() -> str:
    return urlsplit(database.url()).path[1:]


def _exists(connection: psycopg.Connection, role: str) -> bool:
    return bool(connection.execute("select from pg_roles where rolname = %s", [role]).rowcount)


def _check(role: str) -> None:
    if role in RESERVED or not NAME.fullmatch(role):
        raise WrongCall(f"{role} is no name for a reader: bi_ and then small letters, digits and _, like bi_bac_ninh.")
