"""The warehouse's database: brought up, migrated, connected to.

BAOCAO_DATABASE_URL names a server of the user's; without it the embedded server under BAOCAO_HOME is used.
Roles: "owner" (dbt, migrations), "loader" (raw and ops), "bi" (bi_reader, marts only).
SQLAlchemy and Alembic are imported where they are used: a command that finds everything ready never waits for them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql

from warehouse import identity, migrations
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger, mask
from warehouse.postgres import hardening, passwords, roles
from warehouse.postgres.embedded import HOST, Cluster, Server
from warehouse.settings import check_home, get_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = get_logger(__name__)

DATABASE = "baocao"
LIMITS = ["statement_timeout", "lock_timeout", "idle_session_timeout"]
"""What a server of the user's may have set, and what would end a wait for a lock or the lock itself."""

COMING = (
    "the database system is starting up",
    "the database system is in recovery mode",
    "not yet accepting connections",
    "server closed the connection unexpectedly",
    "because of crash of another server process",
)
"""What a server says that will let us in soon: it starts, recovers, or ends every process because one was killed, that
of our sign-in too. It has no code of its own where a connection is refused.
"""
RECOVERY_SECONDS = 120.0

LOST = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow, psycopg.InterfaceError)
"""What says that nothing more will come over a connection; one that broke off has no code of its own (is_lost)."""

SEARCH_PATH = "set search_path = marts, public"
"""The newest rows of the marts; a session that asks for an earlier time puts marts_as_of before them (as_of.py)."""


@dataclass(frozen=True)
class Status:
    """state: running, stopped or unavailable. address: without its password, None while stopped."""

    is_embedded: bool
    state: str
    address: str | None
    revision: str | None


class DatabaseUnavailable(BaocaoError):
    """The server does not answer, or does not let us in."""


def is_lost(error: BaseException) -> bool:
    """Whether an error says that the server or the connection to it is gone, and nothing more will come."""
    is_nameless = type(error) is psycopg.OperationalError and error.sqlstate is None
    return is_nameless or isinstance(error, (*LOST, DatabaseUnavailable))


def prepare() -> None:
    """Bring the database to where every step can start: server up, roles there, migrations done.

    Idempotent, for any number of processes at once, and quick (some 0.03 s) when nothing is to do.
    Raises BaocaoError that says what to mend, and identity.OtherDatabase before anything of another database changes.
    """
    identity.check_settings()
    if _is_ready():
        return
    if not get_settings().database_url:
        _prepare_embedded()
    with exclusive("prepare"):
        if not _is_ready():
            _prepare_schemas()


def prepare_server() -> None:
    """The server and its roles, without any schema: for a database that is restored."""
    if get_settings().database_url:
        with connect(autocommit=True) as connection:
            roles.create_on_server(connection)
    else:
        _prepare_embedded()


def status() -> Status:
    """How the database is, without starting or changing anything."""
    identity.check_settings()
    embedded = not get_settings().database_url
    if embedded and not cluster().running():
        return Status(embedded, "stopped", None, None)
    try:
        with connect() as connection:
            return Status(embedded, "running", mask(url()), revision(connection))
    except DatabaseUnavailable as error:
        log.warning("%s", error)
        return Status(embedded, "unavailable", mask(url()), None)


def url(role: str = "owner") -> str:
    """`postgresql://user:password@host:port/database` for a role; contains the password, so it belongs in no log.

    Raises BaocaoError when the embedded server is down, the role's password is not known here, or the settings
    contradict what the home remembers.
    """
    identity.check_settings()
    given = get_settings().database_url
    if given:
        return _url_on_server(given, role)
    return _embedded_url(roles.NAMES[role], role, DATABASE)


def airflow_url() -> str:
    """Airflow's own database, always on the embedded server, which is started for it if need be."""
    _prepare_embedded()
    return _embedded_url(roles.AIRFLOW, roles.AIRFLOW, roles.AIRFLOW)


def engine(role: str = "owner") -> "Engine":
    """An SQLAlchemy engine on psycopg 3; one per process and address, so that its pool is shared."""
    return _engine(url(role))


def connect(role: str = "owner", *, autocommit: bool = False) -> psycopg.Connection:
    """A psycopg 3 connection, for COPY, locks and short statements. Commits when its `with` block ends well."""
    return _connect(url(role), autocommit=autocommit)


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Nobody else is inside a block of that name: waits for them first. The lock dies with its process.

    Not re-entrant. Raises psycopg.OperationalError at the end if the server was lost meanwhile, and the lock with it.
    """
    with connect(autocommit=True) as connection:
        connection.execute("select set_config(name, '0', false) from pg_settings where name like any (%s)", [LIMITS])
        if not _lock(connection, name, wait=False):
            log.info("Waiting for another process to finish: %s", name)
            _lock(connection, name, wait=True)
        yield
        connection.execute("select pg_advisory_unlock_all()")


def superuser() -> psycopg.Connection:
    """The embedded server's administrator, outside the warehouse's database: makes roles and databases."""
    return _connect(_embedded_url("postgres", "postgres", "postgres"), autocommit=True)


def administrator() -> psycopg.Connection:
    """Whoever makes and watches roles, in the warehouse's database: the embedded server's superuser, or the user of
    BAOCAO_DATABASE_URL."""
    if get_settings().database_url:
        return connect(autocommit=True)
    return _administrator_of_embedded()


def cluster() -> Cluster:
    """The embedded server of this home, whether it runs or not."""
    return Cluster(get_settings().home)


# --- bringing it up -------------------------------------------------------------------------------


def _is_ready() -> bool:
    """Everything that `prepare` does is done: its last step is the newest migration."""
    embedded = not get_settings().database_url
    if embedded and not cluster().running():
        return False
    try:
        with connect() as connection:
            return identity.recognise(connection) and revision(connection) == migrations.head()
    except DatabaseUnavailable:
        if embedded:  # the server runs, but its roles are still to be made
            return False
        raise


def revision(connection: psycopg.Connection) -> str | None:
    """The newest migration that a database has; None for one that has none."""
    there = connection.execute("select to_regclass(%s)", [f"{migrations.SCHEMA}.{migrations.TABLE}"]).fetchone()
    if there == (None,):
        return None
    table = sql.Identifier(migrations.SCHEMA, migrations.TABLE)
    found = connection.execute(sql.SQL("select version_num from {}").format(table)).fetchone()
    return found[0] if found else None


def _prepare_embedded() -> None:
    embedded = cluster()
    check_home()
    if embedded.is_made and passwords.find("postgres") is None:
        raise BaocaoError(
            f"{passwords.path('postgres')} is gone, and with it the way into the database in {embedded.data}. "
            f"Restore the secrets folder, or choose another BAOCAO_HOME."
        )
    _make_roles(embedded.ensure(passwords.get("postgres")))


@lru_cache
def _make_roles(server: Server) -> None:
    """Once a process and started server: the supervisor of Airflow calls it every second."""
    with superuser() as connection:
        _lock(connection, "roles", wait=True)
        roles.create_on_embedded(connection, DATABASE)
        with _administrator_of_embedded() as inside:
            hardening.protect_database(inside, ours=(roles.NAMES["owner"], roles.LOADER))


def _prepare_schemas() -> None:
    with connect(autocommit=True) as connection:
        _check_that_revision_is_known(connection)
        if get_settings().database_url:
            _check_that_owner_may_create(connection)
            roles.create_on_server(connection)
    migrations.upgrade(engine())
    with connect() as connection:
        identity.ensure(connection)
    log.info("The database is at revision %s", migrations.head())


def _administrator_of_embedded() -> psycopg.Connection:
    """In the embedded server's warehouse, also where BAOCAO_DATABASE_URL names another: Airflow's server is made ready
    then, and what the user's server allows is for its administrator to decide."""
    return _connect(_embedded_url("postgres", "postgres", DATABASE), autocommit=True)


def _check_that_revision_is_known(connection: psycopg.Connection) -> None:
    found = revision(connection)
    if found is not None and found > migrations.head():
        raise BaocaoError(
            f"The database is at revision {found}, and this release knows {migrations.head()}: a newer release has "
            "opened it. Check out that release, or restore the copy from before the upgrade (docs/upgrading.md)."
        )


def _check_that_owner_may_create(connection: psycopg.Connection) -> None:
    may = "has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create')"
    allowed = connection.execute(f"select {may}, current_user, current_database()").fetchone()
    if allowed and not allowed[0]:
        raise BaocaoError(
            f"The user {allowed[1]} of BAOCAO_DATABASE_URL may not create schemas in the database {allowed[2]}. "
            f"Make it the owner: alter database {allowed[2]} owner to {allowed[1]}"
        )


# --- connecting -----------------------------------------------------------------------------------


def _embedded_url(user: str, secret: str, database: str) -> str:
    server, password = cluster().running_soon(), passwords.find(secret)
    if server is None or password is None:
        raise DatabaseUnavailable("The embedded PostgreSQL is not running. `baocao up` starts it.")
    return f"postgresql://{user}:{quote(password, safe='')}@{HOST}:{server.port}/{database}"


def _url_on_server(given: str, role: str) -> str:
    """BAOCAO_DATABASE_URL without a driver's name; for loader and bi with their user and password in it."""
    address = urlsplit(given)
    address = address._replace(scheme="postgresql")
    if role == "owner":
        return urlunsplit(address)
    password = passwords.find(role)
    if password is None:
        raise DatabaseUnavailable(f"{passwords.path(role)} does not hold the password of {roles.NAMES[role]}.")
    host = address.netloc.rpartition("@")[2]
    return urlunsplit(address._replace(netloc=f"{roles.NAMES[role]}:{quote(password, safe='')}@{host}"))


def _connect(address: str, *, autocommit: bool) -> psycopg.Connection:
    """A server that is starting, or recovering after a kill, is waited for: it will let us in by itself."""
    until = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            connection = psycopg.connect(
                address, autocommit=True, application_name="baocao", connect_timeout=10, keepalives_idle=30
            )
            connection.execute(SEARCH_PATH)
        except psycopg.OperationalError as error:
            if any(state in str(error) for state in COMING) and time.monotonic() < until:
                time.sleep(0.2)
                continue
            raise DatabaseUnavailable(f"{mask(address)} does not let us in. {error}") from error
        connection.autocommit = autocommit
        return connection


@lru_cache
def _engine(address: str) -> "Engine":
    from sqlalchemy import create_engine, make_url

    return create_engine(make_url(address).set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def _lock(connection: psycopg.Connection, name: str, *, wait: bool) -> bool:
    function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    row = connection.execute(f"select {function}(hashtextextended(%s, 0))", [f"baocao:{name}"]).fetchone()
    return bool(row and row[0] is not False)
