"""The steps, as the command line and the DAGs call them, with the exit codes and sentences of the command line."""

import sys
from collections.abc import Sequence

from baocao import main as command_line


def call(arguments: Sequence[str]) -> int:
    """`baocao …` in this process; `receive` and `publish` are what `baocao run` and the DAGs do first and last."""
    own = {"receive": _receive, "publish": _publish}.get(arguments[0])
    if own:
        command_line.app = own
    sys.argv = ["baocao", *arguments]
    try:
        command_line.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def _receive(prog_name: str) -> None:
    from pipeline import mailing, receiving
    from warehouse import database

    database.prepare()
    receiving.receive()
    mailing.try_to_mail_receipts()


def _publish(prog_name: str) -> None:
    from pipeline import publishing
    from warehouse import database

    database.prepare()
    publishing.publish()
