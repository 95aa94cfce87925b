"""What a reader of the database finds without the docs: a comment on every schema, table and column, and true keys."""

import pytest

from pipeline import building
from tests.integration import grain
from tests.languages import is_in_both_languages
from warehouse import database

SCHEMAS = ["app", "catalogue", "geography", "intermediate", "marts", "ops", "raw", "staging"]
COMMENTS = """
select pg_namespace.nspname, pg_class.relname, pg_attribute.attname, coalesce(pg_description.description, '')
from pg_class
inner join pg_namespace on pg_namespace.oid = pg_class.relnamespace
inner join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum > 0
    and not pg_attribute.attisdropped
left join pg_description on pg_description.classoid = 'pg_class'::regclass
    and pg_description.objoid = pg_class.oid and pg_description.objsubid = {column}
where pg_namespace.nspname in ('staging', 'marts', 'app') and pg_class.relkind in ('v', 'm', 'r')
"""
OF_COLUMNS, OF_TABLES = COMMENTS.format(column="pg_attribute.attnum"), COMMENTS.format(column="0")


@pytest.fixture(scope="module", autouse=True)
def built(own_database):
    building.build()


def _read(query: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(("query", "at_least"), [(OF_TABLES, 400), (OF_COLUMNS, 400)], ids=["tables", "columns"])
def test_every_table_and_column_has_a_comment_in_both_languages(query, at_least):
    comments = _read(query)

    assert len(comments) >= at_least
    assert [".".join(position) for *position, comment in comments if not is_in_both_languages(comment)] == []


def test_every_schema_has_a_comment_in_both_languages():
    comments = dict(_read("select nspname, coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace"))

    assert [schema for schema in SCHEMAS if not is_in_both_languages(comments[schema])] == []


def test_a_second_build_keeps_the_comments():
    before = sorted(_read(OF_COLUMNS))
    building.build()

    assert sorted(_read(OF_COLUMNS)) == before


def test_the_marts_of_the_catalogue_keep_their_grain():
    assert grain.broken() == []


@pytest.mark.parametrize(
    ("fault", "models"),
    [
        (
            "insert into catalogue.agencies select * from catalogue.agencies limit 1",
            ["dim_agency", "rpt_reporting_status"],
        ),
        ("update catalogue.agencies set agency_code = null", ["dim_agency"]),
    ],
    ids=["a key that occurs twice", "a key that lacks a column"],
)
def test_a_broken_grain_is_found(agencies_restored, fault, models):
    with database.connect() as connection:
        assert connection.execute(fault).rowcount

    broken = grain.broken()
    assert [name for name in broken if not any(f".is_grain_{model}_" in name for model in models)] == []
    assert len(broken) == len(models)


@pytest.fixture
def agencies_restored():
    with database.connect() as connection:
        rows = connection.execute("select * from catalogue.agencies").fetchall()
    yield
    with database.connect() as connection:
        connection.execute("truncate catalogue.agencies")
        connection.cursor().executemany("insert into catalogue.agencies values (%s, %s, %s, %s, %s)", rows)
