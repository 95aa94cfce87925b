"""A person closes a period: the page shows its status, someone answers, and the answer is kept with it.

period_status → approval → close. Started by hand with a programme and a period. After "Khoá sổ" the figures as of then
are the vintage that stays and nobody is reminded any more; what is accepted later counts and is marked. After "Không
khoá", or thirty days without an answer, nothing is closed and the run ends well. `baocao close` does the same without
the question.

If it fails: nothing was closed. `period_status`: programme or period is wrong, closed already, or not built yet; start
a new run. `close`: the period was closed by somebody else meanwhile, or the database was away; `baocao close` says.
"""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from pipeline.dag_defaults import REPORTING, defaults, seed_rows

CLOSE, KEEP_OPEN = "Khoá sổ", "Không khoá"


PROGRAMMES = {row["programme_code"]: row["name_vi"] for row in seed_rows("programmes")}
PERIODS = sorted({row["period"] for row in seed_rows("periods") if row["kind"] == "owed"})

PARAMS = {
    "programme": Param(
        next(iter(PROGRAMMES)),
        type="string",
        enum=list(PROGRAMMES),
        values_display=PROGRAMMES,
        title="Chương trình, kế hoạch",
    ),
    "period": Param(
        type="string",
        minLength=1,
        examples=PERIODS,
        title="Kỳ báo cáo",
        description="2026, 2026-H1, 2026-Q3 hoặc 2026-06",
    ),
}


@dag(
    dag_display_name="Khoá sổ kỳ báo cáo (closing)",
    description="Ask a person whether a period is closed, and keep the decision.",
    schedule=None,
    doc_md=__doc__,
    **defaults(owner=REPORTING, tier=3, topic="closing", **PARAMS),
)
def closing():
    @task
    def period_status(**context) -> dict[str, str]:
        """Count the period's reports, for the one who decides; a wrong programme or period ends the run here."""
        from pipeline import closing, run_clock

        with run_clock.of_run(context):
            return closing.question(context["params"]["programme"], context["params"]["period"], CLOSE, KEEP_OPEN)

    approval = HITLOperator(
        task_id="approval",
        subject="{{ ti.xcom_pull(task_ids='period_status')['subject'] }}",
        body="{{ ti.xcom_pull(task_ids='period_status')['body'] }}",
        options=[CLOSE, KEEP_OPEN],
        defaults=KEEP_OPEN,
        params={"note": Param(None, type=["null", "string"], title="Ghi chú", description="Số văn bản, lý do.")},
        response_timeout=timedelta(days=30),
        doc_md="Wait for somebody's answer; no process waits with it.",
    )

    @task
    def close(response: dict, **context) -> str:
        """Close the period if the answer was to, with who decided and when; else log that it stays open."""
        from pipeline import closing, run_clock

        period = context["params"]["programme"], context["params"]["period"]
        who = response["responded_by_user"] or {"name": None}
        decision = closing.Decision(who["name"], response["responded_at"], response["params_input"].get("note") or "")
        if CLOSE not in response["chosen_options"]:
            raise AirflowSkipException(closing.kept_open_message(*period, decision))
        with run_clock.of_run(context):
            return closing.close_as_decided(*period, decision)

    period_status() >> approval
    close(approval.output)


closing()
