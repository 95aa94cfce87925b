"""A small client of Airflow's own REST API, signed in as the user of this home.

What a season's replay needs: start a run at a moment, and wait until everything that it set off has ended.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from warehouse import airflow_environment
from warehouse.errors import BaocaoError

ENDED = frozenset({"success", "failed"})
POLL_SECONDS = 0.5
TIMEOUT_SECONDS = 30


class RunFailed(BaocaoError):
    """A DAG run ended badly or not in time; the message names it."""


@dataclass(frozen=True)
class Run:
    """One DAG run. state: queued, running, success or failed."""

    dag_id: str
    run_id: str
    state: str


class AirflowApi:
    """Every call raises BaocaoError with Airflow's own words when Airflow refuses."""

    def __init__(self) -> None:
        self.address = f"http://{airflow_environment.HOST}:{airflow_environment.port()}"
        self.token: str | None = None

    def wait_for_dags(self, dag_ids: frozenset[str], timeout: float = 60.0) -> None:
        """Until the DAG processor has read them all. Raises RunFailed with what it could not import."""
        deadline = time.monotonic() + timeout
        while not dag_ids <= {dag["dag_id"] for dag in self._get("/api/v2/dags")["dags"]}:
            if time.monotonic() > deadline:
                errors = [error["stack_trace"] for error in self._get("/api/v2/importErrors")["import_errors"]]
                raise RunFailed("\n".join(["The DAGs are not there.", *errors]))
            time.sleep(POLL_SECONDS)

    def trigger(self, dag_id: str, now: str | None = None) -> Run:
        """Start a run; now (ISO 8601) is the moment it lives at."""
        body = {"logical_date": None, "conf": {"now": now} if now else {}}
        return _run(self._post(f"/api/v2/dags/{dag_id}/dagRuns", body))

    def follow(self, first: Run, timeout: float = 600.0) -> Iterator[Run]:
        """Yield each run that first set off, itself included, whenever its state changes, until all have ended.

        Raises RunFailed as soon as one failed, or after timeout seconds.
        """
        deadline = time.monotonic() + timeout
        seen = {first.run_id: replace(first, state="")}
        while any(run.state not in ENDED for run in seen.values()):
            for known in list(seen.values()):
                if known.state in ENDED:
                    continue
                current = self.run(known)
                if current.state == "success":
                    seen |= {run.run_id: replace(run, state="") for run in self._set_off_by(current)} | seen
                if current.state != known.state:
                    seen[current.run_id] = current
                    yield current
                if current.state == "failed":
                    raise RunFailed(f"{current.dag_id} {current.run_id} failed: {self._failed_tasks(current)}")
            if time.monotonic() > deadline:
                raise RunFailed(f"{first.dag_id} {first.run_id} did not end within {timeout:.0f} s")
            time.sleep(POLL_SECONDS)

    def run(self, known: Run) -> Run:
        return _run(self._get(_path(known)))

    def _set_off_by(self, ended: Run) -> list[Run]:
        """The runs that asset events of this run created; waits for the scheduler to create them."""
        query = urlencode({"source_dag_id": ended.dag_id, "source_run_id": ended.run_id})
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            events = self._get(f"/api/v2/assets/events?{query}")["asset_events"]
            created = [run for event in events for run in event["created_dagruns"]]
            if len(created) >= len(events) or time.monotonic() > deadline:
                return [Run(run["dag_id"], run["run_id"], run["state"]) for run in created]
            time.sleep(POLL_SECONDS)

    def _failed_tasks(self, run: Run) -> str:
        tasks = self._get(f"{_path(run)}/taskInstances?state=failed")["task_instances"]
        return ", ".join(task["task_id"] for task in tasks) or "no task ran"

    def _get(self, path: str) -> dict[str, Any]:
        return self._call(Request(self.address + path))

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call(_json_request(self.address + path, body))

    def _call(self, request: Request) -> dict[str, Any]:
        if self.token is None:
            self.token = self._sign_in()
        request.add_header("Authorization", f"Bearer {self.token}")
        return _send(request)

    def _sign_in(self) -> str:
        who = {"username": airflow_environment.USER, "password": airflow_environment.password()}
        return str(_send(_json_request(f"{self.address}/auth/token", who))["access_token"])


def _path(run: Run) -> str:
    return f"/api/v2/dags/{run.dag_id}/dagRuns/{quote(run.run_id, safe='')}"


def _run(found: Mapping[str, Any]) -> Run:
    return Run(found["dag_id"], found["dag_run_id"], found["state"])


def _json_request(address: str, body: Mapping[str, Any]) -> Request:
    return Request(address, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def _send(request: Request) -> dict[str, Any]:
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            document: dict[str, Any] = json.load(answer)
            return document
    except HTTPError as error:
        said = error.read().decode(errors="replace")
        raise BaocaoError(f"Airflow refused {request.get_method()} {request.full_url}: {said}") from error
    except OSError as error:
        raise BaocaoError(f"Airflow does not answer at {request.full_url}: {error}") from error
