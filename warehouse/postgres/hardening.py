"""What PostgreSQL allows everybody, and nobody who only reads should do.

On the embedded server the superuser takes it away. On a server of the user's that is for the administrator to decide.
"""

from collections.abc import Sequence
from typing import LiteralString

import psycopg
from psycopg import sql

FUNCTIONS = """
select p.oid::regprocedure::text from pg_proc as p
where p.pronamespace = 'pg_catalog'::regnamespace and has_function_privilege('public', p.oid, 'execute') and (
    p.proname like 'pg\\_advisory%%' or p.proname like 'pg\\_try\\_advisory%%'
    or p.proname like 'lo\\_%%' or p.proname in ('loread', 'lowrite')
    or p.proname in (
        'pg_notify', 'pg_cancel_backend', 'pg_terminate_backend', 'pg_export_snapshot', 'pg_logical_emit_message'))
"""
"""Advisory locks, with which our steps wait for one another; large objects; signals to sessions of the same role, which
all tools of an office may share; messages of any length in the write-ahead log, also of a session that only reads."""


def protect_server(connection: psycopg.Connection, ours: Sequence[str]) -> None:
    """As the superuser: our roles have connections that readers cannot take, and readers have one database."""
    for role in ours:
        _run(connection, "grant pg_use_reserved_connections to {}", role)
    for database in ("postgres", "template1"):
        _run(connection, "revoke all on database {} from public", database)


def protect_database(connection: psycopg.Connection, ours: Sequence[str]) -> None:
    """As the superuser, in the warehouse's database: nobody but our roles locks, writes large objects or code."""
    for (function,) in connection.execute(FUNCTIONS).fetchall():
        connection.execute(f"revoke execute on function {function} from public".encode())
        for role in ours:
            grant = sql.SQL("grant execute on function {} to {}")
            connection.execute(grant.format(sql.SQL(function), sql.Identifier(role)))
    for language in ("plpgsql", "sql"):
        connection.execute(f"revoke usage on language {language} from public")
        for role in ours:
            _run(connection, f"grant usage on language {language} to {{}}", role)
    _run(connection, "revoke temporary on database {} from public", connection.info.dbname)


def _run(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
