"""Which periods add up to which."""

import pytest

from publish.disclosure import periods

QUARTERS = {f"2026-Q{number}" for number in range(1, 5)}
MONTHS = {f"2026-{number:02}" for number in range(1, 13)}


def filled(period: str, others: set[str]) -> list[list[str]]:
    return [parts for parts in periods.packings(period, others) if periods.is_filled(period, parts)]


def test_a_year_is_made_of_halves_of_quarters_and_of_months():
    assert filled("2026", {"2026-H1", "2026-H2"}) == [["2026-H1", "2026-H2"]]
    assert filled("2026", QUARTERS) == [sorted(QUARTERS)]
    assert filled("2026", MONTHS | {"2026"}) == [sorted(MONTHS)]


def test_a_year_is_made_of_a_half_and_the_other_quarters_too():
    assert filled("2026", {"2026-H1", "2026-Q3", "2026-Q4"}) == [["2026-H1", "2026-Q3", "2026-Q4"]]
    assert len(filled("2026", QUARTERS | MONTHS)) == 16, "each quarter is one number or three"


def test_what_there_is_of_a_period_cannot_be_more_than_it():
    assert periods.packings("2026", {"2026-H1", "2026-Q1", "2026-Q3"}) == [
        ["2026-H1", "2026-Q3"],
        ["2026-Q1", "2026-Q3"],
    ]
    assert not periods.is_filled("2026", ["2026-H1", "2026-Q3"])


def test_what_is_not_complete_adds_up_to_nothing():
    assert filled("2026", {"2026-H1"}) == []
    assert filled("2026-H2", {"2026-Q1", "2026-Q3"}) == []
    assert filled("2026-Q2", {"2025-04", "2025-05", "2025-06"}) == []


def test_a_half_is_made_of_its_own_quarters():
    assert filled("2026-H2", QUARTERS) == [["2026-Q3", "2026-Q4"]]
    assert filled("2026-Q2", MONTHS) == [["2026-04", "2026-05", "2026-06"]]


def test_a_month_is_made_of_nothing():
    assert periods.packings("2026-05", MONTHS) == []


@pytest.mark.parametrize(("period", "expected"), [("2026", "2025"), ("2026-Q3", "2025-Q3"), ("2026-06", "2025-06")])
def test_a_change_is_measured_against_the_same_period_of_the_year_before(period: str, expected: str):
    assert periods.before(period) == expected
