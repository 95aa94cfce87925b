"""Logs go to stderr, so that stdout stays one document; a password in an address is masked."""

import logging
import re
import sys
from typing import TextIO

from warehouse.printable import printable

OURS = ("baocao", "pipeline", "accounts", "ingest", "expectations", "alerts", "publish", "pages", "warehouse")
_PASSWORD = re.compile(r"(?P<user>://[^\s:/@]*:)[^\s@]+@")


class _Masked(logging.Formatter):
    """Formats a record, its traceback too, masks `://user:password@`, and lets no character steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(mask(super().format(record)))


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever sys.stderr is just then: a progress display or a test may have replaced it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def mask(text: str) -> str:
    """`postgresql://user:secret@host` as `postgresql://user:***@host`."""
    return _PASSWORD.sub(r"\g<user>***@", text)


def get_logger(name: str) -> logging.Logger:
    return logging.getLogger(name)


def configure(level: int = logging.INFO) -> None:
    """For a command of ours: our packages from `level` up, everybody else's warnings. Calling it again is harmless.

    A DAG's task does not call it: there Airflow decides where logs go.
    """
    logging.raiseExceptions = False  # a log on a full disk would print a stack trace for each of its lines
    handler = _Stderr()
    handler.setFormatter(_Masked("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    for former in [former for former in root.handlers if isinstance(former, _Stderr)]:
        root.removeHandler(former)
    root.addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
