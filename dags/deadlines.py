"""Every morning at seven, which reports are outstanding? Remind who owes them, the level above and the owner.

obligations → completeness and alerts. Every stage of the ladder reminds once: each reminder is a row of
`ops.alert_ledger`, and a second run on the same day sends nothing again. After mornings that were missed one run makes
up for all: it sends the latest stage and records those it skipped. A channel that nobody answers on is tried again for
a quarter of an hour or more, then `remind` has failed.

A run that is not through by eight is reported to `BAOCAO_OPERATOR` and in the log.

If it fails: start it again the same day, nobody is reminded twice. `build`: as for `figures`. `completeness`: reports
that nobody owes or rates that cannot be, named in `ops.check_failure`; letters go out all the same, the publication
waits. `remind`: the mail server or a webhook takes nothing; the letters stay queued, and `baocao alerts list` shows
the error. After five such days: `baocao alerts run --retry-failed`. `mail_receipts`: likewise. `verify`: a file or row
was changed, lost or added since it was recorded; its log and the message to `BAOCAO_OPERATOR` name it, and nothing else
waits for it. `expire`: a file with personal data cannot be deleted from the restricted folder.
"""

import os
from datetime import timedelta

from airflow.sdk import DeadlineAlert, DeadlineReference, SyncCallback, dag, task

from pipeline.dag_defaults import REPORTING, cron, defaults

SCHEDULE = os.environ.get("BAOCAO_DEADLINES_SCHEDULE") or "0 7 * * *"
IN_TIME = timedelta(hours=1)


def notify_late(context: dict) -> None:
    """Airflow calls this where a run's deadline has passed and the run has not succeeded."""
    from pipeline import lateness

    lateness.notify_operator(context)


@dag(
    dag_display_name="Nhắc hạn báo cáo (deadlines)",
    description="Find outstanding reports and send each reminder once.",
    schedule=cron(SCHEDULE),
    max_active_runs=1,
    deadline=DeadlineAlert(
        name="in time",
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=IN_TIME,
        callback=SyncCallback(notify_late),
    ),
    doc_md=__doc__,
    **defaults(owner=REPORTING, tier=1, topic="alerts", minutes=30),
)
def deadlines():
    @task
    def build(**context) -> None:
        """Bring the status of each obligation up to now."""
        from pipeline import building, run_clock

        with run_clock.of_run(context):
            building.build()

    # Twice the wait each time, and up to as much again by chance: given up after 15 to 30 minutes.
    @task(retries=4, retry_delay=timedelta(minutes=1), retry_exponential_backoff=2)
    def remind(**context) -> None:
        """Send one digest to each recipient for whom a stage of the ladder is due."""
        from pipeline import reminding, run_clock

        with run_clock.of_run(context):
            reminding.remind()

    @task
    def mail_receipts(**context) -> None:
        """Send the receipts that no mail server took when their files were checked."""
        from pipeline import mailing, run_clock

        with run_clock.of_run(context):
            mailing.mail_receipts()

    @task
    def completeness(**context) -> None:
        """Name the reports that are missing, and fail where a report was accepted that nobody owes."""
        from pipeline import completeness, run_clock

        with run_clock.of_run(context):
            completeness.check()

    @task
    def verify(**context) -> None:
        """Notify the operators where anything is not as it was recorded: files, rows, the audit chain."""
        from pipeline import run_clock, verifying

        with run_clock.of_run(context):
            verifying.verify_daily()

    @task
    def expire(**context) -> None:
        """Delete the files with personal data and the records of sign-ins whose time is up."""
        from pipeline import expiring, run_clock

        with run_clock.of_run(context):
            expiring.expire()

    # Side by side: what the check finds holds the publication and fails the run, and never keeps a letter back.
    build() >> [completeness(), remind()]
    mail_receipts()
    expire()
    verify()


deadlines()
