"""The attacker finds what can be found, and no more."""

import pytest

from publish.disclosure.attacker import Row, attack, bounds

SMALL = Row(None, least=1, needs_doubt=True)


def public(value: float) -> Row:
    return Row((value, value))


def test_a_difference_recovers_the_one_that_is_missing():
    found = bounds({"a": SMALL, "b": public(7), "sum": public(9)}, [{"sum": -1, "a": 1, "b": 1}])
    assert (found["a"].low, found["a"].high, found["a"].is_recovered) == (2, 2, True)


def test_two_that_are_missing_bound_one_another():
    found = bounds({"a": SMALL, "b": SMALL, "sum": public(6)}, [{"sum": -1, "a": 1, "b": 1}])
    assert (found["a"].low, found["a"].high) == (1, 5)
    assert not found["a"].is_recovered


def test_an_interval_that_is_too_narrow_counts_as_recovered():
    found = bounds({"a": SMALL, "b": SMALL, "sum": public(4)}, [{"sum": -1, "a": 1, "b": 1}])
    assert (found["a"].low, found["a"].high, found["a"].is_recovered) == (1, 3, True)


def test_a_rate_beside_a_known_base_recovers_its_cases_even_when_it_is_rounded():
    """2 of 900 is 2.2 ‰, and so is nothing else of 900."""
    rows = {"a": SMALL, "rate": Row((2.15, 2.25), is_whole=False)}
    found = bounds(rows, [{"rate": 0.9, "a": -1}])
    assert (found["a"].low, found["a"].high, found["a"].is_recovered) == (2, 2, True)


def test_the_gap_to_a_target_recovers_them_as_well():
    rows = {"a": SMALL, "rate": Row(None, is_whole=False), "gap": Row((-6.8, -6.7), least=-1e4, is_whole=False)}
    rows["target"] = public(9)
    found = bounds(rows, [{"rate": 0.9, "a": -1}, {"gap": -1, "rate": 1, "target": -1}])
    assert found["a"].is_recovered


def test_two_publications_are_linked_by_the_reports_that_did_not_change():
    rows = {
        ("then", "a"): public(0), ("then", "b"): Row(None, least=1), ("then", "sum"): public(7),
        ("now", "a"): SMALL, ("now", "b"): Row(None, least=1), ("now", "sum"): public(9),
    }  # fmt: skip
    sums = [{(at, "sum"): -1, (at, "a"): 1, (at, "b"): 1} for at in ("then", "now")]
    assert not bounds(rows, sums)["now", "a"].is_recovered
    assert bounds(rows, [*sums, {("then", "b"): 1, ("now", "b"): -1}])["now", "a"].is_recovered


def test_whole_numbers_say_more_than_linear_programming_does():
    """4a + 9b = 35: of all fractions only a = 2 and b = 3 are counts."""
    found = bounds({"a": SMALL, "b": SMALL, "sum": public(35)}, [{"sum": -1, "a": 4, "b": 9}])
    assert (found["a"].low, found["a"].high) == (2, 2)


def test_of_a_base_of_two_both_and_none_have_to_remain_possible():
    found = bounds({"a": Row(None, most=2, needs_doubt=True)}, [])
    assert (found["a"].width, found["a"].is_recovered) == (2, False)


def test_figures_that_contradict_one_another_are_an_error_and_no_safety():
    with pytest.raises(ValueError, match="contradict"):
        bounds({"a": SMALL, "b": public(9), "sum": public(7)}, [{"sum": -1, "a": 1, "b": 1}])


def test_of_what_was_known_before_a_publication_no_more_doubt_is_needed_but_none_is_taken_away():
    """Of two quarters of at most 1 and 2 the half-year is at most 3, whoever publishes what."""
    rows = {(0, "q1"): Row(None, most=1), (0, "q2"): Row(None, most=2)}
    rows[0, "half"] = Row(None, least=1, most=300, needs_doubt=True)
    half = [{(0, "half"): -1, (0, "q1"): 1, (0, "q2"): 1}]
    assert bounds(rows, half)[0, "half"].is_recovered
    assert not attack(rows, half, lambda key: key[0])[0, "half"].is_recovered
    rows[0, "q2"] = public(2)
    assert attack(rows, half, lambda key: key[0])[0, "half"].is_recovered
