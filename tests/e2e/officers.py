"""What people do on Airflow's page, through the same REST API that the page uses."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request
from uuid import uuid4

from warehouse.airflow.api import ENDED, AirflowApi, Run

TIMEOUT_SECONDS = 240
AS_FAST_AS_A_PERSON_SECONDS = 2


class Officers(AirflowApi):
    """Signed in as the user of this home."""

    def signed_in(self) -> str:
        """The token that the browser of somebody who is signed in has as a cookie."""
        self.token = self.token or self._sign_in()
        return self.token

    def request_closing(self, programme: str, period: str, now: str) -> Run:
        return self._begin("closing", {"programme": programme, "period": period, "now": now})

    def trigger_late(self, dag_id: str, ago: timedelta) -> Run:
        """A run of that long ago, as after downtime."""
        return self._begin(dag_id, {}, (datetime.now(UTC) - ago).isoformat())

    def pause(self, dag_id: str, is_paused: bool = True) -> None:
        self._send("PATCH", f"/api/v2/dags/{dag_id}", {"is_paused": is_paused})

    def question(self, run: Run) -> dict[str, Any]:
        """subject, body and options of the approval that a person decides about."""
        return self._get(f"{_path(run)}/taskInstances/approval/-1/hitlDetails")

    def answer(self, run: Run, option: str, note: str) -> None:
        """Decide once, and again if requested: a decision faster than the scheduler, which still has to note
        that the question's process has ended, makes Airflow 3.3 try the task once more.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        body = {"chosen_options": [option], "params_input": {"note": note}}
        while (state := self.task_states(run).get("approval")) != "success":
            assert state not in ("failed", "upstream_failed"), f"approval is {state}"
            assert time.monotonic() < deadline, f"approval is {state}"
            if state == "awaiting_input" and not self.question(run)["response_received"]:
                time.sleep(AS_FAST_AS_A_PERSON_SECONDS)
                self._send("PATCH", f"{_path(run)}/taskInstances/approval/-1/hitlDetails", body)
            time.sleep(0.2)

    def log(self, run: Run, task_id: str) -> str:
        """The last try's log."""
        task = self._get(f"{_path(run)}/taskInstances/{task_id}")
        return json.dumps(self._get(f"{_path(run)}/taskInstances/{task_id}/logs/{task['try_number']}"))

    def wait_for_end(self, run: Run) -> Run:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while (now := self.run(run)).state not in ENDED:
            assert time.monotonic() < deadline, now
            time.sleep(0.3)
        return now

    def run_types(self, dag_id: str) -> list[str]:
        """What started each run, the newest first: `manual`, `scheduled`, `asset_triggered`."""
        return [run["run_type"] for run in self._get(f"/api/v2/dags/{dag_id}/dagRuns?order_by=-run_after")["dag_runs"]]

    def _begin(self, dag_id: str, conf: dict[str, Any], logical_date: str | None = None) -> Run:
        run_id = f"asked__{uuid4()}"
        body = {"dag_run_id": run_id, "logical_date": logical_date, "conf": conf}
        self._send("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)
        return Run(dag_id, run_id, "queued")

    def _send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        return self._call(Request(self.address + path, json.dumps(body).encode(), headers, method=method))


def _path(run: Run) -> str:
    return f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}"
