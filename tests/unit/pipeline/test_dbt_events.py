"""dbt's events: what a log keeps reaches it, and of what none keeps no message is made."""

import io

import pytest
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager_client import get_event_manager
from dbt_common.events.logger import LineFormat, LoggerConfig
from dbt_common.events.types import Note

from pipeline import dbt_invocation
from pipeline.dbt_events import WantedEvents


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of which a message was made."""
    texts: list[str] = []
    monkeypatch.setattr(Note, "message", lambda note: texts.append(note.pb_msg.msg) or note.pb_msg.msg)
    return texts


def test_each_log_has_its_events_and_of_the_others_no_message_is_made(made):
    log = io.StringIO()
    manager = WantedEvents()
    manager.add_logger(
        LoggerConfig(name="of a test", level=EventLevel.INFO, line_format=LineFormat.PlainText, output_stream=log)
    )
    for level in EventLevel:
        manager.fire_event(Note(msg=f"at {level.value}"), level)
    assert made == ["at info", "at warn", "at error"]
    assert [line.partition("  ")[2] for line in log.getvalue().splitlines()] == made


def test_what_may_end_a_run_is_looked_at_without_any_log(made):
    manager = WantedEvents()
    manager.fire_event(Note(msg="warning"), EventLevel.WARN)
    manager.fire_event(Note(msg="forced"), EventLevel.INFO, force_warn_or_error_handling=True)
    manager.fire_event(Note(msg="information"), EventLevel.INFO)
    assert made == ["warning", "forced"]


def test_dbt_in_our_processes_has_this_manager(warehouse):
    assert dbt_invocation.invoke(["--version"]).success
    assert isinstance(get_event_manager(), WantedEvents)
