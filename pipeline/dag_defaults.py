"""What every DAG shares: zone, start, retries, owner, tier, the parameter `now`, and the assets between them.

The files in dags/ import this module at their top, so it imports airflow.sdk and pendulum and nothing of ours.
"""

from datetime import timedelta
from typing import Any, Literal

import pendulum
from airflow.sdk import Asset, CronTriggerTimetable, ExceptionRetryPolicy, Param, RetryAction, RetryRule

ZONE = "Asia/Ho_Chi_Minh"
RAW = Asset("baocao://raw/submissions")
MARTS = Asset("baocao://marts")

OPERATIONS = "warehouse-operations"
"""The role that BAOCAO_OPERATOR reaches: server, database, Airflow, dbt."""
REPORTING = "reporting-coordination"
"""The role that follows who reports and what is published: contacts, deadlines, closings."""

Tier = Literal[1, 2, 3]
"""1: reports or reminders stop, act the same day. 2: offices see older figures, act within two days. 3: by hand."""


def defaults(owner: str, tier: Tier, topic: str, minutes: int = 15, **params: Param) -> dict[str, Any]:
    """The keyword arguments of a DAG. minutes: how long a task may take; params: those beside `now`.

    An error that a person has to mend (warehouse.errors.NotRetryable) is not tried again.
    """
    return {
        "start_date": pendulum.datetime(2026, 1, 1, tz=ZONE),
        "catchup": False,
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
