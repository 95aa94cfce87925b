"""Every morning at seven: which reports are awaited? Tell who owes them, the level above and the owner, once a stage.

obligations → completeness and alerts. Who was told what, and when, is in `ops.alert_ledger`; a second run on the same
day sends nothing again. After mornings that were missed one run makes up for all: the ladder tells the latest stage and
records those it skipped. A channel that nobody answers on is tried again for a quarter of an hour or more, then
`remind` has failed.

A run that is not through by eight is told to `BAOCAO_OPERATOR` and to the log.
"""

import os
from datetime import timedelta

import pendulum
from airflow.sdk import (
    CronTriggerTimetable,
    DeadlineAlert,
    DeadlineReference,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    SyncCallback,
    dag,
    task,
)

ZONE = "Asia/Ho_Chi_Minh"
SCHEDULE = os.environ.get("BAOCAO_DEADLINES_SCHEDULE", "0 7 * * *")
IN_TIME = timedelta(hours=1)


def tell_late(context: dict) -> None:
    """Airflow calls this where a run's deadline has passed and the run has not succeeded."""
    from pipeline import lateness

    lateness.tell(context)


@dag(
    schedule=None if SCHEDULE == "none" else CronTriggerTimetable(SCHEDULE, timezone=ZONE),
    start_date=pendulum.datetime(2026, 1, 1, tz=ZONE),
    catchup=False,
    max_active_runs=1,
    params={"now": Param(None, type=["null", "string"], format="date-time", description="Empty: now")},
    default_args={
        "retries": 3,
        "retry_delay": timedelta(seconds=15),
        "retry_policy": ExceptionRetryPolicy([RetryRule("warehouse.errors.NotRetryable", RetryAction.FAIL)]),
        "execution_timeout": timedelta(minutes=30),
    },
    deadline=DeadlineAlert(
        name="in time",
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=IN_TIME,
        callback=SyncCallback(tell_late),
    ),
    doc_md=__doc__,
    tags=["alerts"],
)
def deadlines():
    @task
    def build(**context) -> None:
        """Bring the status of each obligation to this moment."""
        from pipeline import building, run_clock

        with run_clock.of_run(context):
            building.build()

    # Twice the wait each time, and up to as much again by chance: given up after 15 to 30 minutes.
    @task(retries=4, retry_delay=timedelta(minutes=1), retry_exponential_backoff=2)
    def remind(**context) -> None:
        """Write to whom a stage of the ladder is due for, one digest each."""
        from pipeline import reminding, run_clock

        with run_clock.of_run(context):
            reminding.remind()

    @task
    def completeness(**context) -> None:
        """Name the reports that are missing, and fail where something stands that nobody owes."""
        from pipeline import completeness, run_clock

        with run_clock.of_run(context):
            completeness.check()

    # Side by side: what the check finds holds the publication and fails the run, and never keeps a letter back.
    build() >> [completeness(), remind()]


deadlines()
