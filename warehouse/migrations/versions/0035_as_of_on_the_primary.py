"""A time is read as of on the primary alone: a replica does not see whether a gate is deciding about reports of it."""

from alembic import op

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None

WAIT = """
create or replace function ops.wait_for_the_gate(as_of timestamptz) returns bigint
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    {on_a_replica}
    perform pg_advisory_lock_shared(hashtextextended('baocao:gate', 0));
    perform pg_advisory_unlock_shared(hashtextextended('baocao:gate', 0));
    return (select count(*) from ops.decision where decided_at <= as_of);
end
$$;
"""

REFUSED = """if pg_is_in_recovery() then
        raise exception 'An earlier time is read from the primary, and this server is a replica.'
            using errcode = 'object_not_in_prerequisite_state',
                hint = 'A replica does not know whether reports of that time are being decided.';
    end if;"""


def upgrade() -> None:
    op.execute(WAIT.format(on_a_replica=REFUSED))


def downgrade() -> None:
    op.execute(WAIT.format(on_a_replica=""))
