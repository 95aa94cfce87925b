"""When `submissions` requests a build: after an accepted report, and for one that its own build never took in."""

import json
from pathlib import Path

import pytest

from pipeline import building, receiving
from warehouse import database
from warehouse.settings import get_settings

pytestmark = pytest.mark.usefixtures("own_database")

HEADER = "programme,period,unit_code,submission_type,indicator,numerator,denominator"


@pytest.fixture(autouse=True)
def files_settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")


def is_due_after(numerator: int | None = None) -> bool:
    """Whether a run of `submissions` requests a build; numerator: of a report of 300 in the inbox, if there is one."""
    if numerator is not None:
        folder = Path(get_settings().inbox)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "a.csv").write_text(f"{HEADER}\nbacninh-2026-2030,2026,07228,full,5.1,{numerator},300\n")
    loaded = [receiving.load(batch) for batch in receiving.plan_run()]
    return bool(loaded) and receiving.is_build_due(receiving.check_and_issue_receipts(loaded))


def a_build(status: str, minutes_ago: int, accepted_through: int | None = None) -> None:
    """A row as a build leaves it."""
    with database.connect() as connection:
        connection.execute(
            "insert into ops.pipeline_run (step, status, as_of, accepted_through, started_at, finished_at) "
            "select 'build', %s, at, %s, at, at from (select now() - %s * interval '1 minute' as at) as begun",
            [status, accepted_through, minutes_ago],
        )


def test_a_build_is_requested_after_an_accepted_report_and_until_one_takes_it_in():
    assert not is_due_after()
    assert not is_due_after(301)  # rejected, and nothing else waits
    assert is_due_after(291)
    assert is_due_after()  # figures is paused: nobody builds
    (planned,) = receiving.plan_run()
    assert json.loads(planned)["files"] == []
    a_build("failed", minutes_ago=2)
    assert not is_due_after()
    assert not is_due_after(302)
    assert is_due_after(292)  # a new report waits for no failed build
    with database.connect() as connection:
        connection.execute("update ops.pipeline_run set started_at = started_at - interval '1 hour'")
    assert is_due_after()
    a_build("succeeded", minutes_ago=30, accepted_through=building._last_decision())
    assert not is_due_after()
    assert receiving.plan_run() == []
