"""Who may use what: the loader writes raw and ops, bi_reader reads marts and nothing else.

Default privileges carry it over to every table that the owner, dbt above all, makes later.
raw is append-only for the loader too: it may insert, and neither update nor delete.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UPGRADE = """
create schema if not exists catalogue;
create schema if not exists geography;
create schema if not exists staging;
create schema if not exists intermediate;
create schema if not exists marts;

grant usage on schema raw, ops, catalogue, geography, staging, intermediate, marts to baocao_loader;
grant select, insert on all tables in schema raw to baocao_loader;
grant select, insert, update on all tables in schema ops to baocao_loader;
grant delete on ops.contact to baocao_loader;
grant select on all tables in schema catalogue, geography, staging, intermediate, marts to baocao_loader;
alter default privileges in schema raw grant select, insert on tables to baocao_loader;
alter default privileges in schema ops grant select, insert, update on tables to baocao_loader;
alter default privileges in schema catalogue grant select on tables to baocao_loader;
alter default privileges in schema geography grant select on tables to baocao_loader;
alter default privileges in schema staging grant select on tables to baocao_loader;
alter default privileges in schema intermediate grant select on tables to baocao_loader;
alter default privileges in schema marts grant select on tables to baocao_loader;

grant usage on schema marts to bi_reader;
grant select on all tables in schema marts to bi_reader;
alter default privileges in schema marts grant select on tables to bi_reader;
"""

DOWNGRADE = """
alter default privileges in schema marts revoke select on tables from bi_reader;
revoke all on all tables in schema marts from bi_reader;
revoke all on schema marts from bi_reader;

alter default privileges in schema raw revoke select, insert on tables from baocao_loader;
alter default privileges in schema ops revoke select, insert, update on tables from baocao_loader;
alter default privileges in schema catalogue revoke select on tables from baocao_loader;
alter default privileges in schema geography revoke select on tables from baocao_loader;
alter default privileges in schema staging revoke select on tables from baocao_loader;
alter default privileges in schema intermediate revoke select on tables from baocao_loader;
alter default privileges in schema marts revoke select on tables from baocao_loader;
revoke all on all tables in schema raw, ops, catalogue, geography, staging, intermediate, marts from baocao_loader;
revoke all on schema raw, ops, catalogue, geography, staging, intermediate, marts from baocao_loader;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    """The schemas stay: what stands in them is dbt's."""
    op.execute(DOWNGRADE)
