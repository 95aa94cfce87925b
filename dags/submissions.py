"""Every two minutes: receive what offices dropped into the inbox, check it, say so.

inbox → raw → gate. A file that fails is answered with a receipt; it never fails the run.
When something was judged, the asset `baocao://raw/submissions` sets off the DAG `figures`.
"""

import os
from datetime import timedelta

import pendulum
from airflow.sdk import (
    Asset,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    dag,
    task,
)
from airflow.sdk.exceptions import AirflowSkipException

RAW = Asset("baocao://raw/submissions")
ZONE = "Asia/Ho_Chi_Minh"
SCHEDULE = os.environ.get("BAOCAO_INBOX_SCHEDULE", "*/2 * * * *")


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
        "execution_timeout": timedelta(minutes=15),
    },
    doc_md=__doc__,
    tags=["ingest"],
)
def submissions():
    @task
    def plan_batches(**context) -> list[str]:
        """Share out the files of the inbox; none, and the run ends here."""
        from pipeline import moments, receiving

        with moments.of_run(context):
            return receiving.plan_batches()

    @task(doc_md="Archive, read and load the files of one batch.")
    def receive(batch: str, **context) -> str:
        from pipeline import moments, receiving

        with moments.of_run(context):
            return receiving.load(batch)

    @task(outlets=[RAW])
    def check(batches: list[str], **context) -> None:
        """Run the gate over what was loaded and answer each file with its receipt.

        Where every file was known already nothing is judged, and nothing needs to be built.
        """
        from pipeline import moments, receiving

        with moments.of_run(context):
            if not receiving.check_and_answer(list(batches)):
                raise AirflowSkipException("nothing new")
            moments.pass_on(context, RAW)

    check(receive.expand(batch=plan_batches()))


submissions()
