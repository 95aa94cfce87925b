from datetime import UTC, datetime

import pytest

from warehouse import clock


def test_the_wall_clock_is_read_in_vietnamese_time():
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset().total_seconds() == 7 * 3600


def test_the_moment_of_a_run_comes_before_the_environment_and_that_before_the_wall_clock(monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-30")
    assert clock.now().isoformat() == "2026-11-30T00:00:00+07:00"
    with clock.at("2026-12-15T09:00+07:00"):
        assert clock.now().isoformat() == "2026-12-15T09:00:00+07:00"
        with clock.at(None):
            assert clock.now().day == 15
        with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
            assert clock.now().isoformat() == "2027-01-01T07:00:00+07:00"
        assert clock.now().day == 15
    assert clock.now().day == 30


def test_the_clock_goes_on_after_a_run_that_failed():
    with pytest.raises(ZeroDivisionError), clock.at("2020-01-01"):
        _ = 1 / 0
    assert clock.now().year > 2020
