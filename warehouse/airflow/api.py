"""A small client of Airflow's own REST API, signed in as the user of this home.

What a season's replay needs: start a run with its own `now`, and wait until everything that it set off has ended.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from warehouse.airflow import environment, supervisor
from warehouse.errors import BaocaoError

ENDED = frozenset({"success", "failed"})
POLL_SECONDS = 0.5
TIMEOUT_SECONDS = 30


class Unavailable(BaocaoError):
    """Airflow does not answer, or has lost its database for a while: its supervisor brings both back."""


class AlreadyThere(BaocaoError):
    """A run of that name exists."""


class RunFailed(BaocaoError):
    """A DAG run ended badly or not in time; the message names it."""


@dataclass(frozen=True)
class Run:
    """One DAG run. state: queued, running, success or failed."""

    dag_id: str
    run_id: str
    state: str


class AirflowApi:
    """Every call raises BaocaoError with Airflow's own message when Airflow refuses."""

    def __init__(self) -> None:
        self.address = environment.address()
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
        """Start a run, once, even if the answer gets lost; now (ISO 8601) is what it takes as now."""
        run_id = f"manual__{uuid4()}"
        body = {"dag_run_id": run_id, "logical_date": None, "conf": {"now": now} if now else {}}
        return self._start(Run(dag_id, run_id, "queued"), body)

    @retry(retry=retry_if_exception_type(Unavailable), stop=stop_after_delay(120), wait=wait_fixed(1), reraise=True)
    def _start(self, run: Run, body: Mapping[str, Any]) -> Run:
        try:
            return _run(self._call(_json_request(f"{self.address}/api/v2/dags/{run.dag_id}/dagRuns", body)))
        except AlreadyThere:
            return self.run(run)

    def run(self, earlier: Run) -> Run:
        """The same run as it is now."""
        return _run(self._get(_path(earlier)))

    def set_off_by(self, ended: Run) -> tuple[list[Run], bool]:
        """The runs that this run's asset events have created, and whether none of the events waits for its run.

        While a DAG is at its limit of runs, Airflow lets the run that is created next take along what came meanwhile,
        and notes only the first event with it: an event that is no longer queued has its run, or was taken along.
        """
        query = f"/api/v2/assets/events?{urlencode({'source_dag_id': ended.dag_id, 'source_run_id': ended.run_id})}"
        assets = {event["asset_id"] for event in self._get(query)["asset_events"]}
        is_complete = not any(self._get(f"/api/v2/assets/{asset}/queuedEvents")["total_entries"] for asset in assets)
        created = [run for event in self._get(query)["asset_events"] for run in event["created_dagruns"]]
        return [Run(run["dag_id"], run["run_id"], run["state"]) for run in created], is_complete

    def task_states(self, run: Run) -> dict[str, str | None]:
        """The state of each task of a run, by its id; of a mapped task, that of its last part."""
        tasks = self._get(f"{_path(run)}/taskInstances")["task_instances"]
        return {task["task_id"]: task["state"] for task in tasks}

    @retry(retry=retry_if_exception_type(Unavailable), stop=stop_after_delay(120), wait=wait_fixed(1), reraise=True)
    def _get(self, path: str) -> dict[str, Any]:
        """Reading can be done again, so it outlives a killed component. Raises Unavailable after two minutes."""
        return self._call(Request(self.address + path))

    def _call(self, request: Request) -> dict[str, Any]:
        if self.token is None:
            self.token = self._sign_in()
        request.add_header("Authorization", f"Bearer {self.token}")
        return _send(request)

    def _sign_in(self) -> str:
        if not supervisor.is_serving(supervisor.read_state()):
            raise Unavailable(f"Airflow of this home does not listen at {self.address}.")
        who = {"username": environment.USER, "password": environment.password()}
        return str(_send(_json_request(f"{self.address}/auth/token", who))["access_token"])


class Follower:
    """Watches runs and every run that they set off, however far down."""

    def __init__(self, api: AirflowApi) -> None:
        self.api = api
        self.runs: dict[tuple[str, str], Run] = {}
        self.unexplored: set[tuple[str, str]] = set()

    def add(self, run: Run) -> None:
        if _key(run) not in self.runs:
            self.runs[_key(run)] = replace(run, state="")
            self.unexplored.add(_key(run))

    def is_busy(self, run: Run | None = None) -> bool:
        """Whether that run, or without one any run or asset event, has not come to its end."""
        if run is not None:
            return self.runs[_key(run)].state not in ENDED
        return bool(self.unexplored)

    def poll(self) -> list[Run]:
        """Look once. Returns the runs whose state is new.

        Raises RunFailed for a run that failed: what it should have set off will not come.
        """
        changed = [now for now in map(self.api.run, self._open()) if now.state != self.runs[_key(now)].state]
        self.runs |= {_key(run): run for run in changed}
        for key in list(self.unexplored):
            if self.runs[key].state == "failed":
                states = self.api.task_states(self.runs[key])
                raise RunFailed(f"{self.runs[key].dag_id} {self.runs[key].run_id} failed: {states}")
            if self.runs[key].state == "success":
                self._explore(key)
        return changed

    def _open(self) -> list[Run]:
        return [run for run in self.runs.values() if run.state not in ENDED]

    def _explore(self, key: tuple[str, str]) -> None:
        set_off, is_complete = self.api.set_off_by(self.runs[key])
        for run in set_off:
            self.add(run)
        if is_complete:
            self.unexplored.remove(key)


def _key(run: Run) -> tuple[str, str]:
    return run.dag_id, run.run_id


def _path(run: Run) -> str:
    return f"/api/v2/dags/{run.dag_id}/dagRuns/{quote(run.run_id, safe='')}"


def _run(found: Mapping[str, Any]) -> Run:
    return Run(found["dag_id"], found["dag_run_id"], found["state"])


def _json_request(address: str, body: Mapping[str, Any]) -> Request:
    return Request(address, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def _send(request: Request) -> dict[str, Any]:
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            document: dict[str, Any] = json.load(response)
            return document
    except HTTPError as error:
        kind = Unavailable if error.code >= 500 else AlreadyThere if error.code == 409 else BaocaoError
        reason = error.read().decode(errors="replace")
        raise kind(f"Airflow refused {request.get_method()} {request.full_url}: {reason}") from error
    except (OSError, HTTPException) as error:
        raise Unavailable(f"Airflow does not answer at {request.full_url}: {error}") from error
