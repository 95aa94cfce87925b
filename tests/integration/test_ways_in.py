"""The folder, the pages and answers to letters leave the same figures, verdicts and ledgers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import building
from tests.conftest import database_of_its_own, forget_database
from tests.integration import ways_in
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.mailboxes import MaildirMailbox
from tests.integration.served import serving
from tests.integration.ways_in import Folder, Mail, Pages
from warehouse import database

pytestmark = pytest.mark.begins_early


@pytest.fixture(scope="module")
def built_database(prepared_database: str) -> Iterator[str]:
    """A database whose marts are built, with contacts and accounts; yields its name. Nobody is connected to it."""
    with pytest.MonkeyPatch.context() as environment, database_of_its_own(environment, prepared_database) as address:
        environment.setenv("BAOCAO_NOW", "2026-11-14T08:00:00+07:00")
        ways_in.introduce()
        building.build()
        database.engine().dispose()
        environment.delenv("BAOCAO_DATABASE_URL")
        forget_database()
        yield address.rpartition("/")[2]
        environment.setenv("BAOCAO_DATABASE_URL", address)


def played(name: str, template: str, folder: Path) -> dict[str, list]:
    """What a season by one way leaves behind."""
    letterbox, box = Letterbox(), MaildirMailbox(folder / name)
    with (
        listening(letterbox, free_port()) as url,
        ways_in.settings(url, box) as environment,
        database_of_its_own(environment, template),
        serving() as pages,
    ):
        environment.setenv("BAOCAO_PAGES_URL", pages.address)
        ways_in.play({"folder": Folder(), "pages": Pages(pages), "mail": Mail(letterbox, box)}[name])
        return ways_in.left_behind()


def test_a_season_by_folder_pages_and_mail_leaves_the_same_figures_verdicts_and_ledgers(built_database, tmp_path):
    by_folder = played("folder", built_database, tmp_path)
    assert [row[2:4] for row in by_folder["verdicts"]] == [
        (report.unit, "correction" if report.is_correction else "full") for report in ways_in.REPORTS
    ]
    assert [row[5] == "rejected" for row in by_folder["verdicts"]] == [False, True, False, False, False]
    assert {row[5] for row in by_folder["alerts"]} >= {"reminder_14", "missing", "escalation_3", "resolved"}
    assert {row[3] for row in by_folder["warnings"]} >= {"sent"}
    assert sum(map(len, by_folder.values())) > 1000
    for way in ("pages", "mail"):
        found = played(way, built_database, tmp_path)
        differing = {name for name in by_folder if by_folder[name] != found[name]}
        shown = [
            (one, other) for name in sorted(differing) for one, other in zip(by_folder[name], found[name], strict=False)
        ]
        assert differing == set(), (way, [pair for pair in shown if pair[0] != pair[1]][:5])
