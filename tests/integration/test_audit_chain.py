"""The audit chain in a session that begins while it is empty."""

from warehouse import database

ENTRIES = """
insert into ops.audit_entry (kind, subject, content)
select 'file', number::text, '{}'::jsonb from generate_series(1, 300) as number
"""
READ_WHOLE = "select pg_stat_get_xact_numscans('ops.audit_entry'::regclass)"


def test_an_entry_finds_the_one_before_it_without_reading_all(empty_database):
    """The trigger's plan is made for the empty table and kept: by reading all, n entries cost the square of n."""
    database.prepare()
    with database.connect() as connection:
        connection.execute(ENTRIES)
        assert connection.execute(READ_WHOLE).fetchone() == (0,)
