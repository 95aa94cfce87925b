from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from ingest.cells import parse

MISSING, NIL = ("missing", None), ("nil", "[0,0]")


def typed(value, expects="percent", shown=None):
    cell = parse(value, expects, shown)
    assert (cell.kind == "unreadable") == (cell.problem is not None)
    return cell.problem or (cell.kind, cell.interval)


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "-", " – ", "—", "...", "…", ".."])
def test_a_dash_or_nothing_is_missing_and_not_zero(text):
    for expects in ("count", "percent", "yes_no", "any"):
        assert typed(text, expects) == MISSING


@pytest.mark.parametrize("text", ["KPS", "kps", "Không phát sinh", "không  phát sinh "])
def test_nothing_happened_is_a_reported_zero(text):
    assert typed(text, "count") == NIL
    assert typed(text, "percent") == NIL


def test_not_applicable_is_neither_missing_nor_zero():
    assert typed("Không áp dụng", "count") == ("not_applicable", None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("96,5", "96.5"),
        ("99.9", "99.9"),
        ("99,90", "99.90"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("1 234,5", "1234.5"),
        ("1\u202f234", "1234"),
        ("95,3%", "95.3"),
        ("95,3 %", "95.3"),
        ("60%", "60"),
        ("９５，３％", "95.3"),
        ("95\u200b,3", "95.3"),
        ("'97", "97"),
        ("+0,5", "0.5"),
        ("-2,5", "-2.5"),
        ("−2,5", "-2.5"),
        (",5", "0.5"),
    ],
)
def test_a_rate_is_read_cell_by_cell(text, number):
    assert typed(text) == ("exact", f"[{number},{number}]")


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "-1.234", "<1.234", "1.234%", "1,234-5"])
def test_three_digits_after_one_mark_are_a_question_in_a_rate(text):
    assert typed(text) == "decimal_mark_ambiguous"
    assert typed(text.removesuffix("%"), "any") == "decimal_mark_ambiguous"


@pytest.mark.parametrize(
    ("text", "number"), [("0,125", "0.125"), (",125", "0.125"), ("1234,567", "1234.567"), ("1.2340", "1.2340")]
)
def test_three_digits_that_cannot_be_thousands_are_decimals(text, number):
    assert typed(text) == ("exact", f"[{number},{number}]")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234", 1234),
        ("1,234", 1234),
        ("12.345.678", 12345678),
        ("1 234", 1234),
        ("291", 291),
        ("12,0", 12),
        ("05", 5),
        ("13 trẻ", 13),
    ],
)
def test_in_a_count_one_mark_before_three_digits_groups_thousands(text, number):
    assert typed(text, "count") == ("exact", f"[{number},{number}]")


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("<2", "(,2)"),
        ("< 2,6", "(,2.6)"),
        ("dưới 13", "(,13)"),
        ("dưới 13 trẻ", "(,13)"),
        ("≤2", "(,2]"),
        ("<=2", "(,2]"),
        ("không quá 2%", "(,2]"),
        ("80% trở xuống", "(,80]"),
        (">96", "(96,)"),
        ("trên 80", "(80,)"),
        ("≥80", "[80,)"),
        (">=80", "[80,)"),
        ("từ 80 trở lên", "[80,)"),
        ("từ 80% trở lên", "[80,)"),
        ("TRÊN 80 %", "(80,)"),
    ],
)
def test_a_bound_is_an_interval_with_open_or_closed_ends(text, interval):
    assert typed(text) == ("censored", interval)


def test_a_bound_reads_its_number_as_its_part_does():
    assert typed("<1.234", "count") == ("censored", "(,1234)")


@pytest.mark.parametrize("text", ["2-3", "2 – 3", "2%-3%", "từ 2 đến 3", "2~3"])
def test_a_range_holds_both_its_ends(text):
    assert typed(text) == ("range", "[2,3]")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Có", "yes"), ("có", "yes"), ("Đạt", "yes"), ("Không", "no"), ("Không đạt", "no"), ("Không  đạt", "no")],
)
def test_yes_and_no_count_where_they_are_asked_for(text, kind):
    assert typed(text, "yes_no") == (kind, None)
    assert typed(text, "percent") == "yes_no_unexpected"
    assert typed(text, "count") == "yes_no_unexpected"


@pytest.mark.parametrize("value", ["75", "1", 1.0, "KPS", "<2"])
def test_a_number_where_yes_or_no_is_due_comes_back(value):
    assert typed(value, "yes_no") == "yes_no_expected"


def test_decomposed_letters_are_the_same_words():
    assert typed("Kho\u0302ng pha\u0301t sinh", "count") == NIL


@pytest.mark.parametrize(
    ("value", "expects", "problem"),
    [
        ("2,91E+02", "count", "scientific_notation"),
        ("1.5e3", "percent", "scientific_notation"),
        ("1,2x10^5", "count", "scientific_notation"),
        ("=SUM(A1:A3)", "count", "formula_in_cell"),
        ("=5", "count", "formula_in_cell"),
        ("@SUM(A1)", "count", "formula_in_cell"),
        ("#DIV/0!", "count", "formula_error"),
        ("03/01/2026", "count", "date_in_number_column"),
        ("3-1-2026", "count", "date_in_number_column"),
        ("20.11.2026", "count", "date_in_number_column"),
        ("2026-11-20 00:00:00", "count", "date_in_number_column"),
        ("291/300", "count", "fraction_in_cell"),
        ("8/100.000", "percent", "fraction_in_cell"),
        ("-5", "count", "count_negative"),
        ("<0", "count", "count_negative"),
        ("12,5", "count", "count_not_whole"),
        ("1.234,5", "count", "count_not_whole"),
        ("95%", "count", "percent_in_count"),
        ("2‰", "percent", "unit_sign_mismatch"),
        ("2%", "per_mille", "unit_sign_mismatch"),
        ("012345678901", "count", "personal_number"),
        ("012 345 678 901", "count", "personal_number"),
        ("1000000000", "count", "number_too_large"),
        ("9" * 30, "count", "number_too_large"),
        ("9" * 400, "count", "not_a_number"),
        ("12 34", "count", "thousands_malformed"),
        ("1.23.456", "count", "thousands_malformed"),
        ("1,234.567.8", "percent", "thousands_malformed"),
        ("0.123.456", "count", "thousands_malformed"),
        ("3-2", "percent", "range_reversed"),
        ("khoảng 80", "percent", "approximate_number"),
        ("~80", "percent", "approximate_number"),
        ("2 triệu", "count", "not_a_number"),
        ("hai", "count", "not_a_number"),
        ("nan", "percent", "not_a_number"),
        ("inf", "percent", "not_a_number"),
        ("10²", "percent", "not_a_number"),
        ("٣", "percent", "not_a_number"),
        ("5.", "percent", "not_a_number"),
    ],
)
def test_what_cannot_be_read_says_why(value, expects, problem):
    assert typed(value, expects) == problem


@pytest.mark.parametrize("date_value", [date(2026, 1, 3), datetime(2026, 1, 3), time(1, 2), timedelta(hours=3)])
def test_a_date_of_a_spreadsheet_is_no_number(date_value):
    assert typed(date_value, "count") == "date_in_number_column"


def test_a_spreadsheet_number_is_never_ambiguous():
    assert typed(1.234) == ("exact", "[1.234,1.234]")
    assert typed(1234.0, "count") == ("exact", "[1234,1234]")
    assert typed(0.1 + 0.2) == ("exact", "[0.3,0.3]")
    assert typed(1e-7) == ("exact", "[0.0000001,0.0000001]")
    assert typed(None) == MISSING


@pytest.mark.parametrize(
    ("value", "expects", "problem"),
    [
        (12.5, "count", "count_not_whole"),
        (-3.0, "count", "count_negative"),
        (12345678901.0, "count", "number_too_large"),
        (112345678901.0, "count", "personal_number"),
        (1e300, "percent", "number_too_large"),
        (float("nan"), "percent", "not_a_number"),
        (float("inf"), "percent", "not_a_number"),
        (True, "count", "yes_no_unexpected"),
    ],
)
def test_a_spreadsheet_number_beyond_its_part_says_why(value, expects, problem):
    assert typed(value, expects) == problem


def test_a_percent_format_is_read_as_the_person_sees_it():
    assert typed(0.953, shown="percent") == ("exact", "[95.3,95.3]")
    assert parse(0.953, "percent", "percent").raw == "95.3%"
    assert typed(0.97, "count", "percent") == "percent_in_count"
    assert typed(0.97, "per_mille", "percent") == "unit_sign_mismatch"


@pytest.mark.parametrize(
    ("shown", "problem"), [("formula", "formula_in_cell"), ("error", "formula_error"), ("merged", "merged_cell")]
)
def test_what_a_cell_is_beside_its_value_counts(shown, problem):
    assert typed(291.0, "count", shown) == problem


def test_the_text_is_kept_as_it_came():
    assert parse(" 1.234,50 % ").raw == " 1.234,50 % "
    assert parse(291.0, "count").raw == "291"
    assert parse(True, "yes_no").raw == "TRUE"
    assert parse(date(2026, 1, 3)).raw == "2026-01-03"


def test_a_true_cell_is_a_yes():
    assert typed(True, "yes_no") == ("yes", None)


def test_numbers_stay_decimal():
    assert parse("97,50", "percent").low == Decimal("97.50")
    assert str(parse("97,50", "percent").low) == "97.50"


@pytest.mark.parametrize("blank", ["\n", "\r\n", " \n ", "\t", "  ", "\u2003", "\u2028"])
@pytest.mark.parametrize("expects", ["count", "percent"])
def test_two_numbers_in_one_cell_are_not_one_with_thousands(blank, expects):
    assert typed(f"120{blank}115", expects) == "thousands_malformed"
    assert typed(f"không{blank}phát sinh", expects) == NIL


@pytest.mark.parametrize("text", ["3-2026", "12-2026", "01-02", "5-03"])
def test_a_month_or_a_day_is_no_range(text):
    assert typed(text, "count") == "date_in_number_column"
    assert typed("2-13", "count") == ("range", "[2,13]")


@pytest.mark.parametrize("turn", ["\u202e", "\u202b", "\u2067"])
def test_digits_that_are_shown_from_right_to_left_come_back(turn):
    assert typed(f"{turn}192", "count") == "not_a_number"


@pytest.mark.parametrize(
    ("shown", "problem"), [("reformatted", "format_shows_another_number"), ("marked", "digits_marked")]
)
def test_a_cell_that_shows_another_number_is_a_question(shown, problem):
    assert typed(952, "count", shown) == typed("952", "count", shown) == problem
