"""Who reads what: every role tries every object with every action, 34 provinces' roles among them."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import psycopg
import pytest

from tests.integration.bi_season import ACTION
from warehouse import database
from warehouse.access import columns, registry
from warehouse.marts import marts
from warehouse.postgres import hardening, readers, roles

PROVINCES = "select unit_code from marts.dim_org_unit_current where unit_level = 'province' order by 1"
BAC_NINH, LANG_SON, AN_GIANG = "bi_area_24", "bi_area_20", "bi_area_91"
COMMUNE, OFFICE = "bi_area_commune", "bi_area_office"


@pytest.fixture(scope="module")
def addresses(bi_warehouse) -> Iterator[Mapping[str, str]]:
    """A role for each of the 34 provinces, one of a commune, and one of Bắc Ninh that sees small counts."""
    owner = database.roles.NAMES["owner"]
    with database.superuser() as superuser:
        superuser.execute(f"alter role {owner} createrole")
        superuser.execute(f"grant {readers.GROUP} to {owner} with admin true, inherit false, set false")
        inside = superuser.info
        with psycopg.connect(
            host=inside.host,
            port=inside.port,
            user=inside.user,
            password=inside.password,
            dbname=_name(),
            autocommit=True,
        ) as administrator:
            hardening.protect_database(administrator, ours=(owner, roles.LOADER))
    with database.connect() as connection:
        codes = [code for (code,) in connection.execute(PROVINCES)]
    granted = {f"bi_area_{code}": registry.grant(f"bi_area_{code}", code) for code in codes}
    granted[COMMUNE] = registry.grant(COMMUNE, "07210")
    granted[OFFICE] = registry.grant(OFFICE, "24", sees_small_counts=True)
    yield {role: each.address or "" for role, each in granted.items()} | {readers.EVERYTHING: database.url("bi")}
    for role in granted:
        registry.revoke(role)
    with database.superuser() as superuser:
        superuser.execute(f"revoke {readers.GROUP} from {owner}")
        superuser.execute(f"alter role {owner} nocreaterole")


def _name() -> str:
    return database.url().rpartition("/")[2]


@pytest.fixture(scope="module")
def sessions(addresses) -> Iterator[Mapping[str, psycopg.Connection]]:
    """One session a role, which has lifted every limit that a session can lift."""
    with ExitStack() as stack:
        found = {role: stack.enter_context(psycopg.connect(address)) for role, address in addresses.items()}
        for connection in found.values():
            connection.execute("set default_transaction_read_only = off")
            connection.execute("set statement_timeout = 0")
            connection.commit()
        yield found


# --- the matrix -----------------------------------------------------------------------------------

OBJECTS = """
select nspname, format('%I.%I', nspname, relname), (
    select format('%I', attname) from pg_attribute where attrelid = pg_class.oid and attnum > 0 order by attnum limit 1)
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind in ('r', 'v', 'm', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2
"""
FUNCTIONS = """
select nspname, format('%I.%I(%s)', nspname, proname, (
    select string_agg(format('null::%s', argument::regtype), ', ' order by position)
    from unnest(proargtypes::oid[]) with ordinality as arguments(argument, position)))
from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
where nspname not in ('pg_catalog', 'information_schema') and prokind = 'f' and prorettype <> 'trigger'::regtype
order by 1, 2
"""
ACTIONS = {
    "select": "select from {table} limit 0",
    "insert": "insert into {table} default values",
    "update": "update {table} set {column} = null",
    "delete": "delete from {table}",
    "truncate": "truncate {table}",
}
ELSEWHERE = {
    "advisory lock": "select pg_try_advisory_lock(1)",
    "large object": "select lo_create(0)",
    "temporary table": "create temporary table mine (number integer)",
    "schema": "create schema mine",
    "table in public": "create table public.mine (number integer)",
    "function": "create function public.mine() returns integer language sql return 1",
    "code block": "do $$ begin perform 1; end $$",
    "extension": "create extension dblink",
    "set role": "set role baocao_owner",
    "set role of the group": "set role bi_area",
    "session authorization": "set session authorization baocao_owner",
    "end a session": "select pg_terminate_backend(0)",
    "cancel a statement": "select pg_cancel_backend(0)",
    "file of the server": "select pg_read_file('postgresql.conf')",
    "program of the server": "copy (select 1) to program 'true'",
    "passwords": "select rolpassword from pg_authid",
    "connections": "alter role current_user connection limit -1",
    "temporary files": "set temp_file_limit = -1",
    "snapshot": "select pg_export_snapshot()",
    "write-ahead log": "select pg_logical_emit_message(false, 'a', 'b')",
}
EXPECTED = {(readers.EVERYTHING, "marts"), (readers.GROUP, "area_marts")}


WRITES = ACTIONS.keys() - {"select"}


def _may(connection: psycopg.Connection, statement: str, *, is_write: bool = False) -> bool:
    """Whether it gets as far as rights decide: whatever it then stumbles over is no refusal. Of a write it is, because
    a view refuses it first."""
    try:
        connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.Error:
        return not is_write
    finally:
        connection.rollback()
    return True


def _kind(role: str) -> str:
    return role if role == readers.EVERYTHING else readers.GROUP


def test_readers_read_their_schema_and_every_other_cell_of_the_matrix_is_refused(sessions):
    with database.connect() as connection:
        objects = connection.execute(OBJECTS).fetchall()
        functions = connection.execute(FUNCTIONS).fetchall()
    cells: dict[tuple[str, str, str], set[bool]] = defaultdict(set)
    writers = {readers.EVERYTHING, BAC_NINH, COMMUNE}
    for role, connection in sessions.items():
        for schema, table, column in objects:
            for action, statement in ACTIONS.items():
                if action == "select" or role in writers:
                    text = statement.format(table=table, column=column)
                    found = _may(connection, text, is_write=action in WRITES)
                    cells[_kind(role), schema, action].add(found)
        for schema, call in functions if role in writers else ():
            cells[_kind(role), schema, "function"].add(_may(connection, f"explain select from {call}"))
        for name, statement in ELSEWHERE.items():
            cells[_kind(role), name, "elsewhere"].add(_may(connection, statement))

    assert len(sessions) == 37 and len({schema for _, schema, _ in cells if "." not in schema}) > 25
    wrong = [
        cell for cell, found in cells.items() if found != {cell[:2] in EXPECTED and cell[2] in ("select", "function")}
    ]
    assert wrong == []


def test_readers_have_one_database(addresses):
    for role in (readers.EVERYTHING, BAC_NINH):
        for other in ("postgres", "template1", "airflow", "baocao"):
            address = addresses[role].rpartition("/")[0] + f"/{other}"
            if (role, other) == (readers.EVERYTHING, "baocao"):
                continue
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(address)


# --- rows -----------------------------------------------------------------------------------------

PROVINCE_OF = "select unit_id, unit_code, current_province_id from marts.dim_org_unit where is_latest_version"


def _rows(connection: psycopg.Connection, table: str) -> list[dict[str, object]]:
    cursor = connection.execute(f"select * from {table}".encode())
    names = [column.name for column in cursor.description or ()]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    connection.commit()
    return found


@pytest.fixture(scope="module")
def everything(addresses) -> Mapping[str, list[dict[str, object]]]:
    """Every row of every mart with units, as bi_reader reads it."""
    with database.connect("bi") as connection:
        return {mart.name: _rows(connection, f"marts.{mart.name}") for mart in _of_units()}


def _of_units():
    return [mart for mart in marts().values() if not columns.is_for_everybody(mart)]


@pytest.fixture(scope="module")
def provinces(addresses) -> Mapping[str, str]:
    """The code of the province of today by unit."""
    with database.connect() as connection:
        rows = connection.execute(PROVINCE_OF).fetchall()
    codes = {unit: code for unit, code, _ in rows}
    return {unit: codes[province] for unit, _, province in rows}


def _key(mart, row):
    return tuple(str(row[name]) for name in mart.key)


@pytest.mark.parametrize("role", [OFFICE, LANG_SON])
def test_a_province_reads_its_own_rows_unchanged_and_no_other(sessions, everything, provinces, role):
    own = "24" if role == OFFICE else role[-2:]
    seen = 0
    for mart in _of_units():
        expected = {
            _key(mart, row): row
            for row in everything[mart.name]
            if "unit_id" in row and provinces.get(str(row["unit_id"]).partition("/")[0]) == own
        }
        found = {_key(mart, row): row for row in _rows(sessions[role], f"area_marts.{mart.name}")}
        if columns.is_by_code(mart):
            continue
        assert found.keys() == expected.keys(), mart.name
        seen += len(found)
        if role == OFFICE:  # sees small counts: nothing is suppressed
            for key, row in found.items():
                assert not row.pop(columns.FLAG.name, False), key
                assert row == expected[key], key
    assert seen > (10_000 if role == OFFICE else 400)


def test_of_34_provinces_each_reads_the_status_of_its_own_reports(sessions, everything):
    statuses = everything["rpt_reporting_status"]
    read = 0
    for role, connection in sessions.items():
        if role in (readers.EVERYTHING, COMMUNE):
            continue
        own = "24" if role == OFFICE else role[-2:]
        found = connection.execute("select unit_id, period, agency_code from rpt_reporting_status").fetchall()
        expected = {
            (row["unit_id"], row["period"], row["agency_code"]) for row in statuses if row["province_code"] == own
        }
        assert set(found) >= expected, role
        assert all(row[0] for row in found) and len(found) < len(statuses)
        read += len(found) if role != OFFICE else 0
    assert read == len(statuses)


def test_a_commune_reads_itself_and_those_that_it_was_made_of(sessions):
    found = _rows(sessions[COMMUNE], "area_marts.rpt_indicator_progress")
    ranked = _rows(sessions[COMMUNE], "area_marts.rpt_indicator_ranking")

    assert {row["unit_code"] for row in found} == {"07210"} and len(found) == 66
    assert {row["units_ranked"] for row in ranked if row["indicator_code"] == "5.1" and row["period"] == "2026"} == {12}


def test_a_code_of_todays_unit_shows_nothing_of_an_earlier_bearer_elsewhere(sessions):
    contacts = {role: _rows(sessions[role], "area_marts.dim_reporter_contact") for role in (BAC_NINH, LANG_SON)}

    assert [row["unit_code"] for row in contacts[BAC_NINH]] == ["07420"]
    assert contacts[LANG_SON] == []


# --- side channels --------------------------------------------------------------------------------


def test_a_condition_that_tells_what_it_sees_meets_own_rows_alone(sessions):
    fails = "select count(*) from rpt_reporting_status where programme_code = %s and unit_name::integer > 0"

    assert sessions[LANG_SON].execute(fails, [ACTION]).fetchone() == (0,)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="Phường"):
        sessions[COMMUNE].execute(fails, [ACTION])
    sessions[COMMUNE].rollback()


def test_a_plan_tells_nothing_of_other_rows(sessions):
    plans = set()
    for unit in ("07210", "07228", "99999"):
        plan = (
            sessions[LANG_SON]
            .execute(
                f"explain (analyze, timing off, summary off, buffers off, format json)"
                f" select * from rpt_reporting_status where unit_code = '{unit}'"
            )
            .fetchone()
        )
        plans.add(json.dumps(plan).replace(unit, "unit"))
    removed = "select count(*) from rpt_reporting_status"
    own = sessions[LANG_SON].execute(removed).fetchone()

    assert len(plans) == 1
    (text,) = plans
    assert f'"Rows Removed by Filter": {own[0]}' in text and text.count('"Node Type"') == 1


def test_statistics_are_of_no_table_that_a_reader_may_not_read(sessions):
    for role in (BAC_NINH, readers.EVERYTHING):
        found = (
            sessions[role]
            .execute(
                "select distinct schemaname from pg_stats where schemaname not in ('pg_catalog', 'information_schema')"
            )
            .fetchall()
        )
        assert {schema for (schema,) in found} <= ({"marts"} if role == readers.EVERYTHING else set())


# --- small counts ---------------------------------------------------------------------------------


def test_without_the_right_sensitive_figures_are_empty_and_say_why(sessions):
    table = f"(select * from area_marts.rpt_indicator_progress where programme_code = '{ACTION}') as progress"
    office, province = (_rows(sessions[role], table) for role in (OFFICE, BAC_NINH))
    sensitive = [row for row in province if row["is_sensitive"]]

    assert len(office) == len(province) and len(sensitive) > 500
    assert (
        sum(row["is_sensitive"] and row["numerator"] is not None and 1 <= row["numerator"] <= 4 for row in office) > 10
    )
    assert {row["is_suppressed"] for row in sensitive} == {True}
    assert {row["is_suppressed"] for row in province if not row["is_sensitive"]} == {False}
    for row in sensitive:
        filled = {name for name, value in row.items() if value is not None} - columns.DESCRIBING - {"is_suppressed"}
        assert filled == set(), row
    assert all(row["unit_name"] and row["target_printed"] is not None for row in sensitive if row["target_year"])


def test_without_the_right_no_other_mart_tells_a_sensitive_figure(sessions, everything):
    with database.connect() as connection:
        sensitive = set(
            connection.execute("select programme_code, indicator_code from dim_indicator where is_sensitive")
        )
    for mart in _of_units():
        if not columns.is_suppressible(mart) or mart.name in columns.SCORES:
            continue
        rows = _rows(sessions[BAC_NINH], f"area_marts.{mart.name}")
        about = [row for row in rows if (row["programme_code"], row["indicator_code"]) in sensitive]
        for row in about:
            filled = {name for name, value in row.items() if value is not None} - columns.DESCRIBING - {"is_suppressed"}
            assert row["is_suppressed"] and filled == set(), (mart.name, row)
    scores = _rows(sessions[AN_GIANG], "area_marts.rpt_score_ranking")
    assert len(scores) == 11 and {(row["total_points"], row["rank"]) for row in scores} == {(None, None)}
    assert any(row["total_points"] is not None for row in everything["rpt_score_ranking"])
