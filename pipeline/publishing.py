"""The step `publish`: each plan's own workbook for whom a build changed, under BAOCAO_HOME/published.

One workbook a programme, period and unit, `<programme>/<period>/<unit>.xlsx`: the units whose report changed and every
place above them, and all units of a programme of which the models or the rows of the catalogue are others. Of a plan
that scores its units also those whose deadline has passed since: a missing report costs points although nothing came.
A workbook is there whole or not at all, and equal figures give equal bytes.

What is published is kept by partition as the state of the consumer `workbooks` (ops.partition_state). A programme that
did not pass the checks is blocked and keeps the workbooks that it has; the others are published.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from pipeline import completeness, runs
from publish import reports
from warehouse import database, kept_files
from warehouse.audit import chain
from warehouse.settings import get_settings

EVER = datetime(1, 1, 1, tzinfo=UTC)

BUILT = "select as_of from ops.last_successful_run where step = 'build'"

UNCHECKED = """
select unchecked.programme_code,
    string_agg(distinct concat(result.rule, ': ' || result.unexpected_count || ' rows'), '; ')
from ops.changed_partitions('checks') as unchecked
left join ops.check_result_by_programme as result
    on result.programme_code in (unchecked.programme_code, '')
    and result.run_id = (select max(run_id) from ops.check_result
                         where suite = 'fct_indicator_rollup' and rule = 'figure_of_unknown_unit')
    and exists (select from ops.check_result as rule
                where (rule.run_id, rule.suite, rule.rule) = (result.run_id, result.suite, result.rule)
                    and rule.severity = 'critical')
group by 1 order by 1
"""

VERSIONS = """
select figures.programme_code, md5(concat(figures.version, ' ', (
    select string_agg(concat(relation, ' ', state.version), ' ' order by relation, state.programme_code)
    from ops.relation_state as state
    where relation like 'catalogue.%' and state.programme_code in (figures.programme_code, ''))))
from ops.figures_versions() as figures
"""
"""By programme all that a workbook is made of beside reports: what makes its figures, and the rows that lay it out."""

UNPUBLISHED = """
create temporary table unpublished on commit drop as
select programme_code, period, partition_province_id, now.version, now.accepted_through,
    programme_code = any(%(anew)s) as is_anew,
    case when programme_code = any(%(anew)s) then 0 else coalesce(published.accepted_through, 0) end as since
from ops.mart_partitions() as now
full join (select * from ops.partition_state where consumer = 'workbooks') as published
    using (programme_code, period, partition_province_id)
where (published.version is distinct from now.version or programme_code = any(%(anew)s))
    and not programme_code = any(%(blocked)s)
"""

CHANGED = """
with accepted as (
    select report.programme_code, report.period, report.partition_province_id, report.unit_id, report.accepted_seq
    from app.validated_submission as report
    left join catalogue.score_sheets as sheet using (programme_code)
    where report.is_accepted and (report.form = 'figures' or sheet.programme_code is not null)),
changed as (
    select programme_code, period, unit_id
    from accepted join pg_temp.unpublished using (programme_code, period, partition_province_id)
    where accepted_seq > since and accepted_seq <= accepted_through
    union
    select owed.programme_code, owed.period, owed.unit_id
    from app.expected_report as owed
    join catalogue.score_sheets using (programme_code)
    where owed.is_owed and owed.deadline_at <= %(now)s
        and owed.deadline_at > coalesce((%(last)s::jsonb ->> owed.programme_code)::timestamptz, '-infinity')
        and not owed.programme_code = any(%(blocked)s)
        and exists (select from accepted where accepted.programme_code = owed.programme_code
                        and accepted.period = owed.period))
select distinct changed.programme_code, changed.period, ancestor.unit_id, named.unit_code,
       sheet.programme_code is not null
           and (named.unit_level = sheet.unit_level or named.unit_code = programme.root_unit_code) as is_scored,
       exists (select from catalogue.annex_columns as printed
               where printed.programme_code = changed.programme_code) as has_annex
from changed
join app.org_unit as unit using (unit_id)
cross join lateral (values (unit.unit_id), (unit.district_id), (unit.province_id)) as ancestor (unit_id)
join app.org_unit as named on named.unit_id = ancestor.unit_id
join catalogue.programmes as programme using (programme_code)
left join catalogue.score_sheets as sheet using (programme_code)
order by 1, 2, 4
"""
"""A season in which nobody has reported yet is not published: a ranking of nothing tells nobody anything. Nor is a plan
without a table and without scores, of which there is nothing to print."""

PUBLISHED = """
with gone as (
    delete from ops.partition_state as published using pg_temp.unpublished as gone
    where published.consumer = 'workbooks' and gone.version is null
        and (published.programme_code, published.period, published.partition_province_id)
            = (gone.programme_code, gone.period, gone.partition_province_id))
insert into ops.partition_state as published
    (consumer, programme_code, period, partition_province_id, version, accepted_through)
select 'workbooks', programme_code, period, partition_province_id, version, accepted_through
from pg_temp.unpublished where version is not null
on conflict (consumer, programme_code, period, partition_province_id) do update
set version = excluded.version, accepted_through = excluded.accepted_through, updated_at = excluded.updated_at
"""

UNITS_WITH_FIGURES = """
select distinct unit_id from fct_indicator_rollup
where boundary_basis = 'as_reported' and programme_code = %s and period = %s and unit_id = any(%s)
"""


@dataclass
class Published:
    """Workbooks written, and removed where nothing is reported there now; recorded: what the chain has of both."""

    written: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)
    recorded: dict[Path, dict[str, Any]] = field(default_factory=dict)


def publish() -> Published:
    """Write the workbooks of what is built and checked and the last publication did not have.

    All of a programme is written again where its catalogue or a model changed, and everything where nothing is
    published in this home yet. Raises NotFitToPublish for the programmes that are blocked, after the others are done.
    """
    from expectations.checks import NotFitToPublish

    done = Published()
    with runs.recorded("publish") as run, database.connect("owner") as connection:
        blocked = blocked_programmes(connection)
        (as_of,) = connection.execute(BUILT).fetchone() or (None,)
        before = _published_before()
        versions: dict[str, str] = dict(connection.execute(VERSIONS).fetchall())
        anew = {code for code, version in versions.items() if before.get(code, {}).get("version") != version} - {
            *blocked
        }
        psycopg.ClientCursor(connection).execute(UNPUBLISHED, {"anew": sorted(anew), "blocked": sorted(blocked)})
        last = {code: found["as_of"] for code, found in before.items() if code not in anew}
        for programme, period, unit, has_report in _changed(connection, blocked, last, as_of):
            _publish(connection, programme, period, unit, has_report, done)
        _remove_others(anew, done)
        chain.record_files("workbook", done.recorded)
        for path in done.removed:  # what a kill leaves of them is removed again; a removal unrecorded would be a loss
            path.unlink()
        connection.execute(PUBLISHED)
        now = {code: _state(version, as_of) for code, version in versions.items() if code not in blocked}
        counted = {"workbooks_written": len(done.written), "workbooks_removed": len(done.removed)}
        counted["bytes"] = sum(path.stat().st_size for path in done.written)
        run.detail = {**counted, "programmes": before | now}
        run.detail["blocked"] = blocked
    if blocked:
        reasons = "\n".join(f"{programme}: {reason}" for programme, reason in sorted(blocked.items()))
        raise NotFitToPublish(
            f"{len(done.written)} workbooks are published, and none of {', '.join(sorted(blocked))}:\n{reasons}\n"
            "ops.check_failure and ops.check_result_by_programme say more. When that is mended, `baocao run` checks "
            "again and publishes."
        )
    return done


def folder() -> Path:
    """Where the workbooks are."""
    return get_settings().home / "published"


def blocked_programmes(connection: psycopg.Connection) -> dict[str, str]:
    """Which programmes are not published, and why: figures that passed no check yet, broken invariants of reports."""
    unchecked = connection.execute(UNCHECKED).fetchall()
    blocked = {programme: reason or "built, and not checked yet: run `baocao build`" for programme, reason in unchecked}
    for programme, reason in completeness.blocked(connection).items():
        for code in [programme] if programme else _programmes(connection):
            blocked[code] = "; ".join(filter(None, [blocked.get(code), reason]))
    return blocked


def _programmes(connection: psycopg.Connection) -> list[str]:
    return [code for (code,) in connection.execute("select programme_code from catalogue.programmes")]


def _state(version: str, as_of: datetime | None) -> dict[str, str]:
    return {"version": version, "as_of": (as_of or EVER).isoformat()}


def _published_before() -> dict[str, dict[str, str]]:
    """By programme: what its workbooks were made of, and the instant until which deadlines had passed in them."""
    last = runs.last("publish")
    return last.detail.get("programmes", {}) if last and folder().exists() else {}


def _changed(
    connection: psycopg.Connection, blocked: Mapping[str, str], last: Mapping[str, str], now: datetime | None
) -> Iterator[tuple[str, str, str, bool]]:
    """Programme, period and unit, and whether there is anything to show of it."""
    values = {"blocked": sorted(blocked), "last": Jsonb(last), "now": now or EVER}
    rows = connection.execute(CHANGED, values).fetchall()
    for (programme, period), places in groupby(rows, key=lambda row: row[:2]):
        units = list(places)
        keys = [programme, period, [unit_id for _, _, unit_id, *_ in units]]
        with_figures = {unit_id for (unit_id,) in connection.execute(UNITS_WITH_FIGURES, keys)}
        has_report_by_unit = {code: False for _, _, _, code, *_ in units}
        for _, _, unit_id, code, is_scored, has_annex in units:
            has_report_by_unit[code] |= is_scored or (has_annex and unit_id in with_figures)
        for code, has_report in has_report_by_unit.items():
            yield programme, period, code, has_report


def _remove_others(programmes: Iterable[str], done: Published) -> None:
    """Of a programme that was written anew, what is left of before."""
    for programme in programmes:
        for path in sorted((folder() / programme).rglob("*.xlsx")):
            if path not in done.written:
                _remove(path, done)


def _remove(path: Path, done: Published) -> None:
    done.removed.append(path)
    done.recorded[path] = chain.REMOVED


def _publish(
    connection: psycopg.Connection, programme: str, period: str, unit: str, has_report: bool, done: Published
) -> None:
    path = folder() / programme / period / f"{unit}.xlsx"
    if has_report:
        content = reports.render(connection, programme, unit, period, with_notes=True, with_lines=True)
        done.written.append(kept_files.put(path, content))
        done.recorded[path] = chain.described(content)
    elif path.exists():
        _remove(path, done)
