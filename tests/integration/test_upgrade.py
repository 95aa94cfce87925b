"""A home of the previous release opens with this code: migrated, built again, the same figures.

fixtures/previous_release.sql.gz is that home, made by fixtures/make_previous_release.py; all its rows are made up.
"""

import gzip
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from pipeline import building
from tests.conftest import database_of_its_own
from tests.fixtures.make_previous_release import BUILT_AT, DUMP
from tests.integration.own_catalogue import own_catalogue
from tests.integration.small_catalogue import draw
from warehouse import clock, database, migrations
from warehouse.as_of import parse_timestamp, set_session_as_of_unchecked

READERS = [
    ("missing",),
    ("rates",),
    ("rates", "--over-time"),
    ("progress", "bacninh-2026-2030", "24", "2026"),
    ("trace", "bacninh-2026-2030", "3.2", "07228", "2026"),
    ("report", "bacninh-2026-2030", "24", "2026", "--out", "report.xlsx"),
    ("report", "bacninh-2026-2030", "24", "2026", "--compare", "2026-06-01", "2026-07-01", "--out", "steps.xlsx"),
    ("score", "angiang-emulation-2022", "2022"),
    ("close", "bacninh-2026-2030", "2026", "--note", "giả định"),
    ("alerts", "list"),
    ("alerts", "run"),
    ("issues", "--unit", "24"),
    ("checks",),
]
FIGURES = """
select programme_code, indicator_code, period, unit_id, boundary_basis, measure, numerator, denominator, value,
    value_low, value_high, units_expected, units_reporting, coverage_pct, is_provisional
from marts.fct_indicator_rollup
"""
MISSING = "select programme_code, period, unit_code, agency_code from marts.rpt_missing_reports"


def assert_no_trace(outcome) -> None:
    assert "This should not have happened" not in outcome.err, outcome.err
    assert outcome.code == 0 or "run `baocao build` first" in outcome.err, outcome.err


@pytest.mark.parametrize("reader", READERS, ids=" ".join)
def test_before_the_first_build_every_command_that_reads_says_what_to_run(
    empty_database, command, reader, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert_no_trace(command(*reader))


def test_marts_of_another_release_that_lack_a_column_say_what_to_run(empty_database, command):
    with database.connect() as connection:
        connection.execute("create view marts.rpt_missing_reports as select 'x' as programme_code")
    outcome = command("missing")

    assert outcome.code == 1
    assert outcome.err.strip().endswith("run `baocao build` first.")


def test_a_home_of_a_newer_release_is_refused_with_the_way_back(empty_database, command):
    known = migrations.head()
    with database.connect() as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    outcome = command("missing")
    with database.connect() as connection:
        connection.execute("update alembic_version set version_num = %s", [known])

    assert outcome.code == 1
    assert f"at revision 9999, and this release knows {known}: a newer release has opened it" in outcome.err


@pytest.fixture(scope="module")
def previous(warehouse: None) -> Iterator[str]:
    """A database as the previous release left it; yields its name. Nobody is connected to it."""
    name = sql.Identifier(f"previous_{uuid4().hex[:12]}")
    with database.superuser() as connection:
        owner = sql.Identifier(database.roles.NAMES["owner"])
        connection.execute(sql.SQL("create database {} owner {}").format(name, owner))
    address = database.url().rpartition("/")[0] + "/" + name.as_string().strip('"')
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(gzip.decompress(DUMP.read_bytes()))
    yield name.as_string().strip('"')
    with database.superuser() as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture(scope="module")
def before(previous: str) -> dict[str, set[tuple]]:
    """What the previous release shows."""
    with psycopg.connect(database.url().rpartition("/")[0] + f"/{previous}") as connection:
        return rows(connection)


@pytest.fixture(scope="module")
def upgraded(previous: str, before: dict[str, set[tuple]]) -> Iterator[None]:
    """A copy of it, which this code has opened; the plans are the same rows."""
    with (
        pytest.MonkeyPatch.context() as environment,
        database_of_its_own(environment, previous),
        own_catalogue() as catalogue,
        clock.at(BUILT_AT),
    ):
        draw(catalogue)
        yield


def rows(connection: psycopg.Connection) -> dict[str, set[tuple]]:
    return {query: set(connection.execute(query).fetchall()) for query in (FIGURES, MISSING)}


def test_a_home_of_the_previous_release_opens_with_this_code(upgraded, before, command):
    assert len(before[FIGURES]) > 50
    assert database.status().revision == migrations.head()
    for reader in READERS:
        if "bacninh-2026-2030" not in reader and "angiang-emulation-2022" not in reader:
            assert_no_trace(command(*reader))


def test_its_next_build_makes_the_same_figures(upgraded, before):
    built = building.build()
    assert built.blocked is None
    with database.connect() as connection:
        assert rows(connection) == before


def test_what_the_previous_release_promised_counts_from_the_beginning_and_is_read_as_of_then(upgraded):
    query = "select programme_code, indicator_code, name_vi, sort_order, hard_max from dim_indicator"
    recorded = "select count(*), count(*) filter (where recorded_from <> '-infinity' or recorded_to <> 'infinity')"
    with database.connect() as connection:
        now = set(connection.execute(query.encode()).fetchall())
        rows, revised = connection.execute(f"{recorded} from ops.catalogue_row where programme_code <> ''").fetchone()
        set_session_as_of_unchecked(connection, parse_timestamp("2026-12-01"))
        assert set(connection.execute(query.encode()).fetchall()) == now
    assert now and rows > len(now)
    assert revised == 0, "equal rows in newer columns are no revision"
