"""Every morning at seven: which reports are awaited? Tell who owes them, the level above and the owner, once a stage.

obligations → completeness → alerts. Who was told what, and when, is in `ops.alert_ledger`;
a second run on the same day sends nothing again.
"""

import os
from datetime import timedelta

import pendulum
from airflow.sdk import CronTriggerTimetable, Param, dag, task

ZONE = "Asia/Ho_Chi_Minh"
SCHEDULE = os.environ.get("BAOCAO_DEADLINES_SCHEDULE", "0 7 * * *")


@dag(
    schedule=None if SCHEDULE == "none" else CronTriggerTimetable(SCHEDULE, timezone=ZONE),
    start_date=pendulum.datetime(2026, 1, 1, tz=ZONE),
    catchup=False,
    max_active_runs=1,
    params={"now": Param(None, type=["null", "string"], description="ISO 8601: the moment that the run lives at")},
    default_args={"retries": 3, "retry_delay": timedelta(seconds=15), "execution_timeout": timedelta(minutes=30)},
    doc_md=__doc__,
    tags=["alerts"],
)
def deadlines():
    @task
    def build(**context) -> None:
        """Bring the status of each obligation to this moment."""
        from pipeline import building, moments

        with moments.of_run(context):
            building.build()

    @task
    def remind(**context) -> None:
        """Write to whom a stage of the ladder is due for, one digest each."""
        from pipeline import moments, reminding

        with moments.of_run(context):
            reminding.remind()

    build() >> remind()


deadlines()
