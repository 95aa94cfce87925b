"""A workbook sent back: every wrong cell is seen, nothing of the sender's is lost, and it can be sent in again."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.workbook import Workbook
from python_calamine import CalamineWorkbook

from ingest import opening, workbook
from ingest.measures import Measures
from ingest.reports import Report
from publish.forms import workbook as form_workbook
from publish.receipts import result_sheet, returned_workbook
from publish.receipts.result_sheet import FILLS, SHEET, CheckResult
from tests.fixtures import make_submissions as made
from tests.unit.publish.plans import FORM

FILLED = {"5.1": {"numerator": 301, "denominator": 300}, "3.1": {"numerator": "<2", "denominator": 218}}


def issue(cell: str | None, message: str = "Xin sửa.", *, severity: str = "critical", **given: Any) -> dict[str, Any]:
    usual = {"rule": "numerator_above_denominator", "sheet": "Báo cáo", "line": None, "raw": None}
    return usual | {"severity": severity, "cell": cell, "message_vi": message, "message_en": ""} | given


def answer(*issues: dict[str, Any], is_rejected: bool = True) -> CheckResult:
    heading = "Báo cáo 07228 · Phường Đa Mai · kỳ 2026 · " + ("TỪ CHỐI" if is_rejected else "ĐÃ NHẬN, CÓ CẢNH BÁO")
    return CheckResult("bao-cao.xlsx", "08:30 ngày 20/11/2026", [heading], is_rejected, issues)


def marked(content: bytes, *issues: dict[str, Any], **reported: Any) -> bytes:
    out = returned_workbook.marked(content, answer(*issues, **reported))
    assert out is not None
    return out


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def colour(book: Workbook, cell: str, sheet: str = "Báo cáo") -> str | None:
    fill = book[sheet][cell].fill
    return fill.start_color.rgb[2:] if fill.fill_type else None


def comment(book: Workbook, cell: str, sheet: str = "Báo cáo") -> str | None:
    found = book[sheet][cell].comment
    return found.text if found else None


def cells(content: bytes) -> dict[str, tuple[object, object]]:
    """What the sheets of the sender hold, as another reader than openpyxl sees it."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names if name != SHEET}
    return {name: (sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges) for name, sheet in sheets.items()}


def read_again(content: bytes) -> list[Report]:
    unpacked = opening.opened(content)
    assert isinstance(unpacked, opening.Unpacked)
    return workbook.read(unpacked, Measures())


OPENABLE = [
    "date_in_number_column.xlsx",
    "formula_error.xlsx",
    "header_missing.xlsx",
    "hidden_sheet_ignored.xlsx",
    "indicator_became_date.xlsx",
    "percent_format_in_count.xlsx",
    "period_became_date.xlsx",
    "report_twice.xlsx",
    "sheet_hidden.xlsx",
    "unit_code_missing.xlsx",
    "yes_no_unexpected.xlsx",
]


def test_a_wrong_cell_is_filled_and_says_what_is_wrong():
    book = opened(marked(made.workbook(), issue("D8", "Tử số lớn hơn mẫu số."), issue("E9", severity="warning")))
    assert (colour(book, "D8"), comment(book, "D8")) == (FILLS["critical"], "LỖI: Tử số lớn hơn mẫu số.")
    assert (colour(book, "E9"), comment(book, "E9")) == (FILLS["warning"], "CẢNH BÁO: Xin sửa.")
    assert (colour(book, "D9"), comment(book, "D9")) == (None, None)


def test_several_issues_of_one_cell_are_told_together_and_the_worst_colours_it():
    book = opened(marked(made.workbook(), issue("D8", "Xem lại.", severity="warning"), issue("D8", "Xin sửa.")))
    assert colour(book, "D8") == FILLS["critical"]
    assert comment(book, "D8") == "CẢNH BÁO: Xem lại.\n\nLỖI: Xin sửa."


def test_of_very_many_issues_of_one_cell_the_first_are_told():
    absent = [issue(None, f"Thiếu chỉ tiêu {number}.", severity="warning") for number in range(33)]
    reported = comment(opened(marked(made.workbook(), *absent)), "A1")
    assert reported.count("Thiếu chỉ tiêu") == 8
    assert reported.endswith("… và 25 điểm khác: xem trang «Kết quả kiểm tra».")


@pytest.mark.parametrize(
    ("problem", "address"),
    [
        (issue(None, rule="unit_unknown"), "B4"),
        (issue(None, rule="period_unknown"), "B3"),
        (issue(None, rule="programme_unknown"), "B2"),
        (issue(None, rule="agency_not_assigned"), "A1"),  # this sheet has no such label
        (issue(None, rule="key_missing"), "A1"),
        (issue(None, rule="header_missing", sheet=None), "A1"),
    ],
)
def test_what_has_no_cell_of_its_own_is_told_beside_its_label_or_in_the_first_cell(problem, address):
    book = opened(marked(made.workbook(), problem))
    assert (colour(book, address), comment(book, address)) == (FILLS["critical"], "LỖI: Xin sửa.")


def test_a_merged_cell_is_marked_where_it_begins():
    book = opened(marked(made.workbook(made.merged), issue("D8"), issue("D9")))
    assert (colour(book, "D8"), comment(book, "D8")) == (FILLS["critical"], "LỖI: Xin sửa.\n\nLỖI: Xin sửa.")


@pytest.mark.parametrize("name", OPENABLE)
def test_nothing_that_the_sender_wrote_is_changed(name):
    sent = made.MAKERS[name]()
    assert cells(marked(sent, issue("D8"), issue("B4"), issue(None))) == cells(sent)


def test_a_formula_stays_a_formula_and_is_computed_when_it_is_opened():
    book = opened(marked(made.MAKERS["formula_in_cell.xlsx"](), issue("D8")))
    assert (book["Báo cáo"]["D8"].value, book["Báo cáo"]["D8"].data_type) == ("=200+91", "f")


def test_what_makes_the_template_a_form_stays():
    sent = form_workbook.render(FORM, FILLED)
    before, after = opened(sent)["Báo cáo"], opened(marked(sent, issue("D17")))["Báo cáo"]

    def rules(sheet):
        found = sheet.data_validations.dataValidation
        return sorted((str(rule.sqref), rule.type, rule.formula1, rule.prompt, rule.error) for rule in found)

    def layout(sheet):
        widths = {name: column.width for name, column in sheet.column_dimensions.items()}
        heights = {number: row.height for number, row in sheet.row_dimensions.items()}
        return widths, heights, sheet.freeze_panes, sheet.print_title_rows, sheet.print_area, sheet.oddFooter.left.text

    assert rules(after) == rules(before) != []
    assert layout(after) == layout(before)
    assert (after.protection.sheet, after.protection.formatColumns) == (before.protection.sheet, False)
    locked = {cell.coordinate: cell.protection.locked for row in before.iter_rows() for cell in row}
    assert {cell.coordinate: cell.protection.locked for row in after.iter_rows() for cell in row} == locked


def test_the_first_sheet_says_what_became_of_the_report_what_to_do_and_where():
    wrong = issue("D8", "Tử số 301 lớn hơn mẫu số 300.", raw="301")
    book = opened(marked(made.workbook(), wrong, issue(None, severity="warning")))
    front = book.worksheets[0]
    texts = [cell.value for row in front.iter_rows(max_col=6) for cell in row if cell.value]
    assert (front.title, book.active.title) == (SHEET, SHEET)
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == [SHEET]
    assert "Báo cáo 07228 · Phường Đa Mai · kỳ 2026 · TỪ CHỐI" in texts
    assert f"•  {result_sheet.REJECTED[0]}" in texts
    rows = [[cell.value for cell in row[:6]] for row in front.iter_rows() if row[1].value in ("LỖI", "CẢNH BÁO")]
    assert rows[-2:] == [
        ["1", "LỖI", "Báo cáo!D8", "301", "Tử số 301 lớn hơn mẫu số 300.", "numerator_above_denominator"],
        ["2", "CẢNH BÁO", "Báo cáo!A1", None, "Xin sửa.", "numerator_above_denominator"],
    ]
    links = [cell.hyperlink.location for row in front.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Báo cáo'!D8", "'Báo cáo'!A1"]


def test_who_was_only_warned_is_told_that_the_report_is_in():
    front = opened(marked(made.workbook(), issue("D8", severity="warning"), is_rejected=False)).worksheets[0]
    assert f"•  {result_sheet.ACCEPTED[0]}" in [cell.value for cell in front["A"]]


def test_what_a_sender_wrote_is_shown_and_never_computed():
    reported = issue("D8", raw='=HYPERLINK("http://example.org")\x07')
    front = opened(marked(made.workbook(), reported)).worksheets[0]
    (shown,) = [cell for row in front.iter_rows() for cell in row if str(cell.value).startswith("=HYPERLINK")]
    assert (shown.data_type, shown.value) == ("s", '=HYPERLINK("http://example.org")\ufffd')


def test_a_hidden_sheet_has_no_link_but_is_marked():
    book = opened(marked(made.MAKERS["sheet_hidden.xlsx"](), issue("D8")))
    assert colour(book, "D8") == FILLS["critical"]
    assert [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink] == []


def test_the_added_sheet_is_never_read_as_a_report():
    """Not even where the sender's own words, side by side, would make the head of a table."""
    sent = made.workbook(sheet="Chỉ tiêu")
    reported = [issue("D8", sheet="Chỉ tiêu", raw="Tử số"), issue(None, sheet="Chỉ tiêu", raw="Giá trị")]
    (report,) = read_again(marked(sent, *reported))
    (as_sent,) = read_again(sent)
    assert report == as_sent


def test_a_filled_in_template_reads_the_same_after_its_return():
    sent = form_workbook.render(FORM, FILLED)
    assert read_again(marked(sent, issue("D17"), issue("F20"))) == read_again(sent)


def test_marked_again_it_shows_the_new_issues_alone():
    once = marked(made.workbook(), issue("D8"), issue("E9", severity="warning"))
    twice = opened(marked(once, issue("E8")))
    assert twice.sheetnames == [SHEET, "Báo cáo"]
    assert [colour(twice, cell) for cell in ("D8", "E9", "E8")] == [None, None, FILLS["critical"]]
    assert [comment(twice, cell) for cell in ("D8", "E9", "E8")] == [None, None, "LỖI: Xin sửa."]


def test_a_fill_and_a_comment_of_the_senders_own_come_back():
    sent = opened(form_workbook.render(FORM, FILLED))
    sent["Báo cáo"]["D17"].comment = Comment("Theo sổ của trạm y tế", "Trạm y tế")
    out = BytesIO()
    sent.save(out)
    pale = colour(sent, "D17")
    once = marked(out.getvalue(), issue("D17"))
    assert comment(opened(once), "D17") == "LỖI: Xin sửa.\n\nGhi chú có sẵn: Theo sổ của trạm y tế"
    again = opened(marked(once, issue("D18")))
    assert (colour(again, "D17"), comment(again, "D17")) == (pale, "Theo sổ của trạm y tế")
    assert pale == "FFF9DB"


def test_a_sheet_of_the_senders_that_is_called_the_same_stays():
    twice = opened(marked(made.workbook(made.second_table(SHEET)), issue("D8")))
    assert len(twice.sheetnames) == 3
    assert twice[SHEET]["A8"].value == "5.1"


def test_a_workbook_that_cannot_be_written_back_is_answered_by_its_receipt_alone():
    styles = b'<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x/'
    assert returned_workbook.marked(made.rezipped({"xl/styles.xml": styles}), answer(issue("D8"))) is None


def test_a_very_large_workbook_is_not_opened_again(monkeypatch):
    monkeypatch.setattr(returned_workbook, "LARGEST_SHEETS", 1000)
    assert returned_workbook.marked(made.workbook(), answer(issue("D8"))) is None
