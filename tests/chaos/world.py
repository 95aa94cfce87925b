"""A home, a server and a small made-up catalogue of a harness's own, put back to their beginning in half a second.

A step runs as a forked child, so that it can be killed, and so that a moment drawn at random meets work and not the
import of a library. All units, plans, reports and addresses in it are made up (số liệu giả định).
"""

import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from psycopg import sql

from tests.chaos.calls import call
from tests.chaos.postbox import Postbox
from tests.conftest import throw_away_home
from tests.integration.letterbox import free_port, listening
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.small_catalogue import COMMUNES, PROGRAMMES, PROVINCES, draw
from warehouse import database
from warehouse.airflow.beforehand import IMPORTED_BEFOREHAND

BEGINNING = "baocao_beginning"
BEFORE = "2026-11-01T08:00:00+07:00"
DEADLINE = "2026-11-30"
LADDER = [
    ("reminder_14", "reporter", 10, -14, "calendar"),
    ("missing", "reporter", 40, 1, "calendar"),
    ("missing", "supervisor", 40, 1, "calendar"),
    ("escalation_3", "owner", 50, 3, "working"),
    ("resolved", "supervisor", 90, "", "calendar"),
]
PART_OF_WHOLE = {"1": {"is_part_of_whole": "true"}, "2": {}}
COLUMNS = [
    {"column_no": "1", "content": "indicator", "heading_vi": "CHỈ TIÊU", "width": "44"},
    {"column_no": "2", "content": "result", "heading_vi": "KẾT QUẢ", "width": "17"},
]
FOLDERS = ("inbox", "archive", "receipts", "published", "restricted", "logs", "steps")
STACK_TRACE = re.compile(r"Traceback \(most recent call last\)|This should not have happened")


@dataclass(frozen=True)
class Ended:
    """How a step ended: its exit code, negative for a signal, and its output."""

    code: int
    output: str


@dataclass
class Step:
    """A step under way in a child."""

    pid: int
    output: Path
    code: int | None = None
    waiting: threading.Lock = field(default_factory=threading.Lock)

    def is_over(self) -> bool:
        """Requested by several threads: the mail server's kills, and its end can be waited for once."""
        with self.waiting:
            if self.code is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def kill(self) -> None:
        if not self.is_over():
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, seconds: float = 300) -> Ended:
        """Raises TimeoutError for a step that hangs; it is ended then."""
        until = time.monotonic() + seconds
        while not self.is_over():
            if time.monotonic() > until:
                self.kill()
                raise TimeoutError(f"A step did not end in {seconds:.0f} s. It said:\n{self.output.read_text()}")
            time.sleep(0.005)
        assert self.code is not None
        return Ended(self.code, self.output.read_text(encoding="utf-8", errors="replace"))


@dataclass
class World:
    """home: of everything here. postbox: takes every letter. in_flight: Message-IDs that a kill interrupted."""

    home: Path
    postbox: Postbox
    catalogue: OwnCatalogue
    steps_begun: int = 0
    in_flight: set[str] = field(default_factory=set)

    def begin(self, arguments: Sequence[str], now: str, prepare: Callable[[], object] = lambda: None) -> Step:
        """Begin a step (calls.py) at that time. prepare: called in the child before it."""
        self.steps_begun += 1
        output = self.home / "steps" / f"{self.steps_begun}.log"
        output.parent.mkdir(exist_ok=True)
        sys.stdout.flush()
        sys.stderr.flush()
        if pid := os.fork():
            return Step(pid, output)
        code = 70
        try:
            handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            for stream in (1, 2):
                os.dup2(handle, stream)
            os.environ["BAOCAO_NOW"] = now
            prepare()
            code = call(arguments)
        finally:
            os._exit(code)

    def run(self, arguments: Sequence[str], now: str) -> Ended:
        return self.begin(arguments, now).wait()

    def reset(self) -> None:
        """Back to the beginning: catalogue and contacts are there, and nothing has happened."""
        self._copy_database(BEGINNING, database.DATABASE)
        for folder in FOLDERS:
            shutil.rmtree(self.home / folder, ignore_errors=True)
        (self.home / "inbox").mkdir()
        self.postbox.forget()
        self.in_flight.clear()

    def keep_as_beginning(self) -> None:
        self._copy_database(database.DATABASE, BEGINNING)

    def _copy_database(self, of: str, to: str) -> None:
        database._prepare_embedded()
        with database.superuser() as connection:
            names = {"of": sql.Identifier(of), "to": sql.Identifier(to)}
            owner = sql.Identifier(database.roles.NAMES["owner"])
            connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = any(%s)", [[of, to]]
            )
            connection.execute(sql.SQL("drop database if exists {to} with (force)").format(**names))
            connection.execute(
                sql.SQL("create database {to} owner {owner} template {of} strategy file_copy").format(
                    **names, owner=owner
                )
            )
        database._make_roles.cache_clear()  # rights to a database are not copied with it
        database._prepare_embedded()


@contextmanager
def small_world() -> Iterator[World]:
    for name in IMPORTED_BEFOREHAND:
        import_module(name)
    postbox = Postbox()
    with throw_away_home() as home, listening(postbox, free_port()) as server, own_catalogue() as catalogue:
        os.environ["BAOCAO_SMTP_URL"] = server
        os.environ["BAOCAO_INBOX_QUIET_SECONDS"] = "0"
        try:
            world = World(home, postbox, catalogue)
            draw(catalogue)
            _add_terms(catalogue)
            database.prepare()
            # In a child: dbt's parser has threads, and a later child that parses would wait for them for ever.
            assert (built := world.run(["build"], BEFORE)).code == 0, built.output
            _introduce()
            world.keep_as_beginning()
            yield world
        finally:
            for name in ("BAOCAO_SMTP_URL", "BAOCAO_INBOX_QUIET_SECONDS"):
                os.environ.pop(name, None)


def _introduce() -> None:
    """Contacts for everybody, and a warehouse that began in October."""
    with database.connect() as connection:
        contacts = [(unit, "reporter", f"reporter-{unit}@example.org") for unit in COMMUNES]
        contacts += [(unit, "supervisor", f"supervisor-{unit}@example.org") for unit in PROVINCES]
        contacts += [("91", "owner", "owner-91@example.org")]
        connection.cursor().executemany(
            "insert into ops.contact (unit_code, role, email) values (%s, %s, %s)", contacts
        )
        connection.execute(
            "insert into ops.pipeline_run (run_id, step, status, as_of) overriding system value "
            "values (0, 'receive', 'succeeded', '2026-10-01T00:00:00+07:00')"
        )
    database.engine().dispose()


def _add_terms(catalogue: OwnCatalogue) -> None:
    """Deadlines, a ladder of reminders, a table that one plan has printed, and cases that are some of the people."""
    catalogue.replace("programmes", [row | {"root_unit_code": "91"} for row in catalogue.rows("programmes")])
    catalogue.replace(
        "indicators", [row | PART_OF_WHOLE[row["indicator_code"]] for row in catalogue.rows("indicators")]
    )
    catalogue.append("annex_columns", [{"programme_code": PROGRAMMES[0]} | column for column in COLUMNS])
    for code in PROGRAMMES:
        of = {"programme_code": code}
        term = {"period": "2026", "unit_level": "commune", "agency_code": "UBND", "revision": "1"}
        term |= {"deadline_on": DEADLINE, "reading": "exclusive", "phrase_vi": "trước ngày 30/11 (giả định)"}
        catalogue.append("deadlines", [of | term | {"is_assumption": "true"}])
        stages = [
            dict(zip(("stage", "audience", "sort_order", "day_offset", "day_kind"), row, strict=True)) for row in LADDER
        ]
        catalogue.append("alert_stages", [of | stage | {"is_assumption": "true"} for stage in stages])
