"""Every `baocao …` command that README.md, docs/*.md and the help texts show can be run as it is printed."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from baocao.commands import MODULES
from docs.generate import ROOT
from tests.unit.pipeline import draft_quality as quality

DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    *sorted(DOCS.glob("*.md")),
    DOCS / "examples" / "README.md",
    DOCS / "reference/commands.md",
]
BLOCK = re.compile(r"^ *```[a-z]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
USAGE = {"[OPTIONS]", "ARGS..."}
COMMAND = re.compile(r"^ *(?:\$ )?(?:\.venv/bin/)?(baocao .*)$", re.MULTILINE)

NOT_RUN = {
    "up": "starts Airflow; tests/e2e/test_airflow.py runs it",
    "down": "stops services that this test does not start",
    "worker": "runs until it is interrupted; tests/e2e/test_workers.py runs it",
    "status": "looks for Airflow's processes; tests/e2e/test_airflow.py runs it",
    "access grant": "makes roles, as the test's user may not; tests/integration/test_area_readers.py runs it",
    "access rotate": "changes a role that the test's user may not make",
    "access revoke": "drops such a role; tests/integration/test_area_readers.py runs it",
    "personal-data erase": "no such file was received; tests/integration/test_personal_data.py runs it",
    "warnings confirm": "no such warning was issued; tests/integration/test_confirmations.py runs it",
    "approvals approve": "no report waits for an approval; tests/integration/test_approvals.py runs it",
    "approvals return": "no report waits for an approval; tests/integration/test_approvals.py runs it",
    "mail accept": "no such mail waits; tests/integration/test_reporting_by_mail.py runs it",
    "mail decline": "no such mail waits; tests/integration/test_reporting_by_mail.py runs it",
    "airflow": "Airflow's programs take seconds each to load; tests/e2e/test_airflow.py runs it",
    "catalogue plan": "copies and builds the database; tests/integration/test_as_of.py runs it",
    "config": "would change what the next commands do; tests/unit/baocao/test_config.py runs it",
    "demo": "minutes long; CI runs `make demo`",
    "serve": "listens until it is interrupted; tests/integration/test_serving.py runs it",
    "superset": "downloads and starts Superset; `make superset` runs it",
    "run": "sends messages to the contacts of the examples; tests/integration/test_reminders.py runs its steps",
    "backup": "restores into a second home and server; tests/integration/test_verify.py runs it",
    "restore": "needs that backup; tests/integration/test_verify.py runs it",
    "verify": "the head of the example is of no warehouse; tests/integration/test_verify.py runs it",
    "receive-document": "the dossier of the example has no fixed name; tests/integration/test_programmes.py sends one",
}
"""Commands that are left out here, with the reason."""

NOT_RUN_PAGES = {
    "adding-a-programme.md": "its rows are no seeds of the project; tests/integration/test_sixth_programme.py runs it",
    "drafting.md": "the plan of its examples is no file; tests/unit/pipeline/test_catalogue_drafting.py drafts plans",
    "releasing.md": "needs two checkouts",
}


@dataclass(frozen=True)
class Shown:
    """A command as a page prints it, without prompt and comment."""

    page: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}: baocao {shlex.join(self.arguments)}"


AGAIN = {"ingest", "build"}
"""Commands that do something new each time; any other one is run where it is shown first."""


def shown() -> list[Shown]:
    commands = [command for page in PAGES if page.name not in NOT_RUN_PAGES for command in of_page(page)]
    first = {command.arguments: command for command in reversed(commands)}
    return [each for each in commands if each.arguments[0] in AGAIN or first[each.arguments] is each]


def of_page(page: Path) -> Iterator[Shown]:
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        for line in COMMAND.findall(block):
            arguments = shlex.split(line.partition(" > ")[0], comments=True)[1:]
            if {arguments[0], " ".join(arguments[:2])}.isdisjoint(NOT_RUN) and USAGE.isdisjoint(arguments):
                yield Shown(str(page.relative_to(ROOT)), tuple(arguments))


@pytest.fixture(scope="module")
def folder(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to run in, with the files that the pages name."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "docs").symlink_to(ROOT / "docs")
    shutil.copy(quality.PLANS / "000_6962923d4d476e9a.docx", folder / "ke-hoach.docx")
    (folder / "contacts.csv").write_text(contacts_of_the_page(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.chdir(folder)
        yield folder


def contacts_of_the_page() -> str:
    page = (DOCS / "alerts.md").read_text(encoding="utf-8")
    (rows,) = re.findall(r"^ *```csv\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL)
    return "\n".join(line.strip() for line in rows.splitlines()) + "\n"


@pytest.mark.timeout(1800)
def test_every_command_of_the_docs_runs_as_it_is_printed(folder: Path, command: Callable) -> None:
    commands = shown()
    failed = []
    for each in commands:
        outcome = command(*each.arguments)
        if outcome.code != 0:
            failed.append(f"{each}\n  exit code {outcome.code}: {outcome.err.strip()}")

    assert len(commands) > 50
    assert failed == [], "\n".join(failed)


def test_what_is_left_out_exists_and_has_a_reason():
    assert [name for name in NOT_RUN if name.partition(" ")[0] not in MODULES] == []
    assert [name for name in NOT_RUN_PAGES if not (DOCS / name).exists()] == []
    assert all([*NOT_RUN.values(), *NOT_RUN_PAGES.values()])


def test_a_command_is_read_without_its_prompt_and_its_comment(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.integration.test_commands_in_docs.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("baocao in prose\n```\n$ baocao build\n.venv/bin/baocao missing --all   # x\nmake up\n```\n")

    assert [each.arguments for each in of_page(page)] == [("build",), ("missing", "--all")]
