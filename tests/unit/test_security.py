"""Erasure against the database: what is deleted of a file, in an order that works; and the page that names it."""

from docs.generate import ROOT
from pipeline import erasing
from warehouse import database

REFERENCES = """
select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
where contype = 'f' and conrelid <> confrelid
"""


def test_an_erasure_deletes_all_rows_of_a_file_and_each_table_before_what_it_refers_to(warehouse):
    named = list(erasing.DELETED)
    with database.connect() as connection:
        references = connection.execute(REFERENCES).fetchall()

    dependent = {"raw.file"}
    while found := {child for child, parent in references if parent in dependent} - dependent:
        dependent |= found
    assert len(dependent) >= 5
    assert dependent <= set(named)
    for child, parent in references:
        if parent in dependent:
            assert named.index(child) < named.index(parent), child


def test_an_erasure_reaches_every_table_that_names_a_file_or_a_report(warehouse):
    """By columns, for what refers to a file without a foreign key."""
    with database.connect() as connection:
        found = connection.execute(
            "select distinct concat(table_schema, '.', table_name) from information_schema.columns "
            "join information_schema.tables using (table_schema, table_name) where table_type = 'BASE TABLE' "
            "and table_schema in ('raw', 'ops') and column_name in ('sha256', 'submission_id', 'file_name')"
        ).fetchall()
    assert {table for (table,) in found} - set(erasing.DELETED) == {"ops.erasure"}


def test_the_security_page_leads_to_the_command():
    assert "baocao personal-data erase" in (ROOT / "SECURITY.md").read_text()
