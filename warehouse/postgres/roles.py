"""Who may do what: three roles of ours, and on the embedded server one for Airflow's own database.

`owner` owns every schema and runs dbt and the migrations; `loader` writes raw and ops; `bi` reads marts only. Readers
of an area are members of bi_area, which nobody signs in as: readers.py.
The privileges on schemas and tables are a migration; here stand the roles themselves and what holds for a session.
"""

from typing import LiteralString

import psycopg
from psycopg import sql

from warehouse.errors import BaocaoError
from warehouse.logging import get_logger
from warehouse.postgres import hardening, passwords, readers

log = get_logger(__name__)

LOADER = "baocao_loader"
READER = readers.EVERYTHING
NAMES = {"owner": "baocao_owner", "loader": LOADER, "bi": READER}
AIRFLOW = "airflow"

ZONE = {"timezone": "Asia/Ho_Chi_Minh"}


def create_on_embedded(connection: psycopg.Connection, database: str) -> None:
    """As the superuser of the embedded server: the roles, the warehouse's database and Airflow's. Idempotent."""
    for name, role in (*NAMES.items(), (AIRFLOW, AIRFLOW)):
        _create_role(connection, role, passwords.get(name))
    _create_database(connection, database, owner=NAMES["owner"])
    _create_database(connection, AIRFLOW, owner=AIRFLOW)
    readers.create_group(connection)
    for role in (NAMES["owner"], LOADER):
        _set_session(connection, role, database)
    _let_in(connection, database)
    hardening.protect_server(connection, ours=(NAMES["owner"], LOADER, AIRFLOW))


def create_on_server(connection: psycopg.Connection) -> None:
    """On a server of the user's, as the user of BAOCAO_DATABASE_URL: loader and reader. Idempotent.

    Roles belong to the whole server: one that exists already is taken as it is, with the password this home knows.
    Raises BaocaoError that says what the administrator can do when the user may not create them.
    """
    database, user = connection.info.dbname, connection.info.user
    _set_session(connection, user, database)
    for name in ("loader", "bi"):
        role = NAMES[name]
        if exists(connection, role):
            _require_password(name)
            continue
        try:
            _create_role(connection, role, passwords.get(name))
        except psycopg.errors.InsufficientPrivilege as error:
            raise BaocaoError(
                f"The user {user} of BAOCAO_DATABASE_URL may not create the role {role}. Give it CREATEROLE, or create "
                f"the role with a password and write the password into {passwords.path(name)}."
            ) from error
        _set_session(connection, role, database)
    readers.create_group(connection)
    _let_in(connection, database)


def _require_password(name: str) -> None:
    if passwords.find(name) is None:
        raise BaocaoError(
            f"The role {NAMES[name]} exists on the server of BAOCAO_DATABASE_URL, but {passwords.path(name)} does not "
            f"hold its password. Copy it from the BAOCAO_HOME that created the role, or ask the administrator."
        )


def _set_session(connection: psycopg.Connection, role: str, database: str) -> None:
    for setting, value in ZONE.items():
        target = sql.SQL("alter role {} in database {} ").format(sql.Identifier(role), sql.Identifier(database))
        connection.execute(target + sql.SQL("set {} = {}").format(sql.Identifier(setting), sql.Literal(value)))


def exists(connection: psycopg.Connection, role: str) -> bool:
    return bool(connection.execute("select from pg_roles where rolname = %s", [role]).rowcount)


def _create_role(connection: psycopg.Connection, role: str, password: str) -> None:
    if exists(connection, role):
        return
    with connection.transaction():  # a kill leaves no role without its password
        _run(connection, "create role {} login", role)
        passwords.set_of_role(connection, role, password)
    log.info("Created the role %s", role)


def _create_database(connection: psycopg.Connection, database: str, owner: str) -> None:
    """A kill may fall between the two statements: it is closed to everybody at each start."""
    if not connection.execute("select from pg_database where datname = %s", [database]).rowcount:
        _run(connection, "create database {} owner {}", database, owner)
    _run(connection, "revoke all on database {} from public", database)


def _let_in(connection: psycopg.Connection, database: str) -> None:
    """The loader also makes temporary tables: the gate's."""
    _run(connection, "grant connect, temporary on database {} to {}", database, LOADER)
    _run(connection, "grant connect on database {} to {}", database, READER)
    readers.restrict_if_allowed(connection, READER, database)


def _run(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
