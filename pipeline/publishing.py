"""The step `publish`: annex workbooks for whom the newest build changed, under BAOCAO_HOME/published.

One workbook a programme, period and unit, `<programme>/<period>/<unit>.xlsx`: the units whose report changed and every
place above them. A workbook is there whole or not at all, and equal figures give equal bytes.
"""

from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from pipeline import runs
from publish import annex
from warehouse import database
from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

BUILT = """
select accepted_through, catalogue_version from ops.pipeline_run
where step = 'build' and status = 'succeeded' order by run_id desc limit 1
"""

CHANGED = """
with changed as (
    select distinct programme_code, period, unit_id from intermediate.int_reports__judged
    where is_accepted and form = 'figures' and accepted_seq > %(since)s and accepted_seq <= %(through)s),
places as (
    select distinct changed.programme_code, changed.period, place.unit_id
    from changed
    join intermediate.int_org_units__identified as unit using (unit_id)
    cross join lateral (values (unit.unit_id), (unit.district_id), (unit.province_id)) as place (unit_id)
    where place.unit_id is not null),
figures as (
    select distinct programme_code, period, unit_id from marts.fct_indicator_rollup
    where boundary_basis = 'as_reported' and (programme_code, period) in (select programme_code, period from changed))
select places.programme_code, places.period, unit.unit_code, bool_or(figures.unit_id is not null) as has_figures
from places
join intermediate.int_org_units__identified as unit using (unit_id)
left join figures using (programme_code, period, unit_id)
group by 1, 2, 3 order by 1, 2, 3
"""


@dataclass
class Published:
    """Workbooks written, and removed because nothing is reported there any more."""

    written: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)


def publish() -> Published:
    """Write the workbooks of what the newest build knows and the last publication did not.

    Everything is written again where the catalogue changed, or where nothing is published in this home yet.
    """
    done = Published()
    with runs.recorded("publish") as run, database.connect("owner") as connection:
        through, catalogue = _built(connection)
        since = _since(catalogue)
        changed = (
            connection.execute(CHANGED, {"since": since, "through": through}).fetchall() if through > since else []
        )
        for programme, period, unit, has_figures in changed:
            _publish(programme, period, unit, has_figures, done)
        run.accepted_through = through
        run.detail = {"catalogue": catalogue, "written": len(done.written), "removed": len(done.removed)}
    log.info("%d workbooks published under %s", len(done.written), folder())
    return done


def folder() -> Path:
    """Where the workbooks are."""
    return get_settings().home / "published"


def _built(connection: psycopg.Connection) -> tuple[int, str | None]:
    """The last verdict that the newest build took in (0 for none), and the catalogue it was built with."""
    row = connection.execute(BUILT).fetchone()
    return (row[0] or 0, row[1]) if row else (0, None)


def _since(catalogue: str | None) -> int:
    last = runs.last("publish")
    if last is None or last.detail.get("catalogue") != catalogue or not folder().exists():
        return 0
    return last.accepted_through or 0


def _publish(programme: str, period: str, unit: str, has_figures: bool, done: Published) -> None:
    path = folder() / programme / period / f"{unit}.xlsx"
    if has_figures:
        done.written.append(annex.report(programme, unit, period, path))
    elif path.exists():
        path.unlink()
        done.removed.append(path)
