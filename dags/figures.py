"""When reports were accepted: build the marts, and check them before anyone reads them.

raw → marts → checks. dbt runs in one task; the result of each model is in `ops.node_result`.
The asset `baocao://marts` then starts the DAG `publication`. What was accepted while this DAG was paused or had failed
is built within minutes of its return: `submissions` requests the build again.

If it fails: the message names the model or the rule. A rule of the marts:
`ops.check_result_by_programme` counts the rows by programme, and nothing of that programme is published until a later
build passes; mend the seed or the report, then start the DAG again. A dbt error:
`logs/dbt.log` in the home. The marts keep what passed before; reports are still received meanwhile.
"""

from airflow.sdk import dag, task

from pipeline.dag_defaults import MARTS, OPERATIONS, RAW, defaults


@dag(
    dag_display_name="Tính số liệu (figures)",
    description="Build the marts from the reports that were checked, and check the marts.",
    schedule=[RAW],
    max_active_runs=1,
    doc_md=__doc__,
    **defaults(owner=OPERATIONS, tier=1, topic="figures", minutes=30),
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
