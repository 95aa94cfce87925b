"""BI on a streaming standby: the same marts, comments and keys, and what a rebuild of the primary does to a reader."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from expectations import gate
from ingest import receiving
from pipeline import building
from publish.simulation.simulate import simulate
from tests.integration.read_replica import Standby, followed_server, standby
from warehouse import clock, database

REPORT = ("bacninh-2026-2030", "2026")
UNITS = ["07228", "07246", "07282"]

FIGURES = "select * from marts.fct_indicator_rollup order by programme_code, period, unit_id, indicator_code, measure"
COMMENTS = """
select relation.relname, described.objsubid, described.description
from pg_description as described inner join pg_class as relation on relation.oid = described.objoid
inner join pg_namespace as schema on schema.oid = relation.relnamespace
where schema.nspname = 'marts' and described.classoid = 'pg_class'::regclass order by 1, 2
"""
KEYS = """
select conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) from pg_constraint
where connamespace = 'marts'::regnamespace order by 1, 2, 3
"""
NUMERATOR = (
    "select numerator from marts.fct_indicator_rollup where unit_code = '07228' and period = '2026' "
    "and indicator_code = '5.1' and measure = 'value' and boundary_basis = 'as_reported'"
)


def receive(tmp_path_factory, **how) -> None:
    batch = uuid4()
    paths = simulate(*REPORT, how.pop("units", UNITS), seed=3, out=tmp_path_factory.mktemp("reports"), **how)
    for path in paths:
        receiving.receive(path, batch_id=batch, received_at=clock.now())
    gate.check(batch)
    building.build()


@pytest.fixture(scope="module")
def replica(own_database, tmp_path_factory) -> Iterator[Standby]:
    receive(tmp_path_factory)
    with followed_server(), standby() as replica:
        replica.wait_until_caught_up()
        yield replica


def both(replica: Standby, query: str) -> list[list[tuple]]:
    """The rows of the primary and of the replica, every name in them with its schema."""
    with database.connect("bi") as primary, replica.connect() as follower:
        for connection in (primary, follower):
            connection.execute("set search_path = pg_catalog")
        return [connection.execute(query).fetchall() for connection in (primary, follower)]


@pytest.mark.parametrize("query", [FIGURES, COMMENTS, KEYS], ids=["figures", "comments", "keys"])
def test_a_reader_finds_on_the_replica_what_the_primary_has(replica, query):
    on_primary, on_replica = both(replica, query)
    assert on_replica == on_primary and len(on_primary) > 10


def test_a_reader_may_do_no_more_on_the_replica(replica):
    with replica.connect() as follower:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            follower.execute("select * from raw.line")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            follower.execute("create temporary table copied as select 1")
    on_primary, on_replica = both(replica, "show statement_timeout")
    assert on_replica == on_primary


def test_an_earlier_time_is_refused_by_the_replica_which_knows_no_gate(replica):
    query = "select count(*) from marts.missing_reports_as_of('2026-06-01')"
    with database.connect("bi") as primary, replica.connect() as follower:
        assert primary.execute(query).fetchone() is not None
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="this server is a replica"):
            follower.execute(query)


def test_a_rebuild_of_the_primary_leaves_a_reader_its_state_and_the_next_one_has_the_new(replica, tmp_path_factory):
    before = both(replica, FIGURES)[1]
    with replica.connect() as reader, reader.transaction():
        reader.execute("set transaction isolation level repeatable read")
        assert reader.execute(FIGURES).fetchall() == before
        receive(tmp_path_factory, units=["07228"], correction=1, lines=["5.1"])
        building.build(full_refresh=True)
        assert reader.execute(FIGURES).fetchall() == before
    replica.wait_until_caught_up()
    on_primary, after = both(replica, FIGURES)
    assert after == on_primary != before


def test_without_the_advised_delay_a_rebuild_ends_the_reader_s_statement(replica):
    """So that the settings of docs/growing.md are there for a reason."""
    replica.set("max_standby_streaming_delay", "100ms")
    ended = pytest.raises(psycopg.errors.SerializationFailure, match="conflict with recovery")
    with replica.connect() as reader, ended, reader.transaction():
        reader.execute(FIGURES)
        building.build(full_refresh=True)
        reader.execute("select pg_sleep(30)")
