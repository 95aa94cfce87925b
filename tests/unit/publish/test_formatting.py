"""Numbers and bounds as a Vietnamese officer writes them."""

from decimal import Decimal

import pytest
from hypothesis import example, given, strategies

from publish import formatting


@pytest.mark.parametrize(
    ("value", "shown"),
    [("97", "97"), ("99.9", "99,9"), ("74.468085", "74,47"), ("413743", "413.743"), ("1234.5", "1.234,5"), ("0", "0")],
)
def test_a_number_has_a_decimal_comma_and_thousands_with_a_full_stop(value, shown):
    assert formatting.number(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "target", "digits"),
    [
        ("96.996", "97", 3),
        ("97.0004", "97", 4),
        ("0.0542", "0.05", 3),
        ("97", "97", 0),
        ("90.634", "95", 2),
        ("96.9999999", "97", 7),
    ],
)
def test_rounding_never_carries_a_figure_onto_or_over_its_target(value, target, digits):
    assert formatting.decimals(Decimal(value), formatting.Beside((Decimal(target),))) == digits


@pytest.mark.parametrize(
    ("low", "high", "low_closed", "high_closed", "shown"),
    [
        ("0", "2.6", True, False, "<2,6"),
        (None, "2", True, True, "≤2"),
        ("96", "100", False, True, ">96"),
        ("97", None, True, True, "≥97"),
        ("2", "3", True, True, "2–3"),
        ("7.7", "7.7", True, True, "7,7"),
        ("0", "0", True, True, "0"),
        (None, None, True, True, "–"),
        ("1", "3", True, False, "≥1 và <3"),
        ("0", "3", False, True, ">0 và ≤3"),
        ("96.9966", "97.0021", True, True, "96,997–97,002"),
    ],
)
def test_an_interval_is_written_as_the_plans_write_it(low, high, low_closed, high_closed, shown):
    ends = [end and Decimal(end) for end in (low, high)]
    assert formatting.interval(*ends, low_closed, high_closed, Decimal(0), Decimal(100)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("2.675", "2,68"), ("0.125", "0,13"), ("-0.125", "-0,13"), ("-0.004", "0"), ("84.985", "84,99")],
)
def test_halves_are_rounded_up_as_in_spreadsheets(value, shown):
    assert formatting.number(Decimal(value)) == shown


NUMBERS = strategies.decimals(0, 100, places=9) | strategies.decimals("96.9", "97.1", places=6)


def read(text: str) -> Decimal:
    return Decimal(text.lstrip("<>≤≥").replace(".", "").replace(",", "."))


def order(one: Decimal, other: Decimal) -> int:
    return (one > other) - (one < other)


@given(NUMBERS, NUMBERS, strategies.sampled_from(["97", "99.95", "0.05", "12.345"]))
@example(Decimal("0.045"), Decimal("0.045"), "0.05")
@example(Decimal("96.996"), Decimal("96.9961"), "97")
def test_what_is_printed_compares_with_target_and_milestone_as_the_figures_do(value, milestone, target):
    beside = formatting.Beside((Decimal(target),), (milestone,))
    shown = read(formatting.number(value, formatting.decimals(value, beside)))
    assert order(shown, read(formatting.target("≥", Decimal(target), None))) == order(value, Decimal(target))
    assert order(shown, read(formatting.milestone("≥", milestone, [value], beside))) == order(value, milestone)


@given(NUMBERS, NUMBERS)
def test_unequal_figures_side_by_side_are_shown_unequal_and_their_difference_is_not_0(one, other):
    shown = [read(text) for text in formatting.difference(one, other)]
    assert (shown[0] == shown[1], shown[2] == 0) == (one == other, one == other)


def test_a_rate_is_100_only_where_nobody_is_missing():
    shares = [Decimal(100) * part / 20_001 for part in (20_000, 20_001, 0)]
    assert [formatting.percentage(share) for share in shares] == ["99,995", "100", "0"]


def test_a_target_is_printed_with_every_digit_that_it_has():
    assert formatting.target("<", None, Decimal("0.0525")) == "<0,0525"
    assert formatting.target("between", Decimal(0), Decimal("2.50")) == "0–2,5"


def test_a_milestone_of_a_yes_or_a_range_is_printed_as_one():
    assert formatting.milestone("yes", Decimal(1), [Decimal(0)]) == "Có"
    assert formatting.milestone("between", Decimal(2), [Decimal("2.5")]) == "từ 2"


def test_before_the_targets_year_nothing_has_failed():
    shown = [formatting.verdict("not_met", 2030, period) for period in ("2029-Q4", "2030-H1", "2031")]
    assert shown == ["chưa đạt", "Không đạt", "Không đạt"]
    assert formatting.verdict("met", 2030, "2026") == "Đạt"


@pytest.mark.parametrize(
    ("raw", "printed"),
    [("99.9", "99,9"), (">75.0", ">75,0"), ("<9,5", "<9,5"), ("2-3", "2-3"), ("1.234", "1.234"), ("Có", "Có")],
)
def test_a_plans_decimal_point_is_printed_as_a_comma_and_its_thousands_are_left_alone(raw, printed):
    assert formatting.as_printed(raw) == printed
