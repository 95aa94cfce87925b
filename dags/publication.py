"""When the marts are new: write the workbooks and scorecards that offices take away.

marts → workbooks, scorecards. What is written can be made again at any time from the marts.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import Asset, ExceptionRetryPolicy, Param, RetryAction, RetryRule, dag, task

MARTS = Asset("baocao://marts")


@dag(
    schedule=[MARTS],
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
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
    tags=["publish"],
)
def publication():
    @task
    def publish(**context) -> None:
        """Write what the new figures changed."""
        from pipeline import publishing, run_clock

        with run_clock.of_run(context):
            publishing.publish()

    publish()


publication()
