"""Which database a home belongs to: remembered at first contact, compared ever after.

A warehouse has an identity, kept as the comment of its table of migrations: a dump and a move to another server keep
it. The home remembers it in database.json. So a shell without BAOCAO_DATABASE_URL does not start an empty second
warehouse, and one with a wrong address does not write into another.
"""

from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from warehouse import migrations, private_files
from warehouse.errors import NotRetryable
from warehouse.postgres.embedded import HOST, Cluster
from warehouse.settings import get_settings, origin

PREFIX = "baocao warehouse "


class OtherDatabase(NotRetryable):
    """The settings lead to another database than the one that this home belongs to."""


def file() -> Path:
    return get_settings().home / "database.json"


def check_settings() -> None:
    """Without any connection: raises OtherDatabase where the settings lead to a new embedded server by mistake."""
    remembered = private_files.read(file())
    if not remembered or get_settings().database_url:
        return
    if not remembered["is_embedded"]:
        raise OtherDatabase(
            f"This home ({get_settings().home}) belongs to the database {remembered['address']}, but "
            f"BAOCAO_DATABASE_URL is not set. Keep it in the home: `baocao config set BAOCAO_DATABASE_URL "
            f"postgresql://…`. For a warehouse of its own choose another BAOCAO_HOME."
        )
    if not Cluster(get_settings().home).is_made:
        raise OtherDatabase(
            f"The database of this home ({get_settings().home}) is gone: its folder `postgres` is missing. Restore it "
            f"from a backup. To begin with an empty database, remove {file()}."
        )


def recognise(connection: psycopg.Connection) -> bool:
    """Whether the database has an identity; the home then remembers it, and where it is.

    Raises OtherDatabase if the home belongs to another one.
    """
    remembered, found = private_files.read(file()), find(connection)
    if remembered and remembered["warehouse_id"] != found:
        raise OtherDatabase(
            f"This home ({get_settings().home}) belongs to the database {remembered['address']}; "
            f"{_address(connection)} is another one (BAOCAO_DATABASE_URL: {origin('BAOCAO_DATABASE_URL')}). Correct "
            f"BAOCAO_DATABASE_URL, or choose another BAOCAO_HOME for that database. If this home is to change its "
            f"database for good, remove {file()} first."
        )
    if found is None:
        return False
    memory = {"warehouse_id": found, "is_embedded": _is_embedded(connection), "address": _address(connection)}
    if memory != remembered:
        private_files.write(file(), memory)
    return True


def ensure(connection: psycopg.Connection) -> None:
    """Give the database its identity if it has none, as the owner of its tables, and keep it in the home."""
    if find(connection) is None:
        table = sql.Identifier(migrations.SCHEMA, migrations.TABLE)
        comment = sql.Literal(f"{PREFIX}{uuid4()}")
        connection.execute(sql.SQL("comment on table {} is {}").format(table, comment))
    recognise(connection)


def find(connection: psycopg.Connection) -> str | None:
    """The identity of a database; None before its first migration by this release."""
    query = "select obj_description(to_regclass(%s), 'pg_class')"
    row = connection.execute(query, [f"{migrations.SCHEMA}.{migrations.TABLE}"]).fetchone()
    comment = str(row[0] or "") if row else ""
    return comment.removeprefix(PREFIX) if comment.startswith(PREFIX) else None


def _is_embedded(connection: psycopg.Connection) -> bool:
    """BAOCAO_DATABASE_URL may name the embedded server too: `baocao db url` prints its address."""
    server = Cluster(get_settings().home).running()
    return server is not None and (connection.info.host, connection.info.port) == (HOST, server.port)


def _address(connection: psycopg.Connection) -> str:
    """Without user and password."""
    return f"postgresql://{connection.info.host}:{connection.info.port}/{connection.info.dbname}"
