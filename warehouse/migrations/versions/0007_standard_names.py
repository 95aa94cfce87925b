"""Release 0.2.0: standard names, and the schema `app` for the views that the Python code reads.

What dbt derived is dropped and made again by the next build under its new names; raw, ops, catalogue and geography
stay. Views that an office made upon the old marts go with them: their columns have other names now (CHANGELOG.md has
the table).
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DERIVED = """
drop schema if exists app cascade;
drop schema if exists staging cascade;
drop schema if exists intermediate cascade;
drop schema if exists marts cascade;
create schema staging;
create schema intermediate;
create schema marts;
"""

READERS = """
grant usage on schema staging, intermediate, marts{app} to baocao_loader;
alter default privileges in schema staging grant select on tables to baocao_loader;
alter default privileges in schema intermediate grant select on tables to baocao_loader;
alter default privileges in schema marts grant select on tables to baocao_loader;
grant usage on schema marts to bi_reader;
alter default privileges in schema marts grant select on tables to bi_reader;
"""

APP = """
create schema app;
alter default privileges in schema app grant select on tables to baocao_loader;
"""

MESSAGE = """
alter table ops.message rename column {old}_at to {new}_at;
alter table ops.message drop constraint message_status_check;
update ops.message set status = '{new}' where status = '{old}';
alter table ops.message add constraint message_status_check check (status in ('{new}', 'sent', 'failed', 'cancelled'));
"""


def upgrade() -> None:
    op.execute(DERIVED)
    op.execute(APP)
    op.execute(READERS.format(app=", app"))
    op.execute("alter table ops.pipeline_run rename column moment to as_of")
    op.execute(MESSAGE.format(old="frozen", new="queued"))


def downgrade() -> None:
    op.execute(MESSAGE.format(old="queued", new="frozen"))
    op.execute("alter table ops.pipeline_run rename column as_of to moment")
    op.execute(DERIVED)
    op.execute(READERS.format(app=""))
