"""As soon as a file is in the inbox, and every two minutes: receive what is there, check it, write receipts.

inbox → catalogue → raw → gate → receipts by mail; beside it the mailbox likewise. A file that fails gets a receipt with
its issues; it never fails the run. Airflow's triggerer watches the inbox and starts a run once a file is finished
(`pipeline/inbox_trigger.py`); what it misses, the clock finds. When a report was accepted, the asset
`baocao://raw/submissions` starts the DAG `figures`. So it does where reports that were accepted earlier wait for a
build and none has begun for ten minutes: `figures` was paused, or has failed.

If it fails: no file is lost, it stays in the inbox or is in the archive, and the next run carries on. See which task
failed. `prepare_catalogue`: a seed is wrong, the message names its row. `receive`: inbox or archive cannot be read or
written. `check`: a rule cannot be evaluated, its message names it; its reports wait and no receipt is written for them.
`mail_receipts`: the mail server takes nothing; the receipts wait for the next files or for seven in the morning, and
nothing else does. `fetch_mail`: the mailbox of `BAOCAO_MAILBOX_URL` cannot be opened or read; the mails stay in it for
the next run, and files are received all the same.
"""

import logging
import os

from airflow.sdk import Asset, AssetWatcher, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from pipeline.dag_defaults import OPERATIONS, RAW, asset_or_cron, defaults
from pipeline.inbox_trigger import InboxTrigger

log = logging.getLogger(__name__)
SCHEDULE = os.environ.get("BAOCAO_INBOX_SCHEDULE") or "*/2 * * * *"
INBOX = Asset("baocao://inbox", watchers=[AssetWatcher(name="finished_files", trigger=InboxTrigger())])


@dag(
    dag_display_name="Tiếp nhận báo cáo (submissions)",
    description="Receive and check what offices dropped into the inbox, and write receipts.",
    schedule=None if SCHEDULE == "none" else asset_or_cron(INBOX, SCHEDULE),
    max_active_runs=1,
    doc_md=__doc__,
    **defaults(owner=OPERATIONS, tier=1, topic="ingest"),
)
def submissions():
    @task
    def plan_batches(**context) -> list[str]:
        """Split the files of the inbox into batches; none, and no build overdue, and the run ends here."""
        from pipeline import receiving, run_clock

        with run_clock.of_run(context):
            batches = receiving.plan_run()
        if not batches:
            raise AirflowSkipException("the inbox is empty")
        return batches

    @task
    def prepare_catalogue(**context) -> None:
        """Load plans, map and schedule where the catalogue changed: what a cell may hold depends on them."""
        from pipeline import building, run_clock

        with run_clock.of_run(context):
            version = building.prepare_catalogue()
        log.info("The catalogue is loaded, version %s", version)

    @task(doc_md="Archive, read and load the files of one batch.")
    def receive(batch: str, **context) -> str:
        from pipeline import receiving, run_clock

        with run_clock.of_run(context):
            return receiving.load(batch)

    @task(outlets=[RAW])
    def check(batches: list[str], **context) -> None:
        """Run the gate over what was loaded and write each file's receipt.

        Where nothing was accepted, and nothing accepted earlier waits for a build, nothing is built.
        """
        from pipeline import receiving, run_clock

        with run_clock.of_run(context):
            if not receiving.is_build_due(receiving.check_and_issue_receipts(list(batches))):
                raise AirflowSkipException("nothing was accepted")
            run_clock.pass_on(context, RAW)

    # Where nothing was accepted `check` is skipped, and its receipts are due all the same.
    @task(retries=0, trigger_rule="none_failed_min_one_success")
    def mail_receipts(**context) -> None:
        """Send each file's receipt to the contact of its unit; what no server takes waits for the next files."""
        from pipeline import mailing, run_clock

        with run_clock.of_run(context):
            mailing.mail_receipts()

    # The next run is two minutes away.
    @task(retries=0)
    def fetch_mail(**context) -> None:
        """Receive the reports in answers to letters; without a mailbox to watch there is nothing to do."""
        from pipeline import run_clock
        from pipeline.mailbox import fetching
        from warehouse.settings import get_settings

        if get_settings().mailbox_url is None:
            raise AirflowSkipException("no mailbox is set")
        with run_clock.of_run(context):
            fetching.fetch()

    fetch_mail()
    planned = plan_batches()
    received = receive.expand(batch=planned)
    planned >> prepare_catalogue() >> received
    [received, check(received)] >> mail_receipts()


submissions()
