"""A run lives at its own `now`, or at the one that was handed on to it."""

from collections import defaultdict
from types import SimpleNamespace

import pytest

from pipeline import run_clock
from warehouse import clock
from warehouse.errors import WrongCall

RAW = "baocao://raw/submissions"


def context(now: str | None = None, handed_on: list[dict] | None = None) -> dict:
    """What Airflow gives a task, as far as moments look at it."""
    found: dict = {"params": {"now": now}, "outlet_events": defaultdict(lambda: SimpleNamespace(extra={}))}
    if handed_on is not None:
        found["triggering_asset_events"] = {RAW: [SimpleNamespace(extra=extra) for extra in handed_on]}
    return found


def test_a_run_started_by_hand_lives_at_the_moment_it_was_given():
    with run_clock.of_run(context("2026-12-01T07:00:00+07:00")):
        assert clock.now().isoformat() == "2026-12-01T07:00:00+07:00"


def test_a_run_that_was_set_off_lives_at_the_latest_moment_handed_on():
    events = [{"now": "2026-11-30T23:00:00+00:00"}, {"now": "2026-12-01T05:00:00+07:00"}, {}]
    assert run_clock.now_of(context(handed_on=events)) == "2026-11-30T23:00:00+00:00"


def test_its_own_moment_counts_before_one_that_was_handed_on():
    assert run_clock.now_of(context("2026-12-05", [{"now": "2026-12-01"}])) == "2026-12-05"


def test_without_any_moment_the_clock_is_left_alone():
    before = clock.now()
    with run_clock.of_run(context(handed_on=[{}])):
        assert (clock.now() - before).total_seconds() < 60


def test_a_run_hands_its_moment_on():
    running = context("2026-12-01T07:00:00+07:00")
    run_clock.pass_on(running, RAW)
    assert running["outlet_events"][RAW].extra == {"now": "2026-12-01T07:00:00+07:00"}


def test_a_run_without_a_moment_hands_nothing_on():
    running = context()
    run_clock.pass_on(running, RAW)
    assert running["outlet_events"] == {}


def test_what_is_no_moment_is_refused():
    with pytest.raises(WrongCall, match="hôm qua is no ISO 8601 timestamp"), run_clock.of_run(context("hôm qua")):
        raise AssertionError("the block must not run")
