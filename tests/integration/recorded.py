"""A small warehouse in which everything happened that the audit chain witnesses: received, decided, sent, published.

All reports in it are made up.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline import building, closing, mailing, publishing, receiving, releasing
from publish.simulation import simulate
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.reminded import DA_MAI, contact
from tests.integration.test_returned import with_mistakes
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.settings import get_settings

PROGRAMME, PERIOD = "bacninh-2026-2030", "2026"
UNITS = ["07210", "07228", "07246"]


@contextmanager
def recorded(folder: Path, environment: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """In the present home and database, without files of other tests; yields what the mail server took."""
    environment.setenv("BAOCAO_ARCHIVE", str(folder / "archive"))
    environment.setenv("BAOCAO_INBOX", str(folder / "inbox"))
    for name in chain.FOLDERS.values():
        shutil.rmtree(get_settings().home / name, ignore_errors=True)
    with database.connect() as connection:  # a chain begins with the files that are there: those of other tests
        connection.execute("alter table ops.audit_entry disable trigger append_only")
        connection.execute("truncate ops.audit_entry")
        connection.execute("alter table ops.audit_entry enable trigger append_only")
    letterbox = Letterbox()
    with listening(letterbox, free_port()) as server:
        environment.setenv("BAOCAO_SMTP_URL", server)
        _live_through(folder)
    yield letterbox


def _live_through(folder: Path) -> None:
    files = folder / "files"
    files.mkdir()
    with database.connect(autocommit=True) as connection:
        contact(connection, DA_MAI, "da-mai@example.org")
    with clock.at("2026-11-20T08:00:00+07:00"):
        with_mistakes().save(files / "mistakes.xlsx")
        receiving.receive([str(files / "mistakes.xlsx")])
        mailing.mail_receipts()
    with clock.at("2026-11-20T09:00:00+07:00"):
        inbox = Path(get_settings().inbox)
        inbox.mkdir()
        for path in simulate.simulate(PROGRAMME, PERIOD, UNITS, seed=7, out=files):
            shutil.copy(path, inbox / path.name)
        receiving.receive()
        building.build()
    with clock.at("2026-11-20T10:00:00+07:00"):
        publishing.publish()
        releasing.release(PROGRAMME, [PERIOD])
        closing.close(PROGRAMME, PERIOD, "giả định")
