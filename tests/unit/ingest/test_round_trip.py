"""Any value that the grammar can express, written as people write it, comes back as the same typed value."""

import csv
import io
from decimal import Decimal

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import long_form, opening, workbook
from ingest.cells import TypedCell, parse
from ingest.measures import Measures

INDICATORS = {"count": "C", "percent": "R", "per_mille": "M", "yes_no": "Y", "any": "A"}
MEASURES = Measures(
    {("made-up", code): {"commune": expects} for expects, code in INDICATORS.items()},
    {"made-up": frozenset(INDICATORS.values())},
)
SIGNS = {
    "percent": ("", "%", " %", "\u00a0%", " phần trăm"),
    "per_mille": ("", "‰", " ‰"),
    "count": ("", " trẻ", " người"),
}
WORDS = {
    "missing": ("", "-", "–", "...", "…", " "),
    "nil": ("KPS", "không phát sinh", "Kho\u0302ng pha\u0301t sinh"),
    "not_applicable": ("không áp dụng", "Không áp dụng"),
}
ANSWERS = {"yes": ("Có", "Đạt", "có"), "no": ("Không", "Không đạt", "không")}
BELOW = (("<", False), ("< ", False), ("dưới ", False), ("≤", True), ("<=", True), ("không quá ", True))
ABOVE = ((">", False), ("trên ", False), ("≥", True), (">= ", True), ("ít nhất ", True))
DASHES = ("-", " - ", "–", " đến ")


def numbers(expects):
    places = 0 if expects == "count" else 6
    return st.decimals(0, 999_999_998, places=places, allow_nan=False, allow_infinity=False)


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
def written_cells(draw):
    """(expects, typed value, text)."""
    expects = draw(st.sampled_from(list(INDICATORS)))
    if expects == "yes_no":
        kind = draw(st.sampled_from(["yes", "no", "missing", "not_applicable"]))
        return expects, TypedCell(kind), draw(st.sampled_from((WORDS | ANSWERS)[kind]))
    kind = draw(st.sampled_from(["exact", "exact", "censored", "range", "nil", "missing", "not_applicable"]))
    if kind in WORDS:
        zero = Decimal(0) if kind == "nil" else None
        return expects, TypedCell(kind, zero, zero, kind == "nil", kind == "nil"), draw(st.sampled_from(WORDS[kind]))
    sign = draw(st.sampled_from(SIGNS.get(expects, ("",))))
    low, high = sorted(draw(st.tuples(numbers(expects), numbers(expects))))
    if kind == "exact":
        return expects, TypedCell(kind, low, low, True, True), draw(written_numbers(low, expects)) + sign
    if kind == "range":
        ends = [draw(written_numbers(end, expects)) for end in (low, high)]
        return expects, TypedCell(kind, low, high, True, True), draw(st.sampled_from(DASHES)).join(ends) + sign
    if draw(st.booleans()):
        word, is_closed = draw(st.sampled_from(ABOVE))
        return expects, TypedCell(kind, low, None, is_closed, False), word + draw(written_numbers(low, expects)) + sign
    word, is_closed = draw(st.sampled_from(BELOW))
    high += 1
    return expects, TypedCell(kind, None, high, False, is_closed), word + draw(written_numbers(high, expects)) + sign


def assert_same(found: TypedCell, meant: TypedCell) -> None:
    assert found._replace(raw="") == meant, found


@given(written_cells())
@settings(max_examples=300, deadline=None)
def test_through_a_text(written):
    expects, meant, text = written
    assert_same(parse(text, expects), meant)


@given(st.lists(written_cells(), min_size=1, max_size=10), st.sampled_from(",;\t"))
@settings(max_examples=30, deadline=None)
def test_through_a_csv(cells, delimiter):
    buffer = io.StringIO()
    rows = csv.writer(buffer, delimiter=delimiter)
    rows.writerow(["programme", "period", "unit_code", "indicator", "value", "note"])
    for expects, _, text in cells:
        rows.writerow(["made-up", "2026", "07228", INDICATORS[expects], text, "made up"])
    (report,) = long_form.read(opening.opened(buffer.getvalue().encode("utf-8-sig")), MEASURES)
    assert len(report.lines) == len(cells)
    for line, (_, meant, text) in zip(report.lines, cells, strict=True):
        assert_same(line.value, meant)
        assert line.value.raw == text


@given(st.lists(written_cells(), min_size=1, max_size=10))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_through_a_workbook(cells):
    report = through_a_workbook([(expects, text) for expects, _, text in cells])
    for line, (_, meant, _) in zip(report.lines, cells, strict=True):
        assert_same(line.value, meant)


@given(st.lists(st.one_of(numbers("percent"), numbers("count")), min_size=1, max_size=10))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_number_cell_of_a_workbook_is_exactly_its_number(values):
    report = through_a_workbook([("percent", float(value)) for value in values])
    for line, value in zip(report.lines, values, strict=True):
        assert_same(line.value, TypedCell("exact", value, value, True, True))


@given(st.text(max_size=60), st.sampled_from(list(INDICATORS)))
@settings(max_examples=500, deadline=None)
def test_no_text_at_all_raises(text, expects):
    cell = parse(text, expects)
    assert (cell.kind == "unreadable") == (cell.problem is not None)
    assert cell.raw == text


def through_a_workbook(cells):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Báo cáo")
        for row, label in enumerate([("Mã chương trình", "made-up"), ("Kỳ báo cáo", "2026"), ("Mã đơn vị", "07228")]):
            sheet.write_row(row, 0, label)
        sheet.write_row(4, 0, ["Mã chỉ tiêu", "Giá trị"])
        for row, (expects, content) in enumerate(cells, start=5):
            sheet.write(row, 0, INDICATORS[expects])
            sheet.write(row, 1, content)
    (report,) = workbook.read(opening.opened(buffer.getvalue()), MEASURES)
    return report
