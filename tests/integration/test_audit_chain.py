"""The audit chain in a session that begins while it is short."""

from warehouse import database

ENTRIES = """
insert into ops.audit_entry (kind, subject, content)
select 'file', number::text, '{{}}'::jsonb from generate_series({}, {}) as number
"""
READ_WHOLE = "select pg_stat_get_xact_numscans('ops.audit_entry'::regclass)"


def test_an_entry_finds_the_one_before_it_without_reading_all(empty_database):
    """The trigger's plan is made for a short table and kept: by reading all, n entries cost the square of n."""
    database.prepare()
    with database.connect() as connection:
        connection.execute(ENTRIES.format(1, 3))
        connection.execute("analyze ops.audit_entry")
    with database.connect() as connection:
        connection.execute(ENTRIES.format(4, 300))
        assert connection.execute(READ_WHOLE).fetchone() == (0,)
