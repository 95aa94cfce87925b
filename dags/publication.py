"""When the marts are new: write the workbooks and score sheets that offices take away.

marts → workbooks, score sheets. What is written can be made again at any time from the marts. At eight, after the daily
check, it also writes what was missed while this DAG was paused or failed.

If it fails: offices keep the workbooks of the last publication, nothing is lost. "Nothing is published" names a broken
invariant that the check of completeness found: `ops.check_failure` has its reports; when it is mended, `baocao run`
checks and publishes. A full disk or a missing right on `published/` in the home: mend it and start the DAG again.
"""

import os

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException

from pipeline.dag_defaults import MARTS, REPORTING, asset_or_cron, defaults

SCHEDULE = "none" if os.environ.get("BAOCAO_DEADLINES_SCHEDULE") == "none" else "0 8 * * *"


@dag(
    dag_display_name="Phát hành biểu và bảng điểm (publication)",
    description="Write the workbooks and score sheets of the new figures.",
    schedule=asset_or_cron(MARTS, SCHEDULE),
    max_active_runs=1,
    doc_md=__doc__,
    **defaults(owner=REPORTING, tier=2, topic="publish"),
)
def publication():
    @task
    def publish(**context) -> None:
        """Write what the new figures changed."""
        from pipeline import publishing, run_clock, runs

        with run_clock.of_run(context):
            if not runs.last("build"):
                raise AirflowSkipException("nothing is built yet")
            publishing.publish()

    publish()


publication()
