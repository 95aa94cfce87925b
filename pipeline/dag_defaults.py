"""What every DAG shares: zone, start, retries, owner, tier, the parameter `now`, and the assets between them.

The files in dags/ import this module at their top, so it imports airflow.sdk and pendulum and nothing of ours.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import pendulum
from airflow.sdk import (
    Asset,
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
)

ZONE = "Asia/Ho_Chi_Minh"
RAW = Asset("baocao://raw/submissions")
MARTS = Asset("baocao://marts")

OPERATIONS = "warehouse-operations"
"""The role that BAOCAO_OPERATOR reaches: server, database, Airflow, dbt."""
REPORTING = "reporting-coordination"
"""The role that follows who reports and what is published: contacts, deadlines, closings."""

RUN_TYPES = ("manual", "scheduled", "asset_triggered", "asset_materialization", "operator_triggered")
"""All but a backfill, which Airflow then refuses. Each step works on what is known now, so a run for a past day would
do today's work under that day's name; the marts as of an earlier time are read with `--as-of`."""

Tier = Literal[1, 2, 3]
"""1: reports or reminders stop, act the same day. 2: offices see older figures, act within two days. 3: by hand."""


def defaults(owner: str, tier: Tier, topic: str, minutes: int = 15, **params: Param) -> dict[str, Any]:
    """The keyword arguments of a DAG. minutes: how long a task may take; params: those beside `now`.

    An error that a person has to mend (warehouse.errors.NotRetryable) is not tried again.
    """
    return {
        "start_date": pendulum.datetime(2026, 1, 1, tz=ZONE),
        "catchup": False,
        "allowed_run_types": RUN_TYPES,
        "params": {**params, "now": Param(None, type=["null", "string"], format="date-time", description="Empty: now")},
        "default_args": {
            "owner": owner,
            "retries": 3,
            "retry_delay": timedelta(seconds=15),
            "retry_policy": ExceptionRetryPolicy([RetryRule("warehouse.errors.NotRetryable", RetryAction.FAIL)]),
            "execution_timeout": timedelta(minutes=minutes),
        },
        "tags": [topic, f"tier_{tier}"],
    }


def cron(expression: str) -> CronTriggerTimetable | None:
    """A schedule in Vietnamese time; `none` switches it off, for a replay."""
    return None if expression == "none" else CronTriggerTimetable(expression, timezone=ZONE)


def asset_or_cron(asset: Asset, expression: str) -> list[Asset] | AssetOrTimeSchedule:
    """With each event of the asset, and by the clock too, for the events that a paused DAG never saw."""
    timetable = cron(expression)
    return AssetOrTimeSchedule(assets=[asset], timetable=timetable) if timetable else [asset]


def seed_rows(seed: str) -> list[Mapping[str, Any]]:
    """The rows of a seed with those of the office's own catalogue: for a form that a DAG file draws. Reads CSV only."""
    from warehouse.seeds import office
    from warehouse.settings import PROJECT_ROOT, get_settings

    return office.rows(PROJECT_ROOT / "dbt_project", seed, get_settings().catalogue)
