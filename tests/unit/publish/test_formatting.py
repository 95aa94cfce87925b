"""Numbers and bounds as a Vietnamese officer writes them."""

from decimal import Decimal

import pytest

from publish import formatting


@pytest.mark.parametrize(
    ("value", "shown"),
    [("97", "97"), ("99.9", "99,9"), ("74.468085", "74,47"), ("413743", "413.743"), ("1234.5", "1.234,5"), ("0", "0")],
)
def test_a_number_has_a_decimal_comma_and_thousands_with_a_full_stop(value, shown):
    assert formatting.number(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "target", "digits"),
    [("96.996", "97", 3), ("97.0004", "97", 4), ("0.0542", "0.05", 3), ("97", "97", 0), ("90.634", "95", 2)],
)
def test_rounding_never_carries_a_figure_onto_or_over_its_target(value, target, digits):
    assert formatting.decimals(Decimal(value), Decimal(target)) == digits


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
    ],
)
def test_an_interval_is_written_as_the_plans_write_it(low, high, low_closed, high_closed, shown):
    ends = [end and Decimal(end) for end in (low, high)]
    assert formatting.interval(*ends, low_closed, high_closed, Decimal(0), Decimal(100)) == shown


@pytest.mark.parametrize(
    ("raw", "printed"),
    [("99.9", "99,9"), (">75.0", ">75,0"), ("<9,5", "<9,5"), ("2-3", "2-3"), ("1.234", "1.234"), ("Có", "Có")],
)
def test_a_plans_decimal_point_is_printed_as_a_comma_and_its_thousands_are_left_alone(raw, printed):
    assert formatting.as_printed(raw) == printed
