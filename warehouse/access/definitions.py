"""The schema area_marts, and the marts as of a time: functions and views that follow from the marts' columns.

What a reader of an area may not read never enters the reader's query: each mart with units is behind a function that
runs with the owner's rights, filters by `session_user`, and returns rows. The planner sees nothing below a function, so
neither EXPLAIN nor an error, a statistic or a cheap function in a condition tells of other rows. The result is filtered
and not what it is made of: a rank or a sum stays the one that everybody reads.
"""

import hashlib

import psycopg
from psycopg import sql

from warehouse.access import columns
from warehouse.marts import Column, Mart, marts
from warehouse.postgres.readers import EVERYTHING, GROUP

SCHEMA = "area_marts"

AS_OF = (
    "fct_indicator_rollup",
    "fct_report_obligation",
    "fct_target_progress",
    "rpt_indicator_progress",
    "rpt_indicator_progress_as_reported",
    "rpt_indicator_ranking",
    "rpt_missing_reports",
    "rpt_provincial_scorecard",
    "rpt_reporting_rates",
    "rpt_reporting_status",
    "rpt_score_ranking",
)
"""The marts that are told as of a time: `marts.<name without its prefix>_as_of(as_of, programme, period)`."""

NEWEST = "marts, pg_catalog, pg_temp"
AT_A_TIME = "marts_as_of, marts, pg_catalog, pg_temp"
"""Where the rows of a mart are found: the stored ones, or the view that makes them as of a time."""

HEAD = """
create function {name}(at_time timestamptz{default}, for_programme text default null, for_period text default null)
returns table ({columns})
language plpgsql stable security definer parallel unsafe rows {rows}
set search_path = pg_catalog, pg_temp as $function$
#variable_conflict use_column
declare
    units text[];
    open_units text[];
    codes text[];
    before text := coalesce(current_setting('baocao.as_of', true), '');
begin
    if at_time is not null then
        perform ops.check_as_of(at_time);
    end if;
    perform set_config('baocao.as_of', coalesce(at_time::text, ''), true);
    perform set_config('search_path', case when at_time is null then '{newest}' else '{at_a_time}' end, true);
    {readable}
    return query execute {rows_of}
    using for_programme, for_period, units, open_units, codes;
    perform set_config('baocao.as_of', before, true);
end
$function$
"""
"""baocao.as_of holds while the rows are collected, which is before the function returns: two calls in one statement do
not meet. Stable: all calls in a statement read one state of the database."""

UNITS = """
    select coalesce(array_agg(unit_id), '{}'), coalesce(array_agg(unit_id) filter (where sees_small_counts), '{}')
    into units, open_units from ops.readable_units(session_user);
"""
CODES = """
    select coalesce(array_agg(code), '{}') into codes from ops.readable_codes(units) as code;
"""
SESSIONS = "nullif(current_setting('baocao.as_of', true), '')::timestamptz"
"""The session's as-of time, read before the function hides it from itself."""

STATE = "select version from ops.area_marts_state"
"""Not ops.relation_state: a build takes what is there for a relation of dbt's."""
BUILT = "select relname from pg_class where relnamespace = to_regnamespace('marts')"
PLAIN_VIEWS = "select relname from pg_class where relnamespace = to_regnamespace(%s) and relkind = 'v'"
OLD = """
select p.oid::regprocedure::text from pg_proc as p
where p.pronamespace = to_regnamespace('marts') and p.proname like '%\\_as\\_of'
"""


def follow_marts(connection: psycopg.Connection) -> bool:
    """Make the views and functions again where marts have other columns than they were made of; whether it was needed.

    As the owner, in the caller's transaction. Marts that are not built yet are left out.
    """
    built = {name for (name,) in connection.execute(BUILT)}
    found = [mart for mart in marts().values() if mart.name in built]
    statements = [text for mart in found for text in _of_mart(mart)]
    version = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    there = {name for (name,) in connection.execute(PLAIN_VIEWS, [SCHEMA])}
    if connection.execute(STATE).fetchone() == (version,) and there == {mart.name for mart in found}:
        return False
    for (function,) in connection.execute(OLD).fetchall():
        connection.execute(f"drop function {function}".encode())
    for statement in (*_schema(), *statements):
        connection.execute(statement.encode())
    connection.execute("delete from ops.area_marts_state")
    connection.execute("insert into ops.area_marts_state (version) values (%s)", [version])
    return True


def _schema() -> list[str]:
    return [
        f"drop schema if exists {SCHEMA} cascade",
        f"create schema {SCHEMA}",
        f"comment on schema {SCHEMA} is 'The marts with the rows of the reader''s own provinces and communes alone.\n"
        "VI: Các bảng của marts, chỉ gồm các dòng của tỉnh, xã mà người đọc phụ trách.'",
        f"grant usage on schema {SCHEMA} to {GROUP}",
    ]


def _of_mart(mart: Mart) -> list[str]:
    short = mart.name.partition("_")[2]
    area, everything = f"{SCHEMA}.{short}_as_of", f"marts.{short}_as_of"
    statements = []
    shown = [f'"{column.name}"' for column in mart.columns]
    if columns.is_for_everybody(mart):
        statements += [f"create view {SCHEMA}.{mart.name} as select {', '.join(shown)} from marts.{mart.name}"]
    else:
        flag = [columns.FLAG] if columns.is_suppressible(mart) else []
        statements += [
            _function(area, mart, flag, _rows_of_area(mart), UNITS + (CODES if columns.is_by_code(mart) else "")),
            *_allowed(area, GROUP, mart),
            f"create view {SCHEMA}.{mart.name} as select * from {area}({SESSIONS})",
        ]
    statements += _comments(mart)
    if mart.name in AS_OF:
        rows = _executed(shown, f"{mart.name} as mart", columns.of_programme(mart))
        statements += [_function(everything, mart, [], rows, ""), *_allowed(everything, EVERYTHING, mart)]
    return statements


def _function(name: str, mart: Mart, more: list[Column], rows_of: str, readable: str) -> str:
    declared = ", ".join(f'"{column.name}" {column.data_type}' for column in (*mart.columns, *more))
    default = "" if not readable else " default null"
    return HEAD.format(
        name=name,
        default=default,
        columns=declared,
        rows=10_000,
        readable=readable,
        rows_of=rows_of,
        newest=NEWEST,
        at_a_time=AT_A_TIME,
    )


def _rows_of_area(mart: Mart) -> str:
    conditions = [*columns.of_programme(mart), columns.of_units(mart)]
    source = f"{mart.name} as mart"
    if not columns.is_suppressible(mart):
        return _executed(columns.plain(mart), source, conditions)
    flags = "".join(f", {condition} as {name}" for name, condition in columns.flags(mart).items())
    inner = f"(select mart.*{flags} from {source} where {' and '.join(conditions)} offset 0) as mart"
    return _executed([*columns.shown(mart), columns.FLAG.name], inner, [])


def _executed(shown: list[str], source: str, conditions: list[str]) -> str:
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"$rows$select {', '.join(shown)} from {source}{where}$rows$"


def _allowed(function: str, role: str, mart: Mart) -> list[str]:
    signature = f"{function}(timestamptz, text, text)"
    english = f"{mart.name} as of a time; optionally of one programme and period."
    vietnamese = f"{mart.name} tại một thời điểm; có thể chọn chương trình và kỳ báo cáo."
    return [
        f"revoke all on function {signature} from public",
        f"grant execute on function {signature} to {role}",
        f"comment on function {signature} is '{english}\nVI: {vietnamese}'",
    ]


def _comments(mart: Mart) -> list[str]:
    texts = {f"view {SCHEMA}.{mart.name}": (mart.en, mart.vi)}
    texts |= {f'column {SCHEMA}.{mart.name}."{column.name}"': (column.en, column.vi) for column in mart.columns}
    if columns.is_suppressible(mart):
        texts[f"column {SCHEMA}.{mart.name}.{columns.FLAG.name}"] = (columns.FLAG.en, columns.FLAG.vi)
    comments = [f"comment on {what} is {_comment(*both)}" for what, both in texts.items()]
    return [*comments, f"grant select on {SCHEMA}.{mart.name} to {GROUP}"]


def _comment(english: str, vietnamese: str) -> str:
    return sql.Literal(f"{english}\nVI: {vietnamese}").as_string()
