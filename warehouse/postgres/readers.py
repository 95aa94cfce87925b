"""Roles that read: bi_reader reads the marts, a reader of an area (`baocao access`) its rows in area_marts.

What a session begins with it may change. Limits that hold whatever it does are kept by warehouse.access.session_limits.
"""

from typing import LiteralString

import psycopg
from psycopg import sql

from warehouse.logging import get_logger
from warehouse.postgres import passwords

log = get_logger(__name__)

EVERYTHING = "bi_reader"
GROUP = "bi_area"
"""The readers of areas are its members: they have its privileges, and cannot become it."""

SESSION = {
    "timezone": "Asia/Ho_Chi_Minh",
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "5min",
}
SCHEMAS = {EVERYTHING: "marts", GROUP: "area_marts"}
CONNECTIONS = {EVERYTHING: 40, GROUP: 8}
"""How many sessions a role may have: of the embedded server's half are kept for our own (embedded.OPTIONS)."""
TEMPORARY_FILES = "2GB"
"""What the sorts and results of one session may take on the disk."""

LISTED = """
select rolname from pg_roles where rolname = %(everything)s
union
select member.rolname from pg_auth_members
join pg_roles as member on member.oid = pg_auth_members.member
join pg_roles as joined on joined.oid = pg_auth_members.roleid
where joined.rolname = %(group)s and inherit_option and member.rolcanlogin order by 1
"""
SETTINGS = """
select setting.datname, array(select unnest(setconfig) order by 1)
from pg_db_role_setting left join pg_database as setting on setting.oid = setdatabase
where setrole = to_regrole(%s) and (setdatabase = 0 or setting.datname = current_database())
"""


def listed(connection: psycopg.Connection) -> list[str]:
    """bi_reader and the readers of areas, as far as the server has them."""
    found = connection.execute(LISTED, {"everything": EVERYTHING, "group": GROUP})
    return [name for (name,) in found]


def create_group(connection: psycopg.Connection) -> None:
    """Raises psycopg.errors.InsufficientPrivilege for a user without CREATEROLE."""
    if not connection.execute("select from pg_roles where rolname = %s", [GROUP]).rowcount:
        _run(connection, "create role {} nologin", GROUP)


def create(connection: psycopg.Connection, role: str, password: str, database: str) -> None:
    """A reader of an area, or a new password for one that is there."""
    if not connection.execute("select from pg_roles where rolname = %s", [role]).rowcount:
        _run(connection, "create role {} login", role)
        log.info("Created the role %s", role)
    passwords.set_of_role(connection, role, password)
    _run(connection, "grant {} to {} with inherit true, set false", GROUP, role)
    restrict(connection, role, database)
    _watchable(connection, role)


def restrict(connection: psycopg.Connection, role: str, database: str) -> None:
    """Let a reader into the database, with the limits that its sessions begin with and no other setting."""
    kind = _kind(role)
    _run(connection, "alter role {} reset all", role)
    _run(connection, "alter role {} in database {} reset all", role, database)
    for setting, value in _session(role).items():
        target = sql.SQL("alter role {} in database {} ").format(sql.Identifier(role), sql.Identifier(database))
        connection.execute(target + sql.SQL("set {} = {}").format(sql.Identifier(setting), sql.Literal(value)))
    limit = sql.SQL("alter role {} connection limit {}").format(sql.Identifier(role), sql.Literal(CONNECTIONS[kind]))
    connection.execute(limit)
    _run(connection, "grant connect on database {} to {}", database, role)
    if _is_superuser(connection):
        files = sql.SQL("alter role {} set temp_file_limit = {}")
        connection.execute(files.format(sql.Identifier(role), sql.Literal(TEMPORARY_FILES)))


def restrict_if_allowed(connection: psycopg.Connection, role: str, database: str) -> None:
    """As `restrict`, for a role that may belong to somebody else: then it is taken as it is."""
    try:
        with connection.transaction():
            restrict(connection, role, database)
            _watchable(connection, role)
    except psycopg.errors.InsufficientPrivilege:
        log.debug("The settings of %s are its owner's", role)


def has_other_settings(connection: psycopg.Connection, role: str) -> bool:
    """Whether a role has settings that `restrict` did not give it; for a superuser, who gives them all."""
    found = {where or "": set(settings) for where, settings in connection.execute(SETTINGS, [role]).fetchall()}
    wanted = {
        "": {f"temp_file_limit={TEMPORARY_FILES}"},
        connection.info.dbname: {f"{name}={value}" for name, value in _session(role).items()},
    }
    return {where: {text.lower() for text in texts} for where, texts in found.items()} != {
        where: {text.lower() for text in texts} for where, texts in wanted.items()
    }


def drop(connection: psycopg.Connection, role: str, database: str) -> None:
    """Remove a reader of an area; its sessions end. One that is not there is no fault."""
    if not connection.execute("select from pg_roles where rolname = %s", [role]).rowcount:
        return
    _run(connection, "alter role {} nologin", role)
    connection.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = %s", [role])
    _run(connection, "revoke all on database {} from {}", database, role)
    _run(connection, "drop role {}", role)


def _watchable(connection: psycopg.Connection, role: str) -> None:
    """Only a member of a role sees and ends its sessions, unless it is a superuser."""
    if not _is_superuser(connection):
        statement = sql.SQL("grant {} to current_user with inherit true, set false")
        connection.execute(statement.format(sql.Identifier(role)))


def _is_superuser(connection: psycopg.Connection) -> bool:
    return bool(connection.execute("select from pg_roles where rolname = current_user and rolsuper").rowcount)


def _session(role: str) -> dict[str, str]:
    return SESSION | {"search_path": SCHEMAS[_kind(role)]}


def _kind(role: str) -> str:
    return EVERYTHING if role == EVERYTHING else GROUP


def _run(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
