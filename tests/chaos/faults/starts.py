"""Starts that are killed: the first of a home, and the first of a new release on a home of the previous one.

Neither plays a season: what is compared is the database that the next start leaves, in its structure and its rows.
"""

import gzip
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.chaos.end_state import Difference, State, differences
from tests.chaos.world import Step, World
from tests.conftest import throw_away_home
from tests.fixtures.make_previous_release import DUMP
from warehouse import database

PREVIOUS = "baocao_previous"
STRUCTURE = """
select concat_ws(' ', 'column', table_schema, table_name, column_name, data_type, is_nullable, column_default)
from information_schema.columns where table_schema in ('raw', 'ops', 'app', 'public', 'marts')
union all
select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
where connamespace::regnamespace::text in ('raw', 'ops')
union all
select concat_ws(' ', 'index', indexdef) from pg_indexes where schemaname in ('raw', 'ops')
union all
select concat_ws(' ', 'right', grantee, table_schema, table_name, privilege_type)
from information_schema.role_table_grants where table_schema in ('raw', 'ops')
union all
select concat_ws(' ', 'role', rolname, rolcanlogin, rolsuper, rolcreatedb, rolconnlimit, rolconfig) from pg_roles
where rolname !~ '^pg_'
union all
select concat_ws(' ', 'function', oid::regprocedure, md5(prosrc)) from pg_proc
where pronamespace::regnamespace::text in ('raw', 'ops', 'app')
union all
select concat_ws(' ', 'database', datname, datacl) from pg_database where datname in ('postgres', current_database())
"""


@dataclass(frozen=True)
class Started:
    """seconds: from the kill until the next start was done."""

    found: dict[str, Difference]
    seconds: float


class FirstStarts:
    """A home is made: initdb, the server, roles, schemas."""

    name = "SIGKILL of a first start"

    def __init__(self) -> None:
        with throw_away_home() as home:
            began = time.monotonic()
            _start(home).wait()
            self.usual = time.monotonic() - began
            self.undisturbed = _state(home)

    def strike(self, chance: random.Random) -> Started:
        with throw_away_home() as home:
            starting = _start(home)
            time.sleep(chance.random() * self.usual)
            starting.kill()
            starting.wait()
            killed = time.monotonic()
            ended = _start(home).wait()
            seconds = time.monotonic() - killed
            assert ended.code == 0, ended.output
            return Started(differences(self.undisturbed, _state(home)), seconds)


class Migrations:
    """A database of the previous release is migrated to this one, on the server of the world."""

    name = "SIGKILL of a migration"

    def __init__(self, world: World) -> None:
        self.home = world.home
        database._prepare_embedded()
        with database.superuser() as connection:
            owner = sql.Identifier(database.roles.NAMES["owner"])
            for statement in ("drop database if exists {} with (force)", "create database {} owner {}"):
                connection.execute(sql.SQL(statement).format(sql.Identifier(PREVIOUS), owner))
        with psycopg.connect(_address(PREVIOUS), autocommit=True) as connection:
            connection.execute(gzip.decompress(DUMP.read_bytes()))
        with self._previous() as address:
            began = time.monotonic()
            _start(self.home, address).wait()
            self.usual = time.monotonic() - began
            self.undisturbed = _state(self.home, address)

    def strike(self, chance: random.Random) -> Started:
        with self._previous() as address:
            starting = _start(self.home, address)
            time.sleep(chance.random() * self.usual)
            starting.kill()
            starting.wait()
            killed = time.monotonic()
            ended = _start(self.home, address).wait()
            seconds = time.monotonic() - killed
            assert ended.code == 0, ended.output
            return Started(differences(self.undisturbed, _state(self.home, address)), seconds)

    @contextmanager
    def _previous(self) -> Iterator[str]:
        """A copy of the database as that release left it."""
        name = "baocao_migrated"
        with database.superuser() as connection:
            names = {"name": sql.Identifier(name), "of": sql.Identifier(PREVIOUS)}
            owner = sql.Identifier(database.roles.NAMES["owner"])
            connection.execute(sql.SQL("drop database if exists {name} with (force)").format(**names))
            connection.execute(
                sql.SQL("create database {name} owner {owner} template {of}").format(owner=owner, **names)
            )
        memory = self.home / "database.json"
        remembered = memory.read_bytes() if memory.exists() else None
        memory.unlink(missing_ok=True)
        try:
            yield _address(name)
        finally:
            memory.unlink(missing_ok=True)
            if remembered:
                memory.write_bytes(remembered)


def _address(name: str) -> str:
    return database.url().rpartition("/")[0] + f"/{name}"


def _start(home: Path, address: str | None = None) -> Step:
    """`database.prepare` as every command begins with it, in a child."""
    output = home / "start.log"
    if pid := os.fork():
        return Step(pid, output)
    code = 70
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(handle, stream)
        if address:
            os.environ["BAOCAO_DATABASE_URL"] = address
        database._make_roles.cache_clear()
        database._engine.cache_clear()
        database.prepare()
        code = 0
    finally:
        os._exit(code)


def _state(home: Path, address: str | None = None) -> State:
    """What a start leaves: structure, rights, rows, and the files that hold secrets."""
    with psycopg.connect(address or database.url()) as connection:
        found = [row.replace(connection.info.dbname, "this") for (row,) in connection.execute(STRUCTURE)]
        state = {"structure": Counter(found), "rows": Counter(_rows(connection))}
    secrets = sorted((home / "secrets").iterdir())
    state["secrets"] = Counter(f"{path.name} {path.stat().st_mode:o}" for path in secrets)
    state["left"] = Counter(path.name for path in home.glob("postgres-*"))
    return state


def _rows(connection: psycopg.Connection) -> Iterator[str]:
    tables = connection.execute("select schemaname, tablename from pg_tables where schemaname in ('raw', 'ops')")
    for table in tables.fetchall():
        for (row,) in connection.execute(sql.SQL("select to_json(t) from {} as t").format(sql.Identifier(*table))):
            kept = {name: value for name, value in row.items() if name not in ("recorded_at", "hash", "previous_hash")}
            yield f"{table} {json.dumps(kept, sort_keys=True)}"
