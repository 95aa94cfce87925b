"""Every two minutes: receive what offices dropped into the inbox, check it, say so.

inbox → catalogue → raw → gate. A file that fails gets a receipt with its issues; it never fails the run.
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
        """Split the files of the inbox into batches; none, and the run ends here."""
        from pipeline import receiving, run_clock

        with run_clock.of_run(context):
            batches = receiving.plan_batches()
        if not batches:
            raise AirflowSkipException("the inbox is empty")
        return batches

    @task
    def prepare_catalogue(**context) -> None:
        """Load plans, map and schedule where the catalogue changed: what a cell may hold depends on them."""
        from pipeline import building, run_clock

        with run_clock.of_run(context):
            building.prepare_catalogue()

    @task(doc_md="Archive, read and load the files of one batch.")
    def receive(batch: str, **context) -> str:
        from pipeline import receiving, run_clock

        with run_clock.of_run(context):
            return receiving.load(batch)

    @task(outlets=[RAW])
    def check(batches: list[str], **context) -> None:
        """Run the gate over what was loaded and write each file's receipt.

        Where every file is a duplicate nothing is checked, and nothing needs to be built.
        """
        from pipeline import receiving, run_clock

        with run_clock.of_run(context):
            if not receiving.check_and_issue_receipts(list(batches)):
                raise AirflowSkipException("nothing new")
            run_clock.pass_on(context, RAW)

    planned = plan_batches()
    received = receive.expand(batch=planned)
    planned >> prepare_catalogue() >> received
    check(received)


submissions()
