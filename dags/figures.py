"""When reports were judged: make the figures of the marts again, and check them before anyone reads them.

raw → marts → checks. dbt runs in one task; the result of each model is in `ops.node_result`.
The asset `baocao://marts` then sets off the DAG `publication`.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import Asset, ExceptionRetryPolicy, Param, RetryAction, RetryRule, dag, task

RAW = Asset("baocao://raw/submissions")
MARTS = Asset("baocao://marts")


@dag(
    schedule=[RAW],
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    params={"now": Param(None, type=["null", "string"], format="date-time", description="Empty: now")},
    default_args={
        "retries": 3,
        "retry_delay": timedelta(seconds=15),
        "retry_policy": ExceptionRetryPolicy([RetryRule("warehouse.errors.NotRetryable", RetryAction.FAIL)]),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["figures"],
)
def figures():
    @task(outlets=[MARTS])
    def build(**context) -> None:
        """Take the reports accepted since the last build into the marts."""
        from pipeline import building, run_clock

        with run_clock.of_run(context):
            building.build()
            run_clock.pass_on(context, MARTS)

    build()


figures()
