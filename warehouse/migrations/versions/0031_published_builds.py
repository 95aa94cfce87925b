"""When a build has published its figures: a reader sees new figures and the time as of which they are together."""

from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

UPGRADE = """
alter table ops.pipeline_run add column published_at timestamptz;
comment on column ops.pipeline_run.published_at is
    'Of a build: when its figures were published, in the transaction that did. Empty where it has not come so far.';
update ops.pipeline_run set published_at = finished_at where step = 'build' and status = 'succeeded';

create function ops.publish_build() returns void language sql as $$
    update ops.pipeline_run set published_at = clock_timestamp() where step = 'build' and status = 'running'
$$;
comment on function ops.publish_build() is
    'To be called where figures are replaced, in the same transaction: the build under way has published them.';
"""

DOWNGRADE = """
drop function ops.publish_build();
alter table ops.pipeline_run drop column published_at;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
