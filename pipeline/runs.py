"""A step's row in ops.pipeline_run: there when the step begins, settled when it ends, failed when it breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from warehouse import clock, database, telemetry
from warehouse.audit import chain
from warehouse.logging import get_logger

log = get_logger(__name__)


DAILY = "completeness"
"""The step after which the whole warehouse is looked through for what the audit chain lacks."""


@dataclass
class Run:
    """A run under way. detail: what it did, kept when it ends; accepted_through: the last verdict it took in."""

    run_id: int
    as_of: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    accepted_through: int | None = None


@contextmanager
def recorded(step: str, catalogue_version: str | None = None, accepted_through: int | None = None) -> Iterator[Run]:
    """One run of a step, one at a time: waits for another process that is at the same step.

    A row that a killed process left open is failed here: the lock proves that the process is gone. One line of the log
    says what a run did and how long it took.
    """
    with database.exclusive(step):
        started = monotonic()
        run = _begin(step, catalogue_version, accepted_through)
        try:
            with telemetry.span(step, lambda: run.detail):
                yield run
        except BaseException as error:
            _end(run, "failed", run.detail | {"error": str(error)})
            raise
        _end(run, "succeeded", run.detail)
        chain.take_up(whole=step == DAILY)
        log.info("%s: %s in %.1f s", step, _counted(run.detail), monotonic() - started)


def _counted(detail: dict[str, Any]) -> str:
    """What a run counted: `12 models, 3 tests`."""
    counts = [f"{count} {name.replace('_', ' ')}" for name, count in detail.items() if isinstance(count, int) and count]
    return ", ".join(counts) or "nothing to do"


def last(step: str) -> Run | None:
    """The newest run of the step that succeeded."""
    with database.connect("loader") as connection:
        row = connection.execute(
            "select run_id, as_of, detail, accepted_through from ops.last_successful_run where step = %s", [step]
        ).fetchone()
    return Run(*row) if row else None


NEWEST = """
select distinct on (step)
    step,
    status,
    started_at,
    round(extract(epoch from finished_at - started_at), 1)::float8 as seconds,
    (detail ->> 'rows')::bigint as rows,
    (detail ->> 'bytes')::bigint as bytes,
    (detail ->> 'wal_bytes')::bigint as wal_bytes
from ops.pipeline_run
order by step, run_id desc
"""


def newest() -> list[dict[str, Any]]:
    """The newest run of each step, the latest first: how it ended, its seconds, rows and bytes."""
    with database.connect("loader") as connection:
        found = connection.cursor(row_factory=dict_row).execute(NEWEST).fetchall()
    return sorted(found, key=lambda run: run["started_at"], reverse=True)


def _begin(step: str, catalogue_version: str | None, accepted_through: int | None) -> Run:
    as_of = clock.now()
    with database.connect("loader") as connection:
        connection.execute(
            "update ops.pipeline_run set status = 'failed', finished_at = clock_timestamp() "
            "where step = %s and status = 'running'",
            [step],
        )
        row = connection.execute(
            "insert into ops.pipeline_run (step, status, as_of, catalogue_version, accepted_through, detail) "
            f"values (%s, 'running', %s, %s, %s, {telemetry.AT_BEGIN}) returning run_id",
            [step, as_of, catalogue_version, accepted_through],
        ).fetchone()
    assert row is not None
    return Run(row[0], as_of, accepted_through=accepted_through)


def _end(run: Run, status: str, detail: dict[str, Any]) -> None:
    with database.connect("loader") as connection:
        connection.execute(
            f"update ops.pipeline_run set status = %s, detail = %s || {telemetry.AT_END}, accepted_through = %s, "
            "finished_at = clock_timestamp() where run_id = %s",
            [status, Jsonb(detail), run.accepted_through, run.run_id],
        )
