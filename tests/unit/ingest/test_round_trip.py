"""Any value that the grammar can express, written as people write it, comes back as the same typed value."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import delimited, opening, workbook
from ingest.cells import TypedCell, parse
from ingest.headers import PARTS
from ingest.measures import Measures
from publish.forms import workbook as form_workbook
from tests.unit.publish import plans

INDICATORS = {"count": "C", "percent": "R", "per_mille": "M", "rate": "T", "points": "P", "yes_no": "Y", "any": "A"}
MEASURES = Measures(
    {("made-up", code): {"commune": expects} for expects, code in INDICATORS.items()},
    {"made-up": frozenset(INDICATORS.values())},
)
SIGNS = {
    "percent": ("", "%", " %", "\u00a0%", " phần trăm"),
    "per_mille": ("", "‰", " ‰"),
    "count": ("", " trẻ", " người"),
    "points": ("", " điểm"),
}
TEXTS = {
    "missing": ("", "-", "–", "...", "…", " "),
    "nil": ("KPS", "không phát sinh", "Kho\u0302ng pha\u0301t sinh"),
    "not_applicable": ("không áp dụng", "Không áp dụng"),
}
ANSWERS = {"yes": ("Có", "Đạt", "có"), "no": ("Không", "Không đạt", "không")}
BELOW = (("<", False), ("< ", False), ("dưới ", False), ("≤", True), ("<=", True), ("không quá ", True))
ABOVE = ((">", False), ("trên ", False), ("≥", True), (">= ", True), ("ít nhất ", True))
DASHES = ("-", " - ", "–", " đến ")
REQUIRED = {
    "count": plans.line("count", aggregation="none", measure="count"),
    "percent": plans.line("percent"),
    "per_mille": plans.line("per_mille", factor=Decimal(1000)),
    "rate": plans.line("rate", factor=Decimal(100_000)),
    "points": plans.line("points", measure="points", aggregation="none", hard_max=Decimal(10)),
    "yes_no": plans.line("yes_no", measure="yes_no", aggregation="none"),
    "any": plans.line("any"),
}
"""A line of the template for each thing that a value can be."""
REFUSED = (
    ("percent", "1,5E+3", "scientific_notation"),
    ("count", "-5", "count_negative"),
    ("count", "2,5", "count_not_whole"),
    ("count", "97%", "percent_in_count"),
    ("percent", "9‰", "unit_sign_mismatch"),
    ("points", "8%", "unit_sign_mismatch"),
    ("count", "1000000000", "number_too_large"),
    ("any", "024187001234", "personal_number"),
    ("percent", "12/05/2026", "date_in_number_column"),
    ("percent", "291/300", "fraction_in_cell"),
    ("percent", "khoảng 90", "approximate_number"),
    ("percent", "5-2", "range_reversed"),
    ("count", "1.23.456", "thousands_malformed"),
    ("percent", "Đạt", "yes_no_unexpected"),
    ("points", "Không đạt", "yes_no_unexpected"),
    ("yes_no", "75", "yes_no_expected"),
    ("yes_no", "KPS", "yes_no_expected"),
    ("percent", "nhiều", "not_a_number"),
)
"""What the gate sends back, and why."""


def numbers(expects):
    digits = 0 if expects == "count" else 6
    return st.decimals(0, 999_999_998, places=digits, allow_nan=False, allow_infinity=False)


@st.composite
def written_numbers(draw, number, expects):
    """A Decimal in Vietnamese or English style, its thousands grouped or not; never in a way that could be another."""
    decimal, thousands = draw(st.sampled_from([(",", "."), (".", ",")]))
    thousands = draw(st.sampled_from([thousands, " ", "\u202f", ""]))
    whole, _, fraction = format(number.normalize(), "f").partition(".")
    fraction = fraction + "0" * draw(st.integers(0, 2)) if fraction else ""
    grouped = f"{int(whole):,}".replace(",", thousands)
    has_one_mark = bool(fraction) != (grouped.count(thousands) == 1 and thousands in (".", ","))
    if expects != "count" and has_one_mark and len(fraction or "000") == 3:
        grouped, fraction = whole, f"{fraction}0" if fraction else ""
    text = f"{grouped}{decimal}{fraction}" if fraction else grouped
    if draw(st.booleans()):
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    return text


@st.composite
def written_cells(draw, expects=None):
    """(expects, typed value, text)."""
    expects = expects or draw(st.sampled_from(list(INDICATORS)))
    if expects == "yes_no":
        kind = draw(st.sampled_from(["yes", "no", "missing", "not_applicable"]))
        return expects, TypedCell(kind), draw(st.sampled_from((TEXTS | ANSWERS)[kind]))
    kind = draw(st.sampled_from(["exact", "exact", "censored", "range", "nil", "missing", "not_applicable"]))
    if kind in TEXTS:
        zero = Decimal(0) if kind == "nil" else None
        return expects, TypedCell(kind, zero, zero, kind == "nil", kind == "nil"), draw(st.sampled_from(TEXTS[kind]))
    sign = draw(st.sampled_from(SIGNS.get(expects, ("",))))
    low, high = sorted(draw(st.tuples(numbers(expects), numbers(expects))))
    if kind == "exact":
        return expects, TypedCell(kind, low, low, True, True), draw(written_numbers(low, expects)) + sign
    if kind == "range":
        ends = [draw(written_numbers(end, expects)) for end in (low, high)]
        return expects, TypedCell(kind, low, high, True, True), draw(st.sampled_from(DASHES)).join(ends) + sign
    if draw(st.integers(0, 3)) == 0:  # "từ 80 trở lên": the end belongs to it
        number = draw(written_numbers(low, expects)) + sign
        if draw(st.booleans()):
            return expects, TypedCell(kind, low, None, True, False), f"từ {number} trở lên"
        return expects, TypedCell(kind, None, low, False, True), f"{number} trở xuống"
    if draw(st.booleans()):
        prefix, is_closed = draw(st.sampled_from(ABOVE))
        return (
            expects,
            TypedCell(kind, low, None, is_closed, False),
            prefix + draw(written_numbers(low, expects)) + sign,
        )
    prefix, is_closed = draw(st.sampled_from(BELOW))
    high += 1
    return expects, TypedCell(kind, None, high, False, is_closed), prefix + draw(written_numbers(high, expects)) + sign


def assert_same(found: TypedCell, meant: TypedCell) -> None:
    assert found._replace(raw="") == meant, found


@given(written_cells())
@settings(max_examples=300, deadline=None)
def test_through_a_text(written):
    expects, meant, text = written
    assert_same(parse(text, expects), meant)


@st.composite
def written_lines(draw):
    """A line of three cells: numerator and denominator are counts, the value is what its indicator is."""
    counted = [draw(written_cells("count")) for _ in range(2)]
    return [*counted, draw(written_cells())]


def assert_lines(report, lines) -> None:
    assert len(report.lines) == len(lines)
    for found, parts in zip(report.lines, lines, strict=True):
        assert found.indicator == INDICATORS[parts[2][0]]
        for cell, (_, meant, text) in zip(found[2:5], parts, strict=True):
            assert_same(cell, meant)
            assert cell.raw == text
        assert found.note == "made up"


@given(st.lists(written_lines(), min_size=1, max_size=8), st.sampled_from(",;\t"))
@settings(max_examples=40, deadline=None)
def test_through_a_csv(lines, delimiter):
    assert_lines(through_a_csv([[text for _, _, text in parts] for parts in lines], codes(lines), delimiter), lines)


@given(st.lists(written_lines(), min_size=1, max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_through_a_workbook(lines):
    assert_lines(through_a_workbook([[text for _, _, text in parts] for parts in lines], codes(lines)), lines)


@given(st.lists(written_lines(), min_size=1, max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_through_the_template_that_a_unit_fills_in(lines):
    """Each line of the form has its own code, as in a plan; what a line does not require stays closed and blank."""
    required = [replace(REQUIRED[parts[2][0]], code=f"{position}") for position, parts in enumerate(lines, start=1)]
    form = replace(plans.FORM, lines=tuple(required))
    filled = {
        line.code: {part: text for part, (_, _, text) in zip(PARTS, parts, strict=True) if part in line.parts}
        for line, parts in zip(required, lines, strict=True)
    }
    measures = Measures(
        {
            (plans.FORM.programme_code, line.code): {"commune": parts[2][0]}
            for line, parts in zip(required, lines, strict=True)
        },
        {plans.FORM.programme_code: frozenset(line.code for line in required)},
    )
    (report,) = workbook.read(opening.opened(form_workbook.render(form, filled)), measures)
    assert report.key == (plans.FORM.programme_code, plans.FORM.period, plans.FORM.unit_code, plans.FORM.agency_code)
    for found, line, parts in zip(report.lines, required, lines, strict=True):
        for part, cell, (_, meant, _) in zip(PARTS, found[2:5], parts, strict=True):
            assert_same(cell, meant if part in line.parts else TypedCell("missing"))


@given(st.lists(st.tuples(st.sampled_from(["percent", "count", "points", "any"]), st.data()), min_size=1, max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_number_cell_of_a_workbook_is_exactly_its_number(drawn):
    numbered = [(expects, data.draw(numbers(expects))) for expects, data in drawn]
    report = through_a_workbook(
        [[None, None, float(value)] for _, value in numbered], [INDICATORS[expects] for expects, _ in numbered]
    )
    for line, (_, value) in zip(report.lines, numbered, strict=True):
        assert_same(line.value, TypedCell("exact", value, value, True, True))


@given(st.lists(st.decimals(0, 1000, places=4), min_size=1, max_size=8), st.sampled_from(["0%", "0.0%", "#,##0.00 %"]))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_number_under_a_percent_format_is_what_the_person_sees(values, number_format):
    """0.953 shown as 95,3% is 95.3; where the part is no percentage it comes back."""
    rows = [[None, None, float(value / 100)] for value in values]
    seen = through_a_workbook(rows, ["R"] * len(rows), number_format)
    for line, value in zip(seen.lines, values, strict=True):
        assert_same(line.value, TypedCell("exact", value, value, True, True))
    refused = through_a_workbook(rows, ["P"] * len(rows), number_format)
    assert {line.value.problem for line in refused.lines} == {"unit_sign_mismatch"}


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(",."), st.sampled_from(["percent", "rate", "points"]))
@settings(max_examples=100, deadline=None)
def test_three_digits_behind_one_mark_are_thousands_of_a_count_and_a_question_of_a_rate(head, tail, mark, expects):
    text = f"{head}{mark}{tail:03}"
    thousands = Decimal(head * 1000 + tail)
    assert_same(parse(text, "count"), TypedCell("exact", thousands, thousands, True, True))
    assert parse(text, expects).problem == "decimal_mark_ambiguous"


@pytest.mark.parametrize(("expects", "text", "rule"), REFUSED)
def test_what_comes_back_comes_back_from_a_csv_and_from_a_workbook_with_its_reason(expects, text, rule):
    for read in (through_a_csv, through_a_workbook):
        (line,) = read([["", "", text]], [INDICATORS[expects]]).lines
        assert (line.value.kind, line.value.raw, line.problems) == ("unreadable", text, {"value": rule})


def test_a_formula_and_a_date_of_a_workbook_come_back():
    report = through_a_workbook([[None, None, "=1+1"], [None, None, date(2026, 5, 12)]], ["R", "R"], "dd/mm/yyyy")
    assert [line.problems["value"] for line in report.lines] == ["formula_in_cell", "date_in_number_column"]


@given(st.text(max_size=60), st.sampled_from(list(INDICATORS)))
@settings(max_examples=500, deadline=None)
def test_no_text_at_all_raises(text, expects):
    cell = parse(text, expects)
    assert (cell.kind == "unreadable") == (cell.problem is not None)
    assert cell.raw == text


def codes(lines):
    return [INDICATORS[parts[2][0]] for parts in lines]


def through_a_csv(rows, indicators, delimiter=","):
    """rows: numerator, denominator and value as text."""
    buffer = io.StringIO()
    written = csv.writer(buffer, delimiter=delimiter)
    written.writerow(["programme", "period", "unit_code", "indicator", *PARTS, "note"])
    for code, parts in zip(indicators, rows, strict=True):
        written.writerow(["made-up", "2026", "07228", code, *parts, "made up"])
    (report,) = delimited.read(opening.opened(buffer.getvalue().encode("utf-8-sig")), MEASURES)
    return report


def through_a_workbook(rows, indicators, number_format=None):
    """rows: numerator, denominator and value, of any type. number_format: of the value's number or date."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        style = book.add_format({"num_format": number_format or "General"})
        sheet = book.add_worksheet("Báo cáo")
        for row, label in enumerate([("Mã chương trình", "made-up"), ("Kỳ báo cáo", "2026"), ("Mã đơn vị", "07228")]):
            sheet.write_row(row, 0, label)
        sheet.write_row(4, 0, ["Mã chỉ tiêu", "Tử số", "Mẫu số", "Giá trị", "Ghi chú"])
        for row, (code, parts) in enumerate(zip(indicators, rows, strict=True), start=5):
            sheet.write_string(row, 0, code)
            for column, content in enumerate(parts, start=1):
                _write(sheet, row, column, content, style)
            sheet.write_string(row, 4, "made up")
    (report,) = workbook.read(opening.opened(buffer.getvalue()), MEASURES)
    return report


def _write(sheet, row, column, content, style):
    """Text as text, whatever it looks like, and `=1+1` alone as the formula that it is."""
    if isinstance(content, str) and content != "=1+1":
        sheet.write_string(row, column, content)
    elif content is not None:
        sheet.write(row, column, content, style)
