"""Readers of one area: who they are, which units they read, and the schema in which they read them.

The views and functions of area_marts follow the marts, so they are made after a build
(warehouse/access/definitions.py).
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE = """
create table ops.bi_access (
    role_name text not null check (role_name ~ '^bi_[a-z0-9_]{1,56}$' and role_name not in ('bi_reader', 'bi_area')),
    unit_id text not null,
    unit_code text not null,
    sees_small_counts boolean not null default false,
    granted_at timestamptz not null,
    primary key (role_name, unit_id)
);
comment on table ops.bi_access is
    'One row per role for BI tools and province or commune of today that it reads. bi_reader has no row: it reads all.
VI: Mỗi dòng là một vai trò dùng cho công cụ BI và một tỉnh hoặc xã mà vai trò đó được đọc.';
comment on column ops.bi_access.sees_small_counts is
    'Whether it also reads figures of sensitive indicators that are not public.
VI: Có được đọc số liệu nhạy cảm chưa công bố hay không.';

create table ops.area_marts_state (version text not null, made_at timestamptz not null default clock_timestamp());
comment on table ops.area_marts_state is
    'One row: a hash of the definitions that the views and functions of area_marts and marts were made from.
VI: Một dòng: mã băm của các định nghĩa.';
revoke insert, update on ops.bi_access, ops.area_marts_state from baocao_loader;
"""

READABLE = """
create function ops.readable_units(reader text) returns table (unit_id text, sees_small_counts boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
    with readable as (
        select units.unit_id, units.unit_level, access.sees_small_counts
        from marts.dim_org_unit as units
        join ops.bi_access as access
            on access.unit_id in (units.unit_id, units.current_unit_id, units.current_province_id)
        where access.role_name = reader and units.is_latest_version
    )

    select found.unit_id, bool_or(found.sees_small_counts)
    from (
        select readable.unit_id, readable.sees_small_counts from readable
        union all
        select readable.unit_id || '/unallocated', readable.sees_small_counts from readable
        where readable.unit_level = 'province'
    ) as found
    group by 1;
end
$$;
comment on function ops.readable_units(text) is
    'The units whose rows a role reads: of its provinces and communes, with those that ended within them.';

create function ops.readable_codes(units text[]) returns setof text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select newest.unit_code
    from (
        select distinct on (versions.unit_code) versions.unit_code, versions.unit_id
        from marts.dim_org_unit as versions order by versions.unit_code, versions.valid_to desc
    ) as newest
    where newest.unit_id = any(units);
end
$$;
comment on function ops.readable_codes(text[]) is
    'The codes whose newest bearer is one of these units: nearly every code had another bearer before.';
"""

AS_OF = """
create function ops.wait_for_the_gate(as_of timestamptz) returns bigint
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_lock_shared(hashtextextended('baocao:gate', 0));
    perform pg_advisory_unlock_shared(hashtextextended('baocao:gate', 0));
    return (select count(*) from ops.submission_verdict where decided_at <= as_of);
end
$$;
comment on function ops.wait_for_the_gate(timestamptz) is
    'Waits for a gate at work, as warehouse.as_of does. Volatile: it counts what was decided while it waited, too.';

create function ops.check_as_of(as_of timestamptz) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    printed text := to_char(as_of at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI');
begin
    if as_of > greatest(now(), (select max(run.as_of) from ops.pipeline_run as run where run.step = 'build')) then
        raise exception '% has not come: what will be known then can still change.', printed
            using errcode = 'invalid_parameter_value';
    end if;
    if ops.wait_for_the_gate(as_of) <> (
        select count(*) from ops.submission_verdict where decided_at <= as_of
    ) then
        raise exception 'Reports were decided while this query began: run it again.'
            using errcode = 'serialization_failure';
    end if;
    if exists (
        select from ops.submission_verdict
        where status <> 'rejected' and decided_at <= as_of and accepted_seq > coalesce((
            select accepted_through from ops.last_successful_run where step = 'build'), 0)
    ) then
        raise exception 'Reports accepted until % are not in the marts yet.', printed
            using errcode = 'object_not_in_prerequisite_state', hint = 'They are after the next build.';
    end if;
end
$$;
comment on function ops.check_as_of(timestamptz) is
    'Refuses a time at which something can still change: by the same rule as warehouse/as_of.py.';
revoke all on function ops.readable_units(text), ops.readable_codes(text[]), ops.wait_for_the_gate(timestamptz),
    ops.check_as_of(timestamptz) from public;
"""

DOWNGRADE = """
drop schema if exists area_marts cascade;
drop function ops.check_as_of(timestamptz);
drop function ops.wait_for_the_gate(timestamptz);
drop function ops.readable_codes(text[]);
drop function ops.readable_units(text);
drop table ops.area_marts_state;
drop table ops.bi_access;
"""


def upgrade() -> None:
    for statements in (TABLE, READABLE, AS_OF):
        op.execute(statements)


def downgrade() -> None:
    op.execute(DOWNGRADE)
