"""The time that a DAG run takes as now: its own `now`, or that of the run which set it off.

A run started by hand may carry `now` in its conf. It hands it on to the runs that its asset sets
off, through the asset event's extra, so that a replay lives through a season at its own pace.
Knows the shape of a task's context and nothing else of Airflow.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from warehouse import clock
from warehouse.as_of import parse_timestamp
from warehouse.settings import aware


@contextmanager
def of_run(context: Mapping[str, Any]) -> Iterator[None]:
    """Inside the block the clock is pinned to the run's `now`, if it has one.

    context: what Airflow gives a task. Raises WrongCall for a `now` that is no ISO 8601 timestamp.
    """
    now = now_of(context)
    with clock.at(parse_timestamp(now) if now else None):
        yield


def now_of(context: Mapping[str, Any]) -> str | None:
    """The run's own `now`; else the latest among the asset events that set it off; else None."""
    own = context["params"].get("now")
    return own or max(_handed_on(context), key=aware, default=None)


def pass_on(context: Mapping[str, Any], asset: Any) -> None:
    """Write the run's `now` into the event that the task emits for asset."""
    now = now_of(context)
    if now:
        context["outlet_events"][asset].extra = {"now": now}


def _handed_on(context: Mapping[str, Any]) -> list[str]:
    """In Airflow only a run that was set off by an asset has events."""
    events = context.get("triggering_asset_events") or {}
    return [event.extra["now"] for found in events.values() for event in found if "now" in event.extra]
