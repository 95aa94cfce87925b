"""The step `publish`: each plan's own workbook for whom the newest build changed, under BAOCAO_HOME/published.

One workbook a programme, period and unit, `<programme>/<period>/<unit>.xlsx`: the units whose report changed and every
place above them. Of a plan that scores its units also those whose deadline has passed since: a missing report costs
points although nothing came. A workbook is there whole or not at all, and equal figures give equal bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import psycopg

from pipeline import completeness, runs
from publish import reports
from warehouse import database
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

EVER = datetime(1, 1, 1, tzinfo=UTC)

BUILT = """
select accepted_through, catalogue_version, as_of from ops.last_successful_run where step = 'build'
"""

CHANGED = """
with accepted as (
    select report.programme_code, report.period, report.unit_id, report.accepted_seq
    from app.validated_submission as report
    left join catalogue.score_sheets as sheet using (programme_code)
    where report.is_accepted and report.accepted_seq <= %(through)s
        and (report.form = 'figures' or sheet.programme_code is not null)),
changed as (
    select programme_code, period, unit_id from accepted where accepted_seq > %(since)s
    union
    select owed.programme_code, owed.period, owed.unit_id
    from app.expected_report as owed
    join catalogue.score_sheets using (programme_code)
    where owed.is_owed and owed.deadline_at > %(last)s and owed.deadline_at <= %(now)s
        and exists (select from accepted where accepted.programme_code = owed.programme_code
                        and accepted.period = owed.period))
select distinct changed.programme_code, changed.period, place.unit_id, named.unit_code,
       sheet.programme_code is not null
           and (named.unit_level = sheet.unit_level or named.unit_code = programme.root_unit_code) as is_scored
from changed
join app.org_unit as unit using (unit_id)
cross join lateral (values (unit.unit_id), (unit.district_id), (unit.province_id)) as place (unit_id)
join app.org_unit as named on named.unit_id = place.unit_id
join catalogue.programmes as programme using (programme_code)
left join catalogue.score_sheets as sheet using (programme_code)
order by 1, 2, 4
"""
"""A season in which nobody has reported yet is not published: a ranking of nothing tells nobody anything."""

FIGURED = """
select distinct unit_id from marts.fct_indicator_rollup
where boundary_basis = 'as_reported' and programme_code = %s and period = %s and unit_id = any(%s)
"""


@dataclass
class Published:
    """Workbooks written, and removed because nothing is reported there any more."""

    written: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)


def publish() -> Published:
    """Write the workbooks of what the newest build knows and the last publication did not.

    Everything is written again where the catalogue changed, or where nothing is published in this home yet.
    Raises NotFitToPublish while the last check of completeness stands with a broken invariant.
    """
    done = Published()
    with runs.recorded("publish") as run, database.connect("owner") as connection:
        completeness.require(connection)
        through, catalogue, moment = _built(connection)
        since, last = _since(catalogue)
        for programme, period, unit, has_report in _changed(connection, since, through, last, moment):
            _publish(connection, programme, period, unit, has_report, done)
        run.accepted_through = through
        run.detail = {"catalogue": catalogue, "written": len(done.written), "removed": len(done.removed)}
        run.detail["told_at"] = moment.isoformat()
    log.info("%d workbooks published under %s", len(done.written), folder())
    return done


def folder() -> Path:
    """Where the workbooks are."""
    return get_settings().home / "published"


def _built(connection: psycopg.Connection) -> tuple[int, str | None, datetime]:
    """The last verdict that the newest build took in (0 for none), its catalogue, and the moment it told figures at."""
    row = connection.execute(BUILT).fetchone()
    return (row[0] or 0, row[1], row[2]) if row else (0, None, EVER)


def _since(catalogue: str | None) -> tuple[int, datetime]:
    """The last verdict that is published, and the moment until which deadlines are."""
    last = runs.last("publish")
    if last is None or last.detail.get("catalogue") != catalogue or not folder().exists():
        return 0, EVER
    told_at = last.detail.get("told_at")
    return last.accepted_through or 0, datetime.fromisoformat(told_at) if told_at else EVER


def _changed(
    connection: psycopg.Connection, since: int, through: int, last: datetime, now: datetime
) -> Iterator[tuple[str, str, str, bool]]:
    """Programme, period and unit, and whether there is anything to tell of it."""
    values = {"since": since, "through": through, "last": last, "now": now}
    rows = connection.execute(CHANGED, values).fetchall()
    for (programme, period), places in groupby(rows, key=lambda row: row[:2]):
        units = list(places)
        asked = [programme, period, [unit_id for _, _, unit_id, _, _ in units]]
        figured = {unit_id for (unit_id,) in connection.execute(FIGURED, asked)}
        told = {code: False for _, _, _, code, _ in units}
        for _, _, unit_id, code, is_scored in units:
            told[code] = told[code] or is_scored or unit_id in figured
        for code, has_report in told.items():
            yield programme, period, code, has_report


def _publish(
    connection: psycopg.Connection, programme: str, period: str, unit: str, has_report: bool, done: Published
) -> None:
    path = folder() / programme / period / f"{unit}.xlsx"
    if has_report:
        done.written.append(reports.report(programme, unit, period, path, connection=connection))
    elif path.exists():
        path.unlink()
        done.removed.append(path)
